
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_sf_value.h"


typedef struct {
    const char      *text;
    fedi_sf_kind_e   kind;
    int64_t          number;
    const char      *value;
    const char      *left;      /* NULL: FEDI_ESF */
} value_row_t;


static void
check(const value_row_t *rows, size_t n)
{
    size_t           i;
    fedi_err_e       err;
    fedi_heap_t      heap;
    fedi_sf_text_t   text;
    fedi_sf_value_t  value;

    for (i = 0; i < n; i++) {
        fedi_heap_init(&heap);

        text.arena = &heap.arena;
        text.left = fedi_test_view(rows[i].text);

        err = fedi_sf_value(&text, &value);

        fedi_test_err(rows[i].text, err,
                      rows[i].left != NULL ? FEDI_OK : FEDI_ESF);

        if (err == FEDI_OK) {
            fedi_test_eq(rows[i].text, text.left, rows[i].left);
            fedi_test_eq(rows[i].text, value.text, rows[i].value);
            assert_int_equal(value.kind, rows[i].kind);
            assert_true(value.number == rows[i].number);
        }

        fedi_heap_free(&heap);
    }
}


#define good(text, kind, number, value, left)                                 \
    { text, FEDI_SF_##kind, number, value, left }
#define bad(text)                                                             \
    { text, FEDI_SF_BOOLEAN, 0, "", NULL }


static void
test_numbers(void **state)
{
    static const value_row_t  rows[] = {
        good("0", INTEGER, 0, "", ""),
        good("42;a", INTEGER, 42, "", ";a"),
        good("-42", INTEGER, -42, "", ""),
        good("-0", INTEGER, 0, "", ""),
        good("007", INTEGER, 7, "", ""),
        good("999999999999999", INTEGER, 999999999999999, "", ""),
        good("-999999999999999", INTEGER, -999999999999999, "", ""),
        good("1.5", DECIMAL, 1500, "", ""),
        good("-1.234", DECIMAL, -1234, "", ""),
        good("0.01x", DECIMAL, 10, "", "x"),
        good("999999999999.999", DECIMAL, 999999999999999, "", ""),
        good("@1659578233", DATE, 1659578233, "", ""),
        good("@-1", DATE, -1, "", ""),

        bad(""),
        bad("-"),
        bad("--1"),
        bad("-a"),
        bad("1000000000000000"),
        bad("1."),
        bad("1.2345"),
        bad("1234567890123.1"),
        bad(".5"),
        bad("@"),
        bad("@1.5"),
        bad("@a")
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_texts(void **state)
{
    static const value_row_t  rows[] = {
        good("\"\"", STRING, 0, "", ""),
        good("\"a b\"c", STRING, 0, "a b", "c"),
        good("\"a\\\"b\\\\\"", STRING, 0, "a\"b\\", ""),
        good("a", TOKEN, 0, "a", ""),
        good("*a:/b!#$%&'*+-.^_`|~9,", TOKEN, 0, "*a:/b!#$%&'*+-.^_`|~9",
             ","),
        good("A(", TOKEN, 0, "A", "("),
        good("?1", BOOLEAN, 1, "", ""),
        good("?0 ", BOOLEAN, 0, "", " "),

        bad("\""),
        bad("\"a"),
        bad("\"a\\\""),
        bad("\"a\\"),
        bad("\"\\a\""),
        bad("\"a\tb\""),
        bad("\"a\x7f\""),
        bad("\"\xc3\xa9\""),
        bad("'a'"),
        bad("!a"),
        bad("?"),
        bad("?2"),
        bad("?t")
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_bytes(void **state)
{
    static const value_row_t  rows[] = {
        good("::", BYTES, 0, "", ""),
        good(":aGVsbG8=:;a", BYTES, 0, "hello", ";a"),
        good(":aGVsbG8:", BYTES, 0, "hello", ""),
        good("%\"\"", DISPLAY, 0, "", ""),
        good("%\"f%c3%bc%22\"x", DISPLAY, 0, "f\xc3\xbc\"", "x"),

        bad(":"),
        bad(":aGVsbG8="),
        bad(":aGVsbG8=\n:"),
        bad(":a-_b:"),
        bad(":a:"),
        bad("%"),
        bad("%x"),
        bad("%\""),
        bad("%\"%\""),
        bad("%\"%c\""),
        bad("%\"%C3%BC\""),
        bad("%\"%c3\""),
        bad("%\"\xc3\xbc\""),
        bad("%\"a\nb\"")
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_take(void **state)
{
    fedi_sf_text_t  text = { NULL, fedi_string("a") };

    (void) state;

    assert_false(fedi_sf_take(&text, 'b'));
    assert_true(fedi_sf_take(&text, 'a'));
    assert_false(fedi_sf_take(&text, 'a'));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_take)
    };

    return cmocka_run_group_tests_name("fedi_sf_value", tests, NULL, NULL);
}
