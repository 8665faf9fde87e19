
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_hash.h"


/* the published vectors of FNV-1a, 64 bits */

static void
test_vectors(void **state)
{
    (void) state;

    assert_true(fedi_hash_add(FEDI_HASH_SEED, fedi_str(""))
                == 0xcbf29ce484222325ULL);
    assert_true(fedi_hash_add(FEDI_HASH_SEED, fedi_str("a"))
                == 0xaf63dc4c8601ec8cULL);
    assert_true(fedi_hash_add(FEDI_HASH_SEED, fedi_str("foobar"))
                == 0x85944171f73967e8ULL);
    assert_true(fedi_hash_add(FEDI_HASH_SEED, fedi_str("\xff"))
                == 0xaf64724c8602eb6eULL);
}


static uint64_t
hash_parts(fedi_str_t a, fedi_str_t b)
{
    return fedi_hash_add(fedi_hash_end(fedi_hash_add(FEDI_HASH_SEED, a)), b);
}


static void
test_parts(void **state)
{
    (void) state;

    assert_true(fedi_hash_add(fedi_hash_add(FEDI_HASH_SEED, fedi_str("foo")),
                              fedi_str("bar"))
                == fedi_hash_add(FEDI_HASH_SEED, fedi_str("foobar")));

    assert_true(hash_parts(fedi_str("a"), fedi_str("bc"))
                != hash_parts(fedi_str("ab"), fedi_str("c")));
    assert_true(hash_parts(fedi_str("a"), fedi_str(""))
                != hash_parts(fedi_str(""), fedi_str("a")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_parts)
    };

    return cmocka_run_group_tests_name("fedi_hash", tests, NULL, NULL);
}
