
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <netinet/in.h>

#include "fedi_guard.h"


#define fedi_net4(a, b, c, d, bits)  { { false, { a, b, c, d } }, bits }
#define fedi_net6(a, b, c, d, e, f, bits)                                    \
    { { true, { (a) >> 8, (a) & 0xff, (b) >> 8, (b) & 0xff,                  \
                (c) >> 8, (c) & 0xff, (d) >> 8, (d) & 0xff,                  \
                (e) >> 8, (e) & 0xff, (f) >> 8, (f) & 0xff } }, bits }


/* IANA's special-purpose registry, and where clouds keep their metadata */

static const fedi_cidr_t  fedi_guard_reserved[] = {
    fedi_net4(0, 0, 0, 0, 8),
    fedi_net4(10, 0, 0, 0, 8),
    fedi_net4(100, 64, 0, 0, 10),
    fedi_net4(127, 0, 0, 0, 8),
    fedi_net4(168, 63, 129, 16, 32),    /* Azure's wire server */
    fedi_net4(169, 254, 0, 0, 16),
    fedi_net4(172, 16, 0, 0, 12),
    fedi_net4(192, 0, 0, 0, 24),
    fedi_net4(192, 0, 2, 0, 24),
    fedi_net4(192, 31, 196, 0, 24),
    fedi_net4(192, 52, 193, 0, 24),
    fedi_net4(192, 88, 99, 0, 24),
    fedi_net4(192, 168, 0, 0, 16),
    fedi_net4(192, 175, 48, 0, 24),
    fedi_net4(198, 18, 0, 0, 15),
    fedi_net4(198, 51, 100, 0, 24),
    fedi_net4(203, 0, 113, 0, 24),
    fedi_net4(224, 0, 0, 0, 4),
    fedi_net4(240, 0, 0, 0, 4),

    fedi_net6(0x2001, 0, 0, 0, 0, 0, 23),       /* Teredo, ORCHID */
    fedi_net6(0x2001, 0x0db8, 0, 0, 0, 0, 32),
    fedi_net6(0x2002, 0, 0, 0, 0, 0, 16),       /* 6to4 */
    fedi_net6(0x2620, 0x004f, 0x8000, 0, 0, 0, 48),
    fedi_net6(0x3fff, 0, 0, 0, 0, 0, 20)
};

static const fedi_cidr_t  fedi_guard_global =
    fedi_net6(0x2000, 0, 0, 0, 0, 0, 3);
static const fedi_cidr_t  fedi_guard_mapped =
    fedi_net6(0, 0, 0, 0, 0, 0xffff, 96);
static const fedi_cidr_t  fedi_guard_compatible =
    fedi_net6(0, 0, 0, 0, 0, 0, 96);
static const fedi_cidr_t  fedi_guard_nat64 =
    fedi_net6(0x0064, 0xff9b, 0, 0, 0, 0, 96);


static fedi_guard_e fedi_guard_decide(const fedi_guard_t *guard,
    const fedi_address_t *address);
static bool fedi_guard_embeds(const fedi_address_t *address);
static bool fedi_guard_among(const fedi_cidr_t *cidrs, size_t n,
    const fedi_address_t *address);
static bool fedi_guard_own(const fedi_guard_t *guard,
    const fedi_address_t *address);


fedi_guard_e
fedi_guard_check(const fedi_guard_t *guard, const struct sockaddr *sockaddr,
    socklen_t len)
{
    fedi_address_t  address, inner;

    if (!fedi_guard_address(sockaddr, len, &address)) {
        return FEDI_GUARD_FAMILY;
    }

    if (fedi_cidr_match(&fedi_guard_nat64, &address)
        && fedi_guard_among(guard->allow, guard->nallow, &address))
    {
        inner.v6 = false;
        memcpy(inner.bytes, address.bytes + 12, 4);

        return fedi_guard_decide(guard, &inner);
    }

    return fedi_guard_decide(guard, &address);
}


static fedi_guard_e
fedi_guard_decide(const fedi_guard_t *guard, const fedi_address_t *address)
{
    if (fedi_guard_embeds(address)) {
        return FEDI_GUARD_EMBEDDED;
    }

    if (fedi_guard_among(guard->allow, guard->nallow, address)) {
        return FEDI_GUARD_OK;
    }

    if (address->v6 && !fedi_cidr_match(&fedi_guard_global, address)) {
        return FEDI_GUARD_RESERVED;
    }

    if (fedi_guard_among(fedi_guard_reserved,
                         sizeof(fedi_guard_reserved)
                         / sizeof(fedi_guard_reserved[0]), address))
    {
        return FEDI_GUARD_RESERVED;
    }

    return fedi_guard_own(guard, address) ? FEDI_GUARD_OWN : FEDI_GUARD_OK;
}


/* :: and ::1 are in the compatible network, and embed nothing */

static bool
fedi_guard_embeds(const fedi_address_t *address)
{
    static const fedi_cidr_t  low = fedi_net6(0, 0, 0, 0, 0, 0, 127);

    return fedi_cidr_match(&fedi_guard_mapped, address)
           || (fedi_cidr_match(&fedi_guard_compatible, address)
               && !fedi_cidr_match(&low, address));
}


static bool
fedi_guard_among(const fedi_cidr_t *cidrs, size_t n,
    const fedi_address_t *address)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (fedi_cidr_match(&cidrs[i], address)) {
            return true;
        }
    }

    return false;
}


static bool
fedi_guard_own(const fedi_guard_t *guard, const fedi_address_t *address)
{
    size_t  i;

    for (i = 0; i < guard->nown; i++) {
        if (guard->own[i].v6 == address->v6
            && memcmp(guard->own[i].bytes, address->bytes,
                      address->v6 ? 16 : 4)
               == 0)
        {
            return true;
        }
    }

    return false;
}


bool
fedi_guard_address(const struct sockaddr *sockaddr, socklen_t len,
    fedi_address_t *address)
{
    struct sockaddr_in   in;
    struct sockaddr_in6  in6;

    /* copied, for "sockaddr" may be aligned for nothing but itself */

    if (len >= sizeof(in) && sockaddr->sa_family == AF_INET) {
        memcpy(&in, sockaddr, sizeof(in));
        address->v6 = false;
        memcpy(address->bytes, &in.sin_addr, 4);

        return true;
    }

    if (len >= sizeof(in6) && sockaddr->sa_family == AF_INET6) {
        memcpy(&in6, sockaddr, sizeof(in6));
        address->v6 = true;
        memcpy(address->bytes, &in6.sin6_addr, 16);

        return true;
    }

    return false;
}


const char *
fedi_guard_text(fedi_guard_e reason)
{
    switch (reason) {

    case FEDI_GUARD_OK:
        return "allowed";

    case FEDI_GUARD_FAMILY:
        return "neither IPv4 nor IPv6";

    case FEDI_GUARD_EMBEDDED:
        return "an IPv4 address in an IPv6 address";

    case FEDI_GUARD_RESERVED:
        return "a private or reserved address";

    case FEDI_GUARD_OWN:
        return "an address of this host";
    }

    return "refused";
}
