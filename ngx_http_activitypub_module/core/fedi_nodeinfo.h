
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * NodeInfo 2.0 and 2.1 (FEP-f1d5) and the document that links to them:
 * rendered once, at configuration time, but for the numbers.  Every text goes
 * in as UTF-8 and comes out escaped.  Copied into the arena; FEDI_ENOMEM, or
 * FEDI_EUTF8 for bad input.
 */

#ifndef FEDI_NODEINFO_H
#define FEDI_NODEINFO_H

#include "fedi_arena.h"
#include "fedi_err.h"


typedef struct {
    fedi_str_t  version;        /* "2.0" or "2.1" */
    fedi_str_t  software;       /* [a-z0-9-]+ */
    fedi_str_t  software_version;
} fedi_nodeinfo_t;


/*
 * What stands before the value of "usage", which is a JSON object, and, for
 * any version, what stands behind it
 */
fedi_err_e fedi_nodeinfo_render(fedi_arena_t *arena,
    const fedi_nodeinfo_t *nodeinfo, fedi_str_t *head);

#define FEDI_NODEINFO_TAIL  ",\"metadata\":{}}"

/* the value where nothing is known: no number is better than a wrong one */
#define FEDI_NODEINFO_UNKNOWN  "{\"users\":{}}"

/*
 * /.well-known/nodeinfo: links to {base}2.0 and {base}2.1, and to the
 * instance actor (FEP-2677)
 */
fedi_err_e fedi_nodeinfo_links_render(fedi_arena_t *arena, fedi_str_t base,
    fedi_str_t actor, fedi_str_t *text);


#endif
