
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
#define KEY  "{'id':'" U "#k','owner':'" U "','publicKeyPem':'PEM'}"
#define HEAD "'id':'" U "','type':'Person','inbox':'" U "/inbox',"

#define NOW  1795415400    /* 2026-11-23T06:30:00Z */

#define ED  "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
#define MULTIKEY(name)                                                       \
    "{'id':'" U "#" name "','type':'Multikey','controller':'" U "',"         \
    "'publicKeyMultibase':'" ED "'}"


static const fedi_id_rules_t  strict = { false, false };


/* FEP-521a: Multikeys of "assertionMethod", and both lists together */

static void
find_in(const char *members, const char *key_id, fedi_actor_e want,
    const char *text)
{
    char           document[4096];
    json_t        *json;
    fedi_id_t      id, final;
    fedi_heap_t    heap;
    fedi_actor_t   actor;
    fedi_actor_e   got;

    const fedi_actor_key_t  *key;

    snprintf(document, sizeof(document), "{" HEAD "%s}", members);

    fedi_heap_init(&heap);
    json = fedi_test_json(document);

    assert_int_equal(fedi_id_parse(&heap.arena, &strict, fedi_str(U), &final),
                     FEDI_OK);
    assert_int_equal(fedi_id_parse_fragment(&heap.arena, &strict,
                                            fedi_test_view(key_id), &id),
                     FEDI_OK);
    assert_int_equal(fedi_actor_parse(&heap.arena, &strict, json, &final,
                                      &actor), FEDI_ACTOR_OK);

    got = fedi_actor_key(&actor, &id, NULL, NOW, &key);

    if (got != want) {
        fail_msg("%s: got \"%s\", want \"%s\"", members,
                 fedi_actor_text(got).data, fedi_actor_text(want).data);
    }

    if (got == FEDI_ACTOR_OK) {
        fedi_test_eq(members, key->text, text);
    }

    json_decref(json);
    fedi_heap_free(&heap);
}


static void
test_fep_521a(void **state)
{
    (void) state;

    find_in("'assertionMethod':" MULTIKEY("e"), U "#e", FEDI_ACTOR_OK, ED);
    find_in("'assertionMethod':[" MULTIKEY("d") "," MULTIKEY("e") "]",
            U "#e", FEDI_ACTOR_OK, ED);
    find_in("'publicKey':" KEY ",'assertionMethod':[" MULTIKEY("e") "]",
            U "#e", FEDI_ACTOR_OK, ED);
    find_in("'publicKey':" KEY ",'assertionMethod':[" MULTIKEY("e") "]",
            U "#k", FEDI_ACTOR_OK, "PEM");

    /* one named by its URL, written out in the other list */

    find_in("'publicKey':'" U "#e','assertionMethod':[" MULTIKEY("e") "]",
            U "#e", FEDI_ACTOR_OK, ED);
    find_in("'publicKey':" KEY ",'assertionMethod':['" U "#k']", U "#k",
            FEDI_ACTOR_OK, "PEM");

    /* of another type, of another controller, of nobody, two of a kind */

    find_in("'assertionMethod':{'id':'" U "#e','controller':'" U "',"
            "'type':'Ed25519VerificationKey2020',"
            "'publicKeyMultibase':'" ED "'}", U "#e", FEDI_ACTOR_NO_KEY, "");
    find_in("'assertionMethod':{'id':'" U "#e','type':'Multikey',"
            "'controller':'" A "/v','publicKeyMultibase':'" ED "'}", U "#e",
            FEDI_ACTOR_KEY_OWNER, "");
    find_in("'assertionMethod':{'id':'" U "#e','type':'Multikey',"
            "'publicKeyMultibase':'" ED "'}", U "#e", FEDI_ACTOR_KEY_OWNER,
            "");
    find_in("'assertionMethod':{'id':'" U "#e','type':'Multikey',"
            "'owner':'" U "','controller':'" A "/v',"
            "'publicKeyMultibase':'" ED "'}", U "#e", FEDI_ACTOR_KEY_OWNER,
            "");
    find_in("'assertionMethod':{'id':'" U "#e','type':'Multikey',"
            "'controller':'" U "','publicKeyMultibase':'PEM'}", U "#e",
            FEDI_ACTOR_NO_KEY, "");
    find_in("'publicKey':{'id':'" U "#e','owner':'" U "',"
            "'publicKeyPem':'" ED "'}", U "#e", FEDI_ACTOR_NO_KEY, "");
}


/* R16: an end that is past, or that is none */

static void
test_r16_expired(void **state)
{
    size_t  i;
    char    members[1024];

    static const struct {
        const char    *end;
        fedi_actor_e   want;
    } rows[] = {
        { "'expires':'2026-11-23T06:30:01Z'", FEDI_ACTOR_OK },
        { "'expires':'2026-11-23T06:30:00Z'", FEDI_ACTOR_KEY_EXPIRED },
        { "'expires':'2026-11-23T08:30:01+02:00'", FEDI_ACTOR_OK },
        { "'expires':'2026-11-23T06:29:59.9Z'", FEDI_ACTOR_KEY_EXPIRED },
        { "'expires':null", FEDI_ACTOR_OK },
        { "'expires':'soon'", FEDI_ACTOR_KEY_EXPIRED },
        { "'expires':2000000000", FEDI_ACTOR_KEY_EXPIRED },
        { "'expires':'1960-01-01T00:00:00Z'", FEDI_ACTOR_KEY_EXPIRED },
        { "'revoked':'2026-11-01T00:00:00Z'", FEDI_ACTOR_KEY_EXPIRED },
        { "'revoked':'2027-11-01T00:00:00Z'", FEDI_ACTOR_OK },
        { "'revoked':true", FEDI_ACTOR_KEY_EXPIRED },
        { "'expires':'2027-01-01T00:00:00Z','revoked':'2026-01-01T00:00:00Z'",
          FEDI_ACTOR_KEY_EXPIRED }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        snprintf(members, sizeof(members),
                 "'publicKey':{'id':'" U "#k','owner':'" U "',"
                 "'publicKeyPem':'PEM',%s}", rows[i].end);
        find_in(members, U "#k", rows[i].want, "PEM");

        snprintf(members, sizeof(members),
                 "'assertionMethod':{'id':'" U "#k','type':'Multikey',"
                 "'controller':'" U "','publicKeyMultibase':'" ED "',%s}",
                 rows[i].end);
        find_in(members, U "#k", rows[i].want, ED);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_fep_521a),
        cmocka_unit_test(test_r16_expired),
    };

    return cmocka_run_group_tests_name("fedi_actor_keys", tests, NULL, NULL);
}
