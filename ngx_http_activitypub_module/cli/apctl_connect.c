
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The connection to the database.
 *
 * libpq gives no SQLSTATE when it cannot connect, and its text is in the
 * server's language.  So a refused connection is tried once more, step by
 * step, with verbose messages: those carry the SQLSTATE.
 */

#include <poll.h>
#include <string.h>

#include "apctl_connect.h"
#include "apctl_conninfo.h"


#define APCTL_DIAGNOSE_MSEC  5000


static apctl_exit_e apctl_connect_failed(apctl_t *ap,
    const apctl_params_t *params, bool ours);
static const char *apctl_connect_sqlstate(apctl_t *ap,
    const apctl_params_t *params);
static const char *apctl_verbose_sqlstate(apctl_t *ap, const char *message);
static const char *apctl_connect_sentence(apctl_t *ap, const char *message);
static const char *apctl_connect_plain(apctl_t *ap, const char *line);
static void apctl_connect_notice(void *data, const PGresult *result);


apctl_exit_e
apctl_connect(apctl_t *ap, const char *dbname)
{
    apctl_exit_e    code;
    apctl_params_t  params;

    code = apctl_conninfo(ap, dbname, &params);

    if (code != APCTL_OK) {
        return code;
    }

    PQfinish(ap->conn);
    ap->conn = PQconnectdbParams(params.keywords, params.values, 0);

    if (PQstatus(ap->conn) != CONNECTION_OK) {
        return apctl_connect_failed(ap, &params, dbname == NULL);
    }

    PQsetNoticeReceiver(ap->conn, apctl_connect_notice, ap);

    return APCTL_OK;
}


static apctl_exit_e
apctl_connect_failed(apctl_t *ap, const apctl_params_t *params, bool ours)
{
    const char    *state, *sentence;
    apctl_exit_e   code;

    state = apctl_connect_sqlstate(ap, params);
    sentence = apctl_connect_sentence(ap, PQerrorMessage(ap->conn));

    if (ours && strcmp(state, "3D000") == 0) {
        return apctl_fail(APCTL_UNAVAILABLE, "the database \"%s\" does not "
                          "exist: \"apctl db init\" makes it",
                          PQdb(ap->conn));
    }

    code = APCTL_UNAVAILABLE;

    if (*state == '\0' && !PQconnectionNeedsPassword(ap->conn)) {
        return apctl_fail(code, "%s; is PostgreSQL running there? --db or "
                          "/etc/activitypub/apctl.conf says where it is",
                          sentence);
    }

    /* starting, stopping, or too many connections; authorisation */

    if (strcmp(state, "57P03") == 0 || strncmp(state, "53", 2) == 0) {
        code = APCTL_TRY_AGAIN;

    } else if (strncmp(state, "28", 2) == 0 || strcmp(state, "42501") == 0
               || PQconnectionNeedsPassword(ap->conn))
    {
        code = APCTL_DENIED;
    }

    /* a local user is a role of that name */

    if (strcmp(state, "28000") == 0) {
        return apctl_fail(code, "%s; who made the database may always: "
                          "sudo -u postgres apctl", sentence);
    }

    return apctl_fail(code, "%s", sentence);
}


/* the SQLSTATE of the refusal; "" when no server spoke */

static const char *
apctl_connect_sqlstate(apctl_t *ap, const apctl_params_t *params)
{
    int                        waited, ready;
    PGconn                    *conn;
    const char                *state;
    struct pollfd              fd;
    PostgresPollingStatusType  status;

    state = "";
    conn = PQconnectStartParams(params->keywords, params->values, 0);

    if (conn == NULL) {
        return state;
    }

    PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);

    status = PGRES_POLLING_WRITING;
    waited = 0;

    while (PQstatus(conn) != CONNECTION_BAD
           && status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED
           && waited < APCTL_DIAGNOSE_MSEC)
    {
        fd.fd = PQsocket(conn);
        fd.events = (status == PGRES_POLLING_READING) ? POLLIN : POLLOUT;

        ready = poll(&fd, 1, 100);

        if (ready == 0) {
            waited += 100;
            continue;
        }

        status = PQconnectPoll(conn);
    }

    if (PQstatus(conn) == CONNECTION_BAD) {
        state = apctl_verbose_sqlstate(ap, PQerrorMessage(conn));
    }

    PQfinish(conn);

    return state;
}


/* "FATAL:  3D000: ...", the last one; the word before it is translated */

static const char *
apctl_verbose_sqlstate(apctl_t *ap, const char *message)
{
    size_t       len;
    const char  *p, *state;

    state = "";

    for (p = strstr(message, ":  "); p != NULL; p = strstr(p, ":  ")) {
        p += 3;
        len = strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

        if (len == 5 && p[5] == ':') {
            state = apctl_format(ap, "%.5s", p);
        }
    }

    return state;
}


/*
 * The lines of libpq, one for each host tried, without its advice, which is
 * indented, as one sentence.
 */

static const char *
apctl_connect_sentence(apctl_t *ap, const char *message)
{
    size_t       len;
    const char  *sentence, *line;

    sentence = "";

    for ( /* void */ ; *message != '\0'; message += len) {
        len = strcspn(message, "\n");

        if (len > 0 && *message != '\t' && *message != ' ') {
            line = apctl_connect_plain(ap, apctl_format(ap, "%.*s", (int) len,
                                                        message));
            sentence = apctl_format(ap, "%s%s%s", sentence,
                                    *sentence != '\0' ? "; " : "", line);
        }

        len += (message[len] == '\n');
    }

    return *sentence != '\0' ? sentence : "cannot connect to the database";
}


/* "... failed: FATAL:  no such role" without the word before two blanks */

static const char *
apctl_connect_plain(apctl_t *ap, const char *line)
{
    const char  *end, *word;

    end = strstr(line, ":  ");

    if (end == NULL) {
        return line;
    }

    for (word = end; word > line && word[-1] != ' '; word--) { /* void */ }

    return apctl_format(ap, "%.*s%s", (int) (word - line), line, end + 3);
}


/* notices are chatter of DDL; a warning is for the person at the terminal */

static void
apctl_connect_notice(void *data, const PGresult *result)
{
    const char  *severity, *message;

    severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (severity != NULL && message != NULL
        && strcmp(severity, "WARNING") == 0)
    {
        apctl_warn(data, "warning: %s", message);
    }
}
