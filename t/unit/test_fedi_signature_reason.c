
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_signature_reason.h"


/* every reason has a text of its own, fit for a log line and a variable */

static void
test_texts(void **state)
{
    int         i, j;
    unsigned    status;
    fedi_str_t  text;

    (void) state;

    for (i = 0; i < FEDI_SIGNATURE_REASONS; i++) {
        text = fedi_signature_text((fedi_signature_e) i);

        assert_true(text.len > 3);
        assert_int_equal(strlen(text.data), text.len);
        assert_true(text.data[0] >= 'a' && text.data[0] <= 'z');
        assert_int_not_equal(text.data[text.len - 1], '.');

        for (j = 0; j < i; j++) {
            assert_false(fedi_str_eq(
                             text,
                             fedi_signature_text((fedi_signature_e) j)));
        }

        status = fedi_signature_status((fedi_signature_e) i);

        assert_true(i == FEDI_SIGNATURE_VALID
                    || (status >= 400 && status <= 503));
    }
}


/* the table is in the order of the enum */

static void
test_order(void **state)
{
    (void) state;

    fedi_test_eq("first", fedi_signature_text(FEDI_SIGNATURE_VALID), "valid");
    fedi_test_eq("none", fedi_signature_text(FEDI_SIGNATURE_NONE),
                 "a signature is required");
    fedi_test_eq("covered",
                 fedi_signature_text(FEDI_SIGNATURE_DIGEST_NOT_COVERED),
                 "digest not signed");
    fedi_test_eq("mismatch", fedi_signature_text(FEDI_SIGNATURE_MISMATCH),
                 "signature does not match");
    fedi_test_eq("last", fedi_signature_text(FEDI_SIGNATURE_FAILED),
                 "internal error");
    fedi_test_eq("beyond", fedi_signature_text(FEDI_SIGNATURE_REASONS),
                 "internal error");

    assert_int_equal(fedi_signature_status(FEDI_SIGNATURE_NONE), 401);
    assert_int_equal(fedi_signature_status(FEDI_SIGNATURE_DUPLICATE_HEADER),
                     400);
    assert_int_equal(fedi_signature_status(FEDI_SIGNATURE_BAD_HEADER), 400);
    assert_int_equal(fedi_signature_status(FEDI_SIGNATURE_BLOCKED), 403);
    assert_int_equal(fedi_signature_status(FEDI_SIGNATURE_KEY_UNREACHABLE),
                     503);
    assert_int_equal(fedi_signature_status(FEDI_SIGNATURE_FAILED), 500);
    assert_int_equal(fedi_signature_status((fedi_signature_e) -1), 500);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_order)
    };

    return cmocka_run_group_tests_name("fedi_signature_reason", tests, NULL,
                                       NULL);
}
