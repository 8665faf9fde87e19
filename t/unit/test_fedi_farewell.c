
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdio.h>

#include "fedi_test.h"

#include "fedi_farewell.h"
#include "fedi_reading.h"


#define U      "https://a.example/u"
#define WHO    "'actor':'" U "','object':'" U "'"
#define IS     "'type':'Delete'," WHO

#define DEEP   "[[[[[[["


static const fedi_id_rules_t  rules = { false, false };


static char *
quoted(const char *text)
{
    char  *copy, *p;

    copy = malloc(strlen(text) + 1);
    assert_non_null(copy);

    memcpy(copy, text, strlen(text) + 1);

    for (p = copy; *p != '\0'; p++) {
        if (*p == '\'') {
            *p = '"';
        }
    }

    return copy;
}


/* what the one parser makes of the same bytes */

static bool
reads(fedi_arena_t *arena, fedi_str_t body, fedi_id_t *actor)
{
    fedi_reading_t  reading;

    fedi_reading_take(arena, &rules, NULL, body, &reading);

    *actor = reading.activity.actor;

    return reading.err == FEDI_OK
           && reading.verdict == FEDI_VERDICT_ACCEPTED
           && fedi_activity_is_self_delete(&reading.activity);
}


static void
check(fedi_str_t body, bool want, const char *text)
{
    fedi_id_t    actor, full;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    if (fedi_farewell_read(&heap.arena, &rules, body, &actor) != want) {
        fail_msg("%s", text);
    }

    if (want && (!reads(&heap.arena, body, &full)
                 || !fedi_id_eq(&actor, &full)))
    {
        fail_msg("not to the parser: %s", text);
    }

    fedi_heap_free(&heap);
}


static void
test_farewell(void **state)
{
    size_t   i;
    char    *text;

    static const char *rows[] = {
        "{" IS "}",
        " \r\n\t{ 'type' : 'Delete' , 'object' : '" U "' , 'actor' : '" U
            "' } \n",
        "{'@context':'https://www.w3.org/ns/activitystreams','id':'" U
            "#delete'," IS ",'to':['https://www.w3.org/ns/activitystreams"
            "#Public'],'signature':{'type':'RsaSignature2017','creator':'" U
            "#main-key','signatureValue':'Zm9v+/=='}}",
        "{'@context':[{'toot':'http://t.example#','featured':{'@id':"
            "'toot:featured','@type':'@id'}}],'id':'" U "/1'," IS "}",
        "{'type':'Delete','actor':'https:\\/\\/a.example\\/u',"
            "'object':'" U "','id':'https:\\/\\/a.example\\/u#d'}",
        "{" IS ",'to':[],'cc':{},'x':[true,false,null,'',[],{}]}",
        "{" IS ",'x':" DEEP "]]]]]]]}",
        "{" IS ",'id':'https://b.example/else?x=1#y'}",
        "{'type':'Delete','actor':'https://A.example:443/u',"
            "'object':'https://A.example:443/u'}"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        text = quoted(rows[i]);
        check(fedi_test_view(text), true, rows[i]);
        free(text);
    }
}


static void
test_other(void **state)
{
    size_t   i;
    char    *text;

    static const char *rows[] = {
        "", " ", "[]", "{}", "{", "'", "null", "{" IS, "{" IS "}}",
        "{" IS "}x", "{" IS ",}", "{," IS "}", "{" IS " 'a':''}",
        "{" WHO "}", "{'type':'Undo'," WHO "}", "{'type':['Delete']," WHO "}",
        "{'type':'delete'," WHO "}", "{'type':'Delete\\u0000'," WHO "}",
        "{'type':'Delete','actor':'" U "'}",
        "{'type':'Delete','object':'" U "'}",
        "{'type':'Delete','actor':'" U "','object':'" U "/1'}",
        "{'type':'Delete','actor':'" U "','object':'" U "/'}",
        "{'type':'Delete','actor':'','object':''}",
        "{'type':'Delete','actor':'" U "#k','object':'" U "#k'}",
        "{'type':'Delete','actor':'/u','object':'/u'}",
        "{'type':'Delete','actor':'http://a.example/u',"
            "'object':'http://a.example/u'}",
        "{'type':'Delete','actor':'https://127.0.0.1/u',"
            "'object':'https://127.0.0.1/u'}",
        "{'type':'Delete','actor':['" U "'],'object':'" U "'}",
        "{'type':'Delete','actor':{'id':'" U "'},'object':'" U "'}",
        "{'type':'Delete','actor':'" U "','object':{'id':'" U "'}}",
        "{" IS "," IS "}", "{" IS ",'actor':'https://b.example/u'}",
        "{" IS ",'\\/':1,'x':2}", "{" IS ",'\\u0061ctor':'" U "'}",
        "{" IS ",'@type':'Delete'}", "{" IS ",'@id':'" U "'}",
        "{" IS ",'x':{'a':'','a':''}}", "{" IS ",'@graph':[]}",
        "{" IS ",'x':{'@included':[]}}", "{" IS ",'x':[{'@reverse':1}]}",
        "{" IS ",'x':1}", "{" IS ",'x':-}", "{" IS ",'x':tru}",
        "{" IS ",'x':nullx}", "{" IS ",'x':}", "{" IS ",'x'}",
        "{" IS ",x:''}", "{" IS ",'x':[,]}", "{" IS ",'x':['',]}",
        "{" IS ",'x':['' '']}", "{" IS ",'x':[}", "{" IS ",'x':{]}",
        "{" IS ",'x':'\\n'}", "{" IS ",'x':'\\'}", "{" IS ",'x':'\t'}",
        "{" IS ",'x':'\xc3\xa4'}", "{" IS ",'x':'\x7f'}",
        "\xef\xbb\xbf{" IS "}",
        "{" IS ",'id':'1'}", "{" IS ",'id':''}", "{" IS ",'id':null}",
        "{" IS ",'id':'http://a.example/'}",
        "{" IS ",'x':" DEEP "[]]]]]]]]}"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        text = quoted(rows[i]);
        check(fedi_test_view(text), false, rows[i]);
        free(text);
    }

    text = quoted("{" IS "}");
    check((fedi_str_t) { text, strlen(text) + 1 }, false, "U+0000");
    free(text);
}


/* every beginning of one is none, and no byte behind it is read */

static void
test_prefixes(void **state)
{
    char    *text, *part;
    size_t   n;

    (void) state;

    text = quoted("{'@context':['x',{'a':null}],'id':'" U "#d'," IS
                  ",'to':['\\/']}");

    for (n = 0; n < strlen(text); n++) {
        part = malloc(n + 1);
        assert_non_null(part);
        memcpy(part, text, n);

        check((fedi_str_t) { part, n }, false, text);

        free(part);
    }

    check(fedi_test_view(text), true, text);
    free(text);
}


/* each byte at each place of what is looked at eight at a time */

static void
test_bytes(void **state)
{
    int          c;
    char        *text;
    size_t       at, len, place;
    bool         plain;
    fedi_id_t    actor;
    fedi_heap_t  heap;

    (void) state;

    text = quoted("{" IS ",'n':'aaaaaaaaaaaaaaaaaaa'}");
    len = strlen(text);
    place = len - 2 - 19;

    for (at = place; at < place + 19; at++) {

        for (c = 0; c < 256; c++) {
            fedi_heap_init(&heap);

            text[at] = (char) c;
            plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

            if (fedi_farewell_read(&heap.arena, &rules,
                                   (fedi_str_t) { text, len }, &actor)
                != plain)
            {
                fail_msg("%d at %zu", c, at - place);
            }

            text[at] = 'a';
            fedi_heap_free(&heap);
        }
    }

    free(text);
}


static void
test_limits(void **state)
{
    int      i, n;
    char     many[2048], *text;
    size_t   len;

    (void) state;

    /* as many names as there may be, and one more */

    for (n = 0; n < 2; n++) {
        len = (size_t) snprintf(many, sizeof(many), "{" IS);

        for (i = 3; i < FEDI_FAREWELL_NAMES + n; i++) {
            len += (size_t) snprintf(many + len, sizeof(many) - len,
                                     ",'n%d':''", i);
        }

        (void) snprintf(many + len, sizeof(many) - len, "}");

        text = quoted(many);
        check(fedi_test_view(text), n == 0, many);
        free(text);
    }

    /* as long as it may be, and longer: 1 MiB is not looked at */

    for (n = 0; n < 3; n++) {
        len = n == 2 ? 1048576 : FEDI_FAREWELL_MAX + (size_t) n;

        text = malloc(len);
        assert_non_null(text);

        memset(text, ' ', len);
        memcpy(text, "{\"type\":\"Delete\",\"actor\":\"" U "\",\"object\":\""
               U "\"}", sizeof("{'type':'Delete'," WHO "}") - 1);

        check((fedi_str_t) { text, len }, n == 0, "a long one");
        free(text);
    }
}


static void
test_memory(void **state)
{
    unsigned          n;
    bool              done;
    char             *text;
    fedi_id_t         actor;
    fedi_test_dry_t   dry;

    (void) state;

    text = quoted("{'type':'Delete','actor':'https:\\/\\/a.example\\/u',"
                  "'object':'https:\\/\\/a.example\\/u','id':'https:\\/\\/"
                  "b.example\\/1'}");

    for (n = 0, done = false; !done; n++) {
        fedi_test_dry_init(&dry, n);
        done = fedi_farewell_read(&dry.arena, &rules, fedi_test_view(text),
                                  &actor);
        fedi_heap_free(&dry.heap);

        assert_true(n < 32);
    }

    assert_true(n > 3);
    free(text);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_farewell),
        cmocka_unit_test(test_other),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_memory)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
