
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What WebFinger is asked for (RFC 7033 section 4.2): an account or a URL, in
 * the one spelling that may be compared.  Pure: no I/O, no clock, no logging.
 */

#ifndef FEDI_RESOURCE_H
#define FEDI_RESOURCE_H

#include "fedi_arena.h"
#include "fedi_err.h"
#include "fedi_str.h"


typedef struct {
    fedi_str_t  user;       /* as written; empty: a URL was asked for */
    fedi_str_t  host;       /* A-labels, with a port that is no default */
    fedi_str_t  path;       /* of a URL, from its "/" on, with the query */
} fedi_resource_t;


/*
 * "query" as it stands in a request: the one "resource" of it, percent-decoded
 * into the arena.  FEDI_EACCT: there is none, or more than one; FEDI_EURL and
 * FEDI_EUTF8 as of fedi_url_decode().
 */
fedi_err_e fedi_resource_of_query(fedi_arena_t *arena, fedi_str_t query,
    fedi_str_t *text);

/*
 * Accepts what fedi_acct_parse() and fedi_url_parse() take, and of each the
 * spellings that mean the same: host in any case, as U-labels, with one dot
 * behind it; port 443 of an account, the scheme's own of a URL; a URL without
 * a path, with bytes above 0x7e, with needless escapes, with a fragment,
 * which is dropped.  http and https are not told apart.  FEDI_EACCT,
 * FEDI_EURL, FEDI_EHOST, FEDI_ETOOLONG, FEDI_EUTF8 or FEDI_ENOMEM; "resource"
 * then is untouched.  Copied into the arena.
 */
fedi_err_e fedi_resource_parse(fedi_arena_t *arena, fedi_str_t text,
    fedi_resource_t *resource);


#endif
