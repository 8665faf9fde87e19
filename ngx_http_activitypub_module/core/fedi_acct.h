
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * acct: URIs (RFC 7565), as WebFinger receives and emits them.
 * Pure: no I/O, no clock, no logging.
 */

#ifndef FEDI_ACCT_H
#define FEDI_ACCT_H

#include "fedi_err.h"
#include "fedi_str.h"


#define FEDI_ACCT_USER_MAX  255


typedef struct {
    fedi_str_t  user;
    fedi_str_t  host;       /* may carry ":port": development only */
} fedi_acct_t;


/*
 * Accepts "acct:user@host", "user@host" and either with "@" before the user;
 * the scheme in any case.  The host is one that fedi_host_check() takes, or
 * UTF-8 that only fedi_host_normalize() can judge, either with one dot behind
 * it; fedi_resource_parse() makes them comparable.  On FEDI_OK the parts
 * point into "text"; on FEDI_EACCT or FEDI_ETOOLONG "acct" is untouched.
 */
fedi_err_e fedi_acct_parse(fedi_str_t text, fedi_acct_t *acct);


#endif
