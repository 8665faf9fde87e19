
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_verdict.h"


static void
test_texts(void **state)
{
    int         i, j;
    unsigned    status;
    fedi_str_t  text;

    (void) state;

    for (i = 0; i < FEDI_VERDICTS; i++) {
        text = fedi_verdict_text((fedi_verdict_e) i);

        assert_true(text.len > 3);
        assert_int_equal(strlen(text.data), text.len);
        assert_true(text.data[0] >= 'a' && text.data[0] <= 'z');

        for (j = 0; j < i; j++) {
            assert_false(fedi_str_eq(text,
                                     fedi_verdict_text((fedi_verdict_e) j)));
        }

        status = fedi_verdict_status((fedi_verdict_e) i);
        assert_true(status == 202 || status == 400 || status == 403
                    || status == 500);
    }
}


/* the table is in the order of the enum */

static void
test_order(void **state)
{
    (void) state;

    fedi_test_eq("first", fedi_verdict_text(FEDI_VERDICT_ACCEPTED),
                 "accepted");
    fedi_test_eq("owner", fedi_verdict_text(FEDI_VERDICT_NOT_OWNER),
                 "actor does not own the key");
    fedi_test_eq("last", fedi_verdict_text(FEDI_VERDICT_FAILED), "no memory");
    fedi_test_eq("beyond", fedi_verdict_text(FEDI_VERDICTS), "no memory");

    assert_int_equal(fedi_verdict_status(FEDI_VERDICT_ACCEPTED), 202);
    assert_int_equal(fedi_verdict_status(FEDI_VERDICT_NOT_OURS), 202);
    assert_int_equal(fedi_verdict_status(FEDI_VERDICT_NO_TYPE), 400);
    assert_int_equal(fedi_verdict_status(FEDI_VERDICT_MANY), 400);
    assert_int_equal(fedi_verdict_status(FEDI_VERDICT_NOT_OWNER), 403);
    assert_int_equal(fedi_verdict_status(FEDI_VERDICT_CLASS), 403);
    assert_int_equal(fedi_verdict_status((fedi_verdict_e) -1), 500);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_order)
    };

    return cmocka_run_group_tests_name("fedi_verdict", tests, NULL, NULL);
}
