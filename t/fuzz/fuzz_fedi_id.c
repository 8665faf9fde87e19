
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is an id has one spelling, which is an id again and the same; it is
 * public https unless that is relaxed; and it survives the URL parser.
 */

#include "fedi_fuzz.h"

#include "fedi_id.h"

/*
 * An id that is spelled as nearly all are is read by a short way, and one that
 * begins with "HTTPS" by the long one: both say the same.
 */

static void
fuzz_ways(fedi_arena_t *arena, const fedi_id_rules_t *rules, fedi_str_t text)
{
    char        *loud;
    fedi_id_t    id, again;
    fedi_err_e   err;

    if (text.len < 5 || memcmp(text.data, "https", 5) != 0) {
        return;
    }

    loud = fedi_alloc(arena, text.len);
    fedi_fuzz_assert(loud != NULL);

    memcpy(loud, text.data, text.len);
    memcpy(loud, "HTTPS", 5);

    err = fedi_id_parse_fragment(arena, rules, text, &id);

    fedi_fuzz_assert(fedi_id_parse_fragment(arena, rules,
                                            (fedi_str_t) { loud, text.len },
                                            &again)
                     == err);

    if (err != FEDI_OK) {
        return;
    }

    fedi_fuzz_assert(fedi_str_eq(id.text, again.text));
    fedi_fuzz_assert(fedi_str_eq(id.origin, again.origin));
    fedi_fuzz_assert(fedi_str_eq(id.authority, again.authority));
    fedi_fuzz_assert(fedi_str_eq(id.url.scheme, again.url.scheme));
    fedi_fuzz_assert(fedi_str_eq(id.url.host, again.url.host));
    fedi_fuzz_assert(fedi_str_eq(id.url.path, again.url.path));
    fedi_fuzz_assert(fedi_str_eq(id.url.query, again.url.query));
    fedi_fuzz_assert(fedi_str_eq(id.url.fragment, again.url.fragment));
    fedi_fuzz_assert(id.url.port == again.url.port
                     && id.url.port_given == again.url.port_given);
}


static void
fuzz_id(fedi_arena_t *arena, const fedi_id_rules_t *rules, fedi_str_t text)
{
    fedi_id_t   id, again;
    fedi_str_t  origin;

    if (fedi_id_parse_fragment(arena, rules, text, &id) != FEDI_OK) {
        fedi_fuzz_assert(fedi_id_parse(arena, rules, text, &id) != FEDI_OK);
        return;
    }

    fedi_fuzz_assert(fedi_id_parse_fragment(arena, rules, id.text, &again)
                     == FEDI_OK);
    fedi_fuzz_assert(fedi_id_eq(&id, &again));
    fedi_fuzz_assert(fedi_id_same_origin(&id, &again));

    fedi_fuzz_assert(fedi_url_origin(arena, &id.url, &origin) == FEDI_OK);
    fedi_fuzz_assert(fedi_str_eq(origin, id.origin));

    fedi_fuzz_assert(fedi_fuzz_within(id.origin, id.text));
    fedi_fuzz_assert(fedi_fuzz_within(id.authority, id.origin));
    fedi_fuzz_assert(fedi_fuzz_within(id.url.host, id.authority));
    fedi_fuzz_assert(fedi_fuzz_within(id.url.path, id.text));

    fedi_fuzz_assert(memchr(fedi_id_document(&id).data, '#',
                            fedi_id_document(&id).len)
                     == NULL);

    if (!rules->http) {
        fedi_fuzz_assert(memcmp(id.text.data, "https://", 8) == 0);
        fedi_fuzz_assert(fedi_str_eq(id.authority, id.url.host));
    }

    if (!rules->local) {
        fedi_fuzz_assert(!fedi_host_is_address(id.url.host));
        fedi_fuzz_assert(!fedi_host_is_local(id.url.host));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned         i;
    fedi_str_t       text;
    fedi_heap_t      heap;
    fedi_id_rules_t  rules;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    for (i = 0; i < 4; i++) {
        rules.http = i & 1;
        rules.local = i & 2;
        fuzz_ways(&heap.arena, &rules, text);
        fuzz_id(&heap.arena, &rules, text);
    }

    fedi_heap_free(&heap);

    return 0;
}
