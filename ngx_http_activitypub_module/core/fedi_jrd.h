
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The discovery documents that C renders, each once, at configuration time:
 * the JRD of an actor (RFC 7033), host-meta (RFC 6415) and NodeInfo
 * (FEP-f1d5).  Every text goes in as UTF-8 and comes out escaped.
 * Copied into the arena; FEDI_ENOMEM, or FEDI_EUTF8 for bad input.
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

fedi_err_e fedi_jrd_render(fedi_arena_t *arena, const fedi_jrd_t *jrd,
    fedi_str_t *text);

/* XRD whose lrdd template is {origin}/.well-known/webfinger?resource={uri} */
fedi_err_e fedi_host_meta_render(fedi_arena_t *arena, fedi_str_t origin,
    fedi_str_t *text);


typedef struct {
    fedi_str_t  version;        /* "2.0" or "2.1" */
    fedi_str_t  software;       /* [a-z0-9-]+ */
    fedi_str_t  software_version;
    unsigned    users;
} fedi_nodeinfo_t;

fedi_err_e fedi_nodeinfo_render(fedi_arena_t *arena,
    const fedi_nodeinfo_t *nodeinfo, fedi_str_t *text);

/* /.well-known/nodeinfo: links to {base}2.0 and {base}2.1, and to the actor */
fedi_err_e fedi_nodeinfo_links_render(fedi_arena_t *arena, fedi_str_t base,
    fedi_str_t actor, fedi_str_t *text);


#endif
