
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What parses has names and limits as the RFC and the header have them, every
 * part points into the text or is in the arena, and put together again from
 * its raw parts it parses to the same.
 */

#include "fedi_fuzz.h"

#include "fedi_sf.h"


static size_t
fuzz_parameters(const fedi_sf_parameter_t *list)
{
    size_t  n;

    for (n = 0; list != NULL; list = list->next) {
        fedi_fuzz_assert(list->name.len != 0);
        fedi_fuzz_assert(list->value.kind <= FEDI_SF_DISPLAY);
        n++;
    }

    fedi_fuzz_assert(n <= FEDI_SF_PARAMETERS_MAX);

    return n;
}


static void
fuzz_same(const fedi_sf_member_t *a, const fedi_sf_member_t *b)
{
    const fedi_sf_item_t  *x, *y;

    fedi_fuzz_assert(fedi_str_eq(a->name, b->name));
    fedi_fuzz_assert(a->list == b->list);
    fedi_fuzz_assert(a->value.kind == b->value.kind
                     && a->value.number == b->value.number
                     && fedi_str_eq(a->value.text, b->value.text));
    fedi_fuzz_assert(fuzz_parameters(a->parameters)
                     == fuzz_parameters(b->parameters));

    for (x = a->items, y = b->items; x && y; x = x->next, y = y->next) {
        fedi_fuzz_assert(fedi_str_eq(x->raw, y->raw));
    }

    fedi_fuzz_assert(x == NULL && y == NULL);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                   n;
    fedi_str_t               text, parts[4];
    fedi_heap_t              heap;
    fedi_sf_dictionary_t     first, again;
    const fedi_sf_member_t  *a, *b;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    if (fedi_sf_parse(&heap.arena, text, &first) == FEDI_OK) {
        n = 0;
        parts[0] = fedi_str("");

        for (a = first.members; a != NULL; a = a->next) {
            fedi_fuzz_assert(fedi_fuzz_within(a->raw, text));
            fedi_fuzz_assert(fedi_sf_member(&first, a->name) == a);

            /* "a;x" has no value that could stand behind "=" */

            parts[1] = a->name;
            parts[2] = a->raw.len == 0 || a->raw.data[0] == ';'
                       ? fedi_str("") : fedi_str("=");
            parts[3] = a->raw;
            parts[1] = fedi_join(&heap.arena, parts + 1, 3);
            parts[2] = parts[1];
            parts[1] = n++ == 0 ? fedi_str("") : fedi_str(" ,\t");
            parts[0] = fedi_join(&heap.arena, parts, 3);
        }

        fedi_fuzz_assert(n <= FEDI_SF_MEMBERS_MAX);
        fedi_fuzz_assert(fedi_sf_parse(&heap.arena, parts[0], &again)
                         == FEDI_OK);

        for (a = first.members, b = again.members; a && b;
             a = a->next, b = b->next)
        {
            fuzz_same(a, b);
        }

        fedi_fuzz_assert(a == NULL && b == NULL);
    }

    fedi_heap_free(&heap);

    return 0;
}
