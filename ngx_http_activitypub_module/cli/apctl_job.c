
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     create -> wait -> read -> forget
 */

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apctl_job.h"
#include "apctl_query.h"


/* how often the database is asked, milliseconds */
#define APCTL_JOB_TICK      50
#define APCTL_JOB_TICK_MAX  500

/* how long nobody may take it: a worker looks every five seconds */
#define APCTL_JOB_PATIENCE  10000

/* what takes no longer needs no word */
#define APCTL_JOB_SILENT    1000


static apctl_exit_e apctl_job_wait(apctl_t *ap, const char *id,
    const char *doing, json_t **result);
static apctl_exit_e apctl_job_read(apctl_t *ap, const char *id,
    const char **state, json_t **result);
static apctl_exit_e apctl_job_nobody(apctl_t *ap, const char *id,
    bool *nobody);
static void apctl_job_say(apctl_t *ap, const char *doing, const char *state);
static long long apctl_job_clock(void);


apctl_exit_e
apctl_job(apctl_t *ap, const char *kind, const char *origin, json_t *args,
    const char *doing, json_t **result)
{
    char          *text;
    PGresult      *created, *forgotten;
    const char    *values[3], *id;
    apctl_exit_e   code;

    text = json_dumps(args, JSON_COMPACT);
    json_decref(args);

    if (text == NULL) {
        return apctl_fail(APCTL_FAILED, "what is asked for is not UTF-8");
    }

    values[0] = kind;
    values[1] = origin;
    values[2] = text;

    code = apctl_query(ap, "SELECT activitypub.job_create($1, $2, $3::jsonb)",
                       3, values, &created);
    free(text);

    if (code != APCTL_OK) {
        return code;
    }

    id = apctl_format(ap, "%s", PQgetvalue(created, 0, 0));
    PQclear(created);

    code = apctl_job_wait(ap, id, doing, result);

    if (code == APCTL_OK
        && apctl_query(ap, "SELECT activitypub.job_forget($1::bigint)", 1,
                       &id, &forgotten)
           == APCTL_OK)
    {
        PQclear(forgotten);
    }

    return code;
}


static apctl_exit_e
apctl_job_wait(apctl_t *ap, const char *id, const char *doing,
    json_t **result)
{
    bool          nobody;
    long long     start, now, tick;
    const char   *state, *said;
    apctl_exit_e  code;

    said = "";
    state = "";
    start = apctl_job_clock();

    for (tick = APCTL_JOB_TICK; /* void */ ; tick += tick / 4) {

        code = apctl_job_read(ap, id, &state, result);

        if (code != APCTL_OK || *result != NULL) {
            return code;
        }

        now = apctl_job_clock();

        if (now - start > APCTL_JOB_SILENT && strcmp(said, state) != 0) {
            apctl_job_say(ap, doing, state);
            said = state;
        }

        if (now - start > APCTL_JOB_PATIENCE
            && strcmp(state, "waiting") == 0)
        {
            code = apctl_job_nobody(ap, id, &nobody);

            if (code != APCTL_OK || nobody) {
                return code;
            }
        }

        tick = tick < APCTL_JOB_TICK_MAX ? tick : APCTL_JOB_TICK_MAX;
        usleep((useconds_t) tick * 1000);
    }
}


static apctl_exit_e
apctl_job_read(apctl_t *ap, const char *id, const char **state,
    json_t **result)
{
    PGresult      *row;
    apctl_exit_e   code;

    *result = NULL;

    code = apctl_query(ap, "SELECT state, result"
                       " FROM activitypub.job_result($1::bigint)",
                       1, &id, &row);

    if (code != APCTL_OK) {
        return code;
    }

    if (PQntuples(row) == 0) {
        PQclear(row);
        return apctl_fail(APCTL_FAILED, "somebody has removed job %s", id);
    }

    *state = strcmp(PQgetvalue(row, 0, 0), "running") == 0 ? "running"
                                                           : "waiting";

    if (strcmp(PQgetvalue(row, 0, 0), "done") == 0) {
        *result = json_loads(PQgetvalue(row, 0, 1), 0, NULL);

        if (!json_is_object(*result)) {
            json_decref(*result);
            *result = NULL;
            code = apctl_fail(APCTL_FAILED, "job %s has no result", id);
        }
    }

    PQclear(row);

    return code;
}


/* or has somebody come in the last moment? */

static apctl_exit_e
apctl_job_nobody(apctl_t *ap, const char *id, bool *nobody)
{
    apctl_exit_e  code;

    code = apctl_ask(ap, "SELECT activitypub.job_forget($1::bigint)", 1, &id,
                     nobody);

    if (code == APCTL_OK && *nobody) {
        code = apctl_fail(APCTL_UNAVAILABLE, "no worker of nginx has taken "
                          "the job in %d seconds: is nginx running, with "
                          "this database and this origin?",
                          APCTL_JOB_PATIENCE / 1000);
    }

    return code;
}


static void
apctl_job_say(apctl_t *ap, const char *doing, const char *state)
{
    if (!isatty(STDERR_FILENO)) {
        return;
    }

    if (strcmp(state, "waiting") == 0) {
        apctl_warn(ap, "waiting for a worker of nginx");

    } else {
        apctl_warn(ap, "a worker %s", doing);
    }
}


static long long
apctl_job_clock(void)
{
    struct timespec  now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return (long long) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}


const char *
apctl_job_text(const json_t *result, const char *name)
{
    return json_string_value(json_object_get(result, name));
}


long long
apctl_job_number(const json_t *result, const char *name)
{
    return json_integer_value(json_object_get(result, name));
}
