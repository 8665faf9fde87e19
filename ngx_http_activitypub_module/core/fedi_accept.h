
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether a client wants ActivityPub or HTML: Accept by RFC 9110 section
 * 12.5.1, with quality values and the most specific range winning.
 * Pure: no I/O, no allocation; linear in its input.
 */

#ifndef FEDI_ACCEPT_H
#define FEDI_ACCEPT_H

#include "fedi_str.h"


#define FEDI_ACCEPT_MAX  8192

/* the ranges that say something about what we serve */

typedef enum {
    FEDI_ACCEPT_ACTIVITY_JSON = 0,  /* application/activity+json */
    FEDI_ACCEPT_LD_JSON,            /* application/ld+json, bare */
    FEDI_ACCEPT_LD_JSON_PROFILE,    /* and with the ActivityStreams profile */
    FEDI_ACCEPT_HTML,               /* text/html, application/xhtml+xml */
    FEDI_ACCEPT_ANY_APPLICATION,
    FEDI_ACCEPT_ANY_TEXT,
    FEDI_ACCEPT_ANY,
    FEDI_ACCEPT_RANGES
} fedi_accept_range_e;


typedef struct {
    /* quality in thousandths, 0..1000; the best when said more than once */
    int  ranges[FEDI_ACCEPT_RANGES];    /* -1: not said */
} fedi_accept_t;


/*
 * Starts with nothing said.  A request may carry several Accept lines: add
 * each, in any order.  A malformed element is skipped, as is all of a line
 * beyond FEDI_ACCEPT_MAX.
 */
void fedi_accept_init(fedi_accept_t *accept);
void fedi_accept_add(fedi_accept_t *accept, fedi_str_t value);

/*
 * Quality of ActivityPub by its named types, and of HTML by its named types;
 * 0 when excluded, -1 when none is named.
 */
int fedi_accept_activity(const fedi_accept_t *accept);
int fedi_accept_html(const fedi_accept_t *accept);

/*
 * At a page: ActivityPub is named and beats or ties HTML, which wildcards
 * may speak for.
 */
bool fedi_accept_wants_activity(const fedi_accept_t *accept);

/*
 * ActivityPub is named and nothing else can be meant: not by a mere
 * application/ld+json.
 */
bool fedi_accept_names_activity(const fedi_accept_t *accept);

/*
 * At a machine URL: HTML is named and beats ActivityPub, or ties it when
 * only wildcards speak for ActivityPub.
 */
bool fedi_accept_wants_html(const fedi_accept_t *accept);

/*
 * False when no value can name an ActivityPub type, decided without parsing:
 * the test every page request of the site pays.
 */
bool fedi_accept_may_want_activity(fedi_str_t value);

/* likewise for HTML: the test that a machine URL pays */
bool fedi_accept_may_want_html(fedi_str_t value);


#endif
