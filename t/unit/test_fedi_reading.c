
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _POSIX_C_SOURCE  200809L

#include "fedi_test.h"

#include <stdio.h>
#include <stdlib.h>

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


/* a Like with more in it: "begin", "again" n times, and "end" n times */

static fedi_err_e
extra(const char *begin, const char *again, size_t n, const char *end)
{
    char            *body;
    FILE            *out;
    size_t           i, len;
    fedi_reading_t   reading;

    out = open_memstream(&body, &len);
    assert_non_null(out);

    fprintf(out, "{\"extra\":%s", begin);

    for (i = 0; i < n; i++) {
        fputs(again, out);
    }

    for (i = 0; i < n; i++) {
        fputs(end, out);
    }

    fprintf(out, "%s,%s", begin[0] != '\0' ? "0]" : "", &LIKE[1]);
    assert_int_equal(fclose(out), 0);

    take(body, NULL, &reading);
    free(body);

    return reading.err;
}


/* 32 levels and 10000 values, and one more */

static void
test_limits(void **state)
{
    (void) state;

    assert_int_equal(extra("", "[", 31, "]"), FEDI_OK);
    assert_int_equal(extra("", "[", 32, "]"), FEDI_ELIMIT);

    /* two brackets and four commas of the others are counted, too */

    assert_int_equal(extra("[", "0,", 9994, ""), FEDI_OK);
    assert_int_equal(extra("[", "0,", 9995, ""), FEDI_ELIMIT);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_limits)
    };

    return cmocka_run_group_tests_name("fedi_reading", tests, NULL, NULL);
}
