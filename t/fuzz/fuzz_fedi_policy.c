
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A domain that is taken is the folded spelling of itself, whatever case and
 * dot it is written in; it is found at itself and below, and not beside.
 */

#include "fedi_fuzz.h"

#include "fedi_host.h"
#include "fedi_policy.h"


static void
fuzz_found(fedi_arena_t *arena, fedi_str_t domain)
{
    fedi_str_t          parts[2], host, parent;
    fedi_policy_rule_t  rule;

    rule.domain = domain;
    rule.severity = FEDI_POLICY_SUSPEND;

    fedi_fuzz_assert(fedi_policy_find(&rule, 1, domain) == &rule);

    parts[0] = fedi_str("a.");
    parts[1] = domain;
    host = fedi_join(arena, parts, 2);
    fedi_fuzz_assert(fedi_policy_find(&rule, 1, host) == &rule);

    parts[0] = fedi_str("a");
    host = fedi_join(arena, parts, 2);
    fedi_fuzz_assert(fedi_policy_find(&rule, 1, host) == NULL);

    for (parent = fedi_policy_parent(domain);
         parent.len != 0;
         parent = fedi_policy_parent(parent))
    {
        fedi_fuzz_assert(fedi_fuzz_within(parent, domain));
        fedi_fuzz_assert(fedi_policy_find(&rule, 1, parent) == NULL);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_str_t            text, domain, again, parts[2];
    fedi_heap_t           heap;
    fedi_policy_domain_e  reason;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);
    reason = fedi_policy_domain(&heap.arena, text, &domain);

    (void) fedi_policy_preset(text);

    if (reason == FEDI_POLICY_DOMAIN) {
        fedi_fuzz_assert(fedi_host_check(domain) == FEDI_OK);
        fedi_fuzz_assert(!fedi_host_is_address(domain));

        parts[0] = domain;
        parts[1] = fedi_str(".");
        text = fedi_join(&heap.arena, parts, 2);

        fedi_fuzz_assert(fedi_policy_domain(&heap.arena, text, &again)
                         == FEDI_POLICY_DOMAIN);
        fedi_fuzz_assert(fedi_str_eq(domain, again));

        fuzz_found(&heap.arena, domain);
    }

    fedi_heap_free(&heap);

    return 0;
}
