
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The connection to the database.
 */

#ifndef APCTL_CONNECT_H
#define APCTL_CONNECT_H

#include "apctl_context.h"


/*
 * Connects ap->conn (a former connection is closed) to "dbname", or to the
 * database that is meant when it is NULL.  On failure a sentence and
 * APCTL_UNAVAILABLE, APCTL_TRY_AGAIN, APCTL_DENIED, or what is wrong with
 * the conninfo.
 */
apctl_exit_e apctl_connect(apctl_t *ap, const char *dbname);


#endif
