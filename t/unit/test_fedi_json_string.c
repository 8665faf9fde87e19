
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_json_string.h"


#define ROOM  64


/* "text" without the opening quote; what is written has to fit into that */

static bool
take(fedi_str_t text, bool copy, fedi_str_t *chars, size_t *used)
{
    bool         ok;
    char        *at;
    const char  *p;
    static char  room[ROOM];

    memset(room, '#', sizeof(room));

    at = room;
    p = text.data;

    ok = fedi_json_string_read(&p, text.data + text.len, &at, copy, chars);

    *used = (size_t) (at - room);

    assert_true(*used <= text.len);
    assert_int_equal(room[text.len], '#');

    if (ok) {
        assert_int_equal(p[-1], '"');
        assert_true(*used == 0 || at[-1] == '\0');
    }

    return ok;
}


static void
test_taken(void **state)
{
    size_t      i, used;
    fedi_str_t  chars;

    static const struct {
        fedi_str_t   text;
        const char  *want;
        bool         written;

    } rows[] = {
        { fedi_string("\""), "", false },
        { fedi_string("a b\" :"), "a b", false },
        { fedi_string("\xc3\xbc\""), "\xc3\xbc", false },
        { fedi_string("\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\/\b\f\n\r\t",
          true },
        { fedi_string("\\u0041\\u00e9\\u20AC\\ud83d\\ude00\""),
          "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", true },
        { fedi_string("\\u007f\\u0080\\u07ff\\u0800\\uffff\""),
          "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", true },
        { fedi_string("\\udbff\\udfff\\n\""), "\xf4\x8f\xbf\xbf\n", true }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        assert_true(take(rows[i].text, false, &chars, &used));
        fedi_test_eq(rows[i].want, chars, rows[i].want);
        assert_true((used != 0) == rows[i].written);

        assert_true(take(rows[i].text, true, &chars, &used));
        fedi_test_eq(rows[i].want, chars, rows[i].want);
        assert_int_equal(used, strlen(rows[i].want) + 1);
    }
}


static void
test_refused(void **state)
{
    size_t      i, used;
    fedi_str_t  chars;

    static const fedi_str_t  rows[] = {
        fedi_string(""), fedi_string("a"), fedi_string("\\"),
        fedi_string("\\\""), fedi_string("a\nb\""), fedi_string("a\0b\""),
        fedi_string("\\\0\""), fedi_string("\\x\""), fedi_string("\\u\""),
        fedi_string("\\u123\""), fedi_string("\\u123g\""),
        fedi_string("\\u0000\""), fedi_string("\\ud800\""),
        fedi_string("\\ud800\\u0041\""), fedi_string("\\ud800\\ude0\""),
        fedi_string("\\udc00\""), fedi_string("\xff\""),
        fedi_string("\xc3\""), fedi_string("\\n\xc3\"")
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (take(rows[i], true, &chars, &used)) {
            fail_msg("row %zu is taken", i);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_refused)
    };

    return cmocka_run_group_tests_name("fedi_json_string", tests, NULL, NULL);
}
