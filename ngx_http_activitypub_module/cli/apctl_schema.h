
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the database holds, compared with the SQL files.
 */

#ifndef APCTL_SCHEMA_H
#define APCTL_SCHEMA_H

#include "apctl_migrations.h"


#define APCTL_OWNER      "activitypub_owner"
#define APCTL_NGINX      "activitypub_nginx"
#define APCTL_PUBLISHER  "activitypub_publisher"


typedef struct {
    int          version;           /* 0: not migrated */
    int          min_module;
    const char  *functions;         /* the hash that was stored, or "" */
} apctl_schema_t;


/*
 * The privilege, for pg_has_role(), of one who may become a role: since
 * PostgreSQL 16 not every member may.
 */
const char *apctl_schema_privilege(apctl_t *ap);

/* becomes activitypub_owner, or says why not */
apctl_exit_e apctl_schema_as_owner(apctl_t *ap);

/*
 * Keeps every other apctl from this database until the connection ends.
 * Waits some seconds for them, as every later statement does for a lock;
 * then APCTL_TRY_AGAIN.
 */
apctl_exit_e apctl_schema_lock(apctl_t *ap);

/* reads it; as the owner */
apctl_exit_e apctl_schema_read(apctl_t *ap, apctl_schema_t *schema);

/* APCTL_CONFIG when the database is newer than the files */
apctl_exit_e apctl_schema_check(apctl_t *ap, const apctl_schema_t *schema,
    const apctl_sql_t *sql);

/* the first migration that the database has not seen; the end when none */
size_t apctl_schema_pending(const apctl_schema_t *schema,
    const apctl_sql_t *sql);


#endif
