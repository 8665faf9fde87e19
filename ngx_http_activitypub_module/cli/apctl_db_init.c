
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl db init: roles, database, rights, then the schema.
 */

#include <string.h>

#include "apctl_connect.h"
#include "apctl_conninfo.h"
#include "apctl_db.h"
#include "apctl_init.h"
#include "apctl_output.h"
#include "apctl_query.h"
#include "apctl_schema.h"


#define APCTL_MAINTENANCE  "postgres"


const apctl_verb_t  apctl_create = { "create", "created" };
const apctl_verb_t  apctl_close = { "close", "closed" };
const apctl_verb_t  apctl_allow = { "allow", "allowed" };
const apctl_verb_t  apctl_make = { "make", "made" };


static apctl_exit_e apctl_init_cluster(apctl_init_t *init);


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
        || (code = apctl_init_roles(init)) != APCTL_OK)
    {
        return code;
    }

    return apctl_init_database(init);
}


apctl_exit_e
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


void
apctl_init_there(apctl_init_t *init, const char *what)
{
    json_array_append_new(init->present, json_string(what));
    apctl_tell(init->ap, "%s is already there", what);
}
