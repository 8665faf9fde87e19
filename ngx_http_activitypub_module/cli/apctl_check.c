
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl check: for each origin
 *
 *     instance -> clock -> (webfinger -> actor -> profile -> page) ... -> inbox
 *
 * What a peer would ask for is asked for by a worker, through the front.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apctl_check.h"
#include "apctl_connect.h"
#include "apctl_fetch.h"
#include "apctl_job.h"
#include "apctl_output.h"
#include "apctl_query.h"


/* columns of the two queries below */

enum { ORIGIN_URL, ORIGIN_HOST, ORIGIN_DOMAIN, ORIGIN_ACTOR, ORIGIN_KEY };

enum { ACTOR_HANDLE, ACTOR_URI, ACTOR_PAGE };


static apctl_exit_e apctl_check_database(apctl_check_t *check);
static apctl_exit_e apctl_check_origins(apctl_check_t *check);
static apctl_exit_e apctl_check_origin(apctl_check_t *check,
    const PGresult *origins, int row);
static apctl_exit_e apctl_check_reach(apctl_check_t *check,
    const PGresult *origins, int row, bool *reached);
static void apctl_check_unasked(apctl_check_t *check, const json_t *result,
    const char *host);
static apctl_exit_e apctl_check_now(apctl_check_t *check,
    const json_t *result);
static apctl_exit_e apctl_check_actors(apctl_check_t *check,
    const PGresult *origins, int row);
static apctl_exit_e apctl_check_actor(apctl_check_t *check,
    const char *finger, const PGresult *actors, int row);
static const char *apctl_check_finger(apctl_check_t *check,
    const PGresult *origins, int row);


apctl_exit_e
apctl_check(apctl_t *ap)
{
    apctl_exit_e   code;
    apctl_check_t  check;

    memset(&check, 0, sizeof(apctl_check_t));

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    check.ap = ap;
    check.lines = json_array();

    code = apctl_check_database(&check);

    if (code == APCTL_OK) {
        code = apctl_check_origins(&check);
    }

    if (code == APCTL_UNAVAILABLE) {
        apctl_check_line(&check, false, "worker", check.origin,
                         "no worker of nginx takes a job of this origin: is "
                         "nginx running, and can it reach this database? "
                         "see its error.log");
    }

    if (apctl_given(ap, JSON)) {
        apctl_print_json(json_incref(check.lines));
    }

    json_decref(check.lines);

    if (code != APCTL_OK && code != APCTL_UNAVAILABLE) {
        return code;
    }

    return check.failed ? APCTL_FAILED : APCTL_OK;
}


void
apctl_check_line(apctl_check_t *check, bool ok, const char *name,
    const char *about, const char *format, ...)
{
    int         len;
    char        text[2048];
    va_list     args;
    apctl_t    *ap;

    ap = check->ap;
    check->failed |= !ok;

    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    (void) len;

    if (apctl_given(ap, JSON)) {
        json_array_append_new(check->lines,
            json_pack("{s:b, s:s, s:s?, s:s?, s:s}", "ok", ok, "check", name,
                      "about", about, "origin", check->origin,
                      "detail", text));
        return;
    }

    printf("%-6s  %-9s  ", ok ? "ok" : "not ok", name);

    if (about != NULL) {
        apctl_write_clean(stdout, about);
        fputs("  ", stdout);
    }

    apctl_write_clean(stdout, text);
    putchar('\n');
    fflush(stdout);
}


static apctl_exit_e
apctl_check_database(apctl_check_t *check)
{
    PGresult      *row;
    apctl_exit_e   code;

    code = apctl_query(check->ap, "SELECT version,"
                       " current_setting('server_version'), current_database()"
                       " FROM activitypub.schema()", 0, NULL, &row);

    if (code != APCTL_OK) {
        return code;
    }

    apctl_check_line(check, true, "database", PQgetvalue(row, 0, 2),
                     "schema %s, PostgreSQL %s", PQgetvalue(row, 0, 0),
                     PQgetvalue(row, 0, 1));
    PQclear(row);

    return APCTL_OK;
}


static apctl_exit_e
apctl_check_origins(apctl_check_t *check)
{
    int            i;
    apctl_t       *ap;
    PGresult      *origins;
    apctl_exit_e   code;

    ap = check->ap;

    code = apctl_query(ap, "SELECT o.url, o.host, o.account_domain,"
                       " o.instance_actor, o.has_key"
                       " FROM activitypub.origins o"
                       " WHERE $1::text IS NULL OR $1 IN (o.url, o.host)"
                       " ORDER BY o.url", 1, &apctl_value(ap, ORIGIN),
                       &origins);

    if (code != APCTL_OK) {
        return code;
    }

    if (PQntuples(origins) == 0) {
        if (apctl_given(ap, ORIGIN)) {
            code = apctl_fail(APCTL_NOT_FOUND, "there is no origin \"%s\"",
                              apctl_value(ap, ORIGIN));

        } else {
            apctl_check_line(check, false, "origin", NULL, "there is none: "
                             "nginx with an activitypub_actor has not "
                             "reached this database yet; see its error.log");
        }
    }

    for (i = 0; code == APCTL_OK && i < PQntuples(origins); i++) {
        check->origin = apctl_format(ap, "%s",
                                     PQgetvalue(origins, i, ORIGIN_URL));
        code = apctl_check_origin(check, origins, i);
    }

    PQclear(origins);

    return code;
}


static apctl_exit_e
apctl_check_origin(apctl_check_t *check, const PGresult *origins, int row)
{
    bool           reached;
    json_t        *result;
    apctl_exit_e   code;

    if (strcmp(PQgetvalue(origins, row, ORIGIN_KEY), "t") != 0) {
        apctl_check_line(check, false, "key", check->origin, "the instance "
                         "actor has none yet: nginx makes it at its start; "
                         "see its error.log");
        return APCTL_OK;
    }

    code = apctl_check_reach(check, origins, row, &reached);

    if (code != APCTL_OK || !reached) {
        return code;
    }

    code = apctl_check_actors(check, origins, row);

    if (code != APCTL_OK) {
        return code;
    }

    code = apctl_check_ask(check, "check", NULL, NULL, &result);

    if (code == APCTL_OK) {
        apctl_check_inbox(check, result);
        json_decref(result);
    }

    return code;
}


/* where there is no way there, there is no use in trying all of it */

static apctl_exit_e
apctl_check_reach(apctl_check_t *check, const PGresult *origins, int row,
    bool *reached)
{
    json_t        *result;
    const char    *uri, *host, *step, *address;
    apctl_exit_e   code;

    *reached = false;

    uri = PQgetvalue(origins, row, ORIGIN_ACTOR);
    host = PQgetvalue(origins, row, ORIGIN_HOST);

    code = apctl_check_ask(check, "fetch", uri, NULL, &result);

    if (code != APCTL_OK) {
        return code;
    }

    address = apctl_job_text(result, "address");

    if (address == NULL) {
        apctl_check_unasked(check, result, host);
        json_decref(result);
        return APCTL_OK;
    }

    apctl_check_line(check, true, "resolver", host, "%s", address);

    if (json_integer_value(json_object_get(result, "status")) == 0) {
        step = apctl_job_text(result, "step");
        apctl_check_line(check, false, "connect", host, "%s (address %s): %s",
                         apctl_fetch_reason(check->ap, result), address,
                         step != NULL && strcmp(step, "address") == 0
                         ? "peers need a public one; let nginx ask a public "
                           "name server, by \"activitypub_resolver\""
                         : "peers must reach the site there, over https");
        json_decref(result);
        return APCTL_OK;
    }

    *reached = true;

    apctl_check_line(check, true, "connect", host,
                     strncmp(uri, "https:", 6) == 0
                     ? "https, the certificate is good"
                     : "http: for development, other servers refuse it");
    apctl_check_document(check, result, "instance", host, uri);

    code = apctl_check_now(check, result);
    json_decref(result);

    return code;
}


/* no address was asked */

static void
apctl_check_unasked(apctl_check_t *check, const json_t *result,
    const char *host)
{
    const char  *step, *reason;

    step = apctl_job_text(result, "step");
    reason = apctl_fetch_reason(check->ap, result);

    if (step != NULL && strcmp(step, "resolve") == 0) {
        apctl_check_line(check, false, "resolver", host,
                         "%s: nginx asks its \"resolver\", or that of "
                         "/etc/resolv.conf, not /etc/hosts", reason);

    } else if (step != NULL && strcmp(step, "key") == 0) {
        apctl_check_line(check, false, "key", host, "%s: is the origin "
                         "stopped, or was nginx started a moment ago? see its "
                         "error.log", reason);

    } else {
        apctl_check_line(check, false, "fetch", host, "%s", reason);
    }
}


static apctl_exit_e
apctl_check_now(apctl_check_t *check, const json_t *result)
{
    PGresult      *row;
    long long      database;
    apctl_exit_e   code;

    code = apctl_query(check->ap,
                       "SELECT extract(epoch FROM clock_timestamp())::bigint",
                       0, NULL, &row);

    if (code != APCTL_OK) {
        return code;
    }

    database = strtoll(PQgetvalue(row, 0, 0), NULL, 10);
    PQclear(row);

    apctl_check_clock(check, result, database, (long long) time(NULL));

    return APCTL_OK;
}


static apctl_exit_e
apctl_check_actors(apctl_check_t *check, const PGresult *origins, int row)
{
    int            i;
    PGresult      *actors;
    const char    *url, *finger;
    apctl_exit_e   code;

    url = PQgetvalue(origins, row, ORIGIN_URL);
    finger = apctl_check_finger(check, origins, row);

    code = apctl_query(check->ap, "SELECT a.handle, a.uri, a.page"
                       " FROM activitypub.actors a"
                       " WHERE a.origin = $1 AND a.declared"
                       " ORDER BY a.handle", 1, &url, &actors);

    if (code != APCTL_OK) {
        return code;
    }

    for (i = 0; code == APCTL_OK && i < PQntuples(actors); i++) {
        code = apctl_check_actor(check, finger, actors, i);
    }

    PQclear(actors);

    return code;
}


static apctl_exit_e
apctl_check_actor(apctl_check_t *check, const char *finger,
    const PGresult *actors, int row)
{
    json_t        *result;
    const char    *handle, *uri, *page;
    apctl_exit_e   code;

    handle = PQgetvalue(actors, row, ACTOR_HANDLE);
    uri = PQgetvalue(actors, row, ACTOR_URI);
    page = PQgetvalue(actors, row, ACTOR_PAGE);

    code = apctl_check_ask(check, "fetch",
                           apctl_format(check->ap, "%s%s", finger, handle),
                           "jrd", &result);

    if (code != APCTL_OK) {
        return code;
    }

    apctl_check_webfinger(check, result, handle, uri);
    json_decref(result);

    code = apctl_check_ask(check, "fetch", uri, NULL, &result);

    if (code != APCTL_OK) {
        return code;
    }

    apctl_check_document(check, result, "actor", handle, uri);
    code = apctl_check_profile(check, result, handle);
    json_decref(result);

    if (code != APCTL_OK) {
        return code;
    }

    if (page[0] == '\0' || strcmp(page, uri) == 0) {
        return APCTL_OK;
    }

    code = apctl_check_ask(check, "fetch", page, NULL, &result);

    if (code == APCTL_OK) {
        apctl_check_document(check, result, "page", page, uri);
        json_decref(result);
    }

    return code;
}


/* the account domain has the scheme of the origin, and its port if it is it */

static const char *
apctl_check_finger(apctl_check_t *check, const PGresult *origins, int row)
{
    int          scheme;
    const char  *url, *domain;

    url = PQgetvalue(origins, row, ORIGIN_URL);
    domain = PQgetvalue(origins, row, ORIGIN_DOMAIN);
    scheme = (int) (strstr(url, "://") - url) + 3;

    if (strcmp(domain, PQgetvalue(origins, row, ORIGIN_HOST)) == 0) {
        domain = url + scheme;
    }

    return apctl_format(check->ap, "%.*s%s/.well-known/webfinger"
                        "?resource=acct:", scheme, url, domain);
}


apctl_exit_e
apctl_check_ask(apctl_check_t *check, const char *kind, const char *url,
    const char *as, json_t **result)
{
    json_t      *args;
    const char  *doing;

    doing = (url != NULL) ? apctl_format(check->ap, "fetches %s", url)
                          : "posts to its own inbox";

    args = json_pack("{s:s*, s:s*}", "url", url, "as", as);

    return apctl_job(check->ap, kind, check->origin, args, doing, result);
}
