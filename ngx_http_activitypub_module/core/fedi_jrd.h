
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The JRD (RFC 7033) that WebFinger answers: of an actor, rendered once, at
 * configuration time, or of another thing that has an id.
 */

#ifndef FEDI_JRD_H
#define FEDI_JRD_H

#include "fedi_arena.h"
#include "fedi_err.h"


typedef struct {
    fedi_str_t  handle;         /* "news@acme.example"; empty: no actor */
    fedi_str_t  uri;            /* its id */
    fedi_str_t  page;           /* for a browser, or empty */
    fedi_str_t  icon;           /* or empty */
    fedi_str_t  icon_type;      /* media type of the icon, or empty */
} fedi_jrd_t;


/*
 * The subject is the account, or the id of what has none.  Every text goes
 * in as UTF-8 and comes out escaped.  Copied into the arena; FEDI_ENOMEM, or
 * FEDI_EUTF8 for bad input.
 */
fedi_err_e fedi_jrd_render(fedi_arena_t *arena, const fedi_jrd_t *jrd,
    fedi_str_t *text);

/*
 * The same of an actor whose icon its own document tells, as it is served;
 * that of "jrd" is not looked at.  FEDI_EJSON and others of fedi_json_load(),
 * too.
 */
fedi_err_e fedi_jrd_of_document(fedi_arena_t *arena, const fedi_jrd_t *jrd,
    fedi_str_t document, fedi_str_t *text);


#endif
