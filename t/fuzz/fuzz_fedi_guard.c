
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A socket address is refused if the table of networks has it, with whatever
 * list of allowed networks that does not have it; and an IPv4 address in an
 * IPv6 one is always, however it is put there, be it public or not.
 */

#include <netinet/in.h>

#include "fedi_fuzz.h"

#include "fedi_guard.h"

static const char *const  fuzz_reserved[] = {
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
    "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
    "3fff::/20", "::/3", "4000::/2", "8000::/1"
};


static bool
fuzz_is_reserved(const fedi_address_t *address)
{
    size_t       i;
    fedi_cidr_t  cidr;

    for (i = 0; i < sizeof(fuzz_reserved) / sizeof(fuzz_reserved[0]); i++) {
        fedi_fuzz_assert(fedi_cidr_parse(
                             (fedi_str_t) { fuzz_reserved[i],
                                            strlen(fuzz_reserved[i]) },
                             &cidr));

        if (fedi_cidr_match(&cidr, address)) {
            return true;
        }
    }

    return false;
}


static bool
fuzz_embeds(const fedi_address_t *address)
{
    static const unsigned char  mapped[12] = { [10] = 0xff, [11] = 0xff };
    static const unsigned char  zero[12];

    return address->v6
           && (memcmp(address->bytes, mapped, 12) == 0
               || (memcmp(address->bytes, zero, 12) == 0
                   && (address->bytes[12] != 0 || address->bytes[13] != 0
                       || address->bytes[14] != 0
                       || address->bytes[15] > 1)));
}


static void
fuzz_address(const uint8_t *data, size_t size, const fedi_guard_t *guard)
{
    socklen_t            len;
    fedi_guard_e         rc;
    fedi_guard_t         nobody;
    fedi_address_t       address;
    struct sockaddr_in6  in6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in   in = { .sin_family = AF_INET };
    struct sockaddr     *sockaddr;

    if (size >= 16) {
        memcpy(&in6.sin6_addr, data, 16);
        sockaddr = (struct sockaddr *) &in6;
        len = sizeof(in6);

    } else if (size >= 4) {
        memcpy(&in.sin_addr, data, 4);
        sockaddr = (struct sockaddr *) &in;
        len = sizeof(in);

    } else {
        return;
    }

    fedi_fuzz_assert(fedi_guard_address(sockaddr, len, &address));

    memset(&nobody, 0, sizeof(nobody));
    rc = fedi_guard_check(&nobody, sockaddr, len);

    fedi_fuzz_assert((rc == FEDI_GUARD_OK) == !fuzz_is_reserved(&address));
    fedi_fuzz_assert((rc == FEDI_GUARD_EMBEDDED) == fuzz_embeds(&address));

    rc = fedi_guard_check(guard, sockaddr, len);

    if (fuzz_embeds(&address)) {
        fedi_fuzz_assert(rc == FEDI_GUARD_EMBEDDED);
    }

    if (rc == FEDI_GUARD_OK) {
        fedi_fuzz_assert(!fuzz_is_reserved(&address)
                         || (guard->nallow != 0
                             && fedi_cidr_match(&guard->allow[0],
                                                &address)));
    }
}


/*
 * Mapped, compatible, translated (RFC 4291), NAT64 (RFC 6052 and 8215), 6to4
 * (RFC 3056), the server and the client of Teredo (RFC 4380).
 */

static void
fuzz_forms(const uint8_t *v4)
{
    size_t               i, k;
    fedi_guard_t         nobody;
    struct sockaddr_in6  in6 = { .sin6_family = AF_INET6 };

    static const struct {
        unsigned char  prefix[12];
        size_t         at;
        unsigned char  mask;
    } forms[] = {
        { { [10] = 0xff, [11] = 0xff }, 12, 0 },
        { { 0 }, 12, 0 },
        { { [8] = 0xff, [9] = 0xff }, 12, 0 },
        { { 0, 0x64, 0xff, 0x9b }, 12, 0 },
        { { 0, 0x64, 0xff, 0x9b, 0, 1 }, 12, 0 },
        { { 0x20, 0x02 }, 2, 0 },
        { { 0x20, 0x01 }, 4, 0 },
        { { 0x20, 0x01 }, 12, 0xff }
    };

    memset(&nobody, 0, sizeof(nobody));

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        memset(&in6.sin6_addr, 0, 16);
        memcpy(&in6.sin6_addr, forms[i].prefix, 12);

        for (k = 0; k < 4; k++) {
            in6.sin6_addr.s6_addr[forms[i].at + k] = v4[k] ^ forms[i].mask;
        }

        fedi_fuzz_assert(fedi_guard_check(&nobody, (struct sockaddr *) &in6,
                                          sizeof(in6))
                         != FEDI_GUARD_OK);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t        len;
    fedi_str_t    text;
    fedi_cidr_t   cidr;
    fedi_heap_t   heap;
    fedi_guard_t  guard;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);
    text.len = len = fedi_str_before(text, '\n');

    memset(&guard, 0, sizeof(guard));
    memset(&cidr, 0, sizeof(cidr));

    if (fedi_cidr_parse(text, &cidr)) {
        guard.allow = &cidr;
        guard.nallow = 1;
    }

    if (len < size) {
        fuzz_address(data + len + 1, size - len - 1, &guard);
    }

    if (size >= 4) {
        fuzz_forms(data);
        fuzz_address(data, size, &guard);
    }

    fedi_heap_free(&heap);

    return 0;
}
