
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is taken has one spelling: written down and read again it is the same.
 */

#include "fedi_fuzz.h"

#include "fedi_resource.h"


static void
fuzz_accepted(fedi_arena_t *arena, const fedi_resource_t *resource)
{
    size_t           i;
    fedi_str_t       parts[3], text;
    fedi_resource_t  again;

    fedi_fuzz_assert(resource->host.len != 0);
    fedi_fuzz_assert((resource->user.len == 0) == (resource->path.len != 0));

    for (i = 0; i < resource->host.len; i++) {
        fedi_fuzz_assert((unsigned char) resource->host.data[i] < 0x80);
        fedi_fuzz_assert(resource->host.data[i]
                         == fedi_lower(resource->host.data[i]));
    }

    if (resource->user.len != 0) {
        parts[0] = resource->user;
        parts[1] = fedi_str("@");
        parts[2] = resource->host;

    } else {
        fedi_fuzz_assert(resource->path.data[0] == '/');

        parts[0] = fedi_str("https://");
        parts[1] = resource->host;
        parts[2] = resource->path;
    }

    /* of http, 443 is no default */

    if (resource->host.len > 4
        && memcmp(resource->host.data + resource->host.len - 4, ":443", 4)
           == 0)
    {
        return;
    }

    text = fedi_join(arena, parts, 3);
    fedi_fuzz_assert(text.data != NULL);

    if (fedi_resource_parse(arena, text, &again) == FEDI_ETOOLONG) {
        return;
    }

    fedi_fuzz_assert(fedi_resource_parse(arena, text, &again) == FEDI_OK);
    fedi_fuzz_assert(fedi_str_eq(again.user, resource->user));
    fedi_fuzz_assert(fedi_str_eq(again.host, resource->host));
    fedi_fuzz_assert(fedi_str_eq(again.path, resource->path));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_str_t       text, resource;
    fedi_heap_t      heap;
    fedi_resource_t  parsed;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    if (fedi_resource_of_query(&heap.arena, text, &resource) == FEDI_OK) {
        text = resource;
    }

    if (fedi_resource_parse(&heap.arena, text, &parsed) == FEDI_OK) {
        fuzz_accepted(&heap.arena, &parsed);
    }

    fedi_heap_free(&heap);

    return 0;
}
