
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl db migrate: each migration with its row in a transaction of its own,
 * then the functions in one.
 *
 *     lock -> read -> (migration)... -> functions -> (actors)...
 *
 * The hash of the functions is the comment of the schema.  Every migration
 * makes it stale, so that a run that died in between is finished by the next.
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_connect.h"
#include "apctl_db.h"
#include "apctl_output.h"
#include "apctl_query.h"
#include "apctl_schema.h"


#define APCTL_RENDERED  "500"
#define APCTL_STALE     "COMMENT ON SCHEMA activitypub IS 'functions stale'"


static apctl_exit_e apctl_migrate_pending(apctl_t *ap, const apctl_sql_t *sql,
    size_t first, json_t *applied);
static apctl_exit_e apctl_migrate_one(apctl_t *ap,
    const apctl_sql_file_t *file);
static apctl_exit_e apctl_migrate_functions(apctl_t *ap,
    const apctl_sql_t *sql);
static apctl_exit_e apctl_migrate_file(apctl_t *ap,
    const apctl_sql_file_t *file);
static apctl_exit_e apctl_migrate_actors(apctl_t *ap);
static const char *apctl_migrate_where(apctl_t *ap,
    const apctl_sql_file_t *file, const char *position);
static const char *apctl_migrate_suffix(apctl_t *ap);


apctl_exit_e
apctl_db_migrate(apctl_t *ap)
{
    json_t        *report;
    apctl_exit_e   code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    report = json_object();
    json_object_set_new(report, "database", json_string(PQdb(ap->conn)));

    code = apctl_migrate(ap, report);

    if (code == APCTL_OK && apctl_given(ap, JSON)) {
        apctl_print_json(report);

    } else {
        json_decref(report);
    }

    return code;
}


apctl_exit_e
apctl_migrate(apctl_t *ap, json_t *report)
{
    bool             stale;
    size_t           first;
    json_t          *applied;
    apctl_sql_t      sql;
    apctl_exit_e     code;
    apctl_schema_t   schema;

    applied = json_array();
    json_object_set_new(report, "applied", applied);

    if ((code = apctl_sql_load(ap, &sql)) != APCTL_OK
        || (code = apctl_schema_as_owner(ap)) != APCTL_OK
        || (code = apctl_schema_lock(ap)) != APCTL_OK
        || (code = apctl_schema_read(ap, &schema)) != APCTL_OK
        || (code = apctl_schema_check(ap, &schema, &sql)) != APCTL_OK)
    {
        return code;
    }

    first = apctl_schema_pending(&schema, &sql);
    stale = first < sql.migrations_n
            || strcmp(schema.functions, sql.hash) != 0;

    code = apctl_migrate_pending(ap, &sql, first, applied);

    if (code == APCTL_OK && stale) {
        code = apctl_migrate_functions(ap, &sql);
    }

    if (code == APCTL_OK && !apctl_given(ap, DRY_RUN)) {
        code = apctl_migrate_actors(ap);
    }

    if (code != APCTL_OK) {
        return code;
    }

    if (!stale) {
        apctl_tell(ap, "the database \"%s\" is up to date at version %d: "
                   "nothing to do", PQdb(ap->conn), schema.version);
    }

    json_object_set_new(report, "version",
                        json_integer(apctl_sql_version(&sql)));
    json_object_set_new(report, "functions",
                        json_string(stale ? "applied" : "unchanged"));
    json_object_set_new(report, "dry_run",
                        json_boolean(apctl_given(ap, DRY_RUN)));

    return APCTL_OK;
}


static apctl_exit_e
apctl_migrate_pending(apctl_t *ap, const apctl_sql_t *sql, size_t first,
    json_t *applied)
{
    size_t                   i;
    apctl_exit_e             code;
    const apctl_sql_file_t  *file;

    for (i = first; i < sql->migrations_n; i++) {
        file = &sql->migrations[i];

        if (!apctl_given(ap, DRY_RUN)) {
            code = apctl_migrate_one(ap, file);

            if (code != APCTL_OK) {
                return code;
            }
        }

        apctl_tell(ap, "applied %s%s", file->name, apctl_migrate_suffix(ap));
        json_array_append_new(applied, json_string(file->name));
    }

    return APCTL_OK;
}


static apctl_exit_e
apctl_migrate_one(apctl_t *ap, const apctl_sql_file_t *file)
{
    PGresult      *result;
    const char    *values[3];
    apctl_exit_e   code;

    values[0] = apctl_format(ap, "%d", file->version);
    values[1] = file->name;
    values[2] = apctl_format(ap, "%d", file->min_module);

    code = apctl_command(ap, "", "BEGIN");

    if (code == APCTL_OK) {
        code = apctl_migrate_file(ap, file);
    }

    if (code == APCTL_OK) {
        code = apctl_query(ap,
            "INSERT INTO activitypub.schema_migration"
            " (version, name, min_module) VALUES ($1, $2, $3)",
            3, values, &result);
        PQclear(result);
    }

    if (code == APCTL_OK) {
        code = apctl_command(ap, "", APCTL_STALE ";COMMIT");
    }

    return code;
}


static apctl_exit_e
apctl_migrate_functions(apctl_t *ap, const apctl_sql_t *sql)
{
    size_t         i;
    apctl_exit_e   code;

    if (!apctl_given(ap, DRY_RUN)) {
        code = apctl_command(ap, "", "BEGIN");

        for (i = 0; code == APCTL_OK && i < sql->functions_n; i++) {
            code = apctl_migrate_file(ap, &sql->functions[i]);
        }

        if (code != APCTL_OK) {
            return code;
        }

        /* the hash is letters, digits, a blank and a colon */

        code = apctl_command(ap, "", apctl_format(ap,
            "COMMENT ON SCHEMA activitypub IS '%s';COMMIT", sql->hash));

        if (code != APCTL_OK) {
            return code;
        }
    }

    apctl_tell(ap, "applied the functions%s", apctl_migrate_suffix(ap));

    return APCTL_OK;
}


/*
 * Those that the database keeps may look different by the new functions: a
 * transaction each some hundreds, so that no declaration waits long.  A run
 * that died is finished by the next.
 */

static apctl_exit_e
apctl_migrate_actors(apctl_t *ap)
{
    bool           more;
    unsigned       changed;
    PGresult      *result;
    const char    *after;
    apctl_exit_e   code;

    after = "0";
    changed = 0;

    do {
        code = apctl_query(ap,
            "SELECT r.reached, r.changed"
            " FROM activitypub.render_again($1, " APCTL_RENDERED ") AS r",
            1, &after, &result);

        if (code != APCTL_OK) {
            return code;
        }

        more = !PQgetisnull(result, 0, 0);
        after = apctl_format(ap, "%s", PQgetvalue(result, 0, 0));
        changed += (unsigned) strtoul(PQgetvalue(result, 0, 1), NULL, 10);

        PQclear(result);

    } while (more);

    if (changed > 0) {
        apctl_tell(ap, "actors that look different now: %u", changed);
    }

    return APCTL_OK;
}


/* in the transaction of the caller, who leaves: its end rolls it back */

static apctl_exit_e
apctl_migrate_file(apctl_t *ap, const apctl_sql_file_t *file)
{
    PGresult        *result;
    const char      *where;
    apctl_exit_e     code;
    ExecStatusType   status;

    result = PQexec(ap->conn, file->text.data);
    status = PQresultStatus(result);

    code = APCTL_OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK
        && status != PGRES_EMPTY_QUERY)
    {
        where = apctl_migrate_where(ap, file,
            PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION));
        code = apctl_query_failed(ap, where, result);

    } else if (PQtransactionStatus(ap->conn) != PQTRANS_INTRANS) {
        code = apctl_fail(APCTL_FAILED, "%s ends the transaction it runs in",
                          file->file);
    }

    PQclear(result);

    return code;
}


/* "position" counts characters of the whole text, from 1; or NULL */

static const char *
apctl_migrate_where(apctl_t *ap, const apctl_sql_file_t *file,
    const char *position)
{
    long         left;
    unsigned     line;
    const char  *p;

    if (position == NULL) {
        return apctl_format(ap, "%s: ", file->file);
    }

    left = strtol(position, NULL, 10);
    line = 1;

    for (p = file->text.data; *p != '\0'; p++) {

        if (((unsigned char) *p & 0xc0) != 0x80 && --left <= 0) {
            break;
        }

        line += (*p == '\n');
    }

    return apctl_format(ap, "%s line %u: ", file->file, line);
}


static const char *
apctl_migrate_suffix(apctl_t *ap)
{
    return apctl_given(ap, DRY_RUN) ? " (dry run)" : "";
}
