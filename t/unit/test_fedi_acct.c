
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_acct.h"


static void
test_accepted(void **state)
{
    size_t       i;
    fedi_str_t   text;
    fedi_acct_t  acct;

    static const struct {
        const char  *text;
        const char  *user;
        const char  *host;
    } rows[] = {
        { "acct:news@acme.example", "news", "acme.example" },
        { "ACCT:News@Acme.Example", "News", "Acme.Example" },
        { "news@acme.example", "news", "acme.example" },
        { "@news@acme.example", "news", "acme.example" },
        { "acct:@news@acme.example", "news", "acme.example" },
        { "acct@acme.example", "acct", "acme.example" },
        { "a.b-c_d~e+f@acme.example", "a.b-c_d~e+f", "acme.example" },
        { "<b>@acme.example", "<b>", "acme.example" },
        { "a'||b(5)--@acme.example", "a'||b(5)--", "acme.example" },
        { "\"[]^`{}@acme.example", "\"[]^`{}", "acme.example" },
        { "news@acme.example.", "news", "acme.example." },
        { "news@acme.example.:443", "news", "acme.example.:443" },
        { "n@localhost:8080", "n", "localhost:8080" },
        { "n@127.0.0.1:8080", "n", "127.0.0.1:8080" },
        { "n@[::1]:8080", "n", "[::1]:8080" },
        { "n@[::1]", "n", "[::1]" },
        { "n@b\xc3\xbc" "cher.example", "n", "b\xc3\xbc" "cher.example" },
        { "n@b\xc3\xbc" "cher.example:81", "n",
          "b\xc3\xbc" "cher.example:81" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        text = fedi_test_view(rows[i].text);

        fedi_test_err(rows[i].text, fedi_acct_parse(text, &acct), FEDI_OK);

        fedi_test_eq(rows[i].text, acct.user, rows[i].user);
        fedi_test_eq(rows[i].text, acct.host, rows[i].host);
        fedi_test_within(rows[i].text, acct.user, text);
        fedi_test_within(rows[i].text, acct.host, text);
    }
}


static void
test_refused(void **state)
{
    size_t       i;
    fedi_acct_t  acct;

    static const char *const  rows[] = {
        "", "@", "acct:", "acct:@", "news", "acct:news", "@news", "news@",
        "@acme.example", "acct:@acme.example", "@@acme.example",
        "acct:acct:news@acme.example", "https://acme.example/@news",
        "mailto:news@acme.example",
        "news@acme.example@evil.example", "@news@acme.example@",
        "ne ws@acme.example", "news@acme example", " news@acme.example",
        "news@acme.example ", "news@acme.example\n", "ne\\ws@acme.example",
        "ne/ws@acme.example", "ne%77s@acme.example", "ne%@acme.example",
        "n\xc3\xbcws@acme.example", "news@acme.example..", "news@.example",
        "news@.", "news@..",
        "news@acme..example", "news@-acme.example", "news@acme_.example",
        "news@acme.example/", "news@acme.example?", "news@acme.example#",
        "news@acme.example:", "news@acme.example:0", "news@acme.example:x",
        "news@acme.example:65536", "news@acme.example:080", "news@:80",
        "news@1.2.3.256", "news@[::1", "news@::1", "news@[::g]",
        "news@[\xc3\xbc]", "news@\xc3\xbc:x",
        "news@b\xc3" "cher.example", "news@b\xc3\xbc" "c her.example",
        "news@b\xc3\xbc" "c_her.example"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        acct.user = acct.host = fedi_str("untouched");

        fedi_test_err(rows[i],
                      fedi_acct_parse(fedi_test_view(rows[i]), &acct),
                      FEDI_EACCT);

        fedi_test_eq(rows[i], acct.user, "untouched");
        fedi_test_eq(rows[i], acct.host, "untouched");
    }

    assert_int_equal(fedi_acct_parse(fedi_null_str, &acct), FEDI_EACCT);
    assert_int_equal(fedi_acct_parse(fedi_str("a\0b@acme.example"), &acct),
                     FEDI_EACCT);
    assert_int_equal(fedi_acct_parse(fedi_str("a@acme\0.example"), &acct),
                     FEDI_EACCT);
}


static void
test_limits(void **state)
{
    char         text[2048];
    size_t       len;
    fedi_acct_t  acct;

    (void) state;

    for (len = FEDI_ACCT_USER_MAX; len <= FEDI_ACCT_USER_MAX + 1; len++) {
        memset(text, 'a', len);
        memcpy(text + len, "@b.example", 10);

        assert_int_equal(fedi_acct_parse((fedi_str_t) { text, len + 10 },
                                         &acct),
                         len == FEDI_ACCT_USER_MAX ? FEDI_OK
                                                   : FEDI_ETOOLONG);
    }

    memset(text, 'a', sizeof(text));
    text[1] = '@';

    assert_int_equal(fedi_acct_parse((fedi_str_t) { text, sizeof(text) },
                                     &acct),
                     FEDI_ETOOLONG);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits)
    };

    return cmocka_run_group_tests_name("fedi_acct", tests, NULL, NULL);
}
