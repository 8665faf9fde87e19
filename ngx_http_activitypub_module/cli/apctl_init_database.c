
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The database of apctl db init, and who may enter it.
 */

#include <string.h>

#include "apctl_init.h"
#include "apctl_query.h"
#include "apctl_schema.h"


static apctl_exit_e apctl_init_look(apctl_init_t *init);
static apctl_exit_e apctl_init_database_create(apctl_init_t *init);
static apctl_exit_e apctl_init_rights(apctl_init_t *init);
static apctl_exit_e apctl_init_close(apctl_init_t *init);
static apctl_exit_e apctl_init_right(apctl_init_t *init, const char *right,
    const char *role);


apctl_exit_e
apctl_init_database(apctl_init_t *init)
{
    apctl_exit_e  code;

    code = apctl_init_look(init);

    return (code == APCTL_OK) ? apctl_init_rights(init) : code;
}


static apctl_exit_e
apctl_init_look(apctl_init_t *init)
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
