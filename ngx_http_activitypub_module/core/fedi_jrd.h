
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The JRD of an actor (RFC 7033), which WebFinger answers: rendered once, at
 * configuration time.
 */

#ifndef FEDI_JRD_H
#define FEDI_JRD_H

#include "fedi_arena.h"
#include "fedi_err.h"


typedef struct {
    fedi_str_t  handle;         /* "news@acme.example" */
    fedi_str_t  uri;            /* the actor's id */
    fedi_str_t  page;           /* its profile page, or empty */
    fedi_str_t  icon;           /* or empty */
    fedi_str_t  icon_type;      /* media type of the icon, or empty */
} fedi_jrd_t;


/*
 * Every text goes in as UTF-8 and comes out escaped.  Copied into the arena;
 * FEDI_ENOMEM, or FEDI_EUTF8 for bad input.
 */
fedi_err_e fedi_jrd_render(fedi_arena_t *arena, const fedi_jrd_t *jrd,
    fedi_str_t *text);


#endif
