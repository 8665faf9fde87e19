
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A date that is one comes back as IMF-fixdate, and the same.
 */

#include "fedi_fuzz.h"

#include "fedi_http_date.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char         text[FEDI_HTTP_DATE_LEN];
    int64_t      time, again, now;
    fedi_str_t   value;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    value = fedi_fuzz_view(&heap.arena, data, size);
    now = 1795374000;

    if (fedi_http_date_parse(value, now, &time)) {
        fedi_fuzz_assert(fedi_http_date_format(time, text)
                         || time == 253402300800);

        if (time != 253402300800) {
            fedi_fuzz_assert(fedi_http_date_parse(
                                 (fedi_str_t) { text, sizeof(text) }, now,
                                 &again));
            fedi_fuzz_assert(time == again);
        }
    }

    if (size >= sizeof(now)) {
        memcpy(&now, data, sizeof(now));

        if (fedi_http_date_format(now, text)) {
            fedi_fuzz_assert(fedi_http_date_parse(
                                 (fedi_str_t) { text, sizeof(text) }, 0,
                                 &again));
            fedi_fuzz_assert(now == again);
        }

        (void) fedi_http_date_parse(
            fedi_str_from(value, sizeof(now)), now, &time);
    }

    fedi_heap_free(&heap);

    return 0;
}
