
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Results, for a person or as JSON.
 */

#ifndef APCTL_OUTPUT_H
#define APCTL_OUTPUT_H

#include <jansson.h>

#include "apctl_context.h"


/* prints and releases; indented on a terminal */
void apctl_print_json(json_t *json);

/* a row as an object: numbers and booleans as such, null as null */
json_t *apctl_row_json(const PGresult *result, int row);

/*
 * All rows: an array with --json, else a table of the first "columns"
 * columns; nothing at all says "none" on stderr.
 */
void apctl_print_rows(apctl_t *ap, const PGresult *result, int columns,
    const char *none);

/* one row: an object with --json, else a line for each column */
void apctl_print_record(apctl_t *ap, const PGresult *result, int row);


#endif
