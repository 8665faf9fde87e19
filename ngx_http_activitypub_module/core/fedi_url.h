
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
#include "fedi_host.h"
#include "fedi_str.h"


#define FEDI_URL_MAX  2048


typedef struct {
    fedi_str_t  scheme;     /* "http" or "https": static, lower case */
    fedi_str_t  host;       /* as written */
    uint16_t    port;       /* effective: 443 or 80 when none is written */
    bool        port_given;
    fedi_str_t  path;       /* begins with "/", or empty there */
    fedi_str_t  query;      /* without "?", empty when absent */
    fedi_str_t  fragment;   /* without "#", empty when absent */
} fedi_url_t;


/*
 * Accepts an absolute URL of at most FEDI_URL_MAX bytes: no userinfo, no
 * control, space, backslash or other byte RFC 3986 forbids, no bytes above
 * 0x7e, no broken percent-escape, port 1..65535, a host that
 * fedi_host_check() takes; a caller that wants no IP literal asks
 * fedi_host_is_address().
 * On FEDI_OK the parts but the scheme point into "text"; else "url" is
 * untouched.  FEDI_EHOST: the host alone is at fault.
 */
fedi_err_e fedi_url_parse(fedi_str_t text, fedi_url_t *url);

/*
 * The origin in its one spelling: lower-case scheme, the host as
 * fedi_host_normalize() has it, the port only when it is not the scheme's
 * default.  Copied into the arena.
 */
fedi_err_e fedi_url_origin(fedi_arena_t *arena, const fedi_url_t *url,
    fedi_str_t *origin);

/*
 * Percent-decodes into the arena.  FEDI_EURL: a broken escape or %00;
 * FEDI_EUTF8: the result is not UTF-8.
 */
fedi_err_e fedi_url_decode(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *decoded);


#endif
