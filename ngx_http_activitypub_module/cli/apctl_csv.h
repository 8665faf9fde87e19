
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Comma-separated values (RFC 4180), as servers of the fediverse export their
 * lists.
 */

#ifndef APCTL_CSV_H
#define APCTL_CSV_H

#include <stdio.h>

#include "apctl_context.h"


#define APCTL_CSV_FIELDS  16


typedef struct {
    char      *next;            /* what is still to be read */
    unsigned   next_line;

    char      *field[APCTL_CSV_FIELDS];
    unsigned   n;               /* how many fields: those beyond are dropped */
    unsigned   line;            /* where they begin, from 1 */
} apctl_csv_t;


/*
 * Begins to read "text", which ends with a NUL, is overwritten, and outlives
 * "csv".
 */
void apctl_csv_open(apctl_csv_t *csv, char *text);

/*
 * The next line that is not empty, or lines, where a value in quotes has some
 * in it.  Values are without their quotes and without the spaces around.
 * false: there is none.
 */
bool apctl_csv_read(apctl_csv_t *csv);

/* writes a value, in quotes if it needs them */
void apctl_csv_write(FILE *file, const char *value);


#endif
