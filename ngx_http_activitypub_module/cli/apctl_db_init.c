
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl db init: roles, database, rights, login role, schema.
 *
 * Every step first looks whether it is done, so that a second run changes
 * nothing and a run that failed can be repeated.
 */

#include <string.h>

#include "apctl_connect.h"
#include "apctl_conninfo.h"
#include "apctl_db.h"
#include "apctl_output.h"
#include "apctl_query.h"
#include "apctl_schema.h"


#define APCTL_MAINTENANCE  "postgres"
#define APCTL_NGINX_ROLE   "www-data"


typedef struct {
    apctl_t     *ap;
    const char  *database;
    bool         exists;        /* the database, before this run */
    bool         complete;      /* the roles, before this run */
    bool         owned;         /* by activitypub_owner */
    json_t      *changes;
    json_t      *present;
} apctl_init_t;


/* what a step does, before and after */

typedef struct {
    const char  *infinitive;
    const char  *past;
} apctl_verb_t;

static const apctl_verb_t  apctl_create = { "create", "created" };
static const apctl_verb_t  apctl_close = { "close", "closed" };
static const apctl_verb_t  apctl_allow = { "allow", "allowed" };
static const apctl_verb_t  apctl_make = { "make", "made" };


static apctl_exit_e apctl_init_cluster(apctl_init_t *init);
static apctl_exit_e apctl_init_role(apctl_init_t *init, const char *name);
static apctl_exit_e apctl_init_membership(apctl_init_t *init);
static apctl_exit_e apctl_init_nginx_role(apctl_init_t *init);
static apctl_exit_e apctl_init_login(apctl_init_t *init, const char *name,
    bool login, bool member);
static apctl_exit_e apctl_init_database(apctl_init_t *init);
static apctl_exit_e apctl_init_database_create(apctl_init_t *init);
static apctl_exit_e apctl_init_rights(apctl_init_t *init);
static apctl_exit_e apctl_init_close(apctl_init_t *init);
static apctl_exit_e apctl_init_right(apctl_init_t *init, const char *right,
    const char *role);
static apctl_exit_e apctl_init_do(apctl_init_t *init,
    const apctl_verb_t *verb, const char *what, const char *sql);
static void apctl_init_there(apctl_init_t *init, const char *what);


apctl_exit_e
apctl_db_init(apctl_t *ap)
{
    json_t        *report;
    apctl_init_t   init;
    apctl_exit_e   code;

    memset(&init, 0, sizeof(apctl_init_t));
    init.ap = ap;
    init.complete = true;

    if ((code = apctl_database_name(ap, &init.database)) != APCTL_OK
        || (code = apctl_connect(ap, APCTL_MAINTENANCE)) != APCTL_OK)
    {
        return code;
    }

    init.changes = json_array();
    init.present = json_array();

    report = json_object();
    json_object_set_new(report, "database", json_string(init.database));
    json_object_set_new(report, "changes", init.changes);
    json_object_set_new(report, "present", init.present);

    code = apctl_init_cluster(&init);

    /* a dry run can look only into what is there */

    if (code == APCTL_OK
        && (!apctl_given(ap, DRY_RUN) || (init.exists && init.complete)))
    {
        code = apctl_connect(ap, init.database);

        if (code == APCTL_OK) {
            code = apctl_migrate(ap, report);
        }
    }

    if (code == APCTL_OK && apctl_given(ap, JSON)) {
        json_object_set_new(report, "dry_run",
                            json_boolean(apctl_given(ap, DRY_RUN)));
        apctl_print_json(report);

    } else {
        json_decref(report);
    }

    return code;
}


static apctl_exit_e
apctl_init_cluster(apctl_init_t *init)
{
    apctl_exit_e  code;

    if ((code = apctl_schema_lock(init->ap)) != APCTL_OK
        || (code = apctl_init_role(init, APCTL_OWNER)) != APCTL_OK
        || (code = apctl_init_role(init, APCTL_NGINX)) != APCTL_OK
        || (code = apctl_init_role(init, APCTL_PUBLISHER)) != APCTL_OK
        || (code = apctl_init_membership(init)) != APCTL_OK
        || (code = apctl_init_nginx_role(init)) != APCTL_OK
        || (code = apctl_init_database(init)) != APCTL_OK)
    {
        return code;
    }

    return apctl_init_rights(init);
}


static apctl_exit_e
apctl_init_role(apctl_init_t *init, const char *name)
{
    bool           exists;
    const char    *what;
    apctl_exit_e   code;

    code = apctl_ask(init->ap,
                     "SELECT true FROM pg_roles WHERE rolname = $1", 1, &name,
                     &exists);

    if (code != APCTL_OK) {
        return code;
    }

    what = apctl_format(init->ap, "role \"%s\"", name);

    if (exists) {
        apctl_init_there(init, what);
        return APCTL_OK;
    }

    init->complete = false;

    return apctl_init_do(init, &apctl_create, what,
        apctl_format(init->ap, "CREATE ROLE %s NOLOGIN",
                     apctl_identifier(init->ap, name)));
}


/* an administrator who is no superuser has to be the owner to migrate */

static apctl_exit_e
apctl_init_membership(apctl_init_t *init)
{
    bool           member;
    apctl_exit_e   code;

    code = apctl_ask(init->ap,
        "SELECT u.rolsuper OR coalesce(pg_has_role(o.oid, 'MEMBER'), false)"
        " FROM pg_roles u LEFT JOIN pg_roles o ON o.rolname = '" APCTL_OWNER
        "' WHERE u.rolname = current_user", 0, NULL, &member);

    if (code != APCTL_OK || member) {
        return code;
    }

    return apctl_init_do(init, &apctl_make,
        apctl_format(init->ap, "role \"%s\" a member of " APCTL_OWNER,
                     PQuser(init->ap->conn)),
        "GRANT " APCTL_OWNER " TO CURRENT_USER");
}


static apctl_exit_e
apctl_init_nginx_role(apctl_init_t *init)
{
    bool           exists, login, member;
    PGresult      *result;
    const char    *name;
    apctl_exit_e   code;

    name = apctl_value(init->ap, NGINX_ROLE);
    name = (name != NULL) ? name : APCTL_NGINX_ROLE;

    code = apctl_query(init->ap,
        "SELECT r.rolcanlogin, EXISTS"
        " (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
        " WHERE m.member = r.oid AND g.rolname = '" APCTL_NGINX "')"
        " FROM pg_roles r WHERE r.rolname = $1", 1, &name, &result);

    if (code != APCTL_OK) {
        return code;
    }

    exists = PQntuples(result) > 0;
    login = exists && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    member = exists && strcmp(PQgetvalue(result, 0, 1), "t") == 0;

    PQclear(result);

    if (exists) {
        return apctl_init_login(init, name, login, member);
    }

    return apctl_init_do(init, &apctl_create,
        apctl_format(init->ap, "login role \"%s\"", name),
        apctl_format(init->ap, "CREATE ROLE %s LOGIN IN ROLE " APCTL_NGINX,
                     apctl_identifier(init->ap, name)));
}


/* a role that is there may be kept from logging in on purpose */

static apctl_exit_e
apctl_init_login(apctl_init_t *init, const char *name, bool login,
    bool member)
{
    if (!login) {
        return apctl_fail(APCTL_FAILED, "role \"%s\" is there but may not log "
                          "in: allow it with ALTER ROLE %s LOGIN, or name "
                          "another with --nginx-role", name,
                          apctl_identifier(init->ap, name));
    }

    if (member) {
        apctl_init_there(init, apctl_format(init->ap, "login role \"%s\"",
                                            name));
        return APCTL_OK;
    }

    return apctl_init_do(init, &apctl_make,
        apctl_format(init->ap, "role \"%s\" a member of " APCTL_NGINX, name),
        apctl_format(init->ap, "GRANT " APCTL_NGINX " TO %s",
                     apctl_identifier(init->ap, name)));
}


static apctl_exit_e
apctl_init_database(apctl_init_t *init)
{
    PGresult      *result;
    const char    *encoding;
    apctl_exit_e   code;

    code = apctl_query(init->ap,
        "SELECT pg_encoding_to_char(d.encoding), r.rolname = '" APCTL_OWNER
        "' FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba"
        " WHERE d.datname = $1", 1, &init->database, &result);

    if (code != APCTL_OK) {
        return code;
    }

    init->exists = PQntuples(result) > 0;

    if (!init->exists) {
        PQclear(result);
        init->owned = true;
        return apctl_init_database_create(init);
    }

    encoding = PQgetvalue(result, 0, 0);
    init->owned = strcmp(PQgetvalue(result, 0, 1), "t") == 0;

    if (strcmp(encoding, "UTF8") != 0) {
        code = apctl_fail(APCTL_CONFIG, "the database \"%s\" is encoded as %s "
                          "and must be UTF8: name another with --db",
                          init->database, encoding);

    } else {
        apctl_init_there(init, apctl_format(init->ap, "database \"%s\"",
                                            init->database));
    }

    PQclear(result);

    return code;
}


static apctl_exit_e
apctl_init_database_create(apctl_init_t *init)
{
    bool           utf8;
    const char    *template;
    apctl_exit_e   code;

    code = apctl_ask(init->ap,
        "SELECT pg_encoding_to_char(encoding) = 'UTF8' FROM pg_database"
        " WHERE datname = 'template1'", 0, NULL, &utf8);

    if (code != APCTL_OK) {
        return code;
    }

    /* only template0 may be copied into another encoding, and C fits all */

    template = utf8 ? "" : " TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'";

    return apctl_init_do(init, &apctl_create,
        apctl_format(init->ap, "database \"%s\"", init->database),
        apctl_format(init->ap, "CREATE DATABASE %s OWNER " APCTL_OWNER
                     " ENCODING 'UTF8'%s",
                     apctl_identifier(init->ap, init->database), template));
}


/*
 * Our database is nobody else's.  One that belongs to somebody else serves
 * others too: there we only add.
 */

static apctl_exit_e
apctl_init_rights(apctl_init_t *init)
{
    apctl_exit_e  code;

    if (init->owned) {
        code = apctl_init_close(init);

    } else {
        code = apctl_init_right(init, "CREATE", APCTL_OWNER);
    }

    if (code == APCTL_OK) {
        code = apctl_init_right(init, "CONNECT", APCTL_NGINX);
    }

    if (code == APCTL_OK) {
        code = apctl_init_right(init, "CONNECT", APCTL_PUBLISHER);
    }

    return code;
}


static apctl_exit_e
apctl_init_close(apctl_init_t *init)
{
    bool           closed;
    apctl_exit_e   code;

    code = apctl_ask(init->ap,
        "SELECT NOT EXISTS (SELECT FROM"
        " aclexplode(coalesce(datacl, acldefault('d', datdba)))"
        " WHERE grantee = 0) FROM pg_database WHERE datname = $1",
        1, &init->database, &closed);

    if (code != APCTL_OK || closed) {
        return code;
    }

    return apctl_init_do(init, &apctl_close,
        apctl_format(init->ap, "database \"%s\" to everybody else",
                     init->database),
        apctl_format(init->ap, "REVOKE ALL ON DATABASE %s FROM PUBLIC",
                     apctl_identifier(init->ap, init->database)));
}


static apctl_exit_e
apctl_init_right(apctl_init_t *init, const char *right, const char *role)
{
    bool           granted;
    const char    *values[3];
    apctl_exit_e   code;

    values[0] = init->database;
    values[1] = right;
    values[2] = role;

    code = apctl_ask(init->ap,
        "SELECT true FROM pg_database d, pg_roles r,"
        " aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
        " WHERE d.datname = $1 AND a.privilege_type = $2 AND r.rolname = $3"
        " AND a.grantee = r.oid", 3, values, &granted);

    if (code != APCTL_OK || granted) {
        return code;
    }

    return apctl_init_do(init, &apctl_allow,
        apctl_format(init->ap, "%s to %s", role,
                     strcmp(right, "CREATE") == 0 ? "create" : "connect"),
        apctl_format(init->ap, "GRANT %s ON DATABASE %s TO %s", right,
                     apctl_identifier(init->ap, init->database), role));
}


static apctl_exit_e
apctl_init_do(apctl_init_t *init, const apctl_verb_t *verb, const char *what,
    const char *sql)
{
    apctl_t       *ap;
    const char    *prefix;
    apctl_exit_e   code;

    ap = init->ap;

    if (!apctl_given(ap, DRY_RUN)) {
        prefix = apctl_format(ap, "cannot %s %s: ", verb->infinitive, what);
        code = apctl_command(ap, prefix, sql);

        if (code != APCTL_OK) {
            return code;
        }
    }

    what = apctl_format(ap, "%s %s", verb->past, what);

    json_array_append_new(init->changes, json_string(what));
    apctl_tell(ap, "%s%s", what,
               apctl_given(ap, DRY_RUN) ? " (dry run)" : "");

    return APCTL_OK;
}


static void
apctl_init_there(apctl_init_t *init, const char *what)
{
    json_array_append_new(init->present, json_string(what));
    apctl_tell(init->ap, "%s is already there", what);
}
