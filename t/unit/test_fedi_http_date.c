
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_http_date.h"


#define NOW  1795374000     /* 22 November 2026 */


static void
test_parse(void **state)
{
    size_t   i;
    int64_t  time;

    static const struct {
        const char  *text;
        int64_t      time;
    } rows[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
        { "Sun Nov  6 08:49:37 1994", 784111777 },
        { "Sun, 05 Jan 2014 21:31:40 GMT", 1388957500 },
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
        { "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000 },
        { "Tue, 29 Feb 2000 00:00:00 GMT", 951782400 },
        { "Wed Nov 16 08:49:37 1994", 784975777 },
        { "Sat, 01 Jan 0000 00:00:00 GMT", -62167219200 },
        { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
        { "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },

        /* a wrong name of the day is read over */
        { "Mon, 06 Nov 1994 08:49:37 GMT", 784111777 },

        /* 50 years ahead at most */
        { "Thursday, 01-Jan-76 00:00:00 GMT", 3345062400 },
        { "Saturday, 01-Jan-77 00:00:00 GMT", 220924800 },
        { "Saturday, 01-Jan-00 00:00:00 GMT", 946684800 }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (!fedi_http_date_parse(fedi_test_view(rows[i].text), NOW, &time)) {
            fail_msg("\"%s\" is a date", rows[i].text);
        }

        if (time != rows[i].time) {
            fail_msg("\"%s\": got %lld", rows[i].text, (long long) time);
        }
    }
}


static void
test_refused(void **state)
{
    size_t   i;
    int64_t  time;

    static const char *const  rows[] = {
        "", "now", "784111777",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Foo, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 2023 12:00:00 GMT", "Thu, 29 Feb 1900 12:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMTx", "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT", "Sun 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 31-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov -6 08:49:37 1994",
        "Sun Nov  0 08:49:37 1994", "Sun Nov x6 08:49:37 1994"
    };

    (void) state;

    time = 7;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (fedi_http_date_parse(fedi_test_view(rows[i]), NOW, &time)) {
            fail_msg("\"%s\" is no date", rows[i]);
        }
    }

    assert_false(fedi_http_date_parse(fedi_null_str, NOW, &time));
    assert_true(time == 7);
}


/* every day of four centuries and the edges of a day come back */

static void
test_format(void **state)
{
    char     text[FEDI_HTTP_DATE_LEN + 1];
    int64_t  time, again;

    (void) state;

    text[FEDI_HTTP_DATE_LEN] = '\0';

    assert_true(fedi_http_date_format(784111777, text));
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_true(fedi_http_date_format(-1, text));
    assert_string_equal(text, "Wed, 31 Dec 1969 23:59:59 GMT");
    assert_true(fedi_http_date_format(NOW, text));
    assert_string_equal(text, "Sun, 22 Nov 2026 19:00:00 GMT");
    assert_true(fedi_http_date_format(951782400, text));
    assert_string_equal(text, "Tue, 29 Feb 2000 00:00:00 GMT");

    for (time = -6000000000; time < 8000000000; time += 86400 + 3599) {
        assert_true(fedi_http_date_format(time, text));
        assert_true(fedi_http_date_parse(fedi_test_view(text), NOW, &again));
        assert_true(again == time);
    }

    assert_true(fedi_http_date_format(-62167219200, text));
    assert_string_equal(text, "Sat, 01 Jan 0000 00:00:00 GMT");
    assert_true(fedi_http_date_format(253402300799, text));
    assert_string_equal(text, "Fri, 31 Dec 9999 23:59:59 GMT");
    assert_false(fedi_http_date_format(-62167219201, text));
    assert_false(fedi_http_date_format(253402300800, text));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_format)
    };

    return cmocka_run_group_tests_name("fedi_http_date", tests, NULL, NULL);
}
