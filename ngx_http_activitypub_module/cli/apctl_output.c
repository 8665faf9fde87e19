
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Results, for a person or as JSON.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apctl_output.h"


/* of pg_type, fixed for ever */

#define APCTL_OID_BOOL  16
#define APCTL_OID_INT8  20
#define APCTL_OID_INT2  21
#define APCTL_OID_INT4  23


static void apctl_write_json(const char *text);
static int apctl_text_width(const char *text);
static void apctl_print_cell(const char *text, int width, bool last);
static const char *apctl_cell(const PGresult *result, int row, int column);
static const char *apctl_heading(apctl_t *ap, const char *name);


void
apctl_print_json(json_t *json)
{
    char    *text;
    size_t   flags;

    flags = JSON_PRESERVE_ORDER | JSON_ENCODE_ANY;
    flags |= isatty(STDOUT_FILENO) ? JSON_INDENT(2) : JSON_COMPACT;

    text = json_dumps(json, flags);

    if (text == NULL) {
        exit(apctl_fail(APCTL_FAILED, "cannot write the result"));
    }

    apctl_write_json(text);
    putchar('\n');

    free(text);
    json_decref(json);
}


/*
 * JSON lets DEL and U+0080 to U+009F stand as they are, and a terminal takes
 * them for commands: they are escaped, which means the same.
 */
static void
apctl_write_json(const char *text)
{
    unsigned char  c, next;

    for ( /* void */ ; *text != '\0'; text++) {
        c = (unsigned char) text[0];
        next = (unsigned char) text[1];

        if (c == 0x7f) {
            fputs("\\u007f", stdout);

        } else if (c == 0xc2 && next >= 0x80 && next < 0xa0) {
            printf("\\u%04x", (unsigned) next);
            text++;

        } else {
            putchar(c);
        }
    }
}


json_t *
apctl_row_json(const PGresult *result, int row)
{
    int          i;
    json_t      *object, *value;
    const char  *text;

    object = json_object();

    for (i = 0; i < PQnfields(result); i++) {
        text = PQgetvalue(result, row, i);

        if (PQgetisnull(result, row, i)) {
            value = json_null();

        } else {
            switch (PQftype(result, i)) {

            case APCTL_OID_BOOL:
                value = json_boolean(text[0] == 't');
                break;

            case APCTL_OID_INT2:
            case APCTL_OID_INT4:
            case APCTL_OID_INT8:
                value = json_integer(strtoll(text, NULL, 10));
                break;

            default:
                value = json_string(text);
            }
        }

        json_object_set_new(object, PQfname(result, i), value);
    }

    return object;
}


void
apctl_print_rows(apctl_t *ap, const PGresult *result, int columns,
    const char *none)
{
    int      i, row, len, *width;
    json_t  *array;

    if (apctl_given(ap, JSON)) {
        array = json_array();

        for (row = 0; row < PQntuples(result); row++) {
            json_array_append_new(array, apctl_row_json(result, row));
        }

        apctl_print_json(array);
        return;
    }

    if (PQntuples(result) == 0) {
        apctl_warn(ap, "%s", none);
        return;
    }

    width = apctl_alloc(ap, (size_t) columns * sizeof(int));

    for (i = 0; i < columns; i++) {
        width[i] = (int) strlen(PQfname(result, i));

        for (row = 0; row < PQntuples(result); row++) {
            len = apctl_text_width(apctl_cell(result, row, i));
            width[i] = len > width[i] ? len : width[i];
        }
    }

    for (i = 0; i < columns; i++) {
        apctl_print_cell(apctl_heading(ap, PQfname(result, i)), width[i],
                         i + 1 == columns);
    }

    for (row = 0; row < PQntuples(result); row++) {
        for (i = 0; i < columns; i++) {
            apctl_print_cell(apctl_cell(result, row, i), width[i],
                             i + 1 == columns);
        }
    }
}


void
apctl_print_record(apctl_t *ap, const PGresult *result, int row)
{
    int  i, len, width;

    if (apctl_given(ap, JSON)) {
        apctl_print_json(apctl_row_json(result, row));
        return;
    }

    width = 0;

    for (i = 0; i < PQnfields(result); i++) {
        len = (int) strlen(PQfname(result, i));
        width = len > width ? len : width;
    }

    for (i = 0; i < PQnfields(result); i++) {
        apctl_print_cell(PQfname(result, i), width, false);
        apctl_print_cell(apctl_cell(result, row, i), 0, true);
    }
}


static const char *
apctl_cell(const PGresult *result, int row, int column)
{
    const char  *text;

    text = PQgetvalue(result, row, column);

    if (PQftype(result, column) == APCTL_OID_BOOL && *text != '\0') {
        return *text == 't' ? "yes" : "no";
    }

    return text;
}


/* characters, not bytes: good enough for the scripts that align at all */

static int
apctl_text_width(const char *text)
{
    int  width;

    for (width = 0; *text != '\0'; text++) {
        width += ((unsigned char) *text & 0xc0) != 0x80;
    }

    return width;
}


static void
apctl_print_cell(const char *text, int width, bool last)
{
    apctl_write_clean(stdout, text);

    if (last) {
        putchar('\n');
        return;
    }

    printf("%*s", width - apctl_text_width(text) + 2, "");
}


static const char *
apctl_heading(apctl_t *ap, const char *name)
{
    char  *heading, *p;

    heading = apctl_format(ap, "%s", name);

    for (p = heading; *p != '\0'; p++) {
        *p = (char) toupper((unsigned char) *p);
    }

    return heading;
}
