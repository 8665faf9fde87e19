
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * SipHash-1-3 (Aumasson, Bernstein, 2012), for names that strangers choose:
 * who does not know the key finds no two that are called alike.  OpenSSL has
 * it too, at the price of an allocation and a few thousand instructions.
 */

#ifndef FEDI_SIPHASH_H
#define FEDI_SIPHASH_H

#include <stdint.h>

#include "fedi_str.h"


/* random, and told to nobody */

typedef struct {
    uint64_t  k0;
    uint64_t  k1;
} fedi_siphash_key_t;


typedef struct {
    uint64_t  v0;
    uint64_t  v1;
    uint64_t  v2;
    uint64_t  v3;
} fedi_siphash_t;


static inline fedi_siphash_t
fedi_siphash_init(const fedi_siphash_key_t *key)
{
    return (fedi_siphash_t) {
        key->k0 ^ 0x736f6d6570736575ULL, key->k1 ^ 0x646f72616e646f6dULL,
        key->k0 ^ 0x6c7967656e657261ULL, key->k1 ^ 0x7465646279746573ULL
    };
}


static inline uint64_t
fedi_siphash_rotate(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}


static inline void
fedi_siphash_round(fedi_siphash_t *s)
{
    s->v0 += s->v1;
    s->v1 = fedi_siphash_rotate(s->v1, 13) ^ s->v0;
    s->v0 = fedi_siphash_rotate(s->v0, 32);

    s->v2 += s->v3;
    s->v3 = fedi_siphash_rotate(s->v3, 16) ^ s->v2;

    s->v0 += s->v3;
    s->v3 = fedi_siphash_rotate(s->v3, 21) ^ s->v0;

    s->v2 += s->v1;
    s->v1 = fedi_siphash_rotate(s->v1, 17) ^ s->v2;
    s->v2 = fedi_siphash_rotate(s->v2, 32);
}


static inline void
fedi_siphash_word(fedi_siphash_t *s, uint64_t word)
{
    s->v3 ^= word;
    fedi_siphash_round(s);
    s->v0 ^= word;
}


/*
 * Adds a text, its length with it, as if it were the last: so "a", "bc" and
 * "ab", "c" differ, and one text alone is hashed as the paper has it (on a
 * machine that puts the low byte first).
 */

static inline void
fedi_siphash_add(fedi_siphash_t *s, fedi_str_t text)
{
    size_t    i;
    uint64_t  word;

    for (i = 0; i + sizeof(word) <= text.len; i += sizeof(word)) {
        memcpy(&word, text.data + i, sizeof(word));
        fedi_siphash_word(s, word);
    }

    word = 0;

    if (i < text.len) {
        memcpy(&word, text.data + i, text.len - i);
    }

    fedi_siphash_word(s, word | (uint64_t) text.len << 56);
}


/* the value so far; more may be added to what it was taken from */

static inline uint64_t
fedi_siphash_value(fedi_siphash_t s)
{
    s.v2 ^= 0xff;

    fedi_siphash_round(&s);
    fedi_siphash_round(&s);
    fedi_siphash_round(&s);

    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}


#endif
