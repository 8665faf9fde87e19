
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_reading.h"


#define LIKE   "{\"id\":\"https://r.example/1\",\"type\":\"Like\"," \
               "\"actor\":\"https://r.example/u\"," \
               "\"object\":\"https://a.example/1\"}"
#define CREATE "{\"id\":\"https://r.example/1\",\"type\":\"Create\"," \
               "\"actor\":\"https://r.example/u\",\"published\":\"2026\"," \
               "\"object\":{\"id\":\"https://r.example/2\"," \
               "\"attributedTo\":\"https://r.example/u\"," \
               "\"type\":\"Note\",\"published\":\"2025\"}}"
#define ARRAY  "[1]"


static void
take(const char *body, const char *said, fedi_reading_t *reading)
{
    fedi_heap_t                   heap;
    fedi_str_t                    text;
    fedi_digest_t                 digest;
    static const fedi_id_rules_t  rules;

    memset(&digest, 0, sizeof(fedi_digest_t));

    text = fedi_test_view(body);

    if (said != NULL) {
        assert_true(fedi_sha256(fedi_test_view(said), digest.sha256));
        digest.has_sha256 = true;
    }

    fedi_heap_init(&heap);
    fedi_reading_take(&heap.arena, &rules, said ? &digest : NULL, text,
                      reading);

    if (reading->activity.kind == FEDI_ACTIVITY_CREATE) {
        fedi_test_eq("type", reading->activity.type, "Create");
        fedi_test_eq("published", reading->activity.published, "2026");
        fedi_test_eq("object", reading->activity.object.type, "Note");
        fedi_test_eq("its date", reading->activity.object.published, "2025");
        fedi_test_eq("id", reading->activity.id.text,
                     "https://r.example/1");
    }

    fedi_heap_free(&heap);
}


static void
test_order(void **state)
{
    fedi_reading_t  reading;

    (void) state;

    take(LIKE, LIKE, &reading);
    assert_int_equal(reading.digest, FEDI_DIGEST_OK);
    assert_int_equal(reading.err, FEDI_OK);
    assert_int_equal(reading.verdict, FEDI_VERDICT_ACCEPTED);
    assert_int_equal(reading.activity.kind, FEDI_ACTIVITY_LIKE);

    /* what has another digest is not even parsed */

    take(LIKE, LIKE " ", &reading);
    assert_int_equal(reading.digest, FEDI_DIGEST_MISMATCH);
    assert_int_equal(reading.activity.kind, FEDI_ACTIVITY_OTHER);

    take(LIKE, NULL, &reading);
    assert_int_equal(reading.digest, FEDI_DIGEST_OK);
    assert_int_equal(reading.activity.kind, FEDI_ACTIVITY_LIKE);

    take(ARRAY, ARRAY, &reading);
    assert_int_equal(reading.err, FEDI_EJSON);
    assert_int_equal(reading.activity.kind, FEDI_ACTIVITY_OTHER);

    /* the document is freed by now */

    take(CREATE, CREATE, &reading);
    assert_int_equal(reading.verdict, FEDI_VERDICT_ACCEPTED);
    assert_int_equal(reading.activity.kind, FEDI_ACTIVITY_CREATE);

    take("{}", "{}", &reading);
    assert_int_equal(reading.err, FEDI_OK);
    assert_int_not_equal(reading.verdict, FEDI_VERDICT_ACCEPTED);

    take("", "", &reading);
    assert_int_equal(reading.err, FEDI_EJSON);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_order)
    };

    return cmocka_run_group_tests_name("fedi_reading", tests, NULL, NULL);
}
