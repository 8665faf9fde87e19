
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_json_load.h"
#include "fedi_json_outline.h"


#define LONG  "https://remote.example/users/bob"


/*
 * What jansson alone makes of it, and what comes of it by way of an outline.
 * "quoted" has ' where JSON has ".
 */

static void
same(const char *quoted)
{
    char                 text[1024], *p;
    json_t              *plain, *json;
    fedi_err_e           err;
    fedi_json_limits_t   limits = { sizeof(text), 32, 1000 };

    assert_in_range(strlen(quoted), 1, sizeof(text) - 1);
    memcpy(text, quoted, strlen(quoted) + 1);

    for (p = text; *p != '\0'; p++) {
        *p = (*p == '\'') ? '"' : *p;
    }

    plain = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    err = fedi_json_load(fedi_test_view(text), &limits, &json);

    fedi_test_err(text, err, json_is_object(plain) ? FEDI_OK : FEDI_EJSON);

    if (err == FEDI_OK) {
        if (!json_equal(plain, json)) {
            fail_msg("%s: not the same", text);
        }

        json_decref(json);
    }

    json_decref(plain);
}


static void
test_same(void **state)
{
    size_t  i;

    static const char *const  rows[] = {

        /* values, names, and both */

        "{'a':'" LONG "'}", "{'" LONG "':'" LONG "'}",
        "{'" LONG "':1}", "{'" LONG "' \n:1,'b':'" LONG "'}",
        "{'" LONG "':1,'" LONG "x':2}", "{'" LONG "':1,'" LONG "':2}",
        "{'a':['" LONG "','b','" LONG "/c'],'d':{'e':'" LONG "'}}",
        "{'a' : [ '" LONG "' , '' , 'x' ] }", "{'a':'x'}",

        /* escapes, also where the ends of what is plain are */

        "{'a':'\\\"" LONG "'}", "{'a':'" LONG "\\\\'}",
        "{'a':'" LONG "\\n\\t\\/\\b\\f\\r\\\"'}",
        "{'a':'\\u003cp\\u003e" LONG " and " LONG "\\u003c/p\\u003e'}",
        "{'a':'" LONG "\\u00fc\\u20ac\\ud83d\\ude00" LONG "'}",
        "{'a':'" LONG "\xc3\xbc" LONG "\xf0\x9f\x98\x80" LONG "\x7f'}",
        "{'a':'" LONG "\\u007f'}", "{'a':'xxxxxxxxxxxxxxxx\\u0078x'}",

        /* too little of it is plain */

        "{'a':'\\u00fc\\u00fc\\u00fc','b':'" LONG "'}",
        "{'a':'\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc','b':'"
        LONG "'}",

        /* what would be right if more were taken out of it than is */

        "{'a':'" LONG "\\ud83d" LONG "\\ude00'}",
        "{'a':'" LONG "\xc3" LONG "\xbc'}",
        "{'a':'" LONG "\\u12'}", "{'a':'" LONG "\\u123xyz and more of it'}",
        "{'a':'" LONG "\\u'}", "{'a':'" LONG "\\u123\\\"'}",
        "{'a':'" LONG "\\u0000'}", "{'a':'" LONG "\\y'}",
        "{'a':'" LONG "\n'}", "{'a':'" LONG "\\u00zz" LONG "'}",
        "{'a':'" LONG "' '" LONG "'}", "{'a':'" LONG "':'" LONG "'}",
        "{'a' '" LONG "'}", "{'" LONG "'}", "['" LONG "']", "'" LONG "'",
        "{'a':'" LONG "'}'" LONG "'", "{'a':'" LONG "'"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        same(rows[i]);
    }
}


/* of a text with one string, behind its first bracket */

static fedi_json_outline_t
outline_of(fedi_heap_t *heap, fedi_str_t text)
{
    fedi_str_t           string;
    fedi_json_outline_t  outline;

    string.data = text.data + 2;
    string.len = (size_t) (strrchr(text.data, '"') - string.data);

    fedi_heap_init(heap);

    assert_true(fedi_json_outline_init(&heap->arena, text, &outline));
    fedi_json_outline_string(&outline, string, text.data + text.len);

    return outline;
}


/* what jansson is given */

static void
test_outline(void **state)
{
    size_t               i;
    fedi_str_t           text;
    fedi_heap_t          heap;
    fedi_json_outline_t  outline;

    static const struct {
        const char  *text, *want;
    } rows[] = {
        { "[\"" LONG "\"]", "[\"x\"]" },
        { "[\"" LONG "\\n" LONG "\"]", "[\"x\\nx\"]" },
        { "[\"" LONG "\\u00fc" LONG "\"]", "[\"x\\u00fcx\"]" },
        { "[\"elevenbytes\"]", "[\"elevenbytes\"]" },
        { "[\"twelve bytes\"]", "[\"x\"]" },
        { "[\"\\n\\n\\n\\n\\nab\"]", "[\"\\n\\n\\n\\n\\nab\"]" },
        { "{\"" LONG "\" \t\r\n: 1}", "{\"" LONG "\" \t\r\n: 1}" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        text = fedi_test_view(rows[i].text);
        outline = outline_of(&heap, text);

        fedi_test_eq(rows[i].text,
                     fedi_json_outline_end(&outline, text.data + text.len),
                     rows[i].want);
        fedi_heap_free(&heap);
    }
}


/* a string that is another one than was taken is told from it */

static void
test_restore(void **state)
{
    size_t               i;
    json_t              *json;
    fedi_str_t           text;
    fedi_err_e           err;
    fedi_heap_t          heap;
    fedi_json_outline_t  outline;

    static const struct {
        const char  *now;
        fedi_err_e   want;
    } rows[] = {
        { "x", FEDI_OK }, { "", FEDI_EJSON }, { "xx", FEDI_EJSON }
    };

    (void) state;

    text = fedi_str("[\"" LONG "\"]");

    for (i = 0; i < FEDI_N(rows); i++) {
        outline = outline_of(&heap, text);
        outline.strings = 0;
        json = json_string(rows[i].now);

        err = fedi_json_outline_restore(&outline, json);
        fedi_test_err(rows[i].now, err, rows[i].want);

        json_decref(json);
        fedi_heap_free(&heap);
    }
}


static void
test_no_memory(void **state)
{
    fedi_test_dry_t      dry;
    fedi_json_outline_t  outline;

    (void) state;

    fedi_test_dry_init(&dry, 0);
    assert_false(fedi_json_outline_init(&dry.arena, fedi_str("{}"),
                                        &outline));
    fedi_heap_free(&dry.heap);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_outline),
        cmocka_unit_test(test_restore),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_json_outline", tests, NULL,
                                       NULL);
}
