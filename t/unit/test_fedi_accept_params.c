
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_accept_params.h"


static fedi_accept_cursor_t
cursor(const char *text)
{
    return (fedi_accept_cursor_t) { text, text + strlen(text) };
}


static void
test_read(void **state)
{
    size_t                i;
    fedi_accept_cursor_t  c;
    fedi_accept_params_t  params;

    static const struct {
        const char            *text;
        fedi_accept_params_t   params;
    } rows[] = {
        { "", { 1000, false, false, false } },
        { " \t", { 1000, false, false, false } },
        { ";q=0.5", { 500, true, false, false } },
        { " ; Q = 0.123", { 123, true, false, false } },
        { ";q=1.000;level=1", { 1000, true, false, false } },
        { ";;q=0;", { 0, true, false, false } },
        { ";flag", { 1000, false, false, false } },
        { ";a=\"x;q=0\"", { 1000, false, false, false } },
        { ";a=\"x\\\";q=0\";q=0.1", { 100, true, false, false } },
        { ";profile=x", { 1000, false, true, false } },
        { ";profile=\"https://www.w3.org/ns/activitystreams\"",
          { 1000, false, true, true } },
        { ";profile='https://www.w3.org/ns/activitystreams'",
          { 1000, false, true, true } },
        { ";profile=\"x HTTPS://www.w3.org/ns/activitystreams y\";q=0.9",
          { 900, true, true, true } },
        { ";profile=\"https://www.w3.org/ns/activitystreams#x\"",
          { 1000, false, true, false } }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        c = cursor(rows[i].text);

        assert_true(fedi_accept_params(&c, &params));
        assert_ptr_equal(c.p, c.end);

        assert_int_equal(params.q, rows[i].params.q);
        assert_int_equal(params.q_given, rows[i].params.q_given);
        assert_int_equal(params.profile_given, rows[i].params.profile_given);
        assert_int_equal(params.profile_ours, rows[i].params.profile_ours);
    }
}


static void
test_malformed(void **state)
{
    size_t                i;
    fedi_accept_cursor_t  c;
    fedi_accept_params_t  params;

    static const char  *rows[] = {
        "x", "/x", ";q", ";q=", ";q=2", ";q=1.001", ";q=0.1234", ";q=.5",
        ";q=0,5", ";q=0x1", ";q=0.5;q=0.5", ";a=\"", ";a=\"x", ";a=\"x\\",
        ";a=x y", ";=x", ";q=\"0.5\"x"
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        c = cursor(rows[i]);
        assert_false(fedi_accept_params(&c, &params));
    }
}


static void
test_token(void **state)
{
    fedi_str_t            token;
    fedi_accept_cursor_t  c;

    (void) state;

    c = cursor("ld+json ;x");

    token = fedi_accept_token(&c);
    assert_true(fedi_str_eq(token, fedi_str("ld+json")));
    assert_int_equal(*c.p, ' ');

    token = fedi_accept_token(&c);
    assert_int_equal(token.len, 0);

    fedi_accept_space(&c);
    assert_int_equal(*c.p, ';');

    fedi_accept_space(&c);
    assert_int_equal(*c.p, ';');
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_token)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
