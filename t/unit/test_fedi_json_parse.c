
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What jansson makes of a text is what we have to make of it.
 */

#include "fedi_test.h"

#include "fedi_json_parse.h"


static const fedi_json_limits_t  wide = { 1000000, 1000, 1000 };


static void
compare(const char *text, size_t len)
{
    json_t        *ours, *theirs;
    fedi_err_e     err;
    json_error_t   error;

    ours = NULL;
    theirs = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

    /* jansson 2.14 reads over a NUL behind a number or a word */

    if (memchr(text, '\0', len) != NULL) {
        json_decref(theirs);
        theirs = NULL;
    }

    err = fedi_json_parse((fedi_str_t) { text, len }, &wide, &ours);

    if ((err == FEDI_OK) != (theirs != NULL)) {
        fail_msg("\"%.*s\": got %d, jansson says %s", (int) len, text, err,
                 theirs ? "ok" : error.text);
    }

    if (err == FEDI_OK && !json_equal(ours, theirs)) {
        fail_msg("\"%.*s\": not the same", (int) len, text);
    }

    assert_true(err == FEDI_OK || err == FEDI_EJSON);

    json_decref(ours);
    json_decref(theirs);
}


static void
test_rows(void **state)
{
    size_t  i;

    static const char *const  rows[] = {
        "{}", "[]", " [ ] ", "\t{\r\n}\n", "{}{}", "{} x", "[1,]", "[,1]",
        "[1 2]", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1,}", "[", "]",
        "[}", "{]", "true", "1", "\"a\"", "", " ", "[true,false,null]",
        "[truefalse]", "[tru]", "[nul", "[True]", "[NaN]", "[-Infinity]",
        "[0,-0,1,-1,10,0.5,-0.5e1,1E+2,1e-2,1e-400]", "[00]", "[01]", "[-]",
        "[+1]", "[.5]", "[1.]", "[1.e5]", "[1e]", "[1e+]", "[--1]", "[1-1]",
        "[1.5.5]", "[0x10]", "[1e400]", "[9223372036854775807]",
        "[9223372036854775808]", "[-9223372036854775808]",
        "[-9223372036854775809]", "[123456789012345678901234567890]",
        "[1\v]", "[\f1]", "{\"a\":[{\"b\":[[],{}]}],\"c\":{}}",
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
        "[{\"a\":{\"b\":1,\"b\":1}}]", "{\"\":\"\"}", "{1:2}", "{null:1}",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\v\"]", "[\"\\u12\"]",
        "[\"\\u12g4\"]", "[\"\\ud83d\\ude00\\u00fC\\uFFFF\\u0800\\u07ff\"]",
        "[\"\\ud83d\"]", "[\"\\ud83dx\"]", "[\"\\ud83d\\n\"]",
        "[\"\\ud83d\\ud83d\"]", "[\"\\ude00\"]", "[\"\\u0000\"]",
        "{\"a\\u0000\":1}", "[\"a\nb\"]", "[\"\x7f\"]", "[\"a", "[\"\\",
        "[\"\\\"", "[\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\"]",
        "[\"\xc3\"]", "[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]",
        "[\"\xf4\x90\x80\x80\"]", "[\"\\\xc3\xbc\"]", "\xef\xbb\xbf[]",
        "[1]/**/", "['a']"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        compare(rows[i], strlen(rows[i]));
    }

    compare("[\0]", 3);
    compare("[1\0]", 4);
    compare("[true\0]", 7);
    compare("[]\0", 3);
    compare("[\"a\0b\"]", 7);
    compare("[\"\\\0\"]", 6);
}


/* each byte of a text as every other one, and each of its beginnings */

static void
test_neighbours(void **state)
{
    char      text[256];
    size_t    i, len;
    unsigned  c;

    static const char  whole[] =
        "{\"a\":[1,-2.5e3,true,null,{\"b\\n\":\"x\\u00e9\\ud83d\\ude00\"}],"
        "\"c\xc3\xa9\":{\"d\":\"\",\"e\":[[],{}]} }";

    (void) state;

    len = sizeof(whole) - 1;

    for (i = 0; i <= len; i++) {
        compare(whole, i);
    }

    for (i = 0; i < len; i++) {
        memcpy(text, whole, len);

        for (c = 0; c < 256; c++) {
            text[i] = (char) c;
            compare(text, len);
        }
    }
}


static void
test_limits(void **state)
{
    json_t              *json;
    size_t               i;
    fedi_json_limits_t   limits = { 0, 3, 5 };

    static const char *const  again[] = {
        "[[],[],[],[[]]]", "[{},{},{},[{}]]", "[[1],[1],[1],[[1]]]",
        "[{\"a\":1},{\"a\":1},{\"a\":1},[{\"a\":1}]]"
    };

    (void) state;

    json = NULL;

    fedi_test_err("depth", fedi_json_parse(fedi_str("[[[],[]],1]"), &limits,
                                           &json),
                  FEDI_ELIMIT);
    fedi_test_err("values", fedi_json_parse(fedi_str("[1,2,3,4,5,6]"),
                                            &limits, &json),
                  FEDI_ELIMIT);
    fedi_test_err("too deep", fedi_json_parse(fedi_str("[[[[]]]]"), &limits,
                                              &json),
                  FEDI_ELIMIT);
    assert_null(json);

    fedi_test_err("5", fedi_json_parse(fedi_str("[1,2,3,4,5]"), &limits,
                                       &json),
                  FEDI_OK);
    json_decref(json);

    /* what is behind a bracket that closed is no deeper */

    fedi_test_err("3", fedi_json_parse(fedi_str("[[[]],[[]]]"), &wide, &json),
                  FEDI_OK);
    json_decref(json);

    limits.values = 100;

    for (i = 0; i < FEDI_N(again); i++) {
        fedi_test_err(again[i], fedi_json_parse(fedi_test_view(again[i]),
                                                &limits, &json),
                      FEDI_OK);
        json_decref(json);
    }

    fedi_test_err("keyword", fedi_json_parse(fedi_str("[{\"@reverse\":1}]"),
                                             &limits, &json),
                  FEDI_EKEYWORD);
    fedi_test_err("no JSON", fedi_json_parse(fedi_str("[{\"@graph\":1}"),
                                             &limits, &json),
                  FEDI_EJSON);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_limits)
    };

    return cmocka_run_group_tests_name("fedi_json_parse", tests, NULL, NULL);
}
