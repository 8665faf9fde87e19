
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
#include <stdlib.h>
#include <string.h>

#include "apctl_config.h"
#include "apctl_connect.h"


#define APCTL_DATABASE         "activitypub"
#define APCTL_CONNECT_TIMEOUT  "10"
#define APCTL_DIAGNOSE_MSEC    5000


typedef struct {
    const char  **keywords;
    const char  **values;
    unsigned      n;
} apctl_params_t;


static apctl_exit_e apctl_conninfo_parse(apctl_t *ap, const char *dbname,
    apctl_params_t *params);
static bool apctl_conninfo_is_name(const char *conninfo);
static void apctl_params_add(apctl_t *ap, apctl_params_t *params,
    const char *keyword, const char *value);
static const char *apctl_params_find(const apctl_params_t *params,
    const char *keyword);
static void apctl_params_default(apctl_t *ap, apctl_params_t *params,
    const char *keyword, const char *variable, const char *value);
static apctl_exit_e apctl_connect_failed(apctl_t *ap,
    const apctl_params_t *params);
static const char *apctl_connect_sqlstate(apctl_t *ap,
    const apctl_params_t *params);
static const char *apctl_verbose_sqlstate(apctl_t *ap, const char *message);
static const char *apctl_connect_sentence(apctl_t *ap, const char *message);
static void apctl_connect_notice(void *data, const PGresult *result);


apctl_exit_e
apctl_connect(apctl_t *ap, const char *dbname)
{
    apctl_exit_e    code;
    apctl_params_t  params;

    code = apctl_conninfo_parse(ap, dbname, &params);

    if (code != APCTL_OK) {
        return code;
    }

    PQfinish(ap->conn);
    ap->conn = PQconnectdbParams(params.keywords, params.values, 0);

    if (PQstatus(ap->conn) != CONNECTION_OK) {
        return apctl_connect_failed(ap, &params);
    }

    PQsetNoticeReceiver(ap->conn, apctl_connect_notice, ap);

    return APCTL_OK;
}


apctl_exit_e
apctl_database_name(apctl_t *ap, const char **name)
{
    apctl_exit_e    code;
    apctl_params_t  params;

    code = apctl_conninfo_parse(ap, NULL, &params);

    if (code != APCTL_OK) {
        return code;
    }

    *name = apctl_params_find(&params, "dbname");

    if (*name == NULL) {
        *name = getenv("PGDATABASE");
    }

    if (*name == NULL) {
        return apctl_fail(APCTL_CONFIG, "the service does not say here which "
                          "database is meant: add dbname=NAME to --db");
    }

    return APCTL_OK;
}


/* conninfo as keywords and values, "dbname" replaced, and our defaults */

static apctl_exit_e
apctl_conninfo_parse(apctl_t *ap, const char *dbname, apctl_params_t *params)
{
    char              *error;
    const char        *text, *value;
    apctl_exit_e       code;
    PQconninfoOption  *options, *option;

    memset(params, 0, sizeof(apctl_params_t));

    code = apctl_config_conninfo(ap, &text);

    if (code != APCTL_OK) {
        return code;
    }

    error = NULL;
    options = NULL;

    if (text != NULL && apctl_conninfo_is_name(text)) {
        apctl_params_add(ap, params, "dbname", dbname ? dbname : text);

    } else if (text != NULL) {
        options = PQconninfoParse(text, &error);

        if (options == NULL) {
            code = apctl_given(ap, DB) ? APCTL_USAGE : APCTL_CONFIG;
            apctl_fail(code, "the conninfo is wrong: %s",
                       error != NULL ? error : "out of memory");
            PQfreemem(error);
            return code;
        }
    }

    for (option = options; option != NULL && option->keyword; option++) {
        value = option->val;

        if (dbname != NULL && strcmp(option->keyword, "dbname") == 0) {
            value = dbname;
        }

        if (value != NULL) {
            apctl_params_add(ap, params, apctl_format(ap, "%s",
                             option->keyword), apctl_format(ap, "%s", value));
        }
    }

    PQconninfoFree(options);

    if (dbname != NULL) {
        apctl_params_default(ap, params, "dbname", NULL, dbname);

    } else if (apctl_params_find(params, "service") == NULL
               && getenv("PGSERVICE") == NULL)
    {
        apctl_params_default(ap, params, "dbname", "PGDATABASE",
                             APCTL_DATABASE);
    }

    apctl_params_default(ap, params, "connect_timeout", "PGCONNECT_TIMEOUT",
                         APCTL_CONNECT_TIMEOUT);
    apctl_params_default(ap, params, "fallback_application_name", NULL,
                         "apctl");
    apctl_params_add(ap, params, "client_encoding", "UTF8");

    return APCTL_OK;
}


/* a bare name is a database, as it is for psql */

static bool
apctl_conninfo_is_name(const char *conninfo)
{
    return *conninfo != '\0'
           && strchr(conninfo, '=') == NULL
           && strncmp(conninfo, "postgresql://", 13) != 0
           && strncmp(conninfo, "postgres://", 11) != 0;
}


static void
apctl_params_add(apctl_t *ap, apctl_params_t *params, const char *keyword,
    const char *value)
{
    size_t        size;
    const char  **keywords, **values;

    /* libpq wants both to end with NULL */

    size = (params->n + 2) * sizeof(char *);
    keywords = apctl_alloc(ap, size);
    values = apctl_alloc(ap, size);

    if (params->n > 0) {
        memcpy(keywords, params->keywords, params->n * sizeof(char *));
        memcpy(values, params->values, params->n * sizeof(char *));
    }

    keywords[params->n] = keyword;
    values[params->n] = value;
    params->n++;

    keywords[params->n] = NULL;
    values[params->n] = NULL;

    params->keywords = keywords;
    params->values = values;
}


static const char *
apctl_params_find(const apctl_params_t *params, const char *keyword)
{
    unsigned  i;

    for (i = 0; i < params->n; i++) {

        if (strcmp(params->keywords[i], keyword) == 0) {
            return params->values[i];
        }
    }

    return NULL;
}


static void
apctl_params_default(apctl_t *ap, apctl_params_t *params,
    const char *keyword, const char *variable, const char *value)
{
    if (apctl_params_find(params, keyword) == NULL
        && (variable == NULL || getenv(variable) == NULL))
    {
        apctl_params_add(ap, params, keyword, value);
    }
}


static apctl_exit_e
apctl_connect_failed(apctl_t *ap, const apctl_params_t *params)
{
    const char    *state, *sentence;
    apctl_exit_e   code;

    state = apctl_connect_sqlstate(ap, params);
    sentence = apctl_connect_sentence(ap, PQerrorMessage(ap->conn));

    if (strcmp(state, "3D000") == 0) {
        return apctl_fail(APCTL_UNAVAILABLE, "the database \"%s\" does not "
                          "exist: \"apctl db init\" makes it",
                          PQdb(ap->conn));
    }

    code = APCTL_UNAVAILABLE;

    /* starting, stopping, or too many connections; authorisation */

    if (strcmp(state, "57P03") == 0 || strncmp(state, "53", 2) == 0) {
        code = APCTL_TRY_AGAIN;

    } else if (strncmp(state, "28", 2) == 0 || strcmp(state, "42501") == 0
               || PQconnectionNeedsPassword(ap->conn))
    {
        code = APCTL_DENIED;
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
    const char  *sentence;

    sentence = "";

    for ( /* void */ ; *message != '\0'; message += len) {
        len = strcspn(message, "\n");

        if (len > 0 && *message != '\t' && *message != ' ') {
            sentence = apctl_format(ap, "%s%s%.*s", sentence,
                                    *sentence != '\0' ? "; " : "",
                                    (int) len, message);
        }

        len += (message[len] == '\n');
    }

    return *sentence != '\0' ? sentence : "cannot connect to the database";
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
