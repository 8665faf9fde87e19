
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_language.h"


static void
test_tags(void **state)
{
    size_t  i;

    static const struct {
        const char  *tag;
        bool         valid;
    } rows[] = {
        { "en", true },
        { "de", true },
        { "gsw", true },
        { "EN", true },
        { "pt-BR", true },
        { "es-419", true },
        { "zh-Hant-TW", true },
        { "de-1901", true },
        { "sl-rozaj-biske-1994", true },
        { "x-private", false },
        { "abcdefgh-abcdefgh-abcdefgh-abcdefgh", true },
        { "abcdefgh-abcdefgh-abcdefgh-abcdefgh-", false },
        { "abcdefgh-abcdefgh-abcdefgh-abcdefghi", false },
        { "abcdefgh-abcdefgh-abcdefgh-abcdef-ab", false },
        { "a-b", false },
        { "en-a", true },
        { "en-a-b", true },

        { "", false },
        { "e", false },
        { "e1", false },
        { "12", false },
        { "-", false },
        { "-en", false },
        { "en-", false },
        { "en--US", false },
        { "en_US", false },
        { "en US", false },
        { "abcdefghi", false },
        { "en-abcdefghi", false },
        { "d\xc3\xa9", false },
        { "en\n", false }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fedi_str_t  tag = { rows[i].tag, strlen(rows[i].tag) };

        if (fedi_language_valid(tag) != rows[i].valid) {
            fail_msg("\"%s\"", rows[i].tag);
        }
    }
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_tags)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
