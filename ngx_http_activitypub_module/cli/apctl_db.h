
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl db init|migrate|status
 */

#ifndef APCTL_DB_H
#define APCTL_DB_H

#include <jansson.h>

#include "apctl_context.h"


apctl_exit_e apctl_db_init(apctl_t *ap);
apctl_exit_e apctl_db_migrate(apctl_t *ap);
apctl_exit_e apctl_db_status(apctl_t *ap);


/*
 * Migrates the database that ap->conn stands in and adds "version",
 * "applied" and "functions" to "report".
 */
apctl_exit_e apctl_migrate(apctl_t *ap, json_t *report);


#endif
