
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * host-meta (RFC 6415): the XRD, or the JRD of the same meaning, that says
 * where WebFinger answers, for those who did not find it at its place.
 * Rendered once, at configuration time.
 */

#ifndef FEDI_HOST_META_H
#define FEDI_HOST_META_H

#include "fedi_arena.h"
#include "fedi_err.h"


/*
 * The lrdd template is {origin}/.well-known/webfinger?resource={uri}, escaped
 * for XML.  Copied into the arena; FEDI_ENOMEM, or FEDI_EUTF8 for an origin
 * that is not UTF-8 or has characters XML cannot have.
 */
fedi_err_e fedi_host_meta_render(fedi_arena_t *arena, fedi_str_t origin,
    fedi_str_t *text);

/* the same as JSON */
fedi_err_e fedi_host_meta_render_json(fedi_arena_t *arena, fedi_str_t origin,
    fedi_str_t *text);


#endif
