
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The SQL files that this apctl brings: migrations/NNN_name.sql, each run
 * once, and functions/NAME.sql, all run again when one of them has changed.
 */

#ifndef APCTL_MIGRATIONS_H
#define APCTL_MIGRATIONS_H

#include "apctl_context.h"


typedef struct {
    const char  *file;          /* "migrations/001_initial.sql" */
    const char  *name;          /* "001_initial" */
    int          version;       /* 0: functions */
    int          min_module;
    fedi_str_t   text;          /* NUL-terminated */
} apctl_sql_file_t;


typedef struct {
    apctl_sql_file_t  *migrations;      /* ascending by version */
    size_t             migrations_n;
    apctl_sql_file_t  *functions;       /* by name, grants.sql last */
    size_t             functions_n;
    const char        *hash;            /* "functions sha256:..." */
} apctl_sql_t;


/* reads and checks all of them; APCTL_CONFIG when something does not fit */
apctl_exit_e apctl_sql_load(apctl_t *ap, apctl_sql_t *sql);

/* the newest version there is a file for */
int apctl_sql_version(const apctl_sql_t *sql);


#endif
