
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"


/* a fragment that may follow "...: " in a log line */

static void
test_texts(void **state)
{
    int          err;
    size_t       len;
    const char  *text, *unknown;

    (void) state;

    unknown = fedi_strerror((fedi_err_e) 1000);

    for (err = FEDI_OK; err <= FEDI_ECRYPTO; err++) {
        text = fedi_strerror((fedi_err_e) err);
        len = strlen(text);

        assert_true(len > 3);
        assert_true(text[0] >= 'a' && text[0] <= 'z');
        assert_int_not_equal(text[len - 1], '.');
        assert_string_not_equal(text, unknown);
    }

    assert_string_equal(fedi_strerror(FEDI_EURL), "not an acceptable URL");
    assert_string_equal(fedi_strerror(FEDI_ENOMEM), "no memory");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_texts)
    };

    return cmocka_run_group_tests_name("fedi_err", tests, NULL, NULL);
}
