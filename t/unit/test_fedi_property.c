
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_property.h"
#include "fedi_test_json.h"


#define U  "https://a.example/u"


static const fedi_id_rules_t  strict = { false, false };


static void
test_id(void **state)
{
    size_t       i;
    json_t      *json;
    fedi_id_t    id;
    fedi_heap_t  heap;

    static const struct {
        const char       *text;
        fedi_property_e   want;
    } rows[] = {
        { "{'id':'" U "'}", FEDI_PROPERTY_OK },
        { "{'@id':'" U "'}", FEDI_PROPERTY_OK },
        { "{'id':null,'@id':'" U "'}", FEDI_PROPERTY_OK },
        { "{'id':'" U "','@id':'" U "'}", FEDI_PROPERTY_OK },
        { "{'id':'" U "#f'}", FEDI_PROPERTY_OK },
        { "{'id':'" U "','@id':'https://v.example/u'}", FEDI_PROPERTY_BAD },
        { "{'id':'" U "','@id':1}", FEDI_PROPERTY_BAD },
        { "{}", FEDI_PROPERTY_ABSENT },
        { "{'id':null}", FEDI_PROPERTY_ABSENT },
        { "{'id':''}", FEDI_PROPERTY_BAD },
        { "{'id':1}", FEDI_PROPERTY_BAD },
        { "{'id':'1'}", FEDI_PROPERTY_BAD },
        { "{'id':['" U "']}", FEDI_PROPERTY_BAD },
        { "{'id':{'id':'" U "'}}", FEDI_PROPERTY_BAD },
        { "{'id':'/u'}", FEDI_PROPERTY_BAD },
        { "{'id':'http://a.example/u'}", FEDI_PROPERTY_BAD }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        json = fedi_test_json(rows[i].text);

        if (fedi_property_id(&heap.arena, &strict, json, &id) != rows[i].want
            || (id.text.len != 0) != (rows[i].want == FEDI_PROPERTY_OK))
        {
            fail_msg("%s", rows[i].text);
        }

        json_decref(json);
    }

    fedi_heap_free(&heap);
}


static void
test_link(void **state)
{
    size_t       i;
    json_t      *json, *embedded;
    fedi_id_t    id;
    fedi_heap_t  heap;

    static const struct {
        const char       *text;
        fedi_property_e   want;
        bool              embedded;
    } rows[] = {
        { "{'p':'" U "'}", FEDI_PROPERTY_OK, false },
        { "{'p':['" U "']}", FEDI_PROPERTY_OK, false },
        { "{'p':{'id':'" U "'}}", FEDI_PROPERTY_OK, true },
        { "{'p':{'@id':'" U "'}}", FEDI_PROPERTY_OK, true },
        { "{'p':[{'id':'" U "','type':'Person'}]}", FEDI_PROPERTY_OK, true },
        { "{}", FEDI_PROPERTY_ABSENT, false },
        { "{'p':null}", FEDI_PROPERTY_ABSENT, false },
        { "{'p':[]}", FEDI_PROPERTY_ABSENT, false },
        { "{'p':{}}", FEDI_PROPERTY_ABSENT, true },
        { "{'p':['" U "','" U "']}", FEDI_PROPERTY_MANY, false },
        { "{'p':[['" U "']]}", FEDI_PROPERTY_MANY, false },
        { "{'p':1}", FEDI_PROPERTY_BAD, false },
        { "{'p':'admin'}", FEDI_PROPERTY_BAD, false },
        { "{'p':true}", FEDI_PROPERTY_BAD, false },
        { "{'p':{'id':1}}", FEDI_PROPERTY_BAD, true },
        { "{'p':'" U "#f'}", FEDI_PROPERTY_BAD, false },
        { "{'p':{'id':'" U "#f'}}", FEDI_PROPERTY_BAD, true }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        json = fedi_test_json(rows[i].text);

        if (fedi_property_link(&heap.arena, &strict, json, "p", false, &id,
                               &embedded)
            != rows[i].want
            || (embedded != NULL) != rows[i].embedded
            || (id.text.len != 0) != (rows[i].want == FEDI_PROPERTY_OK))
        {
            fail_msg("%s", rows[i].text);
        }

        json_decref(json);
    }

    json = fedi_test_json("{'p':'" U "#f'}");
    assert_int_equal(fedi_property_link(&heap.arena, &strict, json, "p", true,
                                        &id, &embedded),
                     FEDI_PROPERTY_OK);
    json_decref(json);

    fedi_heap_free(&heap);
}


/* R41 */

static void
test_r41_type(void **state)
{
    size_t            i;
    json_t           *json;
    fedi_str_t        type;
    fedi_property_e   rc;

    static const fedi_str_t  known[] = {
        fedi_string("Create"), fedi_string("Delete")
    };

    static const struct {
        const char       *text;
        fedi_property_e   want;
        const char       *type;
    } rows[] = {
        { "{'type':'Create'}", FEDI_PROPERTY_OK, "Create" },
        { "{'@type':'Create'}", FEDI_PROPERTY_OK, "Create" },
        { "{'type':['Create']}", FEDI_PROPERTY_OK, "Create" },
        { "{'type':'as:Create'}", FEDI_PROPERTY_OK, "Create" },
        { "{'type':'https://www.w3.org/ns/activitystreams#Create'}",
          FEDI_PROPERTY_OK, "Create" },
        { "{'type':['x:Y','Create']}", FEDI_PROPERTY_OK, "Create" },
        { "{'type':'x:Y'}", FEDI_PROPERTY_OK, "x:Y" },
        { "{'type':['Foo','Bar']}", FEDI_PROPERTY_OK, "Foo" },
        { "{'type':'create'}", FEDI_PROPERTY_OK, "create" },
        { "{}", FEDI_PROPERTY_ABSENT, NULL },
        { "{'type':[]}", FEDI_PROPERTY_ABSENT, NULL },
        { "{'type':null}", FEDI_PROPERTY_ABSENT, NULL },
        { "{'type':7}", FEDI_PROPERTY_BAD, NULL },
        { "{'type':{}}", FEDI_PROPERTY_BAD, NULL },
        { "{'type':''}", FEDI_PROPERTY_BAD, NULL },
        { "{'type':['Create',7]}", FEDI_PROPERTY_BAD, NULL },
        { "{'type':['Create',null]}", FEDI_PROPERTY_BAD, NULL },
        { "{'type':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaa'}", FEDI_PROPERTY_BAD, NULL },
        { "{'type':['Create','Delete']}", FEDI_PROPERTY_MANY, NULL },
        { "{'type':['Create','as:Create']}", FEDI_PROPERTY_MANY, NULL }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        json = fedi_test_json(rows[i].text);
        rc = fedi_property_type(json, known, 2, &type);

        if (rc != rows[i].want) {
            fail_msg("%s: %d", rows[i].text, (int) rc);
        }

        if (rows[i].type != NULL) {
            fedi_test_eq(rows[i].text, type, rows[i].type);
        }

        json_decref(json);
    }
}


/* R42: three spellings, in to and cc, as a string and in a list */

static void
test_r42_public(void **state)
{
    size_t   i;
    json_t  *json;

    static const char *const  all[] = {
        "{'to':'as:Public'}", "{'cc':'Public'}",
        "{'to':['https://www.w3.org/ns/activitystreams#Public']}",
        "{'to':['" U "'],'cc':['" U "','as:Public']}",
        "{'to':[{'id':'as:Public'}]}", "{'to':{'@id':'as:Public'}}"
    };
    static const char *const  some[] = {
        "{}", "{'to':[]}", "{'to':'" U "'}", "{'to':'public'}",
        "{'bto':'as:Public'}", "{'to':'as:as:Public'}", "{'to':1}",
        "{'to':[['as:Public']]}", "{'to':'as:Publicx'}"
    };

    (void) state;

    for (i = 0; i < FEDI_N(all); i++) {
        json = fedi_test_json(all[i]);

        if (!fedi_property_public(json)) {
            fail_msg("%s is public", all[i]);
        }

        json_decref(json);
    }

    for (i = 0; i < FEDI_N(some); i++) {
        json = fedi_test_json(some[i]);

        if (fedi_property_public(json)) {
            fail_msg("%s is not public", some[i]);
        }

        json_decref(json);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_link),
        cmocka_unit_test(test_r41_type),
        cmocka_unit_test(test_r42_public)
    };

    return cmocka_run_group_tests_name("fedi_property", tests, NULL, NULL);
}
