
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A normal host is the normal host of itself, is made of nothing but LDH or
 * is an address; and what the C library takes for an address is one here.
 */

#include <arpa/inet.h>

#include "fedi_fuzz.h"

#include "fedi_host.h"


static void
fuzz_normal(fedi_arena_t *arena, fedi_str_t host)
{
    size_t      i;
    fedi_str_t  normal, again;

    if (fedi_host_normalize(arena, host, &normal) != FEDI_OK) {
        return;
    }

    fedi_fuzz_assert(fedi_host_check(normal) == FEDI_OK);

    fedi_fuzz_assert(fedi_host_normalize(arena, normal, &again) == FEDI_OK);
    fedi_fuzz_assert(fedi_str_eq(normal, again));

    if (fedi_host_is_address(normal)) {
        return;
    }

    for (i = 0; i < normal.len; i++) {
        fedi_fuzz_assert(fedi_is_alnum(normal.data[i])
                         || normal.data[i] == '-' || normal.data[i] == '.');
        fedi_fuzz_assert(fedi_lower(normal.data[i]) == normal.data[i]);
    }
}


static void
fuzz_address(fedi_arena_t *arena, fedi_str_t host)
{
    fedi_str_t      name;
    struct in_addr  address;

    /* inet_aton() stops at a space, and so takes "1 x" */

    if (host.len == 0
        || memchr(host.data, '\0', host.len) != NULL
        || memchr(host.data, ' ', host.len) != NULL
        || memchr(host.data, '\t', host.len) != NULL
        || memchr(host.data, '\n', host.len) != NULL
        || memchr(host.data, '\v', host.len) != NULL
        || memchr(host.data, '\f', host.len) != NULL
        || memchr(host.data, '\r', host.len) != NULL)
    {
        return;
    }

    name = fedi_strdup(arena, host);
    fedi_fuzz_assert(name.data != NULL);

    if (inet_aton(name.data, &address) != 0) {
        fedi_fuzz_assert(fedi_host_is_address(host));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint16_t     port;
    fedi_str_t   text, host;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    fuzz_normal(&heap.arena, text);
    fuzz_address(&heap.arena, text);
    (void) fedi_host_is_local(text);

    if (fedi_host_split(text, &host, &port) == FEDI_OK) {
        fedi_fuzz_assert(fedi_fuzz_within(host, text));
        fedi_fuzz_assert((port == 0) == (host.len == text.len));
    }

    fedi_heap_free(&heap);

    return 0;
}
