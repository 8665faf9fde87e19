
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl block import: what Mastodon exports, whose first line names the
 * columns, or a list with a domain in each line.  A line that is none is named
 * and left out; the rest is written at once.
 */

#include <string.h>
#include <strings.h>

#include "apctl_block.h"
#include "apctl_block_rules.h"
#include "apctl_connect.h"
#include "apctl_csv.h"
#include "apctl_file.h"


/* a list of all servers that there are has a tenth of that */

#define APCTL_BLOCK_FILE  (16 * 1024 * 1024)


enum {
    APCTL_BLOCK_DOMAIN = 0,
    APCTL_BLOCK_SEVERITY,
    APCTL_BLOCK_REJECT_MEDIA,
    APCTL_BLOCK_COMMENT,
    APCTL_BLOCK_COLUMNS
};


typedef struct {
    apctl_t         *ap;
    apctl_csv_t      csv;
    apctl_rules_t    rules;
    fedi_policy_e    severity;          /* of who has none of his own */
    int              column[APCTL_BLOCK_COLUMNS];       /* -1: not there */
    unsigned         bad;
    unsigned         idle;              /* blocks that block nothing */
} apctl_block_file_t;


static apctl_exit_e apctl_block_file(apctl_block_file_t *file);
static void apctl_block_lines(apctl_block_file_t *file);
static bool apctl_block_header(apctl_block_file_t *file);
static void apctl_block_line(apctl_block_file_t *file);
static bool apctl_block_severity(apctl_block_file_t *file,
    fedi_policy_e *severity);
static void apctl_block_bad(apctl_block_file_t *file, const char *text,
    const char *problem);
static const char *apctl_block_value(apctl_block_file_t *file, int which);


apctl_exit_e
apctl_block_import(apctl_t *ap)
{
    apctl_exit_e         code;
    apctl_block_file_t   file;

    memset(&file, 0, sizeof(apctl_block_file_t));

    file.ap = ap;
    file.severity = FEDI_POLICY_SUSPEND;

    if (apctl_given(ap, SEVERITY)) {
        (void) fedi_policy_parse((fedi_str_t) { apctl_value(ap, SEVERITY),
                                           strlen(apctl_value(ap, SEVERITY)) },
                                 &file.severity);
    }

    apctl_rules_init(&file.rules);

    code = apctl_block_file(&file);

    apctl_rules_release(&file.rules);

    return code;
}


static apctl_exit_e
apctl_block_file(apctl_block_file_t *file)
{
    int            err;
    char          *copy;
    apctl_t       *ap;
    fedi_str_t     text;
    apctl_exit_e   code;

    ap = file->ap;
    err = apctl_file_read(ap, ap->operand, APCTL_BLOCK_FILE, &text);

    if (err != 0) {
        return apctl_fail(APCTL_FAILED, "cannot read %s: %s", ap->operand,
                          strerror(err));
    }

    copy = apctl_alloc(ap, text.len + 1);
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';

    apctl_csv_open(&file->csv, copy);
    apctl_block_lines(file);

    if (file->idle > 0) {
        apctl_warn(ap, "%u lines block nothing", file->idle);
    }

    if (file->rules.n == 0) {
        return apctl_fail(APCTL_FAILED, "there is no domain in %s",
                          ap->operand);
    }

    if ((code = apctl_connect(ap, NULL)) != APCTL_OK
        || (code = apctl_rules_write(ap, &file->rules)) != APCTL_OK)
    {
        return code;
    }

    return file->bad == 0 ? APCTL_OK
                          : apctl_fail(APCTL_FAILED, "%u lines were left out",
                                       file->bad);
}


static void
apctl_block_lines(apctl_block_file_t *file)
{
    bool  first;
    int   i;

    for (i = 0; i < APCTL_BLOCK_COLUMNS; i++) {
        file->column[i] = -1;
    }

    file->column[APCTL_BLOCK_DOMAIN] = 0;

    for (first = true; apctl_csv_read(&file->csv); first = false) {

        if (first && apctl_block_header(file)) {
            continue;
        }

        /* of a plain list that is a remark */

        if (file->csv.field[0][0] != '#') {
            apctl_block_line(file);
        }
    }
}


static bool
apctl_block_header(apctl_block_file_t *file)
{
    unsigned     i, which;
    const char  *name;

    static const char *const  names[APCTL_BLOCK_COLUMNS] = {
        "domain", "severity", "reject_media", "public_comment"
    };

    name = file->csv.field[0];

    if (strcasecmp(name + (name[0] == '#'), names[APCTL_BLOCK_DOMAIN]) != 0) {
        return false;
    }

    for (i = 0; i < file->csv.n; i++) {
        name = file->csv.field[i];
        name += (name[0] == '#');

        for (which = 0; which < APCTL_BLOCK_COLUMNS; which++) {
            if (strcasecmp(name, names[which]) == 0) {
                file->column[which] = (int) i;
            }
        }
    }

    return true;
}


static void
apctl_block_line(apctl_block_file_t *file)
{
    const char     *text, *domain, *problem;
    fedi_policy_e   severity;

    text = apctl_block_value(file, APCTL_BLOCK_DOMAIN);
    domain = apctl_rules_domain(file->ap, text, &problem);

    if (domain == NULL) {
        apctl_block_bad(file, text, problem);
        return;
    }

    if (!apctl_block_severity(file, &severity)) {
        apctl_block_bad(file, apctl_block_value(file, APCTL_BLOCK_SEVERITY),
                        "it is no severity");
        return;
    }

    if (severity == FEDI_POLICY_NONE) {
        file->idle++;
        return;
    }

    apctl_rules_add(&file->rules, domain, severity,
                    apctl_block_value(file, APCTL_BLOCK_COMMENT));
}


/* Mastodon's words and our own */

static bool
apctl_block_severity(apctl_block_file_t *file, fedi_policy_e *severity)
{
    const char  *word;

    word = apctl_block_value(file, APCTL_BLOCK_SEVERITY);

    if (word[0] == '\0') {
        *severity = file->severity;
        return true;
    }

    if (strcmp(word, "silence") == 0) {
        *severity = FEDI_POLICY_LIMIT;
        return true;
    }

    if (strcmp(word, "noop") == 0) {
        word = apctl_block_value(file, APCTL_BLOCK_REJECT_MEDIA);
        *severity = strcasecmp(word, "true") == 0 ? FEDI_POLICY_REJECT_MEDIA
                                                  : FEDI_POLICY_NONE;
        return true;
    }

    return fedi_policy_parse((fedi_str_t) { word, strlen(word) }, severity)
           && *severity != FEDI_POLICY_ALLOW;
}


static void
apctl_block_bad(apctl_block_file_t *file, const char *text,
    const char *problem)
{
    file->bad++;

    (void) apctl_fail(APCTL_FAILED, "%s line %u: \"%.100s\" is left out: %s",
                      file->ap->operand, file->csv.line, text, problem);
}


/* "" when there is no such column, or the line ends before it */

static const char *
apctl_block_value(apctl_block_file_t *file, int which)
{
    int  i;

    i = file->column[which];

    return i >= 0 && (unsigned) i < file->csv.n ? file->csv.field[i] : "";
}
