
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_base64.h"


static void
test_pairs(void **state)
{
    char           text[16];
    size_t         i, len;
    unsigned char  out[8];

    /* RFC 4648 section 10, and the two characters that vary */

    static const struct {
        const char  *plain;
        const char  *encoded;
        const char  *bare;
    } rows[] = {
        { "", "", "" },
        { "f", "Zg==", "Zg" },
        { "fo", "Zm8=", "Zm8" },
        { "foo", "Zm9v", "Zm9v" },
        { "foob", "Zm9vYg==", "Zm9vYg" },
        { "fooba", "Zm9vYmE=", "Zm9vYmE" },
        { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
        { "\xfb\xff\xfe", "+//+", "+//+" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        len = strlen(rows[i].plain);
        fedi_base64_encode((const unsigned char *) rows[i].plain, len, text);
        fedi_test_eq(rows[i].plain,
                     (fedi_str_t) { text, fedi_base64_encoded_len(len) },
                     rows[i].encoded);

        assert_true(fedi_base64_decode(fedi_test_view(rows[i].encoded), out,
                                       sizeof(out), &len));
        fedi_test_eq(rows[i].encoded,
                     (fedi_str_t) { (const char *) out, len },
                     rows[i].plain);

        assert_true(fedi_base64_decode(fedi_test_view(rows[i].bare), out,
                                       sizeof(out), &len));
        assert_int_equal(len, strlen(rows[i].plain));
    }
}


static void
test_refused(void **state)
{
    size_t         i, len;
    unsigned char  out[8];

    static const char *const  rows[] = {
        "Z", "Zg=", "Zg===", "=", "==", "====", "Z===", "Zm9vY", "Zg==Zg==",
        "Zm9v\n", " Zm9v", "Zm 9v", "Zm9-", "Zm9_", "Zm9v=", "Zm9v====",
        "Zh==", "Zh", "Zm9=", "Zm9", "Z=g=", "Zg==x"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (fedi_base64_decode(fedi_test_view(rows[i]), out, sizeof(out),
                               &len))
        {
            fail_msg("\"%s\" is no base64", rows[i]);
        }
    }

    assert_false(fedi_base64_decode(fedi_str("Zm9\0"), out, 8, &len));
}


/* each byte at each place: of four, of three, of two */

static void
test_bytes(void **state)
{
    int            c;
    bool           ok;
    char           text[8];
    size_t         at, n, len;
    unsigned char  out[8];

    static const char  alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz0123456789+/";

    (void) state;

    for (n = 2; n <= 4; n++) {

        for (at = 0; at < 4 + n; at++) {

            for (c = 0; c < 256; c++) {
                memset(text, 'A', sizeof(text));
                text[at] = (char) c;

                /* the last of them has bits that no byte takes */

                ok = c != 0 && strchr(alphabet, c) != NULL
                     && (at != 3 + n || n == 4
                         || (strchr(alphabet, c) - alphabet)
                            % (n == 2 ? 16 : 4) == 0);

                /* ... or is padding: "AAAAAA==" is no text of seven */

                if (c == '=' && n == 4 && at == 7) {
                    ok = true;
                }

                if (fedi_base64_decode((fedi_str_t) { text, 4 + n }, out,
                                       sizeof(out), &len)
                    != ok)
                {
                    fail_msg("%d at %zu of %zu", c, at, 4 + n);
                }
            }
        }
    }
}


static void
test_size(void **state)
{
    size_t         len;
    unsigned char  out[4] = { 0, 0, 0, 0xaa };

    (void) state;

    assert_false(fedi_base64_decode(fedi_str("Zm9vYg=="), out, 3, &len));
    assert_int_equal(out[3], 0xaa);
    assert_true(fedi_base64_decode(fedi_str("Zm9v"), out, 3, &len));
    assert_int_equal(len, 3);
    assert_int_equal(out[3], 0xaa);
    assert_false(fedi_base64_decode(fedi_str("Zm9vYg"), out, 3, &len));
    assert_false(fedi_base64_decode(fedi_str("Zm9vYmE"), out, 3, &len));
    assert_int_equal(out[3], 0xaa);
    assert_true(fedi_base64_decode(fedi_str("Zm8"), out, 2, &len));
    assert_int_equal(len, 2);
    assert_int_equal(fedi_base64_decoded_max(8), 9);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_size)
    };

    return cmocka_run_group_tests_name("fedi_base64", tests, NULL, NULL);
}
