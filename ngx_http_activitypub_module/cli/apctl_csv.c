
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Comma-separated values.  A value is written where it was read: it never
 * gets longer, and its NUL stands at or before what ended it.
 */

#include <string.h>

#include "apctl_csv.h"


static char apctl_csv_field(apctl_csv_t *csv);
static char *apctl_csv_plain(apctl_csv_t *csv, char *out);
static char *apctl_csv_quoted(apctl_csv_t *csv, char *out);


void
apctl_csv_open(apctl_csv_t *csv, char *text)
{
    memset(csv, 0, sizeof(apctl_csv_t));

    /* a byte order mark, as spreadsheets write it */

    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
    }

    csv->next = text;
    csv->next_line = 1;
}


bool
apctl_csv_read(apctl_csv_t *csv)
{
    while (*csv->next != '\0') {
        csv->n = 0;
        csv->line = csv->next_line;

        while (apctl_csv_field(csv) == ',') { /* void */ }

        if (csv->n > 1 || csv->field[0][0] != '\0') {
            return true;
        }
    }

    return false;
}


/* returns what ended it: a comma, a line feed or the NUL */

static char
apctl_csv_field(apctl_csv_t *csv)
{
    char  *start, *out, end;

    csv->next += strspn(csv->next, " \t");
    start = csv->next;

    if (*start == '"') {
        csv->next++;
        out = apctl_csv_quoted(csv, start);

    } else {
        out = apctl_csv_plain(csv, start);
    }

    end = *csv->next;

    if (end != '\0') {
        csv->next++;
    }

    csv->next_line += (end == '\n');

    *out = '\0';

    if (csv->n < APCTL_CSV_FIELDS) {
        csv->field[csv->n++] = start;
    }

    return end;
}


static char *
apctl_csv_plain(apctl_csv_t *csv, char *out)
{
    char  *start;

    start = out;
    csv->next += strcspn(csv->next, ",\n");

    for (out = csv->next; out > start; out--) {
        if (strchr(" \t\r", out[-1]) == NULL) {
            break;
        }
    }

    return out;
}


/* what stands behind the closing quote is no value */

static char *
apctl_csv_quoted(apctl_csv_t *csv, char *out)
{
    char  *p;

    for (p = csv->next; *p != '\0'; p++) {

        if (*p == '"') {
            if (p[1] != '"') {
                break;
            }

            p++;
        }

        csv->next_line += (*p == '\n');
        *out++ = *p;
    }

    csv->next = p + strcspn(p, ",\n");

    return out;
}


void
apctl_csv_write(FILE *file, const char *value)
{
    const char  *p;

    if (strpbrk(value, "\",\r\n") == NULL) {
        fputs(value, file);
        return;
    }

    putc('"', file);

    for (p = value; *p != '\0'; p++) {
        if (*p == '"') {
            putc('"', file);
        }

        putc(*p, file);
    }

    putc('"', file);
}
