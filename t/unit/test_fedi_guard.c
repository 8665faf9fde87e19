
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "fedi_guard.h"


#define SOME  50000


/* knowledge of the outside: what the guard has to agree with */

static const char *const  reserved[] = {
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
    "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "255.255.255.255/32", "168.63.129.16/32", "100.100.100.200/32",

    "2001::/23", "2001::/32", "2001:10::/28", "2001:20::/28",
    "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
    "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    "::/3", "4000::/2", "8000::/1"
};


static socklen_t
sockaddr_of(const fedi_address_t *address, struct sockaddr_storage *storage)
{
    struct sockaddr_in   in = { .sin_family = AF_INET };
    struct sockaddr_in6  in6 = { .sin6_family = AF_INET6 };

    if (address->v6) {
        memcpy(&in6.sin6_addr, address->bytes, 16);
        memcpy(storage, &in6, sizeof(in6));
        return sizeof(in6);
    }

    memcpy(&in.sin_addr, address->bytes, 4);
    memcpy(storage, &in, sizeof(in));
    return sizeof(in);
}


static fedi_guard_e
check(const fedi_guard_t *guard, const fedi_address_t *address)
{
    socklen_t                len;
    struct sockaddr_storage  storage;

    len = sockaddr_of(address, &storage);

    return fedi_guard_check(guard, (struct sockaddr *) &storage, len);
}


static fedi_guard_e
check_text(const fedi_guard_t *guard, const char *text)
{
    fedi_address_t  address = { .v6 = strchr(text, ':') != NULL };

    assert_int_equal(inet_pton(address.v6 ? AF_INET6 : AF_INET, text,
                               address.bytes), 1);

    return check(guard, &address);
}


/* SSR-01 to SSR-17 */

static void
test_refused(void **state)
{
    size_t  i;

    static const fedi_guard_t  guard = { NULL, 0, NULL, 0 };

    static const char *const  rows[] = {
        "127.0.0.1", "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200",
        "169.254.169.254", "169.254.170.2", "192.0.0.192", "168.63.129.16",
        "172.16.0.1", "172.31.255.255", "192.168.0.1", "198.19.255.255",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001::1", "2001:1ff::1",
        "2001:db8::1", "fd00:ec2::254", "fd20:ce::254", "fc00::1",
        "fe80::1", "fec0::1", "ff02::1", "5f00::1", "100::1", "4000::1",
        "3fff::1", "2620:4f:8000::1", "1fff::1"
    };

    static const char *const  fine[] = {
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0",
        "168.63.129.15", "168.63.129.17", "172.15.255.255", "172.32.0.0",
        "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2000::1", "2001:200::1", "2001:4860:4860::8888", "2003::1",
        "2606:4700::1111", "2620:4f:8001::1", "3fff:1000::1", "3ffe::1"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        if (check_text(&guard, rows[i]) != FEDI_GUARD_RESERVED) {
            fail_msg("%s is reserved", rows[i]);
        }
    }

    for (i = 0; i < FEDI_N(fine); i++) {
        if (check_text(&guard, fine[i]) != FEDI_GUARD_OK) {
            fail_msg("%s is public", fine[i]);
        }
    }
}


/* SSR-12, SSR-13: refused in any case, public inside or not */

static void
test_embedded(void **state)
{
    size_t        i;
    fedi_cidr_t   all;
    fedi_guard_t  guard = { &all, 1, NULL, 0 };

    static const char *const  rows[] = {
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:0",
        "::127.0.0.1", "::8.8.8.8", "::2"
    };

    (void) state;

    assert_true(fedi_cidr_parse(fedi_str("::/0"), &all));

    for (i = 0; i < FEDI_N(rows); i++) {
        if (check_text(&guard, rows[i]) != FEDI_GUARD_EMBEDDED) {
            fail_msg("%s embeds an address", rows[i]);
        }
    }

    /* what is low and embeds nothing may be allowed */

    assert_int_equal(check_text(&guard, "::1"), FEDI_GUARD_OK);
    assert_int_equal(check_text(&guard, "fe80::1"), FEDI_GUARD_OK);
}


static void
test_allowed(void **state)
{
    fedi_cidr_t   allow[2];
    fedi_guard_t  guard = { allow, 2, NULL, 0 };

    (void) state;

    assert_true(fedi_cidr_parse(fedi_str("127.0.0.0/8"), &allow[0]));
    assert_true(fedi_cidr_parse(fedi_str("64:ff9b::/96"), &allow[1]));

    assert_int_equal(check_text(&guard, "127.9.9.9"), FEDI_GUARD_OK);
    assert_int_equal(check_text(&guard, "10.0.0.1"), FEDI_GUARD_RESERVED);
    assert_int_equal(check_text(&guard, "8.8.8.8"), FEDI_GUARD_OK);

    /* SSR-14: NAT64, and what is behind it */

    assert_int_equal(check_text(&guard, "64:ff9b::808:808"), FEDI_GUARD_OK);
    assert_int_equal(check_text(&guard, "64:ff9b::a00:1"),
                     FEDI_GUARD_RESERVED);
    assert_int_equal(check_text(&guard, "64:ff9b:1::808:808"),
                     FEDI_GUARD_RESERVED);
}


/* SSR-18: this host under its public addresses */

static void
test_own(void **state)
{
    fedi_cidr_t     allow;
    fedi_address_t  own[2] = { { false, { 8, 8, 8, 8 } },
                               { true, { 0x20, 3, 0, 1 } } };
    fedi_guard_t    guard = { &allow, 0, own, 2 };

    (void) state;

    assert_int_equal(check_text(&guard, "8.8.8.8"), FEDI_GUARD_OWN);
    assert_int_equal(check_text(&guard, "8.8.8.9"), FEDI_GUARD_OK);
    assert_int_equal(check_text(&guard, "2003:1::"), FEDI_GUARD_OWN);
    assert_int_equal(check_text(&guard, "2003:1::1"), FEDI_GUARD_OK);
    assert_int_equal(check_text(&guard, "2003:100:1::"), FEDI_GUARD_OK);

    assert_true(fedi_cidr_parse(fedi_str("8.8.8.8"), &allow));
    guard.nallow = 1;
    assert_int_equal(check_text(&guard, "8.8.8.8"), FEDI_GUARD_OK);
}


static void
test_family(void **state)
{
    struct sockaddr_in       in = { .sin_family = AF_INET };
    struct sockaddr_storage  storage = { .ss_family = AF_UNIX };

    static const fedi_guard_t  guard = { NULL, 0, NULL, 0 };

    (void) state;

    assert_int_equal(fedi_guard_check(&guard, (struct sockaddr *) &storage,
                                      sizeof(storage)),
                     FEDI_GUARD_FAMILY);

    in.sin_addr.s_addr = htonl(0x08080808);

    assert_int_equal(fedi_guard_check(&guard, (struct sockaddr *) &in,
                                      sizeof(in)),
                     FEDI_GUARD_OK);
    assert_int_equal(fedi_guard_check(&guard, (struct sockaddr *) &in,
                                      sizeof(in) - 1),
                     FEDI_GUARD_FAMILY);

    storage.ss_family = AF_INET6;
    assert_int_equal(fedi_guard_check(&guard, (struct sockaddr *) &storage,
                                      sizeof(struct sockaddr_in6) - 1),
                     FEDI_GUARD_FAMILY);
}


/* bit by bit, from the text of the table */

static bool
in_network(const char *network, const fedi_address_t *address)
{
    int            bit, bits;
    char           text[64];
    unsigned char  bytes[16];

    strncpy(text, network, sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    bits = (int) strtol(strchr(text, '/') + 1, NULL, 10);
    *strchr(text, '/') = '\0';

    if (address->v6 != (strchr(text, ':') != NULL)) {
        return false;
    }

    assert_int_equal(inet_pton(address->v6 ? AF_INET6 : AF_INET, text, bytes),
                     1);

    for (bit = 0; bit < bits; bit++) {
        if (((bytes[bit / 8] ^ address->bytes[bit / 8]) >> (7 - bit % 8)) & 1)
        {
            return false;
        }
    }

    return true;
}


static void
agrees(const fedi_address_t *address)
{
    bool    want;
    size_t  i;

    static const fedi_guard_t  guard = { NULL, 0, NULL, 0 };

    want = true;

    for (i = 0; i < FEDI_N(reserved); i++) {
        if (in_network(reserved[i], address)) {
            want = false;
        }
    }

    if ((check(&guard, address) == FEDI_GUARD_OK) != want) {
        fail_msg("%s %d.%d.%d.%d...", want ? "public" : "reserved",
                 address->bytes[0], address->bytes[1], address->bytes[2],
                 address->bytes[3]);
    }
}


/* the edges of every network, one beyond them, and addresses at random */

static void
test_table(void **state)
{
    int             i, edge, bits, size;
    size_t          n;
    unsigned        seed, step;
    fedi_cidr_t     cidr;
    fedi_address_t  address;

    (void) state;

    for (n = 0; n < FEDI_N(reserved); n++) {
        assert_true(fedi_cidr_parse(fedi_test_view(reserved[n]), &cidr));

        for (edge = 0; edge < 2; edge++) {
            address = cidr.address;
            size = address.v6 ? 16 : 4;

            for (bits = (int) cidr.bits; edge == 1 && bits < size * 8; bits++)
            {
                address.bytes[bits / 8] |= (unsigned char)
                                           (0x80 >> bits % 8);
            }

            agrees(&address);

            for (step = edge == 0 ? 0xff : 1, i = size - 1; i >= 0; i--) {
                step += address.bytes[i];
                address.bytes[i] = (unsigned char) step;
                step = (step >> 8) + (edge == 0 ? 0xff : 0);
            }

            agrees(&address);
        }
    }

    for (seed = 1, i = 0; i < SOME; i++) {
        for (n = 0; n < 16; n++) {
            seed = seed * 1664525 + 1013904223;
            address.bytes[n] = (unsigned char) (seed >> 24);
        }

        address.v6 = i % 2;

        if (i % 4 == 1) {
            address.bytes[0] = (unsigned char) (0x20 | (address.bytes[0] & 3));
            address.bytes[1] &= 3;
        }

        agrees(&address);
    }
}


static void
test_texts(void **state)
{
    int          i;
    const char  *text;

    (void) state;

    for (i = FEDI_GUARD_OK; i <= FEDI_GUARD_OWN; i++) {
        text = fedi_guard_text((fedi_guard_e) i);
        assert_true(text[0] >= 'a' && text[0] <= 'z');
        assert_string_not_equal(text, fedi_guard_text((fedi_guard_e) 99));
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_embedded),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_family),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_texts)
    };

    return cmocka_run_group_tests_name("fedi_guard", tests, NULL, NULL);
}
