
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl db status: the schema, what is missing, and how much is in it.
 */

#include <stdio.h>
#include <string.h>

#include "apctl_connect.h"
#include "apctl_db.h"
#include "apctl_output.h"
#include "apctl_query.h"
#include "apctl_schema.h"


static const char *const  apctl_status_roles[] = {
    APCTL_OWNER, APCTL_NGINX, APCTL_PUBLISHER
};

#define APCTL_ROLES  (sizeof(apctl_status_roles) / sizeof(char *))


static apctl_exit_e apctl_status_read(apctl_t *ap, json_t *status);
static apctl_exit_e apctl_status_read_roles(apctl_t *ap, json_t *status,
    bool *complete);
static void apctl_status_compare(const apctl_schema_t *schema,
    const apctl_sql_t *sql, json_t *status);
static apctl_exit_e apctl_status_count(apctl_t *ap, json_t *status);
static void apctl_status_print(json_t *status);
static void apctl_status_print_pending(json_t *pending);
static void apctl_status_print_roles(json_t *roles);


apctl_exit_e
apctl_db_status(apctl_t *ap)
{
    json_t        *status;
    apctl_exit_e   code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    status = json_object();
    code = apctl_status_read(ap, status);

    if (code != APCTL_OK) {
        json_decref(status);
        return code;
    }

    if (!json_is_true(json_object_get(status, "up_to_date"))) {
        code = APCTL_FAILED;
    }

    if (apctl_given(ap, JSON)) {
        apctl_print_json(status);
        return code;
    }

    if (!apctl_given(ap, QUIET)) {
        apctl_status_print(status);
    }

    json_decref(status);

    return code;
}


static apctl_exit_e
apctl_status_read(apctl_t *ap, json_t *status)
{
    bool             complete;
    apctl_sql_t      sql;
    apctl_exit_e     code;
    apctl_schema_t   schema;

    json_object_set_new(status, "database", json_string(PQdb(ap->conn)));

    if ((code = apctl_sql_load(ap, &sql)) != APCTL_OK
        || (code = apctl_status_read_roles(ap, status, &complete)) != APCTL_OK)
    {
        return code;
    }

    memset(&schema, 0, sizeof(apctl_schema_t));
    schema.functions = "";

    if (complete
        && ((code = apctl_schema_as_owner(ap)) != APCTL_OK
            || (code = apctl_schema_read(ap, &schema)) != APCTL_OK))
    {
        return code;
    }

    apctl_status_compare(&schema, &sql, status);

    json_object_set_new(status, "actors", json_null());
    json_object_set_new(status, "posts", json_null());

    if (schema.version != apctl_sql_version(&sql)) {
        return APCTL_OK;
    }

    return apctl_status_count(ap, status);
}


static apctl_exit_e
apctl_status_read_roles(apctl_t *ap, json_t *status, bool *complete)
{
    bool           exists;
    size_t         i;
    json_t        *roles;
    apctl_exit_e   code;

    *complete = true;

    roles = json_object();
    json_object_set_new(status, "roles", roles);

    for (i = 0; i < APCTL_ROLES; i++) {
        code = apctl_ask(ap, "SELECT true FROM pg_roles WHERE rolname = $1",
                         1, &apctl_status_roles[i], &exists);

        if (code != APCTL_OK) {
            return code;
        }

        json_object_set_new(roles, apctl_status_roles[i],
                            json_boolean(exists));
        *complete = *complete && exists;
    }

    return APCTL_OK;
}


static void
apctl_status_compare(const apctl_schema_t *schema, const apctl_sql_t *sql,
    json_t *status)
{
    bool         newer, current;
    size_t       i, first;
    json_t      *pending;
    const char  *functions;

    first = apctl_schema_pending(schema, sql);
    newer = schema->version > apctl_sql_version(sql);
    current = strcmp(schema->functions, sql->hash) == 0;

    functions = current ? "current" : "outdated";
    functions = (schema->version == 0) ? "missing" : functions;

    json_object_set_new(status, "version", json_integer(schema->version));
    json_object_set_new(status, "min_module",
                        json_integer(schema->min_module));
    json_object_set_new(status, "known_version",
                        json_integer(apctl_sql_version(sql)));
    json_object_set_new(status, "functions", json_string(functions));

    pending = json_array();
    json_object_set_new(status, "pending", pending);

    for (i = first; i < sql->migrations_n; i++) {
        json_array_append_new(pending, json_string(sql->migrations[i].name));
    }

    json_object_set_new(status, "up_to_date",
                        json_boolean(!newer && current
                                     && first == sql->migrations_n));
}


static apctl_exit_e
apctl_status_count(apctl_t *ap, json_t *status)
{
    json_t        *counts;
    PGresult      *result;
    apctl_exit_e   code;

    code = apctl_query(ap,
        "SELECT (SELECT count(*) FROM activitypub.actor WHERE NOT instance)"
        " AS actors, (SELECT count(*) FROM activitypub.object"
        " WHERE deleted IS NULL) AS posts", 0, NULL, &result);

    if (code == APCTL_OK) {
        counts = apctl_row_json(result, 0);
        json_object_update(status, counts);
        json_decref(counts);
        PQclear(result);
    }

    return code;
}


static void
apctl_status_print(json_t *status)
{
    json_t       *actors;
    json_int_t    version, known;

    version = json_integer_value(json_object_get(status, "version"));
    known = json_integer_value(json_object_get(status, "known_version"));

    printf("database    ");
    apctl_write_clean(stdout, json_string_value(json_object_get(status,
                                                                "database")));

    if (version == 0) {
        printf("\nversion     not migrated; this apctl knows %d\n",
               (int) known);

    } else if (version > known) {
        printf("\nversion     %d, newer than this apctl, which knows %d\n",
               (int) version, (int) known);

    } else {
        printf("\nversion     %d of %d\n", (int) version, (int) known);
    }

    printf("min_module  %d\n",
           (int) json_integer_value(json_object_get(status, "min_module")));
    printf("functions   %s\n",
           json_string_value(json_object_get(status, "functions")));

    apctl_status_print_pending(json_object_get(status, "pending"));
    apctl_status_print_roles(json_object_get(status, "roles"));

    actors = json_object_get(status, "actors");

    if (json_is_integer(actors)) {
        printf("actors      %lld\nposts       %lld\n",
               (long long) json_integer_value(actors),
               (long long) json_integer_value(json_object_get(status,
                                                              "posts")));
    }
}


static void
apctl_status_print_pending(json_t *pending)
{
    size_t   i;
    json_t  *name;

    printf("pending     %s", json_array_size(pending) == 0 ? "none" : "");

    json_array_foreach(pending, i, name) {
        printf("%s%s", i > 0 ? ", " : "", json_string_value(name));
    }

    putchar('\n');
}


static void
apctl_status_print_roles(json_t *roles)
{
    json_t      *exists;
    const char  *name, *comma;

    printf("roles       ");
    comma = "";

    json_object_foreach(roles, name, exists) {
        printf("%s%s%s", comma, name,
               json_is_true(exists) ? "" : " (missing)");
        comma = ", ";
    }

    putchar('\n');
}
