
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the fuzz targets share.  A property that does not hold ends the
 * process: libFuzzer keeps the input.
 */

#ifndef FEDI_FUZZ_H
#define FEDI_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fedi_arena.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


#define fedi_fuzz_assert(property)                                           \
    do {                                                                     \
        if (!(property)) {                                                   \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,          \
                    __LINE__, #property);                                    \
            abort();                                                         \
        }                                                                    \
    } while (0)


/*
 * The input in a block of exactly its size: a byte read behind it is seen,
 * as it is not in libFuzzer's own buffer.
 */

static inline fedi_str_t
fedi_fuzz_view(fedi_arena_t *arena, const uint8_t *data, size_t size)
{
    char  *p;

    p = fedi_alloc(arena, size);
    fedi_fuzz_assert(p != NULL);

    if (size != 0) {
        memcpy(p, data, size);
    }

    return (fedi_str_t) { p, size };
}


static inline bool
fedi_fuzz_within(fedi_str_t inner, fedi_str_t outer)
{
    return inner.len == 0
           || (inner.data >= outer.data
               && inner.data + inner.len <= outer.data + outer.len);
}


#endif
