
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor import: a file of JSON lines, some hundreds in a call and a
 * transaction.  What stands before a bad piece is there, and the file can be
 * given once more: who is there already, just so, is passed over.
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
    unsigned   first;           /* the number of its first line */
    unsigned   number;          /* of the last line that was read */
    unsigned   added;
    unsigned   known;
} apctl_import_t;


static apctl_exit_e apctl_import_file(apctl_import_t *import);
static apctl_exit_e apctl_import_line(apctl_import_t *import);
static apctl_exit_e apctl_import_flush(apctl_import_t *import);
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

    dry = apctl_given(ap, DRY_RUN);
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

    if (json_array_size(import->piece) == 0) {
        import->first = import->number;
    }

    json_array_append_new(import->piece, actor);

    return json_array_size(import->piece) == APCTL_IMPORT_PIECE
           ? apctl_import_flush(import) : APCTL_OK;
}


static apctl_exit_e
apctl_import_flush(apctl_import_t *import)
{
    char          *text;
    size_t         n;
    unsigned       added;
    PGresult      *result;
    const char    *values[2];
    apctl_exit_e   code;

    n = json_array_size(import->piece);

    if (n == 0) {
        return APCTL_OK;
    }

    text = json_dumps(import->piece, JSON_COMPACT);

    values[0] = text;
    values[1] = apctl_value(import->ap, ORIGIN);

    code = apctl_query(import->ap,
        "SELECT activitypub.actors_add(actors => $1::jsonb,"
        " origin => $2::text)", 2, values, &result);

    free(text);
    json_array_clear(import->piece);

    if (code != APCTL_OK) {
        apctl_warn(import->ap, "nothing of %s from line %u to %u was added; "
                   "what stands before it is there", import->ap->operand,
                   import->first, import->number);
        return code;
    }

    added = (unsigned) strtoul(PQgetvalue(result, 0, 0), NULL, 10);

    import->added += added;
    import->known += (unsigned) n - added;

    PQclear(result);

    apctl_import_progress(import, "");

    return APCTL_OK;
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
