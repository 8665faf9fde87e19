
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the query of a URL says of the page, and what of the reader alone:
 * parameters that others add to a link, to know by which way somebody came.
 * Pure: no I/O, no clock, no logging.
 */

#ifndef FEDI_QUERY_H
#define FEDI_QUERY_H

#include "fedi_arena.h"
#include "fedi_err.h"
#include "fedi_str.h"


/*
 * The query without trackers and without empty parameters, byte for byte and
 * in its order: of "p=1&utm_source=x&&b=2" it is "p=1&b=2".  A name is not
 * decoded, and has no case.  What remains in one piece points into "query";
 * else it is put together in the arena: FEDI_ENOMEM.
 */
fedi_err_e fedi_query_strip(fedi_arena_t *arena, fedi_str_t query,
    fedi_str_t *stripped);


#endif
