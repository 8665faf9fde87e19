
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Host names and IP literals as they stand in URLs, handles and Host
 * headers.  Pure: no I/O, no resolver, no locale.
 */

#ifndef FEDI_HOST_H
#define FEDI_HOST_H

#include <stdint.h>

#include "fedi_arena.h"
#include "fedi_err.h"
#include "fedi_str.h"


#define FEDI_HOST_MAX  253


/*
 * Accepts LDH labels (letters, digits, hyphen inside; 63 bytes each), an
 * IPv4 literal or a bracketed IPv6 literal without a zone.  No trailing dot,
 * and no name whose last label is a number: some resolvers take it for an
 * address.  FEDI_EHOST or FEDI_ETOOLONG.
 */
fedi_err_e fedi_host_check(fedi_str_t host);

/*
 * Cuts "host" or "host:port" (1..65535, no leading zero); *port is 0 when
 * none is written.  The host is not checked.  FEDI_EURL: not a port.
 */
fedi_err_e fedi_host_split(fedi_str_t text, fedi_str_t *host, uint16_t *port);

/*
 * The host in the one spelling that may be compared: an A-label in lower
 * case, by IDNA2008 non-transitional (libidn2) for UTF-8 and "xn--" input,
 * checked LDH for other ASCII; an IP literal as inet_ntop() writes it.
 * FEDI_EHOST, FEDI_ETOOLONG, FEDI_EUTF8 or FEDI_ENOMEM.  Copied into the
 * arena.
 */
fedi_err_e fedi_host_normalize(fedi_arena_t *arena, fedi_str_t host,
    fedi_str_t *normal);

/* an IPv4 literal in any spelling inet_aton() knows, or anything bracketed */
bool fedi_host_is_address(fedi_str_t host);

/* a name that never is a public host: single label, localhost, .test, ... */
bool fedi_host_is_local(fedi_str_t host);

/*
 * The part of a name that somebody owns, as far as a name says that: its last
 * two labels, and the last three where the last two look like the "co.uk" of
 * a country.  There is no list of all those: elsewhere strangers share.
 */
fedi_str_t fedi_host_domain(fedi_str_t host);


#endif
