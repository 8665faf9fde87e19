
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor list|show
 */

#include <string.h>

#include "apctl_actor.h"
#include "apctl_connect.h"
#include "apctl_output.h"
#include "apctl_query.h"
#include "apctl_time.h"


#define APCTL_ACTOR_COLUMNS                                                   \
    "a.name, a.handle, a.type, a.posts, a.state, a.page, a.uri,"              \
    " a.display_name, a.origin, a.declared, "                                  \
    APCTL_TIME_SQL("a.created") " AS created, "                                \
    APCTL_TIME_SQL("a.deleted") " AS deleted"


static bool apctl_actor_declared(const PGresult *result, int row);
static apctl_exit_e apctl_actor_ambiguous(apctl_t *ap,
    const PGresult *result);


apctl_exit_e
apctl_actor_list(apctl_t *ap)
{
    apctl_exit_e  code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    return apctl_list(ap,
        "SELECT " APCTL_ACTOR_COLUMNS " FROM activitypub.actors a"
        " ORDER BY a.origin, a.name", 0, NULL, 6, "there is no actor");
}


apctl_exit_e
apctl_actor_show(apctl_t *ap)
{
    PGresult      *result;
    apctl_exit_e   code;

    if ((code = apctl_connect(ap, NULL)) != APCTL_OK
        || (code = apctl_actor_find(ap, &result)) != APCTL_OK)
    {
        return code;
    }

    apctl_print_record(ap, result, 0);

    PQclear(result);

    return APCTL_OK;
}


apctl_exit_e
apctl_actor_find(apctl_t *ap, PGresult **result)
{
    apctl_exit_e  code;

    code = apctl_query(ap,
        "SELECT " APCTL_ACTOR_COLUMNS " FROM activitypub.actors a"
        " WHERE " APCTL_ACTOR_SQL " ORDER BY a.declared DESC, a.handle",
        1, &ap->operand, result);

    if (code != APCTL_OK) {
        return code;
    }

    if (PQntuples(*result) == 0) {
        code = apctl_fail(APCTL_NOT_FOUND, "there is no actor \"%s\"",
                          ap->operand);

    } else if (apctl_actor_declared(*result, 1)
               || (PQntuples(*result) > 1
                   && !apctl_actor_declared(*result, 0)))
    {
        code = apctl_actor_ambiguous(ap, *result);
    }

    if (code != APCTL_OK) {
        PQclear(*result);
    }

    return code;
}


/* of several with one name only one may be declared */

static bool
apctl_actor_declared(const PGresult *result, int row)
{
    return row < PQntuples(result)
           && strcmp(PQgetvalue(result, row, PQfnumber(result, "declared")),
                     "t") == 0;
}


static apctl_exit_e
apctl_actor_ambiguous(apctl_t *ap, const PGresult *result)
{
    int          row;
    const char  *handles;

    handles = PQgetvalue(result, 0, 1);

    for (row = 1; row < PQntuples(result); row++) {
        handles = apctl_format(ap, "%s or %s", handles,
                               PQgetvalue(result, row, 1));
    }

    return apctl_fail(APCTL_FAILED, "\"%s\" is not unique: say %s",
                      ap->operand, handles);
}


/* nothing of an actor and no such actor are not the same */

apctl_exit_e
apctl_actor_given(apctl_t *ap)
{
    bool           exists;
    apctl_exit_e   code;

    if (!apctl_given(ap, ACTOR)) {
        return APCTL_OK;
    }

    code = apctl_ask(ap,
        "SELECT true FROM activitypub.actors a WHERE " APCTL_ACTOR_SQL,
        1, &apctl_value(ap, ACTOR), &exists);

    if (code == APCTL_OK && !exists) {
        return apctl_fail(APCTL_NOT_FOUND, "there is no actor \"%s\"",
                          apctl_value(ap, ACTOR));
    }

    return code;
}
