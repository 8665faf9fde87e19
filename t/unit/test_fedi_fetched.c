
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_fetched.h"


#define U      "https://a.example/u"
#define KEY    "{\"id\":\"" U "#k\",\"owner\":\"" U "\"," \
               "\"publicKeyPem\":\"PEM\"}"
#define TWO    "{\"id\":\"" U "#two\",\"owner\":\"" U "\"," \
               "\"publicKeyPem\":\"TWO\",\"expires\":\"2030-01-01T00:00:00Z\"}"
#define THEIR  "{\"id\":\"" U "#their\",\"owner\":\"https://a.example/v\"," \
               "\"publicKeyPem\":\"NOT\"}"
#define AWAY   "{\"id\":\"https://a.example/keys/1\",\"owner\":\"" U "\"," \
               "\"publicKeyPem\":\"AWAY\"}"
#define ACTOR  "{\"id\":\"" U "\",\"type\":\"Person\"," \
               "\"inbox\":\"" U "/inbox\",\"preferredUsername\":\"u\"," \
               "\"publicKey\":[" KEY "," TWO "," THEIR "," AWAY "]}"
#define AP     "application/activity+json"


static const fedi_id_rules_t  rules;


/* all of the answer is gone before anybody looks at what was read */

static fedi_actor_e
accept(fedi_heap_t *heap, const fedi_answer_t *answer,
    fedi_fetched_t **document, fedi_id_t *elsewhere)
{
    char           *copy;
    fedi_actor_e    reason;
    fedi_answer_t   theirs;

    theirs = *answer;

    copy = malloc(answer->body.len + 1);
    assert_non_null(copy);
    memcpy(copy, answer->body.data, answer->body.len);
    theirs.body.data = copy;

    reason = fedi_fetched_accept(&heap->arena, &rules, &theirs, document,
                                 elsewhere);

    memset(copy, '#', answer->body.len);
    free(copy);

    return reason;
}


static fedi_actor_e
take(fedi_heap_t *heap, const char *url, const char *body,
    fedi_fetched_t **document, fedi_id_t *elsewhere)
{
    fedi_answer_t  answer;

    memset(&answer, 0, sizeof(answer));

    answer.url = fedi_test_view(url);
    answer.status = 200;
    answer.content_type = fedi_str(AP);
    answer.body = fedi_test_view(body);

    return accept(heap, &answer, document, elsewhere);
}


static void
test_actor(void **state)
{
    fedi_id_t            elsewhere;
    fedi_heap_t          heap;
    fedi_fetched_t      *document;
    const fedi_actor_t  *actor;

    (void) state;

    fedi_heap_init(&heap);
    assert_int_equal(take(&heap, U, ACTOR, &document, &elsewhere),
                     FEDI_ACTOR_OK);

    assert_null(fedi_fetched_key(document));
    actor = fedi_fetched_actor(document);

    fedi_test_eq("id", actor->id.text, U);
    fedi_test_eq("type", actor->type, "Person");
    fedi_test_eq("name", actor->username, "u");
    fedi_test_eq("inbox", actor->inbox.text, U "/inbox");
    assert_int_equal(actor->nkeys, 4);
    fedi_test_eq("key", actor->keys[0].id.text, U "#k");
    fedi_test_eq("PEM", actor->keys[0].text, "PEM");

    fedi_heap_free(&heap);
}


static void
test_key(void **state)
{
    fedi_id_t                elsewhere;
    fedi_heap_t              heap;
    fedi_fetched_t          *document;
    const fedi_actor_key_t  *key;

    (void) state;

    fedi_heap_init(&heap);
    assert_int_equal(take(&heap, U, KEY, &document, &elsewhere),
                     FEDI_ACTOR_OK);

    assert_null(fedi_fetched_actor(document));
    key = fedi_fetched_key(document);

    fedi_test_eq("id", key->id.text, U "#k");
    fedi_test_eq("owner", key->owner.text, U);
    fedi_test_eq("PEM", key->text, "PEM");

    fedi_heap_free(&heap);
}


/* status, content type, encoding: FET-01 to FET-04, FET-07 */

static void
test_envelope(void **state)
{
    size_t           i;
    fedi_id_t        elsewhere;
    fedi_heap_t      heap;
    fedi_actor_e     got;
    fedi_answer_t    answer;
    fedi_fetched_t  *document;

    static const struct {
        unsigned       status;
        const char    *type;
        const char    *encoding;
        fedi_actor_e   want;
    } rows[] = {
        { 200, AP, "", FEDI_ACTOR_OK },
        { 200, AP "; charset=utf-8", "", FEDI_ACTOR_OK },
        { 200, "application/ld+json; "
          "profile=\"https://www.w3.org/ns/activitystreams\"", "",
          FEDI_ACTOR_OK },
        { 200, AP, "identity", FEDI_ACTOR_OK },
        { 200, AP, "gzip", FEDI_ACTOR_ENCODING },
        { 200, "application/json", "", FEDI_ACTOR_CONTENT_TYPE },
        { 200, "application/ld+json", "", FEDI_ACTOR_CONTENT_TYPE },
        { 200, "text/html", "", FEDI_ACTOR_CONTENT_TYPE },
        { 200, "", "", FEDI_ACTOR_CONTENT_TYPE },
        { 201, AP, "", FEDI_ACTOR_STATUS },
        { 203, AP, "", FEDI_ACTOR_STATUS },
        { 206, AP, "", FEDI_ACTOR_STATUS },
        { 404, AP, "", FEDI_ACTOR_STATUS },
        { 500, AP, "", FEDI_ACTOR_STATUS },
        { 410, AP, "", FEDI_ACTOR_GONE },
        { 410, "", "", FEDI_ACTOR_GONE }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_heap_init(&heap);
        memset(&answer, 0, sizeof(answer));

        answer.url = fedi_str(U);
        answer.status = rows[i].status;
        answer.content_type = fedi_test_view(rows[i].type);
        answer.encoding = fedi_test_view(rows[i].encoding);
        answer.body = fedi_str(ACTOR);

        got = accept(&heap, &answer, &document, &elsewhere);

        if (got != rows[i].want
            || (document != NULL) != (rows[i].want == FEDI_ACTOR_OK))
        {
            fail_msg("%u %s: \"%s\"", rows[i].status, rows[i].type,
                     fedi_actor_text(got).data);
        }

        fedi_heap_free(&heap);
    }
}


static void
test_refused(void **state)
{
    fedi_id_t        elsewhere;
    fedi_heap_t      heap;
    fedi_fetched_t  *document;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(take(&heap, U, "[1]", &document, &elsewhere),
                     FEDI_ACTOR_JSON);
    assert_null(document);

    assert_int_equal(take(&heap, "http://a.example/u", ACTOR, &document,
                          &elsewhere), FEDI_ACTOR_BAD_ID);
    assert_null(document);

    assert_int_equal(take(&heap, U, "{\"id\":\"" U "\",\"@graph\":[]}",
                          &document, &elsewhere), FEDI_ACTOR_JSON);

    /* R4: what calls itself otherwise is nothing but a hint where to ask */

    assert_int_equal(take(&heap, U, "{\"id\":\"https://a.example/v\"}",
                          &document, &elsewhere), FEDI_ACTOR_ELSEWHERE);
    assert_null(document);
    fedi_test_eq("id", elsewhere.text, "https://a.example/v");

    assert_int_equal(take(&heap, U, "{\"id\":\"" U "\","
                          "\"type\":\"Tombstone\"}", &document, &elsewhere),
                     FEDI_ACTOR_GONE);
    assert_null(document);

    fedi_heap_free(&heap);
}


/*
 * The key that was asked for, wherever it is; of the others those that are
 * fragments of the actor's own URL, and that it lists the rest.
 */
static void
test_row(void **state)
{
    fedi_id_t                key_id, elsewhere;
    fedi_heap_t              heap;
    fedi_fetched_t          *document;
    const fedi_str_t        *values;
    const fedi_actor_key_t  *found;

    (void) state;

    fedi_heap_init(&heap);
    assert_int_equal(take(&heap, U, ACTOR, &document, &elsewhere),
                     FEDI_ACTOR_OK);
    assert_int_equal(fedi_id_parse_fragment(&heap.arena, &rules,
                                            fedi_str(U "#k"), &key_id),
                     FEDI_OK);
    assert_int_equal(fedi_actor_key(fedi_fetched_actor(document), &key_id,
                                    NULL, 1, &found), FEDI_ACTOR_OK);

    values = fedi_fetched_values(fedi_fetched_row(&heap.arena, document,
                                                  &key_id, found));

    fedi_test_eq("uri", values[FEDI_FETCHED_URI], U);
    fedi_test_eq("host", values[FEDI_FETCHED_HOST], "a.example");
    fedi_test_eq("inbox", values[FEDI_FETCHED_INBOX], U "/inbox");
    fedi_test_eq("shared", values[FEDI_FETCHED_SHARED_INBOX], "");
    fedi_test_eq("key", values[FEDI_FETCHED_KEY_ID], U "#k");
    fedi_test_eq("keys", values[FEDI_FETCHED_KEYS],
                 "[{\"id\":\"" U "#k\",\"text\":\"PEM\"},"
                 "{\"id\":\"" U "#two\",\"text\":\"TWO\","
                 "\"expires\":1893456000},"
                 "{\"id\":\"" U "#their\"},"
                 "{\"id\":\"https://a.example/keys/1\"}]");

    assert_int_equal(fedi_id_parse(&heap.arena, &rules,
                                   fedi_str("https://a.example/keys/1"),
                                   &key_id), FEDI_OK);
    assert_int_equal(fedi_actor_key(fedi_fetched_actor(document), &key_id,
                                    NULL, 1, &found), FEDI_ACTOR_OK);
    values = fedi_fetched_values(fedi_fetched_row(&heap.arena, document,
                                                  &key_id, found));
    assert_non_null(strstr(values[FEDI_FETCHED_KEYS].data, "AWAY"));

    fedi_heap_free(&heap);
}


static fedi_err_e
accept_one(fedi_arena_t *arena)
{
    fedi_id_t        elsewhere;
    fedi_actor_e     reason;
    fedi_answer_t    answer;
    fedi_fetched_t  *document;

    memset(&answer, 0, sizeof(answer));

    answer.url = fedi_str(U);
    answer.status = 200;
    answer.content_type = fedi_str(AP);
    answer.body = fedi_str("{\"id\":\"" U "\",\"type\":\"Person\","
                           "\"inbox\":\"" U "/inbox\",\"publicKey\":" KEY "}");

    reason = fedi_fetched_accept(arena, &rules, &answer, &document,
                                 &elsewhere);

    if (reason == FEDI_ACTOR_FAILED) {
        assert_null(document);
        return FEDI_ENOMEM;
    }

    assert_int_equal(reason, FEDI_ACTOR_OK);

    return fedi_fetched_row(arena, document,
                            &fedi_fetched_actor(document)->keys[0].id,
                            &fedi_fetched_actor(document)->keys[0])
           ? FEDI_OK : FEDI_ENOMEM;
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_true(fedi_test_dry(accept_one) > 8);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_actor),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_envelope),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests_name("fedi_fetched", tests, NULL, NULL);
}
