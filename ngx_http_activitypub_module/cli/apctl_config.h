
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the database and the SQL files are.
 */

#ifndef APCTL_CONFIG_H
#define APCTL_CONFIG_H

#include "apctl_context.h"


/*
 * --db, else "db = CONNINFO" of $APCTL_CONF or /etc/activitypub/apctl.conf,
 * else NULL.  A file that is not there says nothing; one that cannot be read
 * or understood is APCTL_CONFIG.
 */
apctl_exit_e apctl_config_conninfo(apctl_t *ap, const char **conninfo);

/* --sql, else $APCTL_SQL_DIR, else what was built in */
const char *apctl_config_sql(apctl_t *ap);


#endif
