
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <stdio.h>

#include "fedi_actor.h"
#include "fedi_test_json.h"


#define A    "https://a.example"
#define U    A "/u"
#define V    "https://v.example"
#define KEY  "{'id':'" U "#k','owner':'" U "','publicKeyPem':'PEM'}"
#define HEAD "'id':'" U "','type':'Person','inbox':'" U "/inbox',"


#define NOW  1795415400    /* 2026-11-23T06:30:00Z */

#define MULTIKEY(type)                                                       \
    "{'id':'" U "/k','type':'" type "','controller':'" U "',"                \
    "'publicKeyMultibase':'" ED "'}"
#define ED  "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

static const fedi_id_rules_t  strict = { false, false };

static fedi_heap_t  heap;


static fedi_id_t
id_of(const char *text)
{
    fedi_id_t  id;

    assert_int_equal(fedi_id_parse_fragment(&heap.arena, &strict,
                                            fedi_test_view(text), &id),
                     FEDI_OK);
    return id;
}


static int
set_up(void **state)
{
    (void) state;

    fedi_heap_init(&heap);

    return 0;
}


static int
tear_down(void **state)
{
    (void) state;

    fedi_heap_free(&heap);

    return 0;
}


static fedi_actor_e
parse(json_t *json, const char *final, fedi_actor_t *actor)
{
    fedi_id_t  id;

    id = id_of(final);

    return fedi_actor_parse(&heap.arena, &strict, json, &id, actor);
}


static void
check(const char *text, const char *final, fedi_actor_e want)
{
    json_t        *json;
    fedi_actor_t   actor;
    fedi_actor_e   got;

    json = fedi_test_json(text);
    got = parse(json, final, &actor);

    if (got != want) {
        fail_msg("%s: got \"%s\", want \"%s\"", text,
                 fedi_actor_text(got).data, fedi_actor_text(want).data);
    }

    json_decref(json);
}


static void
test_parse(void **state)
{
    json_t        *json;
    fedi_actor_t   actor;

    (void) state;

    json = fedi_test_json("{" HEAD "'preferredUsername':'u',"
                          "'endpoints':{'sharedInbox':'" A "/inbox'},"
                          "'publicKey':" KEY "}");

    assert_int_equal(parse(json, U, &actor), FEDI_ACTOR_OK);
    fedi_test_eq("id", actor.id.text, U);
    fedi_test_eq("type", actor.type, "Person");
    fedi_test_eq("username", actor.username, "u");
    fedi_test_eq("inbox", actor.inbox.text, U "/inbox");
    fedi_test_eq("shared", actor.shared_inbox.text, A "/inbox");
    assert_int_equal(actor.nkeys, 1);
    fedi_test_eq("key", actor.keys[0].id.text, U "#k");
    fedi_test_eq("owner", actor.keys[0].owner.text, U);
    fedi_test_eq("text", actor.keys[0].text, "PEM");
    json_decref(json);

    /* endpoints null, sharedInbox at the top, a name that is none */

    json = fedi_test_json("{" HEAD "'preferredUsername':'a\\nb',"
                          "'endpoints':null,'sharedInbox':'" A "/s'}");
    assert_int_equal(parse(json, U, &actor), FEDI_ACTOR_OK);
    fedi_test_eq("shared", actor.shared_inbox.text, A "/s");
    assert_int_equal(actor.username.len, 0);
    assert_int_equal(actor.nkeys, 0);
    json_decref(json);

    check("{'id':'" U "','type':'Note','inbox':'" U "/inbox'}", U,
          FEDI_ACTOR_TYPE);
    check("{'id':'" U "','inbox':'" U "/inbox'}", U, FEDI_ACTOR_TYPE);
}


/* R4: ORG-01, ORG-02, RED-01 */

static void
test_r4_final_url(void **state)
{
    json_t        *json;
    fedi_actor_t   actor;

    (void) state;

    check("{" HEAD "'publicKey':" KEY "}", A "/u/", FEDI_ACTOR_ELSEWHERE);
    check("{" HEAD "'publicKey':" KEY "}", A "/U", FEDI_ACTOR_ELSEWHERE);
    check("{" HEAD "'publicKey':" KEY "}", U "?x", FEDI_ACTOR_ELSEWHERE);
    check("{" HEAD "'publicKey':" KEY "}", A "/media/up.json",
          FEDI_ACTOR_ELSEWHERE);
    check("{" HEAD "'publicKey':" KEY "}", "https://A.example:443/u",
          FEDI_ACTOR_OK);
    check("{'type':'Person','inbox':'" U "/inbox'}", U, FEDI_ACTOR_BAD_ID);
    check("{'id':1,'type':'Person'}", U, FEDI_ACTOR_BAD_ID);
    check("{'id':'http://a.example/u','type':'Person'}", U,
          FEDI_ACTOR_BAD_ID);
    check("{'id':'" U "#me','type':'Person'}", U, FEDI_ACTOR_BAD_ID);

    /* nothing but the id is to be had from such a document; wire.md 8.5 */

    json = fedi_test_json("{" HEAD "'publicKey':" KEY "}");
    assert_int_equal(parse(json, U "/main-key", &actor),
                     FEDI_ACTOR_ELSEWHERE);
    fedi_test_eq("id", actor.id.text, U);
    assert_int_equal(actor.nkeys, 0);
    assert_int_equal(actor.inbox.text.len, 0);
    json_decref(json);
}


/* R46: SSR-21 */

static void
test_r46_inboxes(void **state)
{
    json_t        *json;
    fedi_actor_t   actor;

    (void) state;

    check("{'id':'" U "','type':'Person'}", U, FEDI_ACTOR_INBOX);
    check("{'id':'" U "','type':'Person','inbox':'" V "/inbox'}", U,
          FEDI_ACTOR_INBOX);
    check("{'id':'" U "','type':'Person','inbox':'https://127.0.0.1:5432/'}",
          U, FEDI_ACTOR_INBOX);
    check("{'id':'" U "','type':'Person','inbox':'https://a.example:444/'}",
          U, FEDI_ACTOR_INBOX);
    check("{'id':'" U "','type':'Person','inbox':['" U "/i','" U "/j']}", U,
          FEDI_ACTOR_INBOX);

    json = fedi_test_json("{" HEAD
                          "'endpoints':{'sharedInbox':'" V "/inbox'}}");
    assert_int_equal(parse(json, U, &actor), FEDI_ACTOR_OK);
    assert_int_equal(actor.shared_inbox.text.len, 0);
    json_decref(json);

    json = fedi_test_json("{" HEAD "'endpoints':{'sharedInbox':"
                          "'https://10.0.0.1/in'},'sharedInbox':7}");
    assert_int_equal(parse(json, U, &actor), FEDI_ACTOR_OK);
    assert_int_equal(actor.shared_inbox.text.len, 0);
    json_decref(json);
}


static void
find(const char *keys, const char *key_id, fedi_actor_e want)
{
    char           text[2048];
    json_t        *json;
    fedi_id_t      id;
    fedi_actor_t   actor;
    fedi_actor_e   got;

    const fedi_actor_key_t  *key;

    snprintf(text, sizeof(text), "{" HEAD "'publicKey':%s}", keys);

    json = fedi_test_json(text);
    assert_int_equal(parse(json, U, &actor), FEDI_ACTOR_OK);

    id = id_of(key_id);
    got = fedi_actor_key(&actor, &id, NULL, NOW, &key);

    if (got != want) {
        fail_msg("%s: got \"%s\", want \"%s\"", keys,
                 fedi_actor_text(got).data, fedi_actor_text(want).data);
    }

    if (got == FEDI_ACTOR_OK) {
        fedi_test_eq("text", key->text, "PEM");
    }

    json_decref(json);
}


/* R9: exactly this key, its own; KEY-04 */

static void
test_r9_listed(void **state)
{
    (void) state;

    find(KEY, U "#k", FEDI_ACTOR_OK);
    find("[" KEY "]", U "#k", FEDI_ACTOR_OK);
    find("[{'id':'" U "#j','owner':'" U "','publicKeyPem':'x'}," KEY "]",
         U "#k", FEDI_ACTOR_OK);
    find("[{'id':'" U "#j','type':'Multikey'}," KEY ",1]", U "#k",
         FEDI_ACTOR_OK);
    find("{'id':'" U "/main-key','controller':'" U "','publicKeyPem':'PEM'}",
         U "/main-key", FEDI_ACTOR_OK);
    find("{'id':'" A "/?author=1#k','owner':'" U "','publicKeyPem':'PEM'}",
         A "/?author=1#k", FEDI_ACTOR_OK);

    find(KEY, U "#j", FEDI_ACTOR_NO_KEY);
    find(KEY, U "#K", FEDI_ACTOR_NO_KEY);
    find(KEY, U, FEDI_ACTOR_NO_KEY);
    find("null", U "#k", FEDI_ACTOR_NO_KEY);
    find("{'id':'" U "#k','owner':'" U "'}", U "#k", FEDI_ACTOR_NO_KEY);
    find("{'id':'" U "#k','owner':'" U "','publicKeyPem':7}", U "#k",
         FEDI_ACTOR_NO_KEY);

    find("{'id':'" U "#k','owner':'" V "/u','publicKeyPem':'PEM'}", U "#k",
         FEDI_ACTOR_KEY_OWNER);
    find("{'id':'" U "#k','owner':'" A "/u2','publicKeyPem':'PEM'}", U "#k",
         FEDI_ACTOR_KEY_OWNER);
    find("{'id':'" U "#k','publicKeyPem':'PEM'}", U "#k",
         FEDI_ACTOR_KEY_OWNER);
}


/* R10: KEY-02 */

static void
test_r10_host(void **state)
{
    (void) state;

    find("{'id':'" V "/k','owner':'" U "','publicKeyPem':'PEM'}", V "/k",
         FEDI_ACTOR_KEY_HOST);
    find("{'id':'https://a.example.v.example/k','owner':'" U "',"
         "'publicKeyPem':'PEM'}", "https://a.example.v.example/k",
         FEDI_ACTOR_KEY_HOST);
}


/* R13: KEY-06 */

static void
test_r13_many(void **state)
{
    char    text[2048], *p;
    size_t  i, n;

    (void) state;

    for (n = 10; n <= 11; n++) {
        p = text + snprintf(text, sizeof(text), "{" HEAD "'assertionMethod':'"
                            U "#a','publicKey':[");

        for (i = 0; i < n - 1; i++) {
            p += snprintf(p, 256, "%s" KEY, i != 0 ? "," : "");
        }

        snprintf(p, 16, "]}");
        check(text, U, n == 10 ? FEDI_ACTOR_OK : FEDI_ACTOR_KEYS);
    }
}


static fedi_actor_e
parse_key(const char *text, const char *final, fedi_actor_key_t *key,
    json_t **json)
{
    fedi_id_t  id;

    id = id_of(final);
    *json = fedi_test_json(text);
    assert_true(fedi_actor_is_key(*json));

    return fedi_actor_key_parse(&heap.arena, &strict, *json, &id, key);
}


static void
test_tombstone(void **state)
{
    (void) state;

    check("{'id':'" U "','type':'Tombstone'}", U, FEDI_ACTOR_GONE);
    check("{'id':'" U "','type':'Tombstone'}", U "2", FEDI_ACTOR_ELSEWHERE);
}


/* R11: a key alone; KEY-02, KEY-03, KEY-05 */

static void
test_r11_alone(void **state)
{
    size_t             i;
    json_t            *doc;
    fedi_actor_e       rc;
    fedi_actor_key_t   key;

    static const struct {
        const char    *text;
        const char    *final;
        fedi_actor_e   want;
    } rows[] = {
        { KEY, U, FEDI_ACTOR_OK },
        { "{'id':'" U "/k','owner':'" U "','publicKeyPem':'PEM'}", U "/k",
          FEDI_ACTOR_OK },
        { "{'id':'" U "/k','controller':'" U "','publicKeyPem':'PEM'}",
          U "/k", FEDI_ACTOR_OK },
        { MULTIKEY("Multikey"), U "/k", FEDI_ACTOR_OK },
        { MULTIKEY("Key"), U "/k", FEDI_ACTOR_BAD_KEY },
        { "{'id':'" U "/k','owner':'" U "','publicKeyPem':'PEM'}", U "/k1",
          FEDI_ACTOR_BAD_ID },
        { "{'id':'" V "/k','owner':'" U "','publicKeyPem':'PEM'}", U "/k1",
          FEDI_ACTOR_BAD_ID },
        { "{'id':'" A "/k','owner':'" V "/u','publicKeyPem':'PEM'}", A "/k",
          FEDI_ACTOR_KEY_HOST },
        { "{'id':'" A "/k','publicKeyPem':'PEM'}", A "/k",
          FEDI_ACTOR_KEY_OWNER },
        { "{'owner':'" U "','publicKeyPem':'PEM'}", A "/k",
          FEDI_ACTOR_BAD_KEY },
        { "{'id':'" A "/k','owner':'" U "','publicKeyPem':1}", A "/k",
          FEDI_ACTOR_BAD_KEY }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        rc = parse_key(rows[i].text, rows[i].final, &key, &doc);

        if (rc != rows[i].want) {
            fail_msg("%s: \"%s\"", rows[i].text, fedi_actor_text(rc).data);
        }

        json_decref(doc);
    }
}


/* its owner has to list it, and then says what is in it */

static void
test_r11_owner(void **state)
{
    json_t            *json, *doc;
    fedi_id_t          id;
    fedi_actor_t       actor;
    fedi_actor_key_t   key, other;

    const fedi_actor_key_t  *found;

    (void) state;

    assert_int_equal(parse_key("{'id':'" U "/k','owner':'" U "',"
                               "'publicKeyPem':'alone'}", U "/k", &key, &doc),
                     FEDI_ACTOR_OK);
    id = id_of(U "/k");
    other = key;
    other.id = id_of(U "/other");

    json = fedi_test_json("{" HEAD "'publicKey':'" U "/k'}");
    assert_int_equal(parse(json, U, &actor), FEDI_ACTOR_OK);
    assert_int_equal(fedi_actor_key(&actor, &id, NULL, NOW, &found),
                     FEDI_ACTOR_NO_KEY);
    assert_int_equal(fedi_actor_key(&actor, &id, &other, NOW, &found),
                     FEDI_ACTOR_NO_KEY);
    assert_int_equal(fedi_actor_key(&actor, &id, &key, NOW, &found),
                     FEDI_ACTOR_OK);
    fedi_test_eq("alone", found->text, "alone");
    other = key;
    other.owner = id_of(A "/u2");
    assert_int_equal(fedi_actor_key(&actor, &id, &other, NOW, &found),
                     FEDI_ACTOR_KEY_OWNER);
    json_decref(json);

    json = fedi_test_json("{" HEAD "'publicKey':" KEY "}");
    assert_int_equal(parse(json, U, &actor), FEDI_ACTOR_OK);
    assert_int_equal(fedi_actor_key(&actor, &id, &key, NOW, &found),
                     FEDI_ACTOR_NO_KEY);
    assert_false(fedi_actor_is_key(json));
    json_decref(json);

    json_decref(doc);
}


static json_t  *one;


static fedi_err_e
parse_one(fedi_arena_t *arena)
{
    fedi_id_t      id;
    fedi_actor_t   actor;
    fedi_actor_e   rc;

    id = id_of(U);
    rc = fedi_actor_parse(arena, &strict, one, &id, &actor);

    if (rc == FEDI_ACTOR_FAILED) {
        return FEDI_ENOMEM;
    }

    assert_int_equal(rc, FEDI_ACTOR_OK);

    return FEDI_OK;
}


static void
test_no_memory(void **state)
{
    (void) state;

    one = fedi_test_json("{" HEAD "'sharedInbox':'" U "/s',"
                         "'publicKey':[" KEY ",'" U "#j']}");
    assert_int_equal(fedi_test_dry(parse_one), 6);
    json_decref(one);
}


static void
test_texts(void **state)
{
    int         i;
    fedi_str_t  text;

    (void) state;

    for (i = 0; i < FEDI_ACTOR_REASONS; i++) {
        text = fedi_actor_text((fedi_actor_e) i);
        assert_int_equal(strlen(text.data), text.len);
        assert_true(text.data[0] >= 'a' && text.data[0] <= 'z');
    }

    fedi_test_eq("host", fedi_actor_text(FEDI_ACTOR_KEY_HOST),
                 "key on another host");
    fedi_test_eq("beyond", fedi_actor_text(FEDI_ACTOR_REASONS), "no memory");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_r4_final_url),
        cmocka_unit_test(test_r46_inboxes),
        cmocka_unit_test(test_r9_listed),
        cmocka_unit_test(test_r10_host),
        cmocka_unit_test(test_r13_many),
        cmocka_unit_test(test_tombstone),
        cmocka_unit_test(test_r11_alone),
        cmocka_unit_test(test_r11_owner),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_texts)
    };

    return cmocka_run_group_tests_name("fedi_actor", tests, set_up,
                                       tear_down);
}
