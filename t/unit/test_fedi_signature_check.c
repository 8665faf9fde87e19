
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test_signed.h"


/* SIG-01, SIG-24; R22 */

static void
test_r22_schemes(void **state)
{
    test_request_t  t;

    (void) state;

    make(&t, "", POST);
    t.request.nheaders = 4;
    check(&t, "none", FEDI_SIGNATURE_NONE);

    make(&t, "", POST);
    add(&t, "signature", "keyId=\"x\"");
    check(&t, "two lines", FEDI_SIGNATURE_DUPLICATE_HEADER);

    /* SIG-36: this carrier is none */

    make(&t, "", POST);
    t.headers[4].name = fedi_str("Authorization");
    check(&t, "carrier", FEDI_SIGNATURE_NONE);

    /* a good one of draft-cavage does not save a bad one of RFC 9421 */

    make(&t, "", POST);
    add(&t, "Signature-Input", "sig1=" MESSAGE);
    check(&t, "either passes", FEDI_SIGNATURE_MALFORMED);

    make_message(&t, "a=" MESSAGE);
    t.headers[4].name = fedi_str("X");
    check(&t, "input alone", FEDI_SIGNATURE_NO_SIGNATURE);
}


static void
test_message(void **state)
{
    test_request_t  t;

    (void) state;

    make_message(&t, "a=" MESSAGE);
    check(&t, "POST", FEDI_SIGNATURE_VALID);

    assert_int_equal(t.signature.scheme, FEDI_SCHEME_RFC9421);
    assert_int_equal(fedi_digest_verify_body(&t.digest, fedi_str(BODY)),
                     FEDI_DIGEST_OK);

    make_message(&t, "a=(\"@method\" \"@target-uri\")" TIMES);
    t.policy.body = false;
    check(&t, "GET", FEDI_SIGNATURE_VALID);

    /* what Fedify sends */

    make_message(&t, "sig1=(\"@method\" \"@target-uri\" \"@authority\" "
                     "\"host\" \"date\" \"content-digest\")"
                     ";alg=\"rsa-v1_5-sha256\"" TIMES);
    t.headers[4].value = fedi_str("sig1=:c2ln:");
    check(&t, "Fedify", FEDI_SIGNATURE_VALID);
}


static void
test_message_r22_first(void **state)
{
    test_request_t  t;

    (void) state;

    /* the first that is as it has to be; else the first one's reason */

    make_message(&t, "a=(\"@method\")" TIMES ", b=" MESSAGE);
    check(&t, "second", FEDI_SIGNATURE_VALID);
    fedi_test_eq("second", t.signature.key_id, "k");

    make_message(&t, "a=(\"@method\" \"@method\")" TIMES
                     ", b=(\"@method\")" TIMES);
    check(&t, "neither", FEDI_SIGNATURE_DUPLICATE_COVERED);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_r22_schemes),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_message_r22_first)
    };

    return cmocka_run_group_tests_name("fedi_signature_check", tests, NULL,
                                       NULL);
}
