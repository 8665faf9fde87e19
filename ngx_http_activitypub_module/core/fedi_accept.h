
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

typedef struct {
    /*
     * quality in thousandths, 0..1000, of application/activity+json and
     * application/ld+json (bare or with the ActivityStreams profile), of
     * explicit ranges only; -1 when neither is named
     */
    int  activity;

    /* of text/html or application/xhtml+xml, named; -1 when neither is */
    int  html;
} fedi_accept_t;


/*
 * Starts with nothing said.  A request may carry several Accept lines: add
 * each.  A malformed element is skipped, as is all beyond FEDI_ACCEPT_MAX.
 */
void fedi_accept_init(fedi_accept_t *accept);
void fedi_accept_add(fedi_accept_t *accept, fedi_str_t value);

/* at a page: an explicit ActivityPub type that beats or ties HTML */
bool fedi_accept_wants_activity(const fedi_accept_t *accept);

/* at a machine URL: a named HTML type that beats ActivityPub */
bool fedi_accept_wants_html(const fedi_accept_t *accept);

/*
 * False when no value can name an ActivityPub type, decided without parsing:
 * the test every page request of the site pays.
 */
bool fedi_accept_may_want_activity(fedi_str_t value);


#endif
