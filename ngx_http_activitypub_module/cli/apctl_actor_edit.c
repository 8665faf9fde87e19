
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor add|edit|delete: each is one call of the publisher's API.
 */

#include <stdio.h>
#include <string.h>

#include "apctl_actor.h"
#include "apctl_actor_edit.h"
#include "apctl_confirm.h"
#include "apctl_connect.h"
#include "apctl_output.h"
#include "apctl_profile.h"
#include "apctl_query.h"


static apctl_exit_e apctl_actor_done(apctl_t *ap, const char *actor,
    const char *done);
static apctl_exit_e apctl_actor_question(apctl_t *ap, const PGresult *actor,
    const char **question);


apctl_exit_e
apctl_actor_add(apctl_t *ap)
{
    PGresult      *result;
    const char    *values[3];
    apctl_exit_e   code;

    values[0] = ap->operand;
    values[2] = apctl_value(ap, ORIGIN);

    if ((code = apctl_profile(ap, &values[1])) != APCTL_OK
        || (code = apctl_connect(ap, NULL)) != APCTL_OK)
    {
        return code;
    }

    code = apctl_call(ap,
        "SELECT activitypub.actor_add(name => $1::text, profile => $2::jsonb,"
        " origin => $3::text)", 3, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    code = apctl_actor_done(ap, PQgetvalue(result, 0, 0), "added");

    PQclear(result);

    return code;
}


apctl_exit_e
apctl_actor_edit(apctl_t *ap)
{
    PGresult      *result;
    const char    *values[2];
    apctl_exit_e   code;

    if (!apctl_profile_given(ap)) {
        return apctl_fail(APCTL_USAGE, "there is nothing to change; see "
                          "\"apctl actor edit --help\"");
    }

    values[0] = ap->operand;

    if ((code = apctl_profile(ap, &values[1])) != APCTL_OK
        || (code = apctl_connect(ap, NULL)) != APCTL_OK)
    {
        return code;
    }

    code = apctl_call(ap,
        "SELECT activitypub.actor_edit(actor => $1::text,"
        " profile => $2::jsonb)", 2, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    code = apctl_actor_done(ap, ap->operand,
                            strcmp(PQgetvalue(result, 0, 0), "t") == 0
                            ? "changed" : "unchanged");
    PQclear(result);

    return code;
}


apctl_exit_e
apctl_actor_delete(apctl_t *ap)
{
    PGresult      *actor, *result;
    const char    *uri, *state, *question;
    apctl_exit_e   code;

    if ((code = apctl_connect(ap, NULL)) != APCTL_OK
        || (code = apctl_actor_find(ap, &actor)) != APCTL_OK)
    {
        return code;
    }

    /* who was shown is who is deleted */

    uri = apctl_format(ap, "%s", PQgetvalue(actor, 0,
                                            PQfnumber(actor, "uri")));
    state = apctl_format(ap, "%s", PQgetvalue(actor, 0,
                                              PQfnumber(actor, "state")));

    code = apctl_actor_question(ap, actor, &question);

    PQclear(actor);

    if (code != APCTL_OK
        || (code = apctl_confirm(ap, "delete", "deleted", question))
           != APCTL_OK
        || (code = apctl_call(ap,
                "SELECT activitypub.actor_delete(actor => $1::text)",
                1, &uri, &result)) != APCTL_OK)
    {
        return code;
    }

    PQclear(result);

    if (strcmp(state, "configured") == 0) {
        apctl_warn(ap, "nginx's configuration names this actor: take it out "
                   "there, too, or each reload is an error");
    }

    return apctl_actor_done(ap, uri, "deleted");
}


static apctl_exit_e
apctl_actor_done(apctl_t *ap, const char *actor, const char *done)
{
    json_t  *json;

    if (apctl_given(ap, JSON)) {
        json = json_object();
        json_object_set_new(json, "actor", json_string(actor));
        json_object_set_new(json, "done", json_string(done));
        json_object_set_new(json, "dry_run",
                            json_boolean(apctl_given(ap, DRY_RUN)));
        apctl_print_json(json);
        return APCTL_OK;
    }

    apctl_tell(ap, "%s %s%s", done, actor,
               apctl_given(ap, DRY_RUN) ? " (dry run)" : "");

    return APCTL_OK;
}


/* what is lost */

static apctl_exit_e
apctl_actor_question(apctl_t *ap, const PGresult *actor,
    const char **question)
{
    PGresult      *result;
    const char    *handle;
    apctl_exit_e   code;

    handle = PQgetvalue(actor, 0, PQfnumber(actor, "handle"));

    code = apctl_query(ap, "SELECT count(*) FROM activitypub.followers f"
                       " WHERE f.actor = $1::text", 1, &handle, &result);

    if (code != APCTL_OK) {
        return code;
    }

    *question = apctl_format(ap, "Delete %s for ever, with %s posts and %s "
                             "followers?  Other servers never forget that: "
                             "nobody can have the name again.", handle,
                             PQgetvalue(actor, 0, PQfnumber(actor, "posts")),
                             PQgetvalue(result, 0, 0));

    PQclear(result);

    return APCTL_OK;
}
