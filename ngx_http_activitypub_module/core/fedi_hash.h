
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * FNV-1a, 64 bits: names of things in shared tables.  Not for secrets, and
 * never the only check where a stranger chooses what is inserted.
 */

#ifndef FEDI_HASH_H
#define FEDI_HASH_H

#include <stdint.h>

#include "fedi_str.h"


#define FEDI_HASH_SEED  0xcbf29ce484222325ULL


/* continues a hash, so that parts need not be joined */
static inline uint64_t
fedi_hash_add(uint64_t hash, fedi_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        hash = (hash ^ (unsigned char) s.data[i]) * 0x100000001b3ULL;
    }

    return hash;
}


/* a boundary between parts: "a","bc" and "ab","c" differ */
static inline uint64_t
fedi_hash_end(uint64_t hash)
{
    return (hash ^ 0xff) * 0x100000001b3ULL;
}


#endif
