
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test_signed.h"


static void
test_fine(void **state)
{
    test_request_t  t;

    (void) state;

    make(&t, "", POST);
    check(&t, "POST", FEDI_SIGNATURE_VALID);

    assert_int_equal(t.signature.scheme, FEDI_SCHEME_CAVAGE);
    assert_int_equal(fedi_digest_verify_body(&t.digest, fedi_str(BODY)),
                     FEDI_DIGEST_OK);

    /* orders and additions of the wire */

    make(&t, "", "host date digest content-length (request-target)");
    check(&t, "Mastodon", FEDI_SIGNATURE_VALID);

    make(&t, "created=1388957500,", CREATED);
    check(&t, "created", FEDI_SIGNATURE_VALID);

    make(&t, "", "(request-target) host date");
    t.policy.body = false;
    check(&t, "GET", FEDI_SIGNATURE_VALID);
}


static void
test_message_r17_covered(void **state)
{
    size_t          i;
    test_request_t  t;

    static const struct {
        const char        *input;
        fedi_signature_e   want;
    } rows[] = {
        { "a=(\"@target-uri\" \"content-digest\")" TIMES,
          FEDI_SIGNATURE_TARGET_NOT_COVERED },
        { "a=(\"@method\" \"content-digest\")" TIMES,
          FEDI_SIGNATURE_TARGET_NOT_COVERED },
        { "a=(\"@method\" \"@authority\" \"content-digest\")" TIMES,
          FEDI_SIGNATURE_TARGET_NOT_COVERED },
        { "a=(\"@method\" \"@path\" \"content-digest\")" TIMES,
          FEDI_SIGNATURE_HOST_NOT_COVERED },
        { "a=(\"@method\" \"@path\" \"host\" \"content-digest\")" TIMES,
          FEDI_SIGNATURE_HOST_NOT_COVERED },
        { "a=(\"@method\" \"@path\" \"@authority\" "
          "\"content-digest\")" TIMES, FEDI_SIGNATURE_VALID },
        { "a=(\"@method\" \"@request-target\" \"@authority\" "
          "\"content-digest\")" TIMES, FEDI_SIGNATURE_VALID },
        { "a=(\"@method\" \"@target-uri\")" TIMES,
          FEDI_SIGNATURE_DIGEST_NOT_COVERED },
        { "a=(\"@method\" \"@target-uri\" \"digest\")" TIMES,
          FEDI_SIGNATURE_DIGEST_NOT_COVERED },
        { "a=(\"@method\" \"@target-uri\" \"content-digest\")"
          ";keyid=\"k\"", FEDI_SIGNATURE_DATE_NOT_COVERED },
        { "a=(\"@method\" \"@target-uri\" \"content-digest\" \"x\")"
          TIMES, FEDI_SIGNATURE_ABSENT_HEADER }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        make_message(&t, rows[i].input);
        check(&t, rows[i].input, rows[i].want);
    }

    /* what a query says has to be signed */

    make_message(&t, rows[5].input);
    t.request.target = fedi_str("/inbox?a=b");
    check(&t, "no @query", FEDI_SIGNATURE_TARGET_NOT_COVERED);

    make_message(&t, "a=(\"@method\" \"@path\" \"@query\" \"@authority\" "
                     "\"content-digest\")" TIMES);
    t.request.target = fedi_str("/inbox?a=b");
    check(&t, "@query", FEDI_SIGNATURE_VALID);
}


static void
test_message_rules(void **state)
{
    test_request_t  t;

    (void) state;

    /* R18 */

    make_message(&t, "a=" MESSAGE);
    t.headers[2].value = fedi_str("md5=:Sd/dVLAcvNLSq16eXua5uQ==:");
    check(&t, "md5", FEDI_SIGNATURE_NO_SHA256);
    t.headers[2].value = fedi_str("sha-256=:AA==:");
    check(&t, "short", FEDI_SIGNATURE_BAD_DIGEST);

    /* R19 */

    make_message(&t, "a=" MESSAGE);
    t.policy.now = NOW + 3601;
    check(&t, "old", FEDI_SIGNATURE_TOO_OLD);
    t.policy.now = NOW - 3601;
    check(&t, "future", FEDI_SIGNATURE_IN_FUTURE);

    make_message(&t, "a=" MESSAGE ";expires=1388957499");
    check(&t, "expired", FEDI_SIGNATURE_EXPIRED);

    make_message(&t, "a=" MESSAGE ";expires=1389000701");
    check(&t, "expires late", FEDI_SIGNATURE_EXPIRES_LATE);

    /* R21 */

    make_message(&t, "a=" MESSAGE);
    add(&t, "Host", "acme.example");
    check(&t, "two hosts", FEDI_SIGNATURE_DUPLICATE_HEADER);

    /* R26 */

    make_message(&t, "a=" MESSAGE);
    t.headers[0].value = fedi_str("other.example");
    check(&t, "other host", FEDI_SIGNATURE_OTHER_HOST);
}


/* SIG-03, SIG-05 */

static void
test_r17_covered(void **state)
{
    size_t          i;
    test_request_t  t;

    static const struct {
        const char        *covered;
        fedi_signature_e   want;
    } rows[] = {
        { "host date digest", FEDI_SIGNATURE_TARGET_NOT_COVERED },
        { "(request-target) date digest", FEDI_SIGNATURE_HOST_NOT_COVERED },
        { "(request-target) host digest", FEDI_SIGNATURE_DATE_NOT_COVERED },
        { "(request-target) host date", FEDI_SIGNATURE_DIGEST_NOT_COVERED },
        { "date", FEDI_SIGNATURE_TARGET_NOT_COVERED }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        make(&t, "", rows[i].covered);
        check(&t, rows[i].covered, rows[i].want);
    }

    /* a GET has no body to cover, and everything else */

    make(&t, "", "(request-target) host");
    t.policy.body = false;
    check(&t, "GET", FEDI_SIGNATURE_DATE_NOT_COVERED);

    make(&t, "expires=1388957501,", "(request-target) host (expires) digest");
    check(&t, "expires alone", FEDI_SIGNATURE_DATE_NOT_COVERED);
}


static void
test_r18_digest(void **state)
{
    test_request_t  t;

    (void) state;

    make(&t, "", POST);
    t.headers[2].value = fedi_str("md5=Sd/dVLAcvNLSq16eXua5uQ==");
    check(&t, "SIG-27", FEDI_SIGNATURE_NO_SHA256);

    t.headers[2].value = fedi_str("SHA-256=x");
    check(&t, "SIG-28", FEDI_SIGNATURE_BAD_DIGEST);

    t.policy.body = false;
    check(&t, "GET", FEDI_SIGNATURE_VALID);

    assert_int_equal(fedi_signature_digest(FEDI_DIGEST_OK),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(fedi_signature_digest(FEDI_DIGEST_MISMATCH),
                     FEDI_SIGNATURE_OTHER_BODY);
}


/* an hour either way; SIG-10, SIG-12 */

static void
test_r19_window(void **state)
{
    size_t          i;
    test_request_t  t;

    static const struct {
        const char        *extra;
        const char        *covered;
        int64_t            off;
        fedi_signature_e   want;
    } rows[] = {
        { "", POST, 3600, FEDI_SIGNATURE_VALID },
        { "", POST, 3601, FEDI_SIGNATURE_TOO_OLD },
        { "", POST, -3600, FEDI_SIGNATURE_VALID },
        { "", POST, -3601, FEDI_SIGNATURE_IN_FUTURE },
        { "", POST, 7200, FEDI_SIGNATURE_TOO_OLD },

        { "created=1388957500,", CREATED, 3600, FEDI_SIGNATURE_VALID },
        { "created=1388957500,", CREATED, 3601, FEDI_SIGNATURE_TOO_OLD },
        { "created=1388957500,", CREATED, -3601, FEDI_SIGNATURE_IN_FUTURE },

        /* each that is said has to be right */
        { "created=1388950000,", POST, 0, FEDI_SIGNATURE_TOO_OLD },
        { "created=1388950000,", CREATED " date", 0,
          FEDI_SIGNATURE_TOO_OLD },
        { "created=1388961101,", CREATED " date", 3500,
          FEDI_SIGNATURE_VALID },
        { "created=1388961101,", CREATED " date", 3601,
          FEDI_SIGNATURE_TOO_OLD },

        { "expires=1388957500,", POST, 0, FEDI_SIGNATURE_VALID },
        { "expires=1388957499,", POST, 0, FEDI_SIGNATURE_EXPIRED },
        { "expires=1389000700,", POST, 0, FEDI_SIGNATURE_VALID },
        { "expires=1389000701,", POST, 0, FEDI_SIGNATURE_EXPIRES_LATE },
        { "created=1388957400,expires=1389000600,", POST, 0,
          FEDI_SIGNATURE_VALID },
        { "created=1388957400,expires=1389000601,", POST, 0,
          FEDI_SIGNATURE_EXPIRES_LATE },
        { "created=1388957500,expires=1388957600,",
          CREATED " (expires)", 101, FEDI_SIGNATURE_EXPIRED }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        make(&t, rows[i].extra, rows[i].covered);
        t.policy.now = NOW + rows[i].off;
        check(&t, rows[i].extra, rows[i].want);
    }

    make(&t, "", POST);
    t.headers[1].value = fedi_str("2014-01-05T21:31:40Z");
    check(&t, "not a date", FEDI_SIGNATURE_BAD_DATE);

    /* a date that nobody signed is not asked */

    make(&t, "created=1388957500,", CREATED);
    t.headers[1].value = fedi_str("x");
    check(&t, "uncovered date", FEDI_SIGNATURE_VALID);
}


static void
test_r21_lines(void **state)
{
    size_t          i;
    test_request_t  t;

    static const char *const  names[] = {
        "host", "DATE", "Digest", "Content-length"
    };

    (void) state;

    for (i = 0; i < FEDI_N(names); i++) {
        make(&t, "", POST);
        add(&t, names[i], "x");
        check(&t, names[i], FEDI_SIGNATURE_DUPLICATE_HEADER);
    }

    /* whoever gets the body may read the second */

    make(&t, "", POST);
    add(&t, "Content-Type", "text/plain");
    check(&t, "a type", FEDI_SIGNATURE_VALID);
    add(&t, "content-TYPE", "application/activity+json");
    check(&t, "two types", FEDI_SIGNATURE_DUPLICATE_HEADER);

    make(&t, "", POST);
    add(&t, "X-Other", "x");
    add(&t, "X-Other", "x");
    check(&t, "others", FEDI_SIGNATURE_VALID);

    /* SIG-31 */

    make(&t, "", POST " x-absent");
    check(&t, "absent", FEDI_SIGNATURE_ABSENT_HEADER);

    make(&t, "", POST);
    t.headers[2].name = fedi_str("X");
    check(&t, "no digest", FEDI_SIGNATURE_ABSENT_HEADER);
}


/* SIG-06 */

static void
test_r26_host(void **state)
{
    test_request_t  t;

    static const fedi_str_t  alias = fedi_string("origin.example");

    (void) state;

    make(&t, "", POST);
    t.headers[0].value = fedi_str("other.example");
    check(&t, "other", FEDI_SIGNATURE_OTHER_HOST);

    t.headers[0].value = fedi_str(" ACME.example ");
    check(&t, "case", FEDI_SIGNATURE_VALID);

    t.headers[0].value = fedi_str("origin.example");
    check(&t, "no alias", FEDI_SIGNATURE_OTHER_HOST);
    t.request.aliases = &alias;
    t.request.naliases = 1;
    check(&t, "alias", FEDI_SIGNATURE_VALID);
}


/* who is not to be heard is told so whatever else is wrong, and read no more */

static fedi_signature_e
admit(void *data, fedi_str_t key_id)
{
    fedi_str_t  *nobody = data;

    return fedi_str_eq(key_id, *nobody) ? FEDI_SIGNATURE_BLOCKED
                                        : FEDI_SIGNATURE_VALID;
}


static void
test_admit(void **state)
{
    fedi_str_t      nobody;
    test_request_t  t;

    (void) state;

    nobody = fedi_str("k");

    make(&t, "", POST);
    t.policy.admit = admit;
    t.policy.data = &nobody;
    check(&t, "nobody", FEDI_SIGNATURE_BLOCKED);

    t.headers[0].value = fedi_str("other.example");
    t.headers[2].value = fedi_str("SHA-256=x");
    add(&t, "Date", DATE);
    check(&t, "nobody, and all is wrong", FEDI_SIGNATURE_BLOCKED);

    nobody = fedi_str("K");
    check(&t, "somebody, and all is wrong", FEDI_SIGNATURE_DUPLICATE_HEADER);

    make(&t, "", POST);
    t.policy.admit = admit;
    t.policy.data = &nobody;
    check(&t, "somebody", FEDI_SIGNATURE_VALID);

    /* each label for itself */

    make_message(&t, "a=(\"@method\" \"@target-uri\" \"content-digest\")"
                 ";created=1388957500;keyid=\"k\"");
    t.policy.admit = admit;
    t.policy.data = &nobody;
    check(&t, "a label", FEDI_SIGNATURE_VALID);

    nobody = fedi_str("k");
    check(&t, "nobody's label", FEDI_SIGNATURE_BLOCKED);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_fine),
        cmocka_unit_test(test_message_r17_covered),
        cmocka_unit_test(test_message_rules),
        cmocka_unit_test(test_r17_covered),
        cmocka_unit_test(test_r18_digest),
        cmocka_unit_test(test_r19_window),
        cmocka_unit_test(test_r21_lines),
        cmocka_unit_test(test_r26_host),
        cmocka_unit_test(test_admit)
    };

    return cmocka_run_group_tests_name("fedi_signature_rules", tests, NULL,
                                       NULL);
}
