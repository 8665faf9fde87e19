
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_actor_reading.h"


#define U      "https://a.example/u"
#define KEY    "{\"id\":\"" U "#k\",\"owner\":\"" U "\"," \
               "\"publicKeyPem\":\"PEM\"}"
#define ACTOR  "{\"id\":\"" U "\",\"type\":\"Person\"," \
               "\"inbox\":\"" U "/inbox\",\"preferredUsername\":\"u\"," \
               "\"publicKey\":" KEY "}"


/* the text is gone before anybody looks at what was read */

static void
take(fedi_heap_t *heap, const char *url, const char *body,
    fedi_actor_reading_t *reading)
{
    char                          *copy;
    fedi_str_t                     text;
    static const fedi_id_rules_t   rules;

    text = fedi_test_view(body);

    copy = malloc(text.len + 1);
    assert_non_null(copy);
    memcpy(copy, text.data, text.len);
    text.data = copy;

    fedi_actor_reading_take(&heap->arena, &rules, fedi_test_view(url), text,
                            reading);

    memset(copy, '#', text.len);
    free(copy);
}


static void
test_actor(void **state)
{
    fedi_heap_t           heap;
    fedi_actor_reading_t  reading;

    (void) state;

    fedi_heap_init(&heap);
    take(&heap, U, ACTOR, &reading);

    assert_int_equal(reading.err, FEDI_OK);
    assert_int_equal(reading.reason, FEDI_ACTOR_OK);
    assert_false(reading.is_key);
    fedi_test_eq("id", reading.actor.id.text, U);
    fedi_test_eq("type", reading.actor.type, "Person");
    fedi_test_eq("name", reading.actor.username, "u");
    fedi_test_eq("inbox", reading.actor.inbox.text, U "/inbox");
    assert_int_equal(reading.actor.nkeys, 1);
    fedi_test_eq("key", reading.actor.keys[0].id.text, U "#k");
    fedi_test_eq("PEM", reading.actor.keys[0].pem, "PEM");

    fedi_heap_free(&heap);
}


static void
test_key(void **state)
{
    fedi_heap_t           heap;
    fedi_actor_reading_t  reading;

    (void) state;

    fedi_heap_init(&heap);
    take(&heap, U, KEY, &reading);

    assert_int_equal(reading.err, FEDI_OK);
    assert_int_equal(reading.reason, FEDI_ACTOR_OK);
    assert_true(reading.is_key);
    fedi_test_eq("id", reading.key.id.text, U "#k");
    fedi_test_eq("owner", reading.key.owner.text, U);
    fedi_test_eq("PEM", reading.key.pem, "PEM");

    fedi_heap_free(&heap);
}


static void
test_refused(void **state)
{
    fedi_heap_t           heap;
    fedi_actor_reading_t  reading;

    (void) state;

    fedi_heap_init(&heap);

    take(&heap, U, "[1]", &reading);
    assert_int_equal(reading.err, FEDI_EJSON);

    take(&heap, U, "{\"id\":\"https://a.example/v\"}", &reading);
    assert_int_equal(reading.err, FEDI_OK);
    assert_int_equal(reading.reason, FEDI_ACTOR_ELSEWHERE);
    fedi_test_eq("id", reading.actor.id.text, "https://a.example/v");

    fedi_heap_free(&heap);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_actor),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("fedi_actor_reading", tests, NULL,
                                       NULL);
}
