
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is taken is a user and a host that lie in the input, side by side at
 * its end, and is taken again in each of its spellings.
 */

#include "fedi_fuzz.h"

#include "fedi_acct.h"
#include "fedi_host.h"
#include "fedi_utf8.h"


static void
fuzz_spelling(fedi_arena_t *arena, const char *prefix,
    const fedi_acct_t *acct)
{
    fedi_str_t   parts[4], text;
    fedi_acct_t  again;

    parts[0] = (fedi_str_t) { prefix, strlen(prefix) };
    parts[1] = acct->user;
    parts[2] = fedi_str("@");
    parts[3] = acct->host;

    text = fedi_join(arena, parts, 4);
    fedi_fuzz_assert(text.data != NULL);

    fedi_fuzz_assert(fedi_acct_parse(text, &again) == FEDI_OK);
    fedi_fuzz_assert(fedi_str_eq(again.user, acct->user));
    fedi_fuzz_assert(fedi_str_eq(again.host, acct->host));
}


static void
fuzz_accepted(fedi_arena_t *arena, fedi_str_t text, const fedi_acct_t *acct)
{
    fedi_fuzz_assert(acct->user.len != 0
                     && acct->user.len <= FEDI_ACCT_USER_MAX);
    fedi_fuzz_assert(acct->host.len != 0);

    fedi_fuzz_assert(fedi_fuzz_within(acct->user, text));
    fedi_fuzz_assert(acct->user.data + acct->user.len + 1
                     == acct->host.data);
    fedi_fuzz_assert(acct->host.data + acct->host.len
                     == text.data + text.len);

    fedi_fuzz_assert(memchr(acct->user.data, '@', acct->user.len) == NULL);
    fedi_fuzz_assert(memchr(acct->host.data, '@', acct->host.len) == NULL);
    fedi_fuzz_assert(fedi_utf8_valid(text));

    fuzz_spelling(arena, "acct:", acct);
    fuzz_spelling(arena, "ACCT:@", acct);
    fuzz_spelling(arena, "@", acct);
    fuzz_spelling(arena, "", acct);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_err_e   err;
    fedi_str_t   text;
    fedi_acct_t  acct;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    err = fedi_acct_parse(text, &acct);

    if (err == FEDI_OK) {
        fuzz_accepted(&heap.arena, text, &acct);

    } else {
        fedi_fuzz_assert(err == FEDI_EACCT || err == FEDI_ETOOLONG);
    }

    fedi_heap_free(&heap);

    return 0;
}
