
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl followers list, apctl deliveries status|show|retry
 */

#include <string.h>

#include "apctl_actor.h"
#include "apctl_connect.h"
#include "apctl_delivery.h"
#include "apctl_output.h"
#include "apctl_query.h"
#include "apctl_time.h"


#define APCTL_DELIVERY_COLUMNS                                                \
    "d.id, d.state, d.type, d.attempts, d.inbox, d.host, d.actor,"            \
    " nullif(d.object, '') AS object, d.status,"                              \
    " nullif(d.last_error, '') AS error,"                                     \
    " " APCTL_TIME_SQL("d.next_at") " AS next,"                               \
    " " APCTL_TIME_SQL("d.created") " AS created"


static bool apctl_delivery_is_id(const char *text);


apctl_exit_e
apctl_followers_list(apctl_t *ap)
{
    apctl_exit_e  code;

    if ((code = apctl_connect(ap, NULL)) != APCTL_OK
        || (code = apctl_actor_given(ap)) != APCTL_OK)
    {
        return code;
    }

    return apctl_list(ap,
        "SELECT " APCTL_TIME_SQL("f.since") " AS since, f.actor, f.uri,"
        " f.inbox, f.accepted"
        " FROM activitypub.followers f"
        " WHERE $1::text IS NULL OR f.actor IN"
        " (SELECT a.handle FROM activitypub.actors a WHERE " APCTL_ACTOR_SQL
        ")"
        " ORDER BY f.actor, f.since DESC, f.uri",
        1, &apctl_value(ap, ACTOR), 3, "there is no follower");
}


apctl_exit_e
apctl_deliveries_status(apctl_t *ap)
{
    PGresult      *result;
    apctl_exit_e   code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    code = apctl_query(ap,
        "SELECT q.waiting, q.leased AS sending, q.dead,"
        " q.fanouts AS unexpanded, q.oldest_seconds"
        " FROM activitypub.queue_state() q", 0, NULL, &result);

    if (code == APCTL_OK) {
        apctl_print_record(ap, result, 0);
        PQclear(result);
    }

    return code;
}


/* an id is one delivery in full; a host, or nothing, is a list */

apctl_exit_e
apctl_deliveries_show(apctl_t *ap)
{
    PGresult      *result;
    apctl_exit_e   code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    if (!apctl_delivery_is_id(ap->operand)) {
        return apctl_list(ap,
            "SELECT " APCTL_DELIVERY_COLUMNS " FROM activitypub.deliveries d"
            " WHERE d.host = lower($1::text) ORDER BY d.id",
            1, &ap->operand, 5, "nothing is delivered to that host");
    }

    code = apctl_query(ap,
        "SELECT " APCTL_DELIVERY_COLUMNS " FROM activitypub.deliveries d"
        " WHERE d.id = $1::bigint", 1, &ap->operand, &result);

    if (code != APCTL_OK) {
        return code;
    }

    if (PQntuples(result) == 0) {
        code = apctl_fail(APCTL_NOT_FOUND, "there is no delivery %s: what "
                          "has arrived is forgotten", ap->operand);

    } else {
        apctl_print_record(ap, result, 0);
    }

    PQclear(result);

    return code;
}


apctl_exit_e
apctl_deliveries_retry(apctl_t *ap)
{
    PGresult      *result;
    const char    *values[2];
    apctl_exit_e   code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    values[0] = NULL;
    values[1] = NULL;

    if (apctl_delivery_is_id(ap->operand)) {
        values[0] = ap->operand;

    } else if (strcmp(ap->operand, "all") != 0) {
        values[1] = ap->operand;
    }

    code = apctl_query(ap,
        "SELECT activitypub.delivery_retry($1::bigint, lower($2::text))"
        " AS retried", 2, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    if (values[0] != NULL && strcmp(PQgetvalue(result, 0, 0), "0") == 0) {
        code = apctl_fail(APCTL_NOT_FOUND, "there is no delivery %s that "
                          "can be tried again", ap->operand);

    } else if (apctl_given(ap, JSON)) {
        apctl_print_record(ap, result, 0);

    } else {
        apctl_tell(ap, "%s to be tried again", PQgetvalue(result, 0, 0));
    }

    PQclear(result);

    return code;
}


static bool
apctl_delivery_is_id(const char *text)
{
    size_t  n;

    n = strspn(text, "0123456789");

    return n != 0 && n < 19 && text[n] == '\0';
}
