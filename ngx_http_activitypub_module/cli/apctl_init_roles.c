
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The roles of apctl db init.
 */

#include <string.h>

#include "apctl_init.h"
#include "apctl_query.h"
#include "apctl_schema.h"


#define APCTL_NGINX_ROLE  "www-data"


static apctl_exit_e apctl_init_role(apctl_init_t *init, const char *name);
static apctl_exit_e apctl_init_membership(apctl_init_t *init);
static apctl_exit_e apctl_init_nginx_role(apctl_init_t *init);
static apctl_exit_e apctl_init_login(apctl_init_t *init, const char *name,
    bool login, bool member);


apctl_exit_e
apctl_init_roles(apctl_init_t *init)
{
    apctl_exit_e  code;

    if ((code = apctl_init_role(init, APCTL_OWNER)) != APCTL_OK
        || (code = apctl_init_role(init, APCTL_NGINX)) != APCTL_OK
        || (code = apctl_init_role(init, APCTL_PUBLISHER)) != APCTL_OK
        || (code = apctl_init_membership(init)) != APCTL_OK)
    {
        return code;
    }

    return apctl_init_nginx_role(init);
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
    const char    *privilege;
    apctl_exit_e   code;

    privilege = apctl_schema_privilege(init->ap);

    code = apctl_ask(init->ap,
        "SELECT u.rolsuper OR coalesce(pg_has_role(o.oid, $1), false)"
        " FROM pg_roles u LEFT JOIN pg_roles o ON o.rolname = '" APCTL_OWNER
        "' WHERE u.rolname = current_user", 1, &privilege, &member);

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
