
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_test_json.h"


static fedi_err_e
load(fedi_str_t text, size_t depth, size_t values)
{
    json_t              *json;
    fedi_err_e           err;
    fedi_json_limits_t   limits = { 1000, depth, values };

    json = NULL;
    err = fedi_json_load(text, &limits, &json);

    assert_true((err == FEDI_OK) == (json != NULL));
    json_decref(json);

    return err;
}


/* JSN-03 to JSN-07 */

static void
test_accepted(void **state)
{
    size_t  i;

    static const char *const  rows[] = {
        "{}", " {} \n", "{\"a\":null}", "{\"a\":-0,\"b\":1e10,\"c\":1e-400}",
        "{\"a\":\"\\u00fc\\ud83d\\ude00\\n\xc3\xbc\"}",
        "{\"a\":{\"b\":[1,\"]}\",{}]}}", "{\"a\":\"@graph\",\"graph\":1}",
        "{\"a\":1,\"b\":{\"a\":1}}", "{\"a\":\"\\\\\",\"b\":\"\\\"[[[[\"}"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i], load(fedi_test_view(rows[i]), 32, 100),
                      FEDI_OK);
    }
}


static void
test_refused(void **state)
{
    size_t  i;

    static const char *const  rows[] = {
        "", " ", "null", "[]", "\"x\"", "0", "true", "{}{}", "{} x", "{",
        "}", "{]", "[}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
        "{'a':1}", "{a:1}", "{\"a\":1}//x", "/**/{}", "{\"a\":\"x}",
        "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":0x10}",
        "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":1e400}",
        "{\"a\":1180591620717411303424}", "{\"a\":\"\x01\"}",
        "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "\xef\xbb\xbf{}",
        "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\xff\"}", "{\"a\":\"\xc3\"}", "{\"a\":\"\\u0000\"}",
        "{\"a\\u0000b\":1}", "{\"a\":\"\\"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i], load(fedi_test_view(rows[i]), 32, 100),
                      FEDI_EJSON);
    }

    fedi_test_err("NUL", load(fedi_str("{\"a\":\"b\0c\"}"), 32, 100),
                  FEDI_EJSON);
    fedi_test_err("NUL behind", load(fedi_str("{}\0"), 32, 100), FEDI_EJSON);
    fedi_test_err("NUL in a number", load(fedi_str("{\"a\":1\0}"), 32, 100),
                  FEDI_EJSON);
    fedi_test_err("UTF-16", load(fedi_str("{\0}\0"), 32, 100), FEDI_EJSON);
    fedi_test_err("null", load(fedi_null_str, 32, 100), FEDI_EJSON);
}


static void
test_duplicates(void **state)
{
    (void) state;

    fedi_test_err("duplicate",
                  load(fedi_str("{\"a\":1,\"a\":1}"), 32, 100), FEDI_EJSON);
    fedi_test_err("escaped",
                  load(fedi_str("{\"id\":1,\"\\u0069d\":1}"), 32, 100),
                  FEDI_EJSON);
    fedi_test_err("inner",
                  load(fedi_str("{\"a\":[{\"b\":1,\"b\":2}]}"), 32, 100),
                  FEDI_EJSON);
}


/* LDS-03 to LDS-05: at any depth, in any spelling */

static void
test_keywords(void **state)
{
    size_t  i;

    static const char *const  rows[] = {
        "{\"@graph\":[]}", "{\"@included\":{}}", "{\"@reverse\":1}",
        "{\"a\":{\"@graph\":null}}", "{\"a\":[1,[{\"@included\":1}]]}",
        "{\"@context\":[{\"x\":{\"@reverse\":\"y\"}}]}",
        "{\"\\u0040graph\":1}"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i], load(fedi_test_view(rows[i]), 32, 100),
                      FEDI_EKEYWORD);
    }
}


static void
test_limits(void **state)
{
    char    text[1002];
    size_t  n;

    (void) state;

    memset(text, ' ', sizeof(text));
    text[0] = '{';
    text[1] = '}';

    fedi_test_err("1000", load((fedi_str_t) { text, 1000 }, 32, 100),
                  FEDI_OK);
    fedi_test_err("1001", load((fedi_str_t) { text, 1001 }, 32, 100),
                  FEDI_ETOOLONG);

    /* 32 levels, 33, and as many as there is room for */

    for (n = 32; n <= 33; n++) {
        memcpy(text, "{\"a\":", 5);
        memset(text + 5, '[', n - 1);
        memset(text + 4 + n, ']', n - 1);
        text[3 + 2 * n] = '}';

        fedi_test_err("depth", load((fedi_str_t) { text, 4 + 2 * n }, 32,
                                    100),
                      n == 32 ? FEDI_OK : FEDI_ELIMIT);
    }

    memset(text, '[', 1000);
    fedi_test_err("open", load((fedi_str_t) { text, 1000 }, 32, 100),
                  FEDI_ELIMIT);

    /* JSN-10: an object with an array of three: one, one, and two commas */

    fedi_test_err("4", load(fedi_str("{\"a\":[1,2,3]}"), 32, 4), FEDI_OK);
    fedi_test_err("3", load(fedi_str("{\"a\":[1,2,3]}"), 32, 3),
                  FEDI_ELIMIT);
    fedi_test_err("members", load(fedi_str("{\"a\":1,\"b\":2,\"c\":3}"), 32,
                                  2),
                  FEDI_ELIMIT);
    fedi_test_err("quoted", load(fedi_str("{\"a\":\",,,[[[{{{\"}"), 1, 1),
                  FEDI_OK);
    fedi_test_err("empty", load(fedi_str("{\"a\":[[],[]]}"), 32, 4),
                  FEDI_ELIMIT);
}


static void
test_access(void **state)
{
    json_t  *json, *a;

    (void) state;

    json = fedi_test_json("{'s':'text','n':null,'i':1,'a':['x','y'],"
                          "'one':['x'],'none':[],'nil':[null]}");

    fedi_test_eq("s", fedi_json_text(fedi_json_get(json, "s")), "text");
    assert_null(fedi_json_get(json, "n"));
    assert_null(fedi_json_get(json, "x"));
    assert_null(fedi_json_get(NULL, "x"));
    assert_null(fedi_json_get(fedi_json_get(json, "s"), "x"));
    assert_int_equal(fedi_json_text(fedi_json_get(json, "i")).len, 0);
    assert_int_equal(fedi_json_text(NULL).len, 0);

    a = fedi_json_get(json, "a");
    assert_ptr_equal(fedi_json_single(a), a);
    fedi_test_eq("one",
                 fedi_json_text(fedi_json_single(fedi_json_get(json, "one"))),
                 "x");
    assert_null(fedi_json_single(fedi_json_get(json, "none")));
    assert_null(fedi_json_single(fedi_json_get(json, "nil")));
    assert_null(fedi_json_single(NULL));

    fedi_test_eq("each", fedi_json_text(fedi_json_each(a, 1)), "y");
    assert_null(fedi_json_each(a, 2));
    assert_non_null(fedi_json_each(fedi_json_get(json, "s"), 0));
    assert_null(fedi_json_each(fedi_json_get(json, "s"), 1));
    assert_null(fedi_json_each(NULL, 0));

    json_decref(json);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_keywords),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_access)
    };

    return cmocka_run_group_tests_name("fedi_json_load", tests, NULL, NULL);
}
