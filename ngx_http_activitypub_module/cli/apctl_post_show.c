
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl post preview|list
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "apctl_actor.h"
#include "apctl_connect.h"
#include "apctl_output.h"
#include "apctl_post.h"
#include "apctl_post_text.h"
#include "apctl_query.h"
#include "apctl_time.h"


#define APCTL_LIMIT      "20"
#define APCTL_LIMIT_MAX  1000000


static apctl_exit_e apctl_post_limit(apctl_t *ap, const char **limit);


apctl_exit_e
apctl_post_preview(apctl_t *ap)
{
    json_t        *json;
    PGresult      *result;
    const char    *values[APCTL_POST_VALUES], *document;
    apctl_exit_e   code;

    if ((code = apctl_post_values(ap, values)) != APCTL_OK
        || (code = apctl_connect(ap, NULL)) != APCTL_OK)
    {
        return code;
    }

    code = apctl_query(ap,
        "SELECT activitypub.preview(" APCTL_POST_PARAMETERS ")",
        APCTL_POST_VALUES, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    document = PQgetvalue(result, 0, 0);
    json = NULL;

    if (!apctl_given(ap, JSON) && isatty(STDOUT_FILENO)) {
        json = json_loads(document, 0, NULL);
    }

    if (json != NULL) {
        apctl_print_json(json);

    } else {
        printf("%s\n", document);
    }

    PQclear(result);

    return APCTL_OK;
}


apctl_exit_e
apctl_post_list(apctl_t *ap)
{
    const char    *values[2];
    apctl_exit_e   code;

    if ((code = apctl_post_limit(ap, &values[1])) != APCTL_OK
        || (code = apctl_connect(ap, NULL)) != APCTL_OK
        || (code = apctl_actor_given(ap)) != APCTL_OK)
    {
        return code;
    }

    values[0] = apctl_value(ap, ACTOR);

    return apctl_list(ap,
        "SELECT " APCTL_TIME_SQL("p.published") " AS published, p.actor,"
        " p.title, p.id, p.url, p.type, "
        APCTL_TIME_SQL("p.updated") " AS updated, p.pinned"
        " FROM activitypub.posts p"
        " WHERE p.deleted IS NULL"
        " AND ($1::text IS NULL OR p.actor IN"
        " (SELECT a.handle FROM activitypub.actors a WHERE " APCTL_ACTOR_SQL
        "))"
        " ORDER BY p.published DESC, p.id DESC LIMIT $2::bigint",
        2, values, 4, "there is no post");
}


static apctl_exit_e
apctl_post_limit(apctl_t *ap, const char **limit)
{
    char  *end;
    long   n;

    *limit = apctl_given(ap, LIMIT) ? apctl_value(ap, LIMIT) : APCTL_LIMIT;

    n = strtol(*limit, &end, 10);

    if (*end != '\0' || end == *limit || n < 1 || n > APCTL_LIMIT_MAX) {
        return apctl_fail(APCTL_USAGE, "\"--limit\" is a number from 1 to %d, "
                          "not \"%s\"", APCTL_LIMIT_MAX, *limit);
    }

    *limit = apctl_format(ap, "%ld", n);

    return APCTL_OK;
}
