
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the database holds, compared with the SQL files.
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_query.h"
#include "apctl_schema.h"


/* "apctl" in ASCII; the module looks for it: store/ngx_ap_statements.c */
#define APCTL_LOCK       "418497393772"
#define APCTL_LOCK_WAIT  "10s"


const char *
apctl_schema_privilege(apctl_t *ap)
{
    return PQserverVersion(ap->conn) >= 160000 ? "SET" : "MEMBER";
}


apctl_exit_e
apctl_schema_as_owner(apctl_t *ap)
{
    bool           member, exists;
    PGresult      *result;
    const char    *privilege;
    apctl_exit_e   code;

    privilege = apctl_schema_privilege(ap);

    code = apctl_query(ap,
        "SELECT pg_has_role(r.oid, $1) FROM pg_roles r"
        " WHERE r.rolname = '" APCTL_OWNER "'", 1, &privilege, &result);

    if (code != APCTL_OK) {
        return code;
    }

    exists = PQntuples(result) > 0;
    member = exists && strcmp(PQgetvalue(result, 0, 0), "t") == 0;

    PQclear(result);

    if (!exists) {
        return apctl_fail(APCTL_CONFIG, "there is no role " APCTL_OWNER
                          " here: \"apctl db init\" makes it");
    }

    if (!member) {
        return apctl_fail(APCTL_DENIED, "\"%s\" is not a member of "
                          APCTL_OWNER ", whose the schema is",
                          PQuser(ap->conn));
    }

    return apctl_command(ap, "", "SET ROLE " APCTL_OWNER);
}


apctl_exit_e
apctl_schema_lock(apctl_t *ap)
{
    PGresult      *result;
    const char    *state;
    apctl_exit_e   code;

    code = apctl_command(ap, "", "SET lock_timeout = '" APCTL_LOCK_WAIT "';"
                         "SET statement_timeout = 0");

    if (code != APCTL_OK) {
        return code;
    }

    result = PQexec(ap->conn, "SELECT pg_advisory_lock(" APCTL_LOCK ")");

    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

        if (state != NULL && strcmp(state, "55P03") == 0) {
            code = apctl_fail(APCTL_TRY_AGAIN, "another apctl is at work in "
                              "\"%s\": gave up after " APCTL_LOCK_WAIT,
                              PQdb(ap->conn));

        } else {
            code = apctl_query_failed(ap, "", result);
        }
    }

    PQclear(result);

    return code;
}


apctl_exit_e
apctl_schema_read(apctl_t *ap, apctl_schema_t *schema)
{
    bool           exists;
    PGresult      *result;
    apctl_exit_e   code;

    schema->version = 0;
    schema->min_module = 0;
    schema->functions = "";

    code = apctl_query(ap,
        "SELECT to_regclass('activitypub.schema_migration') IS NOT NULL,"
        " obj_description(to_regnamespace('activitypub'), 'pg_namespace')",
        0, NULL, &result);

    if (code != APCTL_OK) {
        return code;
    }

    exists = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    schema->functions = apctl_format(ap, "%s", PQgetvalue(result, 0, 1));

    PQclear(result);

    if (!exists) {
        return APCTL_OK;
    }

    code = apctl_query(ap,
        "SELECT coalesce(max(version), 0), coalesce(max(min_module), 0)"
        " FROM activitypub.schema_migration", 0, NULL, &result);

    if (code != APCTL_OK) {
        return code;
    }

    schema->version = (int) strtol(PQgetvalue(result, 0, 0), NULL, 10);
    schema->min_module = (int) strtol(PQgetvalue(result, 0, 1), NULL, 10);

    PQclear(result);

    return APCTL_OK;
}


apctl_exit_e
apctl_schema_check(apctl_t *ap, const apctl_schema_t *schema,
    const apctl_sql_t *sql)
{
    if (schema->version <= apctl_sql_version(sql)) {
        return APCTL_OK;
    }

    return apctl_fail(APCTL_CONFIG, "the database \"%s\" is at version %d, "
                      "newer than this apctl, which knows %d: upgrade it",
                      PQdb(ap->conn), schema->version,
                      apctl_sql_version(sql));
}


size_t
apctl_schema_pending(const apctl_schema_t *schema, const apctl_sql_t *sql)
{
    size_t  i;

    for (i = 0; i < sql->migrations_n; i++) {

        if (sql->migrations[i].version > schema->version) {
            break;
        }
    }

    return i;
}
