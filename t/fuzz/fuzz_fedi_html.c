
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is found lies within the page, each tag behind the last; and what a
 * value is decoded to it means.
 */

#include "fedi_fuzz.h"

#include "fedi_html.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t            i;
    fedi_str_t        page, rest, before, text, value;
    fedi_heap_t       heap;
    fedi_html_tag_t   tag;

    fedi_heap_init(&heap);

    page = fedi_fuzz_view(&heap.arena, data, size);
    rest = page;

    for ( ;; ) {
        before = rest;

        if (!fedi_html_next(&rest, &tag)) {
            break;
        }

        fedi_fuzz_assert(rest.len < before.len);
        fedi_fuzz_assert(tag.name.len != 0);
        fedi_fuzz_assert(fedi_fuzz_within(tag.name, before));
        fedi_fuzz_assert(tag.nattributes <= FEDI_HTML_ATTRIBUTES);

        for (i = 0; i < tag.nattributes; i++) {
            value = tag.attributes[i].value;

            fedi_fuzz_assert(fedi_fuzz_within(tag.attributes[i].name, before));
            fedi_fuzz_assert(fedi_fuzz_within(value, before));

            text.data = fedi_alloc(&heap.arena, value.len + 1);
            fedi_fuzz_assert(text.data != NULL);
            text.len = fedi_html_decode(value, (char *) text.data);

            fedi_fuzz_assert(text.len <= value.len);
            fedi_fuzz_assert(fedi_html_means(value, text));
            (void) fedi_html_has_word(value, fedi_str("me"));
        }
    }

    fedi_fuzz_assert(rest.len == 0);
    fedi_heap_free(&heap);

    return 0;
}
