
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"


static void
test_eq(void **state)
{
    (void) state;

    assert_true(fedi_str_eq(fedi_str("a"), fedi_str("a")));
    assert_true(fedi_str_eq(fedi_null_str, fedi_str("")));
    assert_false(fedi_str_eq(fedi_str("a"), fedi_str("A")));
    assert_false(fedi_str_eq(fedi_str("a"), fedi_str("ab")));
    assert_false(fedi_str_eq(fedi_str("a\0b"), fedi_str("a\0c")));

    assert_true(fedi_str_eq_nocase(fedi_str("aZ09-"), fedi_str("Az09-")));
    assert_true(fedi_str_eq_nocase(fedi_null_str, fedi_str("")));
    assert_false(fedi_str_eq_nocase(fedi_str("a"), fedi_str("b")));
    assert_false(fedi_str_eq_nocase(fedi_str("a"), fedi_str("ab")));

    /* neighbours of the letters that differ in the same bit */

    assert_false(fedi_str_eq_nocase(fedi_str("@"), fedi_str("`")));
    assert_false(fedi_str_eq_nocase(fedi_str("["), fedi_str("{")));
    assert_false(fedi_str_eq_nocase(fedi_str("\xc3\x84"),
                                    fedi_str("\xc3\xa4")));
}


static void
test_classes(void **state)
{
    int   i;
    char  c;
    bool  digit, upper, lower;

    (void) state;

    for (i = 0; i < 256; i++) {
        c = (char) i;

        digit = (i >= '0' && i <= '9');
        upper = (i >= 'A' && i <= 'Z');
        lower = (i >= 'a' && i <= 'z');

        assert_int_equal(fedi_is_digit(c), digit);
        assert_int_equal(fedi_is_alnum(c), digit || upper || lower);
        assert_int_equal(fedi_lower(c), (char) (upper ? i + 32 : i));
    }
}


static void
test_from(void **state)
{
    fedi_str_t  s;

    (void) state;

    s = fedi_str("acme");

    fedi_test_eq("all", fedi_str_from(s, 0), "acme");
    fedi_test_eq("rest", fedi_str_from(s, 3), "e");
    fedi_test_eq("none", fedi_str_from(s, 4), "");
    assert_null(fedi_str_from(fedi_null_str, 0).data);
}


static void
test_trim(void **state)
{
    (void) state;

    fedi_test_eq("trim", fedi_str_trim(fedi_str(" \t a b\t ")), "a b");
    fedi_test_eq("trim", fedi_str_trim(fedi_str("a")), "a");
    fedi_test_eq("trim", fedi_str_trim(fedi_str("\na ")), "\na");
    fedi_test_eq("trim", fedi_str_trim(fedi_str(" \t ")), "");
    fedi_test_eq("trim", fedi_str_trim(fedi_null_str), "");
}


static void
test_before(void **state)
{
    (void) state;

    assert_int_equal(fedi_str_before(fedi_str("a=b=c"), '='), 1);
    assert_int_equal(fedi_str_before(fedi_str("=b"), '='), 0);
    assert_int_equal(fedi_str_before(fedi_str("abc"), '='), 3);
    assert_int_equal(fedi_str_before(fedi_null_str, '='), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_eq),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_from),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_before)
    };

    return cmocka_run_group_tests_name("fedi_str", tests, NULL, NULL);
}
