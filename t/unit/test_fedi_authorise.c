
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_activity.h"
#include "fedi_test_json.h"


#define E     "https://evil.example"
#define O     "https://ours.example"
#define V     "https://victim.example"
#define HEAD  "'id':'" E "/a/1','actor':'" E "/u',"


static const fedi_id_rules_t  strict = { false, false };


typedef struct {
    const char      *text;
    fedi_verdict_e   want;
} row_t;


/* who is let in, and with what, is decided by the same rules */

static void
check_admitted(fedi_arena_t *arena, const fedi_activity_t *activity,
    const fedi_authority_t *authority, fedi_verdict_e verdict)
{
    const fedi_authorised_t  *authorised;

    assert_int_equal(fedi_activity_admit(arena, activity, authority,
                                         fedi_str("{}"), &authorised),
                     verdict);

    if (verdict != FEDI_VERDICT_ACCEPTED) {
        assert_null(authorised);
        return;
    }

    assert_ptr_equal(fedi_authorised_activity(authorised), activity);
    assert_true(fedi_str_eq(fedi_authorised_body(authorised),
                            fedi_str("{}")));
}


static void
check(const row_t *rows, size_t n)
{
    size_t             i;
    json_t            *json;
    fedi_id_t          owner;
    fedi_heap_t        heap;
    fedi_verdict_e     got;
    fedi_activity_t    activity;
    fedi_authority_t   authority;

    static const fedi_str_t  origins[] = {
        fedi_string("https://other.example"), fedi_string(O)
    };

    fedi_heap_init(&heap);

    assert_int_equal(fedi_id_parse(&heap.arena, &strict, fedi_str(E "/u"),
                                   &owner),
                     FEDI_OK);

    authority.owner = &owner;
    authority.origins = origins;
    authority.norigins = FEDI_N(origins);

    for (i = 0; i < n; i++) {
        json = fedi_test_json(rows[i].text);

        got = fedi_activity_parse(&heap.arena, &strict, json, &activity);

        if (got == FEDI_VERDICT_ACCEPTED) {
            got = fedi_activity_authorise(&activity, &authority);

            check_admitted(&heap.arena, &activity, &authority, got);
        }

        if (got != rows[i].want) {
            fail_msg("%s: got \"%s\", want \"%s\"", rows[i].text,
                     fedi_verdict_text(got).data,
                     fedi_verdict_text(rows[i].want).data);
        }

        json_decref(json);
    }

    fedi_heap_free(&heap);
}


/* R31: KEY-01, ACT-07, ORG-06, LDS-01 */

static void
test_r31_owner(void **state)
{
    static const row_t  rows[] = {
        { "{'id':'" V "/a','actor':'" V "/u','type':'Follow',"
          "'object':'" O "/n'}", FEDI_VERDICT_NOT_OWNER },
        { "{'id':'" E "/a','actor':'" E "/U','type':'Follow',"
          "'object':'" O "/n'}", FEDI_VERDICT_NOT_OWNER },
        { "{'id':'" E "/a','actor':'" E "/u/','type':'Follow',"
          "'object':'" O "/n'}", FEDI_VERDICT_NOT_OWNER },
        { "{'id':'" O "/a','actor':'" O "/n','type':'Create','object':"
          "{'id':'" O "/p','type':'Note','attributedTo':'" O "/n'}}",
          FEDI_VERDICT_NOT_OWNER },
        { "{'id':'" V "/a','actor':'" V "/u','type':'Unheard',"
          "'object':'" O "/n'}", FEDI_VERDICT_NOT_OWNER },
        { "{'id':'" V "/a','actor':'" V "/u','type':'Create',"
          "'object':'" V "/n','signature':{}}", FEDI_VERDICT_FORWARDED },
        { "{'id':'" V "/a','actor':'" V "/u','type':'Create',"
          "'object':'" V "/n','proof':{}}", FEDI_VERDICT_FORWARDED },

        /* another spelling of the same is the same; ORG-08 */
        { "{'id':'" E "/a','actor':'https://EVIL.example:443/u',"
          "'type':'Follow','object':'" O "/n'}", FEDI_VERDICT_ACCEPTED }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


/* R5: ORG-04 */

static void
test_r5_id_origin(void **state)
{
    static const row_t  rows[] = {
        { "{'id':'" V "/a','actor':'" E "/u','type':'Follow',"
          "'object':'" O "/n'}", FEDI_VERDICT_ID_ORIGIN },
        { "{'id':'https://www.evil.example/a','actor':'" E "/u',"
          "'type':'Follow','object':'" O "/n'}", FEDI_VERDICT_ID_ORIGIN },
        { "{'id':'" V "/a','actor':'" E "/u','type':'Unheard'}",
          FEDI_VERDICT_ID_ORIGIN },
        { "{'id':'" E "/other/path#x','actor':'" E "/u','type':'Follow',"
          "'object':'" O "/n'}", FEDI_VERDICT_ACCEPTED },

        /* what has no id is nowhere else */
        { "{'actor':'" E "/u','type':'Like','object':'" O "/n'}",
          FEDI_VERDICT_ACCEPTED },
        { "{'id':null,'actor':'" E "/u','type':'Delete','object':'" E "/n'}",
          FEDI_VERDICT_ACCEPTED },
        { "{'id':null,'actor':'" E "/u','type':'Delete','object':'" V "/n'}",
          FEDI_VERDICT_OBJECT_ORIGIN }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


/* R32: UPD-05, ORG-15 */

static void
test_r32_create(void **state)
{
    static const row_t  rows[] = {
        { "{" HEAD "'type':'Create','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':'" E "/u'}}", FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Create','object':{'id':'" V "/n','type':'Note',"
          "'attributedTo':'" E "/u'}}", FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Create','object':{'id':'" V "/n','type':'Note',"
          "'attributedTo':'" V "/u'}}", FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Create','object':{'id':'" O "/p','type':'Note',"
          "'attributedTo':'" E "/u'}}", FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Create','object':'" V "/n'}",
          FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Create','object':'" E "/n'}",
          FEDI_VERDICT_REFETCH },
        { "{" HEAD "'type':'Create','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':'" E "/u2'}}", FEDI_VERDICT_NOT_AUTHOR },
        { "{" HEAD "'type':'Create','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':'" V "/u'}}", FEDI_VERDICT_NOT_AUTHOR },
        { "{" HEAD "'type':'Create','object':{'id':'" E "/n',"
          "'type':'Note'}}", FEDI_VERDICT_NOT_AUTHOR },
        { "{" HEAD "'type':'Create','object':{'id':'" E "/n',"
          "'type':'Person','attributedTo':'" E "/u'}}", FEDI_VERDICT_CLASS },
        { "{" HEAD "'type':'Create','object':{'id':'" E "/u',"
          "'type':'Note','attributedTo':'" E "/u'}}", FEDI_VERDICT_CLASS },
        { "{" HEAD "'type':'Create','object':{'id':'" E "/u',"
          "'type':'Person'}}", FEDI_VERDICT_CLASS }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


/* R33: UPD-01 to UPD-03 */

static void
test_r33_update(void **state)
{
    static const row_t  rows[] = {
        { "{" HEAD "'type':'Update','object':{'id':'" E "/n','type':'Note',"
          "'attributedTo':'" E "/u'}}", FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Update','object':{'id':'" E "/u',"
          "'type':'Person'}}", FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Update','object':{'id':'" V "/n','type':'Note',"
          "'attributedTo':'" E "/u'}}", FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Update','object':{'id':'" V "/u',"
          "'type':'Person'}}", FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Update','object':{'id':'" E "/n2','type':'Note',"
          "'attributedTo':'" E "/u2'}}", FEDI_VERDICT_NOT_AUTHOR },
        { "{" HEAD "'type':'Update','object':{'id':'" E "/n',"
          "'type':'Note'}}", FEDI_VERDICT_NOT_AUTHOR },
        { "{" HEAD "'type':'Update','object':{'id':'" E "/n',"
          "'type':'Person'}}", FEDI_VERDICT_CLASS },
        { "{" HEAD "'type':'Update','object':{'id':'" E "/u2',"
          "'type':'Person','attributedTo':'" E "/u'}}", FEDI_VERDICT_CLASS },
        { "{" HEAD "'type':'Update','object':{'id':'" E "/u',"
          "'type':'Note','attributedTo':'" E "/u'}}", FEDI_VERDICT_CLASS },
        { "{" HEAD "'type':'Update','object':'" E "/n'}",
          FEDI_VERDICT_REFETCH }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


static void
test_r34_delete(void **state)
{
    static const row_t  rows[] = {
        { "{" HEAD "'type':'Delete','object':'" E "/n'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Delete','object':'" E "/u'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Delete','object':{'id':'" E "/n',"
          "'type':'Tombstone'}}", FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Delete','object':{'id':'" E "/n',"
          "'attributedTo':'" E "/u'}}", FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Delete','object':'" V "/n'}",
          FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Delete','object':'" O "/p'}",
          FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Delete','object':{'id':'" E "/n',"
          "'attributedTo':'" E "/u2'}}", FEDI_VERDICT_NOT_AUTHOR }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


/* R35: ACT-03 */

static void
test_r35_undo(void **state)
{
    static const row_t  rows[] = {
        { "{" HEAD "'type':'Undo','object':{'id':'" E "/l','type':'Like',"
          "'actor':'" E "/u','object':'" O "/p'}}", FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Undo','object':{'type':'Follow',"
          "'object':'" O "/n'}}", FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Undo','object':'" E "/l'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Undo','object':{'id':'" V "/l','type':'Like',"
          "'actor':'" V "/u','object':'" O "/p'}}",
          FEDI_VERDICT_NOT_AUTHOR },
        { "{" HEAD "'type':'Undo','object':{'id':'" E "/l','type':'Like',"
          "'actor':'" E "/u2','object':'" O "/p'}}",
          FEDI_VERDICT_NOT_AUTHOR },
        { "{" HEAD "'type':'Undo','object':{'id':'" V "/l','type':'Like',"
          "'actor':'" E "/u','object':'" O "/p'}}",
          FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Undo','object':{'id':'" V "/l','type':'Like',"
          "'object':'" O "/p'}}", FEDI_VERDICT_OBJECT_ORIGIN },
        { "{" HEAD "'type':'Undo','object':'" V "/l'}",
          FEDI_VERDICT_OBJECT_ORIGIN }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


/* R37, R38: ACT-10, ACT-11 */

static void
test_r37_r38_ours(void **state)
{
    static const row_t  rows[] = {
        { "{" HEAD "'type':'Follow','object':'" O "/n'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Follow','object':{'id':'" O "/n'}}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Follow','object':'https://other.example/n'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Follow','object':'" V "/u'}",
          FEDI_VERDICT_NOT_OURS },
        { "{" HEAD "'type':'Follow','object':'https://ours.example.x.org/'}",
          FEDI_VERDICT_NOT_OURS },
        { "{" HEAD "'type':'Like','object':'" O "/p'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'EmojiReact','object':'" O "/p'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Like','object':'" V "/p'}",
          FEDI_VERDICT_NOT_OURS },
        { "{" HEAD "'type':'Announce','object':'" O "/p'}",
          FEDI_VERDICT_ACCEPTED },
        { "{" HEAD "'type':'Announce','object':{'id':'" V "/n',"
          "'attributedTo':'" V "/u','inReplyTo':'" O "/p'}}",
          FEDI_VERDICT_NOT_OURS },
        { "{" HEAD "'type':'Announce','object':{'id':'" E "/n',"
          "'attributedTo':'" E "/u','inReplyTo':'" O "/p'}}",
          FEDI_VERDICT_NOT_OURS }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


/* ACT-05: what has no effect here is taken and dropped */

static void
test_r36_r39_r40_ignored(void **state)
{
    static const row_t  rows[] = {
        { "{" HEAD "'type':'Accept','object':'" O "/f/1'}",
          FEDI_VERDICT_IGNORED },
        { "{" HEAD "'type':'Accept','object':{'type':'Follow','actor':'" O
          "/u','object':'" E "/u'}}", FEDI_VERDICT_IGNORED },
        { "{" HEAD "'type':'Reject','object':'" E "/f/1'}",
          FEDI_VERDICT_IGNORED },
        { "{" HEAD "'type':'Block','object':'" O "/u'}",
          FEDI_VERDICT_IGNORED },
        { "{" HEAD "'type':'Flag','object':'" O "/n'}",
          FEDI_VERDICT_IGNORED },
        { "{" HEAD "'type':'Move','object':'" E "/u','target':'" V "/u'}",
          FEDI_VERDICT_IGNORED },
        { "{" HEAD "'type':'Foo'}", FEDI_VERDICT_IGNORED },
        { "{" HEAD "'type':'Flag','object':['" O "/n','" O "/p']}",
          FEDI_VERDICT_IGNORED }
    };

    (void) state;

    check(rows, FEDI_N(rows));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_r31_owner),
        cmocka_unit_test(test_r5_id_origin),
        cmocka_unit_test(test_r32_create),
        cmocka_unit_test(test_r33_update),
        cmocka_unit_test(test_r34_delete),
        cmocka_unit_test(test_r35_undo),
        cmocka_unit_test(test_r37_r38_ours),
        cmocka_unit_test(test_r36_r39_r40_ignored)
    };

    return cmocka_run_group_tests_name("fedi_authorise", tests, NULL, NULL);
}
