
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_plain.h"


/* as long as three registers and a rest, to the byte */
#define LEN  53


static void
test_is(void **state)
{
    int  c;

    (void) state;

    for (c = 0; c < 256; c++) {
        assert_int_equal(fedi_plain_is((char) c),
                         c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
    }
}


/* each byte at each place of a text of each length */

static void
test_end(void **state)
{
    int     c;
    char   *text, *end;
    size_t  at, len;

    (void) state;

    for (len = 0; len <= LEN; len++) {
        text = test_malloc(len + 1);
        memset(text, 'a', len);
        end = text + len;

        /* what lies behind it is not looked at */

        *end = '"';
        assert_ptr_equal(fedi_plain_end(text, end), end);

        for (at = 0; at < len; at++) {

            for (c = 0; c < 256; c++) {
                text[at] = (char) c;

                if (fedi_plain_end(text, end)
                    != (fedi_plain_is((char) c) ? end : text + at))
                {
                    fail_msg("%d at %zu of %zu", c, at, len);
                }
            }

            text[at] = 'a';
        }

        test_free(text);
    }
}


static void
test_first(void **state)
{
    size_t  at, next;
    char    text[LEN];

    (void) state;

    /* of two the first, wherever they are */

    for (at = 0; at < LEN; at++) {
        for (next = at + 1; next < LEN; next++) {
            memset(text, 'a', LEN);
            text[at] = '"';
            text[next] = '\\';

            assert_ptr_equal(fedi_plain_end(text, text + LEN), text + at);
        }
    }
}


/* a buffer that ends with the text: a sanitizer sees who reads on */

static void
test_bounds(void **state)
{
    char    *text;
    size_t   len;

    (void) state;

    for (len = 1; len <= LEN; len++) {
        text = test_malloc(len);
        memset(text, 'a', len);
        assert_ptr_equal(fedi_plain_end(text, text + len), text + len);
        test_free(text);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_is),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_first),
        cmocka_unit_test(test_bounds)
    };

    return cmocka_run_group_tests_name("fedi_plain", tests, NULL, NULL);
}
