
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_utf8.h"


static void
test_valid(void **state)
{
    size_t  i;

    static const char *const  rows[] = {
        "", "a", "\x7f", "\x01",
        "\xc2\x80", "\xdf\xbf",
        "\xe0\xa0\x80", "\xe1\x80\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf1\x80\x80\x80", "\xf4\x8f\xbf\xbf",
        "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80z"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (!fedi_utf8_valid(fedi_test_view(rows[i]))) {
            fail_msg("row %zu is UTF-8", i);
        }
    }

    assert_true(fedi_utf8_valid(fedi_null_str));
    assert_true(fedi_utf8_valid(fedi_str("\0")));
}


static void
test_invalid(void **state)
{
    size_t  i;

    static const char *const  rows[] = {
        "\x80", "\xbf", "a\x80", "\xff", "\xfe",
        "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xc3", "\xc3\x28", "\xc3\xc3\xbc",
        "\xe2\x82", "\xe2", "\xe2\x28\xac", "\xe2\x82\x28",
        "\xf0\x9f\x98", "\xf0\x9f\x98\x28", "\xf0\x9f\x28\x80",
        "\xf8\x88\x80\x80\x80"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (fedi_utf8_valid(fedi_test_view(rows[i]))) {
            fail_msg("row %zu is not UTF-8", i);
        }
    }

    /* the rest of the character is behind the end of the view */

    assert_false(fedi_utf8_valid((fedi_str_t) { "\xc3\xbc", 1 }));
    assert_false(fedi_utf8_valid((fedi_str_t) { "\xe2\x82\xac", 2 }));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_invalid)
    };

    return cmocka_run_group_tests_name("fedi_utf8", tests, NULL, NULL);
}
