
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * URLs that name things in the fediverse: ids, key ids, inboxes, and
 * whatever is fetched.  One strict parser for all of them, and one spelling
 * by which they are compared: no string comparison of raw input decides who
 * somebody is.
 */

#ifndef FEDI_ID_H
#define FEDI_ID_H

#include "fedi_url.h"


/* what only development relaxes */

typedef struct {
    bool  http;     /* the scheme http, and any port */
    bool  local;    /* single labels, local zones, IP literals */
} fedi_id_rules_t;


typedef struct {
    fedi_str_t  text;       /* the one spelling, NUL-terminated; copied */
    fedi_str_t  origin;     /* of the following each is a part of it */
    fedi_str_t  authority;  /* host, and a port that is not the default */
    fedi_url_t  url;
} fedi_id_t;


/*
 * Accepts what fedi_url_parse() does, and UTF-8 in the host, if the scheme is
 * https, the port its default and the host a public name; "rules" may relax
 * that.  Scheme and host become lower case, the host an A-label, a default
 * port goes away; all that follows stays byte for byte.  FEDI_EURL,
 * FEDI_EHOST, FEDI_EUTF8, FEDI_ETOOLONG or FEDI_ENOMEM.
 */
fedi_err_e fedi_id_parse(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    fedi_str_t text, fedi_id_t *id);

/* the same, and a fragment is allowed: a key's id, an activity's */
fedi_err_e fedi_id_parse_fragment(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, fedi_str_t text, fedi_id_t *id);

/* the id without its fragment: what is asked for over the wire */
fedi_str_t fedi_id_document(const fedi_id_t *id);


/* an id that was not given is all zero, and equals nothing */

static inline bool
fedi_id_eq(const fedi_id_t *a, const fedi_id_t *b)
{
    return a->text.len != 0 && fedi_str_eq(a->text, b->text);
}


static inline bool
fedi_id_same_origin(const fedi_id_t *a, const fedi_id_t *b)
{
    return a->origin.len != 0 && fedi_str_eq(a->origin, b->origin);
}


#endif
