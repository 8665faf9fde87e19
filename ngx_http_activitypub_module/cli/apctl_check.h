
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl check
 */

#ifndef APCTL_CHECK_H
#define APCTL_CHECK_H

#include <jansson.h>

#include "apctl_context.h"


typedef struct {
    apctl_t     *ap;
    json_t      *lines;         /* for --json */
    const char  *origin;        /* that is looked at, or NULL */
    bool         failed;
} apctl_check_t;


apctl_exit_e apctl_check(apctl_t *ap);

/* one line; "name" is one word, or a word and what it is about */
void apctl_check_line(apctl_check_t *check, bool ok, const char *name,
    const char *about, const char *format, ...)
    __attribute__((format(printf, 5, 6)));


/*
 * apctl_check_read.c: what was fetched, judged and reported.  False: there is
 * nothing that could be judged.
 */

void apctl_check_webfinger(apctl_check_t *check, const json_t *result,
    const char *handle, const char *uri);

/* a document of that id; "name" is what it was asked for as */
void apctl_check_document(apctl_check_t *check, const json_t *result,
    const char *name, const char *about, const char *uri);

/* "database" and "here" are clocks, in seconds */
void apctl_check_clock(apctl_check_t *check, const json_t *result,
    long long database, long long here);

void apctl_check_inbox(apctl_check_t *check, const json_t *result);

/* what was fetched, as JSON: a new reference, an object, if empty */
json_t *apctl_check_body(const json_t *result);

/* a job of the origin that is looked at; "url" and "as" may be NULL */
apctl_exit_e apctl_check_ask(apctl_check_t *check, const char *kind,
    const char *url, const char *as, json_t **result);

/*
 * apctl_check_profile.c: what an actor's document refers to; "result" is the
 * fetch of the document
 */
apctl_exit_e apctl_check_profile(apctl_check_t *check, const json_t *result,
    const char *handle);

/*
 * apctl_check_pages.c: pages of the site and of the fields, as people get
 * them; what they lack is advice
 */
apctl_exit_e apctl_check_creator(apctl_check_t *check,
    const json_t *document, const char *handle);
apctl_exit_e apctl_check_links_back(apctl_check_t *check,
    const json_t *document);


#endif
