
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Absolute http and https URLs (RFC 3986, the strict subset of RFC 9110
 * section 4.2) and origins (RFC 6454).  Pure: no I/O, no clock, no logging.
 */

#ifndef FEDI_URL_H
#define FEDI_URL_H

#include <stdint.h>

#include "fedi_arena.h"
#include "fedi_err.h"
#include "fedi_str.h"


#define FEDI_URL_MAX   2048
#define FEDI_HOST_MAX  253


typedef struct {
    fedi_str_t  scheme;     /* "http" or "https", lower case */
    fedi_str_t  host;       /* as written */
    uint16_t    port;       /* effective: 443 or 80 when none is written */
    bool        port_given;
    fedi_str_t  path;       /* begins with "/", or empty */
    fedi_str_t  query;      /* without "?", empty when absent */
    fedi_str_t  fragment;   /* without "#", empty when absent */
} fedi_url_t;


/*
 * Accepts an absolute URL of at most FEDI_URL_MAX bytes: no userinfo, no
 * control, space, backslash or other byte RFC 3986 forbids, no bytes above
 * 0x7e, no broken percent-escape, port 1..65535, host of LDH labels (letters,
 * digits, hyphen inside), no trailing dot, or an IPv4/bracketed IPv6 literal
 * only where fedi_host_is_address() is asked for by the caller.
 * On FEDI_OK the parts point into "text"; else "url" is untouched.
 */
fedi_err_e fedi_url_parse(fedi_str_t text, fedi_url_t *url);

/*
 * The origin in its one spelling: lower-case scheme and host, the port only
 * when it is not the scheme's default.  Copied into the arena.
 */
fedi_err_e fedi_url_origin(fedi_arena_t *arena, const fedi_url_t *url,
    fedi_str_t *origin);

/*
 * The host as an A-label in lower case: IDNA2008 non-transitional by libidn2
 * for UTF-8 input, checked LDH for ASCII.  Copied into the arena.
 */
fedi_err_e fedi_host_normalize(fedi_arena_t *arena, fedi_str_t host,
    fedi_str_t *normal);

/* an IPv4 literal in any spelling inet_aton() knows, or a bracketed IPv6 */
bool fedi_host_is_address(fedi_str_t host);

/* a name that never is a public host: single label, localhost, .test, ... */
bool fedi_host_is_local(fedi_str_t host);

/*
 * Percent-decodes into the arena.  FEDI_EURL: a broken escape or %00;
 * FEDI_EUTF8: the result is not UTF-8.
 */
fedi_err_e fedi_url_decode(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *decoded);


#endif
