
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The parameters of one element of Accept (RFC 9110 section 12.5.1), as they
 * are sent: more is read than the grammar has.  Pure: no I/O, no allocation.
 */

#ifndef FEDI_ACCEPT_PARAMS_H
#define FEDI_ACCEPT_PARAMS_H

#include "fedi_str.h"


/* "p" moves on to "end" */

typedef struct {
    const char  *p;
    const char  *end;
} fedi_accept_cursor_t;


typedef struct {
    int   q;                /* in thousandths; 1000: not said */
    bool  q_given;
    bool  profile_given;
    bool  profile_ours;     /* that of ActivityStreams is among them */
} fedi_accept_params_t;


/*
 * From the first ";", or spaces before it, to the end of the element.  False:
 * malformed, and the element says nothing.
 */
bool fedi_accept_params(fedi_accept_cursor_t *c, fedi_accept_params_t *params);

/* a token (RFC 9110 section 5.6.2), or nothing; spaces and tabs */
fedi_str_t fedi_accept_token(fedi_accept_cursor_t *c);
void fedi_accept_space(fedi_accept_cursor_t *c);


#endif
