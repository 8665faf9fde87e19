
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The guard of outgoing connections: which socket addresses may be connected
 * to.  It is asked about the very sockaddr that connect() gets, so that no
 * resolver is between the answer and the connection.  What host names and
 * ports a URL may have is fedi_id.h's.
 */

#ifndef FEDI_GUARD_H
#define FEDI_GUARD_H

#include <sys/socket.h>

#include "fedi_cidr.h"


typedef enum {
    FEDI_GUARD_OK = 0,
    FEDI_GUARD_FAMILY,      /* neither IPv4 nor IPv6 */
    FEDI_GUARD_EMBEDDED,    /* an IPv4 address in an IPv6 one */
    FEDI_GUARD_RESERVED,    /* loopback, private, reserved, multicast ... */
    FEDI_GUARD_OWN          /* of this very host */
} fedi_guard_e;


typedef struct {
    const fedi_cidr_t     *allow;   /* goes before all but EMBEDDED */
    size_t                 nallow;
    const fedi_address_t  *own;
    size_t                 nown;
} fedi_guard_t;


/*
 * IPv4 may be anything that is not reserved; IPv6 has to be in 2000::/3 and
 * not reserved there.  An IPv4-mapped or IPv4-compatible address is refused
 * whatever is allowed; one of NAT64's 64:ff9b::/96 that is allowed has the
 * IPv4 address in it checked as if it stood alone.
 */
fedi_guard_e fedi_guard_check(const fedi_guard_t *guard,
    const struct sockaddr *sockaddr, socklen_t len);

/* the address of a socket address; false: neither IPv4 nor IPv6 */
bool fedi_guard_address(const struct sockaddr *sockaddr, socklen_t len,
    fedi_address_t *address);

/* a lower-case fragment, fit for a log line; never NULL */
const char *fedi_guard_text(fedi_guard_e reason);


#endif
