
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_refusal.h"
#include "fedi_signature_reason.h"
#include "fedi_verdict.h"


#define REASONS  (FEDI_REFUSALS + FEDI_SIGNATURE_REASONS + FEDI_VERDICTS)


typedef struct {
    fedi_str_t  code;
    fedi_str_t  text;
    unsigned    status;
} reason_t;


/* the three tables are one */

static reason_t
reason(int i)
{
    reason_t  r;

    if (i < FEDI_REFUSALS) {
        r.code = fedi_refusal_code((fedi_refusal_e) i);
        r.text = fedi_refusal_text((fedi_refusal_e) i);
        r.status = fedi_refusal_status((fedi_refusal_e) i);

        return r;
    }

    i -= FEDI_REFUSALS;

    if (i < FEDI_SIGNATURE_REASONS) {
        r.code = fedi_signature_code((fedi_signature_e) i);
        r.text = fedi_signature_text((fedi_signature_e) i);
        r.status = fedi_signature_status((fedi_signature_e) i);

        return r;
    }

    i -= FEDI_SIGNATURE_REASONS;

    r.code = fedi_verdict_code((fedi_verdict_e) i);
    r.text = fedi_verdict_text((fedi_verdict_e) i);
    r.status = fedi_verdict_status((fedi_verdict_e) i);

    return r;
}


/* fit for a label of Prometheus, for JSON without escapes, and for a log */

static void
test_codes(void **state)
{
    int       i, j;
    size_t    n;
    reason_t  r;

    (void) state;

    for (i = 0; i < REASONS; i++) {
        r = reason(i);

        assert_int_equal(strlen(r.code.data), r.code.len);
        assert_int_equal(strlen(r.text.data), r.text.len);
        assert_true(r.code.len >= 4 && r.code.len <= 32);
        assert_int_equal(strspn(r.code.data,
                                "abcdefghijklmnopqrstuvwxyz_0123456789"),
                         r.code.len);
        assert_true(r.code.data[0] >= 'a' && r.code.data[0] <= 'z');
        assert_int_not_equal(r.text.data[r.text.len - 1], '.');

        for (n = 0; n < r.text.len; n++) {
            assert_true(r.text.data[n] >= ' ' && r.text.data[n] < 0x7f);
            assert_true(r.text.data[n] != '"' && r.text.data[n] != '\\');
        }

        for (j = 0; j < i; j++) {
            if (fedi_str_eq(r.code, reason(j).code)) {
                fail_msg("\"%s\" is there twice", r.code.data);
            }
        }
    }
}


/* 401 and 503 are what makes a peer do something else: few have them */

static void
test_statuses(void **state)
{
    int       i;
    reason_t  r;

    (void) state;

    for (i = 0; i < REASONS; i++) {
        r = reason(i);

        switch (r.status) {

        case 0:
            fedi_test_eq("valid", r.code, "valid");
            break;

        case 202:
        case 400:
        case 401:
        case 403:
        case 404:
        case 405:
        case 410:
        case 411:
        case 412:
        case 413:
        case 415:
        case 429:
        case 500:
        case 503:
            break;

        default:
            fail_msg("\"%s\" has status %u", r.code.data, r.status);
        }
    }

    assert_int_equal(fedi_refusal_status(FEDI_REFUSAL_LIMITED), 429);
    assert_int_equal(fedi_refusal_status(FEDI_REFUSAL_DATABASE), 503);
    assert_int_equal(fedi_refusal_status(FEDI_REFUSAL_BUSY), 503);
    assert_int_equal(fedi_refusal_status(FEDI_REFUSAL_UNAVAILABLE), 503);
}


/* the tables are in the order of the enums */

static void
test_order(void **state)
{
    (void) state;

    fedi_test_eq("first", fedi_refusal_code(FEDI_REFUSAL_METHOD),
                 "method_not_allowed");
    fedi_test_eq("row", fedi_refusal_code(FEDI_REFUSAL_ROW),
                 "activity_not_kept");
    fedi_test_eq("database", fedi_refusal_code(FEDI_REFUSAL_DATABASE),
                 "database_away");
    fedi_test_eq("reading", fedi_refusal_code(FEDI_REFUSAL_READ_ONLY),
                 "read_only");
    fedi_test_eq("password", fedi_refusal_code(FEDI_REFUSAL_PASSWORD),
                 "password_required");
    fedi_test_eq("last", fedi_refusal_code(FEDI_REFUSAL_FAILED),
                 "internal_error");
    fedi_test_eq("beyond", fedi_refusal_code(FEDI_REFUSALS),
                 "internal_error");
    fedi_test_eq("text", fedi_refusal_text((fedi_refusal_e) -1),
                 "something went wrong here");
    assert_int_equal(fedi_refusal_status((fedi_refusal_e) -1), 500);

    fedi_test_eq("signature", fedi_signature_code(FEDI_SIGNATURE_TOO_OLD),
                 "signature_too_old");
    fedi_test_eq("digest", fedi_signature_code(FEDI_SIGNATURE_OTHER_BODY),
                 "digest_mismatch");
    fedi_test_eq("blocked", fedi_signature_code(FEDI_SIGNATURE_BLOCKED),
                 "domain_blocked");
    fedi_test_eq("signature, last",
                 fedi_signature_code(FEDI_SIGNATURE_REASONS),
                 "signature_failed");

    fedi_test_eq("verdict", fedi_verdict_code(FEDI_VERDICT_NOT_OWNER),
                 "key_of_another_actor");
    fedi_test_eq("class", fedi_verdict_code(FEDI_VERDICT_CLASS),
                 "actor_in_place_of_object");
    fedi_test_eq("verdict, last", fedi_verdict_code(FEDI_VERDICTS),
                 "activity_failed");
}


static void
test_json(void **state)
{
    (void) state;

    assert_int_equal(fedi_refusal_of_json(FEDI_EJSON), FEDI_REFUSAL_JSON);
    assert_int_equal(fedi_refusal_of_json(FEDI_EUTF8), FEDI_REFUSAL_JSON);
    assert_int_equal(fedi_refusal_of_json(FEDI_ETOOLONG),
                     FEDI_REFUSAL_TOO_LARGE);
    assert_int_equal(fedi_refusal_of_json(FEDI_ELIMIT),
                     FEDI_REFUSAL_JSON_LIMIT);
    assert_int_equal(fedi_refusal_of_json(FEDI_EKEYWORD),
                     FEDI_REFUSAL_JSON_KEYWORD);
    assert_int_equal(fedi_refusal_of_json(FEDI_ENOMEM), FEDI_REFUSAL_FAILED);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_json)
    };

    return cmocka_run_group_tests_name("fedi_refusal", tests, NULL, NULL);
}
