
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Which database is meant: --db or the file, and our defaults.
 */

#ifndef APCTL_CONNINFO_H
#define APCTL_CONNINFO_H

#include "apctl_context.h"


typedef struct {
    const char  **keywords;     /* both end with NULL, as libpq wants it */
    const char  **values;
    unsigned      n;
} apctl_params_t;


/*
 * What PQconnectdbParams() wants, in the run's memory; "dbname" replaces the
 * database unless it is NULL.  APCTL_USAGE or APCTL_CONFIG after a sentence.
 */
apctl_exit_e apctl_conninfo(apctl_t *ap, const char *dbname,
    apctl_params_t *params);

/* the name of the database that is meant */
apctl_exit_e apctl_database_name(apctl_t *ap, const char **name);


#endif
