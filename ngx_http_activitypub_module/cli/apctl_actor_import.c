
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor import: a file of JSON lines, some hundreds in a call and a
 * transaction.  When one of them is refused they go again one by one, to find
 * it: what stands before it is there, and the file can be given once more, for
 * who is there already, just so, is passed over.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apctl_actor_import.h"
#include "apctl_connect.h"
#include "apctl_output.h"
#include "apctl_query.h"


#define APCTL_IMPORT_PIECE  500


typedef struct {
    apctl_t   *ap;
    FILE      *file;
    char      *line;
    size_t     size;

    json_t    *piece;
    unsigned   lines[APCTL_IMPORT_PIECE];       /* their numbers */
    unsigned   most;            /* that a piece may have */
    unsigned   number;          /* of the last line that was read */
    unsigned   added;
    unsigned   known;
} apctl_import_t;


static apctl_exit_e apctl_import_file(apctl_import_t *import);
static apctl_exit_e apctl_import_line(apctl_import_t *import);
static apctl_exit_e apctl_import_flush(apctl_import_t *import);
static apctl_exit_e apctl_import_singly(apctl_import_t *import);
static apctl_exit_e apctl_import_refused(apctl_import_t *import, size_t i,
    PGresult *result);
static PGresult *apctl_import_call(apctl_import_t *import, json_t *actors);
static void apctl_import_count(apctl_import_t *import, PGresult *result,
    unsigned n);
static void apctl_import_progress(apctl_import_t *import, const char *end);
static apctl_exit_e apctl_import_done(apctl_import_t *import);


apctl_exit_e
apctl_actor_import(apctl_t *ap)
{
    bool             dry;
    apctl_exit_e     code;
    apctl_import_t   import;

    memset(&import, 0, sizeof(apctl_import_t));

    import.ap = ap;
    import.file = strcmp(ap->operand, "-") == 0 ? stdin
                                                : fopen(ap->operand, "r");

    if (import.file == NULL) {
        return apctl_fail(APCTL_FAILED, "cannot read %s: %s", ap->operand,
                          strerror(errno));
    }

    /* a transaction that has failed takes nothing more */

    dry = apctl_given(ap, DRY_RUN);
    import.most = dry ? 1 : APCTL_IMPORT_PIECE;
    import.piece = json_array();

    code = apctl_connect(ap, NULL);

    if (code == APCTL_OK && dry) {
        code = apctl_command(ap, "", "BEGIN");
    }

    if (code == APCTL_OK) {
        code = apctl_import_file(&import);
    }

    if (code == APCTL_OK && dry) {
        code = apctl_command(ap, "", "ROLLBACK");
    }

    json_decref(import.piece);
    free(import.line);

    if (import.file != stdin) {
        fclose(import.file);
    }

    return code == APCTL_OK ? apctl_import_done(&import) : code;
}


static apctl_exit_e
apctl_import_file(apctl_import_t *import)
{
    ssize_t        n;
    apctl_exit_e   code;

    code = APCTL_OK;

    for ( ;; ) {
        errno = 0;
        n = getline(&import->line, &import->size, import->file);

        if (n < 0 || code != APCTL_OK) {
            break;
        }

        import->number++;

        /* an empty line is none */

        if (strspn(import->line, " \t\r\n") != (size_t) n) {
            code = apctl_import_line(import);
        }
    }

    if (code == APCTL_OK && ferror(import->file)) {
        code = apctl_fail(APCTL_FAILED, "cannot read %s: %s",
                          import->ap->operand, strerror(errno));
    }

    if (code == APCTL_OK) {
        code = apctl_import_flush(import);
    }

    apctl_import_progress(import, "\n");

    return code;
}


static apctl_exit_e
apctl_import_line(apctl_import_t *import)
{
    json_t        *actor;
    apctl_exit_e   code;
    json_error_t   error;

    actor = json_loads(import->line, JSON_REJECT_DUPLICATES, &error);

    if (!json_is_object(actor)) {
        code = apctl_import_flush(import);

        if (code == APCTL_OK) {
            code = apctl_fail(APCTL_FAILED, "%s line %u: %s",
                              import->ap->operand, import->number,
                              actor == NULL ? error.text
                                            : "not a JSON object");
        }

        json_decref(actor);

        return code;
    }

    import->lines[json_array_size(import->piece)] = import->number;

    json_array_append_new(import->piece, actor);

    return json_array_size(import->piece) == import->most
           ? apctl_import_flush(import) : APCTL_OK;
}


static apctl_exit_e
apctl_import_flush(apctl_import_t *import)
{
    size_t         n;
    PGresult      *result;
    apctl_exit_e   code;

    n = json_array_size(import->piece);

    if (n == 0) {
        return APCTL_OK;
    }

    code = APCTL_OK;
    result = apctl_import_call(import, import->piece);

    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        apctl_import_count(import, result, (unsigned) n);

    } else if (n == 1) {
        code = apctl_import_refused(import, 0, result);

    } else {
        code = apctl_import_singly(import);
    }

    PQclear(result);
    json_array_clear(import->piece);
    apctl_import_progress(import, "");

    return code;
}


static apctl_exit_e
apctl_import_singly(apctl_import_t *import)
{
    size_t         i;
    json_t        *one;
    PGresult      *result;
    apctl_exit_e   code;

    code = APCTL_OK;

    for (i = 0; i < json_array_size(import->piece) && code == APCTL_OK; i++) {
        one = json_pack("[O]", json_array_get(import->piece, i));
        result = apctl_import_call(import, one);

        if (PQresultStatus(result) == PGRES_TUPLES_OK) {
            apctl_import_count(import, result, 1);

        } else {
            code = apctl_import_refused(import, i, result);
        }

        PQclear(result);
        json_decref(one);
    }

    return code;
}


static apctl_exit_e
apctl_import_refused(apctl_import_t *import, size_t i, PGresult *result)
{
    const char  *where;

    where = apctl_format(import->ap, "%s line %u: ", import->ap->operand,
                         import->lines[i]);

    return apctl_query_failed(import->ap, where, result);
}


static PGresult *
apctl_import_call(apctl_import_t *import, json_t *actors)
{
    char        *text;
    PGresult    *result;
    const char  *values[2];

    text = json_dumps(actors, JSON_COMPACT);

    values[0] = text;
    values[1] = apctl_value(import->ap, ORIGIN);

    result = PQexecParams(import->ap->conn,
        "SELECT activitypub.actors_add(actors => $1::jsonb,"
        " origin => $2::text)", 2, NULL, values, NULL, NULL, 0);

    free(text);

    return result;
}


static void
apctl_import_count(apctl_import_t *import, PGresult *result, unsigned n)
{
    unsigned  added;

    added = (unsigned) strtoul(PQgetvalue(result, 0, 0), NULL, 10);

    import->added += added;
    import->known += n - added;
}


static void
apctl_import_progress(apctl_import_t *import, const char *end)
{
    if (!apctl_given(import->ap, QUIET) && isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%u actors%s", import->added + import->known, end);
    }
}


static apctl_exit_e
apctl_import_done(apctl_import_t *import)
{
    json_t   *json;
    apctl_t  *ap;

    ap = import->ap;

    if (apctl_given(ap, JSON)) {
        json = json_object();
        json_object_set_new(json, "added", json_integer(import->added));
        json_object_set_new(json, "known", json_integer(import->known));
        json_object_set_new(json, "dry_run",
                            json_boolean(apctl_given(ap, DRY_RUN)));
        apctl_print_json(json);
        return APCTL_OK;
    }

    apctl_tell(ap, "added %u, %u were there%s", import->added, import->known,
               apctl_given(ap, DRY_RUN) ? " (dry run)" : "");

    return APCTL_OK;
}
