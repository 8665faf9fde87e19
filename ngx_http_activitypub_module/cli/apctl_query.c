
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Statements, and what their errors mean to a person and to a script.
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_output.h"
#include "apctl_query.h"


typedef struct {
    const char    *state;       /* an SQLSTATE or how it begins */
    apctl_exit_e   code;
} apctl_state_t;


/* the first that fits; all else is APCTL_FAILED */

static const apctl_state_t  apctl_states[] = {
    { "02000", APCTL_NOT_FOUND },       /* no_data */
    { "P0002", APCTL_NOT_FOUND },       /* no_data_found */
    { "28",    APCTL_DENIED },          /* invalid authorization */
    { "42501", APCTL_DENIED },          /* insufficient_privilege */
    { "25006", APCTL_UNAVAILABLE },     /* read only: a standby */
    { "08",    APCTL_UNAVAILABLE },     /* connection_exception */
    { "57P",   APCTL_UNAVAILABLE },     /* shutdown, crash, dropped */
    { "40",    APCTL_TRY_AGAIN },       /* deadlock, serialisation */
    { "53",    APCTL_TRY_AGAIN },       /* out of resources */
    { "55006", APCTL_TRY_AGAIN },       /* object_in_use */
    { "55P03", APCTL_TRY_AGAIN },       /* lock_not_available */
    { "57014", APCTL_TRY_AGAIN },       /* a timeout */
    { "3F000", APCTL_CONFIG },          /* no such schema */
    { "42883", APCTL_CONFIG },          /* no such function */
    { "42P01", APCTL_CONFIG },          /* no such table */
    { NULL,    APCTL_FAILED }
};


static apctl_exit_e apctl_state_code(const char *state);


apctl_exit_e
apctl_query(apctl_t *ap, const char *sql, int n, const char *const *values,
    PGresult **result)
{
    apctl_exit_e     code;
    ExecStatusType   status;

    *result = PQexecParams(ap->conn, sql, n, NULL, values, NULL, NULL, 0);
    status = PQresultStatus(*result);

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return APCTL_OK;
    }

    code = apctl_query_failed(ap, "", *result);

    PQclear(*result);
    *result = NULL;

    return code;
}


apctl_exit_e
apctl_list(apctl_t *ap, const char *sql, int n, const char *const *values,
    int columns, const char *none)
{
    PGresult      *result;
    apctl_exit_e   code;

    code = apctl_query(ap, sql, n, values, &result);

    if (code == APCTL_OK) {
        apctl_print_rows(ap, result, columns, none);
        PQclear(result);
    }

    return code;
}


apctl_exit_e
apctl_call(apctl_t *ap, const char *sql, int n,
    const char *const *values, PGresult **result)
{
    apctl_exit_e  code;

    if (!apctl_given(ap, DRY_RUN)) {
        return apctl_query(ap, sql, n, values, result);
    }

    *result = NULL;

    if ((code = apctl_command(ap, "", "BEGIN")) != APCTL_OK
        || (code = apctl_query(ap, sql, n, values, result)) != APCTL_OK)
    {
        return code;
    }

    code = apctl_command(ap, "", "ROLLBACK");

    if (code != APCTL_OK) {
        PQclear(*result);
        *result = NULL;
    }

    return code;
}


apctl_exit_e
apctl_command(apctl_t *ap, const char *prefix, const char *sql)
{
    PGresult        *result;
    apctl_exit_e     code;
    ExecStatusType   status;

    result = PQexec(ap->conn, sql);
    status = PQresultStatus(result);

    code = APCTL_OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK
        && status != PGRES_EMPTY_QUERY)
    {
        code = apctl_query_failed(ap, prefix, result);
    }

    PQclear(result);

    return code;
}


apctl_exit_e
apctl_ask(apctl_t *ap, const char *sql, int n, const char *const *values,
    bool *answer)
{
    PGresult      *result;
    apctl_exit_e   code;

    code = apctl_query(ap, sql, n, values, &result);

    if (code == APCTL_OK) {
        *answer = PQntuples(result) > 0
                  && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
        PQclear(result);
    }

    return code;
}


apctl_exit_e
apctl_query_failed(apctl_t *ap, const char *prefix, const PGresult *result)
{
    const char    *state, *message;
    apctl_exit_e   code;

    state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    /* without them libpq itself failed: the connection broke */

    if (state == NULL || message == NULL) {
        return apctl_fail(APCTL_UNAVAILABLE, "%sthe connection to the "
                          "database broke", prefix);
    }

    code = apctl_state_code(state);

    /* in a statement of ours, not in one of "db init" */

    if (strcmp(state, "42501") == 0 && *prefix == '\0') {
        return apctl_fail(code, "%s: role \"%s\" may not do that; a member of "
                          "activitypub_publisher may, and who made the "
                          "database: sudo -u postgres apctl", message,
                          PQuser(ap->conn));
    }

    if (code != APCTL_CONFIG) {
        return apctl_fail(code, "%s%s", prefix, message);
    }

    /* in a file of ours it is a mistake of the file */

    if (*prefix != '\0') {
        return apctl_fail(APCTL_FAILED, "%s%s", prefix, message);
    }

    return apctl_fail(code, "the database \"%s\" is not migrated (%s): run "
                      "\"apctl db migrate\"", PQdb(ap->conn), message);
}


static apctl_exit_e
apctl_state_code(const char *state)
{
    const apctl_state_t  *s;

    for (s = apctl_states; s->state != NULL; s++) {

        if (strncmp(state, s->state, strlen(s->state)) == 0) {
            break;
        }
    }

    return s->code;
}


const char *
apctl_identifier(apctl_t *ap, const char *name)
{
    char        *quoted;
    const char  *copy;

    quoted = PQescapeIdentifier(ap->conn, name, strlen(name));

    if (quoted == NULL) {
        exit(apctl_fail(APCTL_FAILED, "\"%s\" cannot be a name", name));
    }

    copy = apctl_format(ap, "%s", quoted);
    PQfreemem(quoted);

    return copy;
}
