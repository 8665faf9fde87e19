
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a fetched document may call itself, a POST may, too; case does not
 * count; and neither does white space around it.
 */

#include "fedi_fuzz.h"

#include "fedi_content_type.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char         *lower;
    size_t        i;
    fedi_str_t    text;
    fedi_heap_t   heap;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    if (fedi_content_type_is_activity(text)) {
        fedi_fuzz_assert(fedi_content_type_is_post(text));
        fedi_fuzz_assert(text.len >= 19);
    }

    fedi_fuzz_assert(fedi_content_type_is_post(fedi_str_trim(text))
                     == fedi_content_type_is_post(text));

    /* of the profile alone, the case does count */

    lower = fedi_alloc(&heap.arena, size);
    fedi_fuzz_assert(lower != NULL);

    for (i = 0; i < size; i++) {
        lower[i] = fedi_lower(text.data[i]);
    }

    if (fedi_content_type_is_post(text)) {
        fedi_fuzz_assert(fedi_content_type_is_like_post(text));
        fedi_fuzz_assert(fedi_content_type_is_post((fedi_str_t) { lower,
                                                                  size })
                         || memchr(text.data, ';', size) != NULL);
    }

    fedi_heap_free(&heap);

    return 0;
}
