
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_cidr.h"


static fedi_address_t
address_of(const char *text)
{
    fedi_cidr_t  cidr;

    if (!fedi_cidr_parse(fedi_test_view(text), &cidr)) {
        fail_msg("\"%s\" is an address", text);
    }

    return cidr.address;
}


static void
test_parse(void **state)
{
    size_t       i;
    fedi_cidr_t  cidr;

    static const struct {
        const char  *text;
        int          bits;      /* -1: refused */
    } rows[] = {
        { "10.0.0.0/8", 8 },
        { "0.0.0.0/0", 0 },
        { "192.0.2.1", 32 },
        { "192.0.2.1/32", 32 },
        { "::/0", 0 },
        { "::1", 128 },
        { "2001:db8::/32", 32 },
        { "2001:db8::/128", 128 },
        { "fd00::/008", 8 },

        { "", -1 },
        { "/8", -1 },
        { "10.0.0.0/", -1 },
        { "10.0.0.0/33", -1 },
        { "10.0.0.0/999", -1 },
        { "10.0.0.0/0008", -1 },
        { "10.0.0.0/-1", -1 },
        { "10.0.0.0/8x", -1 },
        { "10.0.0.0/8/8", -1 },
        { "10.0.0.0 /8", -1 },
        { "10/8", -1 },
        { "0x0a000000/8", -1 },
        { "::/129", -1 },
        { "[::1]", -1 },
        { "fe80::1%lo", -1 },
        { "acme.example", -1 },
        { "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/8", -1 }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (fedi_cidr_parse(fedi_test_view(rows[i].text), &cidr)
            != (rows[i].bits >= 0)
            || (rows[i].bits >= 0 && (int) cidr.bits != rows[i].bits))
        {
            fail_msg("\"%s\"", rows[i].text);
        }
    }

    assert_false(fedi_cidr_parse(fedi_str("10.0.0.0\0/8"), &cidr));
}


static void
test_match(void **state)
{
    size_t          i;
    fedi_cidr_t     cidr;
    fedi_address_t  address;

    static const struct {
        const char  *cidr;
        const char  *address;
        bool         match;
    } rows[] = {
        { "10.0.0.0/8", "10.255.255.255", true },
        { "10.0.0.0/8", "11.0.0.0", false },
        { "10.0.0.0/8", "9.255.255.255", false },
        { "10.1.2.3/8", "10.9.9.9", true },
        { "172.16.0.0/12", "172.31.255.255", true },
        { "172.16.0.0/12", "172.32.0.0", false },
        { "172.16.0.0/12", "172.15.255.255", false },
        { "192.0.2.1/32", "192.0.2.1", true },
        { "192.0.2.1/32", "192.0.2.0", false },
        { "192.0.2.0/31", "192.0.2.1", true },
        { "192.0.2.0/31", "192.0.2.2", false },
        { "0.0.0.0/0", "255.255.255.255", true },
        { "0.0.0.0/0", "::", false },
        { "::/0", "1.2.3.4", false },
        { "::/0", "ffff::", true },
        { "2000::/3", "3fff:ffff::", true },
        { "2000::/3", "4000::", false },
        { "2000::/3", "1fff::", false },
        { "::1/128", "::1", true },
        { "::1/128", "::2", false },
        { "::/127", "::1", true },
        { "::/127", "::2", false }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        assert_true(fedi_cidr_parse(fedi_test_view(rows[i].cidr), &cidr));
        address = address_of(rows[i].address);

        if (fedi_cidr_match(&cidr, &address) != rows[i].match) {
            fail_msg("%s in %s", rows[i].address, rows[i].cidr);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_match)
    };

    return cmocka_run_group_tests_name("fedi_cidr", tests, NULL, NULL);
}
