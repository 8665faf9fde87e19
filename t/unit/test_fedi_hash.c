
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdio.h>

#include "fedi_test.h"

#include "fedi_hash.h"


#define NAMES    20000
#define BUCKETS  1024


static uint64_t
hash_parts(fedi_str_t a, fedi_str_t b)
{
    return fedi_hash_add(fedi_hash_add(FEDI_HASH_SEED, a), b);
}


/* what is told apart by nothing else than where a part ends */

static void
test_parts(void **state)
{
    (void) state;

    assert_true(hash_parts(fedi_str("a"), fedi_str("bc"))
                == hash_parts(fedi_str("a"), fedi_str("bc")));

    assert_true(hash_parts(fedi_str("a"), fedi_str("bc"))
                != hash_parts(fedi_str("ab"), fedi_str("c")));
    assert_true(hash_parts(fedi_str("a"), fedi_str(""))
                != hash_parts(fedi_str(""), fedi_str("a")));
    assert_true(hash_parts(fedi_str("12345678"), fedi_str(""))
                != hash_parts(fedi_str(""), fedi_str("12345678")));
    assert_true(hash_parts(fedi_str("a"), fedi_null_str)
                != fedi_hash_add(FEDI_HASH_SEED, fedi_str("a")));

    assert_true(fedi_hash_add(FEDI_HASH_SEED, fedi_str("a"))
                != fedi_hash_add(FEDI_HASH_SEED, fedi_str("a\0")));
    assert_true(fedi_hash_add(FEDI_HASH_SEED, fedi_null_str)
                != fedi_hash_add(FEDI_HASH_SEED, fedi_str("\0\0\0\0\0\0\0")));
    assert_true(fedi_hash_add(FEDI_HASH_SEED, fedi_null_str)
                == fedi_hash_add(FEDI_HASH_SEED, fedi_str("")));
}


/* every bit of every byte counts, whatever the length and the alignment */

static void
test_bits(void **state)
{
    char        text[40];
    size_t      len, bit, start;
    uint64_t    hash;
    fedi_str_t  view;

    (void) state;

    memset(text, 'x', sizeof(text));

    for (start = 0; start < 8; start++) {
        for (len = 1; len <= 24; len++) {
            view = (fedi_str_t) { text + start, len };
            hash = fedi_hash_add(FEDI_HASH_SEED, view);

            for (bit = 0; bit < len * 8; bit++) {
                text[start + bit / 8] ^= (char) (1 << bit % 8);

                assert_true(fedi_hash_add(FEDI_HASH_SEED, view) != hash);

                text[start + bit / 8] ^= (char) (1 << bit % 8);
            }

            /* and none behind the end */

            text[start + len] = 'y';
            assert_true(fedi_hash_add(FEDI_HASH_SEED, view) == hash);
            text[start + len] = 'x';
        }
    }
}


static int
compare(const void *a, const void *b)
{
    const uint64_t  *x = a;
    const uint64_t  *y = b;

    return *x < *y ? -1 : *x > *y;
}


/*
 * Names as alike as ours are spread over a table by their low bits and over
 * another by their high bits: 20 a bucket on average, and no two the same.
 */
static void
test_spread(void **state)
{
    int              n;
    size_t           i;
    char             name[64];
    static unsigned  low[BUCKETS], high[BUCKETS];
    static uint64_t  hashes[NAMES];

    (void) state;

    for (i = 0; i < NAMES; i++) {
        n = snprintf(name, sizeof(name),
                     "https://acme.example/activitypub/news/%zu", i);

        hashes[i] = fedi_hash_add(FEDI_HASH_SEED,
                                  (fedi_str_t) { name, (size_t) n });

        low[hashes[i] % BUCKETS]++;
        high[hashes[i] / (UINT64_MAX / BUCKETS + 1)]++;
    }

    for (i = 0; i < BUCKETS; i++) {
        assert_in_range(low[i], 1, 50);
        assert_in_range(high[i], 1, 50);
    }

    qsort(hashes, NAMES, sizeof(hashes[0]), compare);

    for (i = 1; i < NAMES; i++) {
        assert_true(hashes[i] != hashes[i - 1]);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_spread)
    };

    return cmocka_run_group_tests_name("fedi_hash", tests, NULL, NULL);
}
