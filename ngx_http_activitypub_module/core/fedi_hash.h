
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A 64-bit hash, eight bytes at a time: names of things in shared tables.
 * The value is of this machine and this build: never stored, never sent.
 * Never the only check where a stranger chooses what is inserted: that is
 * fedi_siphash.h's.
 */

#ifndef FEDI_HASH_H
#define FEDI_HASH_H

#include <stdint.h>

#include "fedi_str.h"


#define FEDI_HASH_SEED  0x9e3779b97f4a7c15ULL


static inline uint64_t
fedi_hash_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xd6e8feb86659fd93ULL;

    return hash ^ (hash >> 32);
}


/*
 * Continues a hash, so that parts need not be joined.  The length is mixed
 * in: "a", "bc" and "ab", "c" differ.
 */

static inline uint64_t
fedi_hash_add(uint64_t hash, fedi_str_t s)
{
    size_t    i;
    uint64_t  word;

    for (i = 0; i + sizeof(word) <= s.len; i += sizeof(word)) {
        memcpy(&word, s.data + i, sizeof(word));
        hash = fedi_hash_mix(hash, word);
    }

    word = 0;

    if (i < s.len && s.len >= sizeof(word)) {

        /* the last word, some bytes of it for the second time */

        memcpy(&word, s.data + s.len - sizeof(word), sizeof(word));

    } else {
        for (/* void */; i < s.len; i++) {
            word = word << 8 | (unsigned char) s.data[i];
        }
    }

    return fedi_hash_mix(fedi_hash_mix(hash, word), s.len);
}


#endif
