
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl post publish|update|delete|pin: each is one call of the publisher's
 * API.  A dry run makes the very call and rolls it back.
 */

#include <stdio.h>

#include "apctl_confirm.h"
#include "apctl_connect.h"
#include "apctl_output.h"
#include "apctl_post.h"
#include "apctl_post_text.h"
#include "apctl_query.h"


static apctl_exit_e apctl_post_done(apctl_t *ap, const char *done);


apctl_exit_e
apctl_post_publish(apctl_t *ap)
{
    json_t        *json;
    PGresult      *result;
    const char    *values[APCTL_POST_VALUES];
    apctl_exit_e   code;

    if ((code = apctl_post_values(ap, values)) != APCTL_OK
        || (code = apctl_connect(ap, NULL)) != APCTL_OK)
    {
        return code;
    }

    code = apctl_call(ap,
        "SELECT activitypub.publish(" APCTL_POST_PARAMETERS ")",
        APCTL_POST_VALUES, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    if (apctl_given(ap, JSON)) {
        json = json_object();
        json_object_set_new(json, "id", json_string(PQgetvalue(result, 0, 0)));
        json_object_set_new(json, "dry_run",
                            json_boolean(apctl_given(ap, DRY_RUN)));
        apctl_print_json(json);

    } else {
        apctl_write_clean(stdout, PQgetvalue(result, 0, 0));
        puts(apctl_given(ap, DRY_RUN) ? " (dry run)" : "");
    }

    PQclear(result);

    return APCTL_OK;
}


apctl_exit_e
apctl_post_update(apctl_t *ap)
{
    PGresult      *result;
    const char    *values[APCTL_POST_VALUES];
    apctl_exit_e   code;

    if (!apctl_given(ap, TITLE) && !apctl_given(ap, CONTENT)
        && !apctl_given(ap, CONTENT_FILE) && !apctl_given(ap, EXCERPT)
        && !apctl_given(ap, CONTENT_WARNING) && !apctl_given(ap, LANGUAGE)
        && !apctl_given(ap, URL))
    {
        return apctl_fail(APCTL_USAGE, "there is nothing to change; see "
                          "\"apctl post update --help\"");
    }

    if ((code = apctl_post_values(ap, values)) != APCTL_OK
        || (code = apctl_connect(ap, NULL)) != APCTL_OK)
    {
        return code;
    }

    /* the seventh is the text's last; the first, the actor, is not asked */

    values[0] = ap->operand;

    code = apctl_call(ap,
        "SELECT activitypub.update_post(object => $1::text, url => $2::text,"
        " title => $3::text, content => $4::text, excerpt => $5::text,"
        " content_warning => $6::text, language => $7::text)",
        7, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    PQclear(result);

    return apctl_post_done(ap, "updated");
}


apctl_exit_e
apctl_post_delete(apctl_t *ap)
{
    PGresult      *result;
    const char    *question;
    apctl_exit_e   code;

    question = apctl_format(ap, "Delete %s? Other servers never forget that.",
                            ap->operand);

    if ((code = apctl_confirm(ap, "delete", "deleted", question))
         != APCTL_OK
        || (code = apctl_connect(ap, NULL)) != APCTL_OK)
    {
        return code;
    }

    code = apctl_call(ap,
        "SELECT activitypub.delete_post(object => $1::text)",
        1, &ap->operand, &result);

    if (code != APCTL_OK) {
        return code;
    }

    PQclear(result);

    return apctl_post_done(ap, "deleted");
}


apctl_exit_e
apctl_post_pin(apctl_t *ap)
{
    PGresult      *result;
    const char    *values[2];
    apctl_exit_e   code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    values[0] = ap->operand;
    values[1] = apctl_given(ap, OFF) ? "false" : "true";

    code = apctl_call(ap,
        "SELECT activitypub.pin_post(object => $1::text,"
        " pinned => $2::boolean)",
        2, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    PQclear(result);

    return apctl_post_done(ap, apctl_given(ap, OFF) ? "unpinned" : "pinned");
}


static apctl_exit_e
apctl_post_done(apctl_t *ap, const char *done)
{
    json_t  *json;

    if (apctl_given(ap, JSON)) {
        json = json_object();
        json_object_set_new(json, "object", json_string(ap->operand));
        json_object_set_new(json, "done", json_string(done));
        json_object_set_new(json, "dry_run",
                            json_boolean(apctl_given(ap, DRY_RUN)));
        apctl_print_json(json);
        return APCTL_OK;
    }

    apctl_tell(ap, "%s %s%s", done, ap->operand,
               apctl_given(ap, DRY_RUN) ? " (dry run)" : "");

    return APCTL_OK;
}
