
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <stdio.h>

#include "fedi_activity.h"
#include "fedi_test_json.h"


#define E     "https://evil.example"
#define HEAD  "'id':'" E "/a/1','actor':'" E "/u',"
#define NOTE  "{'id':'" E "/n/1','type':'Note','attributedTo':'" E "/u'}"


static const fedi_id_rules_t  strict = { false, false };


static fedi_verdict_e
parse(fedi_heap_t *heap, json_t *json, fedi_activity_t *activity)
{
    return fedi_activity_parse(&heap->arena, &strict, json, activity);
}


static void
check(const char *text, fedi_verdict_e want)
{
    json_t           *json;
    fedi_heap_t       heap;
    fedi_verdict_e    got;
    fedi_activity_t   activity;

    fedi_heap_init(&heap);
    json = fedi_test_json(text);

    got = parse(&heap, json, &activity);

    if (got != want) {
        fail_msg("%s: got \"%s\", want \"%s\"", text,
                 fedi_verdict_text(got).data, fedi_verdict_text(want).data);
    }

    json_decref(json);
    fedi_heap_free(&heap);
}


static void
test_create(void **state)
{
    json_t           *json;
    fedi_heap_t       heap;
    fedi_activity_t   a;

    (void) state;

    fedi_heap_init(&heap);

    json = fedi_test_json(
        "{'@context':'https://www.w3.org/ns/activitystreams',"
        "'id':'https://EVIL.example/a/1#x','type':['as:Create'],"
        "'actor':{'id':'" E "/u','type':'Person'},"
        "'published':'2026-11-22T19:00:00Z','to':'as:Public',"
        "'object':[{'id':'" E "/n/1','type':'Note',"
        "'attributedTo':['" E "/u'],'inReplyTo':['https://o.example/p#f'],"
        "'published':'x','cc':['Public'],'content':'<p>x</p>'}],"
        "'signature':{'type':'RsaSignature2017'}}");

    assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);
    assert_int_equal(a.kind, FEDI_ACTIVITY_CREATE);
    fedi_test_eq("type", a.type, "Create");
    fedi_test_eq("id", a.id.text, E "/a/1#x");
    fedi_test_eq("actor", a.actor.text, E "/u");
    fedi_test_eq("published", a.published, "2026-11-22T19:00:00Z");
    assert_true(a.public);
    assert_true(a.sealed);
    assert_true(a.object.embedded);
    fedi_test_eq("object", a.object.id.text, E "/n/1");
    fedi_test_eq("type", a.object.type, "Note");
    fedi_test_eq("author", a.object.author.text, E "/u");
    fedi_test_eq("reply", a.object.in_reply_to.text, "https://o.example/p#f");
    fedi_test_eq("published", a.object.published, "x");
    assert_true(a.object.public);

    json_decref(json);

    json = fedi_test_json("{" HEAD "'type':'Create','object':'" E "/n/1'}");
    assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);
    assert_false(a.object.embedded);
    assert_false(a.public);
    assert_false(a.sealed);
    assert_int_equal(a.object.author.text.len, 0);
    json_decref(json);

    fedi_heap_free(&heap);
}


static void
test_kinds(void **state)
{
    size_t            i;
    char              text[512];
    json_t           *json;
    fedi_heap_t       heap;
    fedi_activity_t   a;

    static const struct {
        const char            *type;
        fedi_activity_kind_e   kind;
    } rows[] = {
        { "Follow", FEDI_ACTIVITY_FOLLOW },
        { "Undo", FEDI_ACTIVITY_UNDO },
        { "Like", FEDI_ACTIVITY_LIKE },
        { "EmojiReact", FEDI_ACTIVITY_LIKE },
        { "Dislike", FEDI_ACTIVITY_LIKE },
        { "Announce", FEDI_ACTIVITY_ANNOUNCE },
        { "Create", FEDI_ACTIVITY_CREATE },
        { "Update", FEDI_ACTIVITY_UPDATE },
        { "Delete", FEDI_ACTIVITY_DELETE },
        { "Accept", FEDI_ACTIVITY_OTHER },
        { "Foo", FEDI_ACTIVITY_OTHER },
        { "create", FEDI_ACTIVITY_OTHER }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        snprintf(text, sizeof(text), "{" HEAD "'type':'%s',"
                 "'object':'https://o.example/p'}", rows[i].type);
        json = fedi_test_json(text);

        assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);
        assert_int_equal(a.kind, rows[i].kind);
        fedi_test_eq("type", a.type, rows[i].type);
        assert_int_equal(a.object.id.text.len != 0,
                         a.kind != FEDI_ACTIVITY_OTHER);

        json_decref(json);
    }

    fedi_heap_free(&heap);
}


/* snac's Follow has no id in an Undo */

static void
test_undo(void **state)
{
    json_t           *json;
    fedi_heap_t       heap;
    fedi_activity_t   a;

    (void) state;

    fedi_heap_init(&heap);

    json = fedi_test_json("{" HEAD "'type':'Undo','object':{'type':'Follow',"
                          "'actor':'" E "/u','object':'https://o.example/a'"
                          "}}");
    assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);
    assert_true(a.object.embedded);
    assert_int_equal(a.object.id.text.len, 0);
    fedi_test_eq("type", a.object.type, "Follow");
    fedi_test_eq("actor", a.object.author.text, E "/u");
    fedi_test_eq("object", a.object.object.text, "https://o.example/a");
    json_decref(json);

    json = fedi_test_json("{" HEAD "'type':'Undo','object':'" E "/f#1'}");
    assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);
    fedi_test_eq("id", a.object.id.text, E "/f#1");
    json_decref(json);

    fedi_heap_free(&heap);

    check("{" HEAD "'type':'Undo','object':{'id':'" E "/f','type':'Follow'}}",
          FEDI_VERDICT_ACCEPTED);
    check("{" HEAD "'type':'Undo','object':{'type':'Follow'}}",
          FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Undo','object':{'id':'" E "/f'}}",
          FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Undo','object':{'id':'x','type':'Like'}}",
          FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Undo','object':{'id':'" E "/f','type':'Like',"
          "'actor':1}}", FEDI_VERDICT_BAD_AUTHOR);
    check("{" HEAD "'type':'Undo','object':{'id':'" E "/f','type':'Like',"
          "'object':1}}", FEDI_VERDICT_BAD_OBJECT);
}


/* what is liked or announced is its id, not a copy; ACT-11 */

static void
test_r38_copies(void **state)
{
    json_t           *json;
    fedi_heap_t       heap;
    fedi_activity_t   a;

    (void) state;

    fedi_heap_init(&heap);

    json = fedi_test_json("{" HEAD "'type':'Announce','object':"
                          "{'id':'https://v.example/n','type':'Note',"
                          "'attributedTo':'https://v.example/u',"
                          "'inReplyTo':'https://o.example/p'}}");
    assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);
    assert_false(a.object.embedded);
    fedi_test_eq("id", a.object.id.text, "https://v.example/n");
    assert_int_equal(a.object.author.text.len, 0);
    assert_int_equal(a.object.in_reply_to.text.len, 0);
    assert_int_equal(a.object.type.len, 0);
    json_decref(json);

    fedi_heap_free(&heap);
}


/* R2, R5: what names somebody is a URL, and nothing else; ORG-07, ORG-12 */

static void
test_r2_r5_shapes(void **state)
{
    size_t  i;
    char    text[512];

    static const char *const  authors[] = {
        "1", "'1'", "'admin'", "{}", "'/u'", "true", "'acct:a@evil.example'",
        "{'id':1}", "{'name':'x'}", "'https://v.example@evil.example/u'",
        "'https://v.example\\\\@evil.example/u'", "'" E "/u#f'"
    };

    (void) state;

    check("{'id':'" E "/a','actor':'" E "/u'}", FEDI_VERDICT_NO_TYPE);
    check("{" HEAD "'type':7}", FEDI_VERDICT_BAD_TYPE);
    check("{'actor':'" E "/u','type':'Follow'}", FEDI_VERDICT_NO_ID);
    check("{'id':null,'actor':'" E "/u','type':'Follow'}",
          FEDI_VERDICT_NO_ID);
    check("{'id':1,'actor':'" E "/u','type':'Like'}", FEDI_VERDICT_BAD_ID);
    check("{'id':'/a','actor':'" E "/u','type':'Like'}",
          FEDI_VERDICT_BAD_ID);
    check("{'id':'" E "/a','type':'Like'}", FEDI_VERDICT_NO_ACTOR);
    check("{'id':'" E "/a','type':'Like','actor':{}}",
          FEDI_VERDICT_NO_ACTOR);
    check("{'id':'" E "/a','type':'Like','actor':'x'}",
          FEDI_VERDICT_BAD_ACTOR);
    check("{'id':'" E "/a','type':'Like','actor':'" E "/u#k'}",
          FEDI_VERDICT_BAD_ACTOR);
    check("{" HEAD "'type':'Like'}", FEDI_VERDICT_NO_OBJECT);
    check("{" HEAD "'type':'Like','object':{}}", FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Like','object':'x'}", FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Like','object':7}", FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Like','object':'https://o.example/p#x'}",
          FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Announce','object':{'type':'Create',"
          "'id':'https://o.example/p#activity/1'}}", FEDI_VERDICT_ACCEPTED);
    check("{" HEAD "'type':'Create','object':{'type':'Note'}}",
          FEDI_VERDICT_BAD_OBJECT);
    check("{" HEAD "'type':'Create','object':{'id':'" E "/n','type':7}}",
          FEDI_VERDICT_BAD_OBJECT);

    for (i = 0; i < FEDI_N(authors); i++) {
        snprintf(text, sizeof(text), "{" HEAD "'type':'Create','object':"
                 "{'id':'" E "/n','type':'Note','attributedTo':%s}}",
                 authors[i]);
        check(text, FEDI_VERDICT_BAD_AUTHOR);
    }

    /* a reply to nonsense is no reply */

    check("{" HEAD "'type':'Create','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':'" E "/u','inReplyTo':7}}", FEDI_VERDICT_ACCEPTED);
    check("{" HEAD "'type':'Create','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':'" E "/u','inReplyTo':'x'}}",
          FEDI_VERDICT_ACCEPTED);
}


/* R41: ACT-01, ACT-02 */

static void
test_r41_many(void **state)
{
    (void) state;

    check("{" HEAD "'type':['Create','Delete'],'object':" NOTE "}",
          FEDI_VERDICT_MANY);
    check("{" HEAD "'type':['Create','x:Other'],'object':" NOTE "}",
          FEDI_VERDICT_ACCEPTED);
    check("{" HEAD "'type':'Create','object':[" NOTE "," NOTE "]}",
          FEDI_VERDICT_MANY);
    check("{'id':'" E "/a','actor':['" E "/u','" E "/v'],'type':'Like',"
          "'object':'https://o.example/p'}", FEDI_VERDICT_MANY);
    check("{" HEAD "'type':'Create','object':{'id':'" E "/n','type':"
          "['Note','Person']}}", FEDI_VERDICT_MANY);
    check("{" HEAD "'type':'Create','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':['a','b']}}", FEDI_VERDICT_MANY);
    check("{" HEAD "'type':'Create','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':['" E "/u','" E "/v']}}", FEDI_VERDICT_MANY);

    /* Flag names several, and is not looked into */

    check("{" HEAD "'type':'Flag','object':['" E "/u','" E "/n']}",
          FEDI_VERDICT_ACCEPTED);
}


/* R41: PeerTube's person and channel */

static void
test_r41_person_and_group(void **state)
{
    size_t            i;
    char              text[512];
    json_t           *json;
    fedi_heap_t       heap;
    fedi_activity_t   a;

#define P  "{'type':'Person','id':'" E "/u'}"
#define G  "{'type':'Group','id':'" E "/g'}"

    static const char *const  bad[] = {
        "[" G "," G "]", "[" P "," P "]", "[" P ",'" E "/g']",
        "[" P "," G ",{'id':'" E "/x'}]", "[" P "," G ",1]"
    };

    (void) state;

    fedi_heap_init(&heap);

    json = fedi_test_json("{" HEAD "'type':'Create','object':{'id':'" E "/n',"
                          "'type':'Video','attributedTo':[" G "," P "]}}");
    assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);
    fedi_test_eq("person", a.object.author.text, E "/u");
    json_decref(json);

    for (i = 0; i < FEDI_N(bad); i++) {
        snprintf(text, sizeof(text), "{" HEAD "'type':'Create','object':"
                 "{'id':'" E "/n','type':'Video','attributedTo':%s}}",
                 bad[i]);
        check(text, FEDI_VERDICT_MANY);
    }

    fedi_heap_free(&heap);
}


/* R34: DEL-03 */

static void
test_r34_self_delete(void **state)
{
    size_t            i;
    json_t           *json;
    fedi_heap_t       heap;
    fedi_activity_t   a;

    static const struct {
        const char  *text;
        bool         self;
    } rows[] = {
        { "{" HEAD "'type':'Delete','object':'" E "/u'}", true },
        { "{" HEAD "'type':'Delete','object':{'id':'" E "/u'}}", true },
        { "{" HEAD "'type':'Delete','object':'" E "/n'}", false },
        { "{" HEAD "'type':'Update','object':'" E "/u'}", false },
        { "{" HEAD "'type':'Move','object':'" E "/u'}", false }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        json = fedi_test_json(rows[i].text);
        assert_int_equal(parse(&heap, json, &a), FEDI_VERDICT_ACCEPTED);

        if (fedi_activity_is_self_delete(&a) != rows[i].self) {
            fail_msg("%s", rows[i].text);
        }

        json_decref(json);
    }

    fedi_heap_free(&heap);
}


static json_t  *one;


static fedi_err_e
parse_one(fedi_arena_t *arena)
{
    fedi_verdict_e    verdict;
    fedi_activity_t   activity;

    verdict = fedi_activity_parse(arena, &strict, one, &activity);

    if (verdict == FEDI_VERDICT_FAILED) {
        return FEDI_ENOMEM;
    }

    assert_int_equal(verdict, FEDI_VERDICT_ACCEPTED);

    return FEDI_OK;
}


static void
test_no_memory(void **state)
{
    (void) state;

    one = fedi_test_json("{" HEAD "'type':'Create','object':"
                         "{'id':'" E "/n','attributedTo':'" E "/u',"
                         "'inReplyTo':'https://o.example/p'}}");
    assert_int_equal(fedi_test_dry(parse_one), 5);
    json_decref(one);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_undo),
        cmocka_unit_test(test_r38_copies),
        cmocka_unit_test(test_r2_r5_shapes),
        cmocka_unit_test(test_r41_many),
        cmocka_unit_test(test_r41_person_and_group),
        cmocka_unit_test(test_r34_self_delete),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_activity", tests, NULL, NULL);
}
