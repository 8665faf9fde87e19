
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_address.h"


static void
test_parse(void **state)
{
    size_t          i;
    fedi_str_t      text;
    fedi_heap_t     heap;
    fedi_address_t  address;

    static const struct {
        const char  *text;
        const char  *printed;
    } rows[] = {
        { "127.0.0.1", "127.0.0.1" },
        { "0.0.0.0", "0.0.0.0" },
        { "255.255.255.255", "255.255.255.255" },
        { "127.1", "127.0.0.1" },
        { "127.0.1", "127.0.0.1" },
        { "127.65535", "127.0.255.255" },
        { "1.2.65535", "1.2.255.255" },
        { "1.16777215", "1.255.255.255" },
        { "4294967295", "255.255.255.255" },
        { "2130706433", "127.0.0.1" },
        { "0x7f.1", "127.0.0.1" },
        { "0X7F000001", "127.0.0.1" },
        { "0xA9FEa9fe", "169.254.169.254" },
        { "017700000001", "127.0.0.1" },
        { "0177.0.0.01", "127.0.0.1" },
        { "0x", "0.0.0.0" },
        { "0", "0.0.0.0" },
        { "000", "0.0.0.0" },
        { "[::1]", "[::1]" },
        { "[::]", "[::]" },
        { "[2001:DB8:0:0:0:0:0:1]", "[2001:db8::1]" },
        { "[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]" },
        { "[::ffff:7f00:1]", "[::ffff:127.0.0.1]" },
        { "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        if (!fedi_address_parse(fedi_test_view(rows[i].text), &address)) {
            fail_msg("\"%s\" is an address", rows[i].text);
        }

        fedi_test_err(rows[i].text,
                      fedi_address_print(&heap.arena, &address, &text),
                      FEDI_OK);
        fedi_test_eq(rows[i].text, text, rows[i].printed);
    }

    fedi_heap_free(&heap);
}


static void
test_no_address(void **state)
{
    size_t          i;
    fedi_address_t  address;

    static const char *const  rows[] = {
        "", ".", "1.", ".1", "1..1", "1.2.3.4.", "1.2.3.4.5", "1.2.3.0.5",
        "1.2.3.256",
        "1.2.65536", "1.16777216", "256.1", "4294967296",
        "18446744073709551616", "0x100000000", "08", "0x7g", "1.2.3.4x",
        "a", "acme.example", "1.example", "-1", "+1", " 1", "1 ",
        "[", "[]", "[:]", "[::1", "::1", "[::1]]", "[[::1]]", "[::1%lo]",
        "[::1%25lo]", "[::g]", "[127.0.0.1]", "[1:2:3:4:5:6:7]",
        "[1:2:3:4:5:6:7:8:9]", "[::1]:80",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (fedi_address_parse(fedi_test_view(rows[i]), &address)) {
            fail_msg("\"%s\" is no address", rows[i]);
        }
    }

    assert_false(fedi_address_parse(fedi_null_str, &address));
    assert_false(fedi_address_parse(fedi_str("[::1\0]"), &address));
    assert_false(fedi_address_parse(fedi_str("1\0"), &address));
}


static void
test_is_number(void **state)
{
    (void) state;

    assert_true(fedi_address_is_number(fedi_str("1")));
    assert_true(fedi_address_is_number(fedi_str("08")));
    assert_true(fedi_address_is_number(fedi_str("99999999999999999999")));
    assert_true(fedi_address_is_number(fedi_str("0x1F")));
    assert_true(fedi_address_is_number(fedi_str("0x")));
    assert_false(fedi_address_is_number(fedi_str("0xg")));
    assert_false(fedi_address_is_number(fedi_str("1f")));
    assert_false(fedi_address_is_number(fedi_str("example")));
    assert_false(fedi_address_is_number(fedi_null_str));
}


static fedi_err_e
print_one(fedi_arena_t *arena)
{
    fedi_str_t      text;
    fedi_address_t  address;

    assert_true(fedi_address_parse(fedi_str("127.1"), &address));

    return fedi_address_print(arena, &address, &text);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(print_one), 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_no_address),
        cmocka_unit_test(test_is_number),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_address", tests, NULL, NULL);
}
