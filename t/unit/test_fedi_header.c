
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_header.h"


static const fedi_header_t  headers[] = {
    { fedi_string("Host"), fedi_string("acme.example") },
    { fedi_string("X-A"), fedi_string("1") },
    { fedi_string("x-a"), fedi_string("2") }
};


static void
test_find(void **state)
{
    fedi_str_t  value = fedi_null_str;

    (void) state;

    assert_int_equal(fedi_header_find(headers, 3, fedi_str("hOST"), &value),
                     1);
    fedi_test_eq("host", value, "acme.example");
    assert_int_equal(fedi_header_find(headers, 3, fedi_str("X-a"), &value),
                     2);
    fedi_test_eq("x-a", value, "1");
    assert_int_equal(fedi_header_find(headers, 2, fedi_str("X-a"), &value),
                     1);
    assert_int_equal(fedi_header_find(headers, 3, fedi_str("x-"), &value), 0);
    fedi_test_eq("untouched", value, "1");
}


static void
test_token(void **state)
{
    char    c;
    size_t  i;

    static const char *const  tokens[] = {
        "a", "Content-Type", "!#$%&'*+.^_`|~", "9"
    };

    static const char *const  none[] = {
        "", " a", "a b", "a:", "a\t", "a\"", "(a)", "\x7f", "\xc3\xbc", "a,b",
        "a/b", "a=b", "\\"
    };

    (void) state;

    for (i = 0; i < FEDI_N(tokens); i++) {
        assert_true(fedi_header_is_token(fedi_test_view(tokens[i])));
    }

    for (i = 0; i < FEDI_N(none); i++) {
        if (fedi_header_is_token(fedi_test_view(none[i]))) {
            fail_msg("\"%s\" is no token", none[i]);
        }
    }

    assert_false(fedi_header_is_token(fedi_str("a\0")));

    /* every byte, as the RFC has them */

    for (i = 0; i < 256; i++) {
        c = (char) i;

        assert_int_equal(fedi_header_is_token((fedi_str_t) { &c, 1 }),
                         fedi_is_alnum(c)
                         || (i != 0 && strchr("!#$%&'*+-.^_`|~", c)));
    }
}


static void
test_value(void **state)
{
    (void) state;

    assert_true(fedi_header_is_value(fedi_null_str));
    assert_true(fedi_header_is_value(fedi_str("a\tb \xc3\xbc")));
    assert_false(fedi_header_is_value(fedi_str("a\rb")));
    assert_false(fedi_header_is_value(fedi_str("a\nb")));
    assert_false(fedi_header_is_value(fedi_str("a\0")));
    assert_false(fedi_header_is_value(fedi_str("\x1f")));
    assert_false(fedi_header_is_value(fedi_str("\x7f")));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_value)
    };

    return cmocka_run_group_tests_name("fedi_header", tests, NULL, NULL);
}
