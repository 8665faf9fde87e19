
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A line is cut into elements at the commas outside of quotes, then each
 * element is read as type, subtype and parameters.  Every byte is looked at
 * a bounded number of times.
 */

#include "fedi_accept.h"
#include "fedi_accept_params.h"


static const struct {
    fedi_str_t           name;
    fedi_accept_range_e  range;

} fedi_accept_names[] = {
    { fedi_string("application/activity+json"), FEDI_ACCEPT_ACTIVITY_JSON },
    { fedi_string("application/ld+json"),       FEDI_ACCEPT_LD_JSON },
    { fedi_string("text/html"),                 FEDI_ACCEPT_HTML },
    { fedi_string("application/xhtml+xml"),     FEDI_ACCEPT_HTML },
    { fedi_string("application/*"),             FEDI_ACCEPT_ANY_APPLICATION },
    { fedi_string("text/*"),                    FEDI_ACCEPT_ANY_TEXT },
    { fedi_string("*/*"),                       FEDI_ACCEPT_ANY }
};


static fedi_str_t fedi_accept_element(fedi_accept_cursor_t *line,
    bool *complete);
static void fedi_accept_add_element(fedi_accept_t *accept,
    fedi_str_t element);
static int fedi_accept_first(const fedi_accept_t *accept,
    fedi_accept_range_e specific, fedi_accept_range_e general);


void
fedi_accept_init(fedi_accept_t *accept)
{
    size_t  i;

    for (i = 0; i < FEDI_ACCEPT_RANGES; i++) {
        accept->ranges[i] = -1;
    }
}


void
fedi_accept_add(fedi_accept_t *accept, fedi_str_t value)
{
    bool                  complete, cut;
    fedi_str_t            element;
    fedi_accept_cursor_t  line;

    if (value.len == 0) {
        return;
    }

    cut = value.len > FEDI_ACCEPT_MAX;

    line.p = value.data;
    line.end = value.data + (cut ? FEDI_ACCEPT_MAX : value.len);

    while (line.p != line.end) {
        element = fedi_accept_element(&line, &complete);

        /* what is cut off may have been ";q=0" */

        if (complete || !cut) {
            fedi_accept_add_element(accept, element);
        }
    }
}


/* "complete": a comma ended it, not the line */

static fedi_str_t
fedi_accept_element(fedi_accept_cursor_t *line, bool *complete)
{
    bool         quoted;
    const char  *start;

    quoted = false;
    *complete = false;

    for (start = line->p; line->p != line->end; line->p++) {
        if (*line->p == '"') {
            quoted = !quoted;

        } else if (*line->p == '\\' && quoted) {
            if (++line->p == line->end) {
                break;
            }

        } else if (*line->p == ',' && !quoted) {
            *complete = true;
            return (fedi_str_t) { start, (size_t) (line->p++ - start) };
        }
    }

    return (fedi_str_t) { start, (size_t) (line->p - start) };
}


static void
fedi_accept_add_element(fedi_accept_t *accept, fedi_str_t element)
{
    size_t                i;
    fedi_str_t            type, subtype;
    fedi_accept_range_e   range;
    fedi_accept_cursor_t  c;
    fedi_accept_params_t  params;

    c.p = element.data;
    c.end = element.data + element.len;

    fedi_accept_space(&c);

    type = fedi_accept_token(&c);

    if (type.len == 0 || c.p == c.end || *c.p != '/') {
        return;
    }

    c.p++;

    subtype = fedi_accept_token(&c);
    type.len += 1 + subtype.len;

    if (!fedi_accept_params(&c, &params)) {
        return;
    }

    for (i = 0;
         i < sizeof(fedi_accept_names) / sizeof(fedi_accept_names[0]);
         i++)
    {
        if (!fedi_str_eq_nocase(type, fedi_accept_names[i].name)) {
            continue;
        }

        range = fedi_accept_names[i].range;

        if (range == FEDI_ACCEPT_LD_JSON && params.profile_given) {
            if (!params.profile_ours) {
                return;
            }

            range = FEDI_ACCEPT_LD_JSON_PROFILE;
        }

        if (params.q > accept->ranges[range]) {
            accept->ranges[range] = params.q;
        }

        return;
    }
}


int
fedi_accept_activity(const fedi_accept_t *accept)
{
    int  activity, ld;

    activity = accept->ranges[FEDI_ACCEPT_ACTIVITY_JSON];
    ld = fedi_accept_first(accept, FEDI_ACCEPT_LD_JSON_PROFILE,
                           FEDI_ACCEPT_LD_JSON);

    return activity > ld ? activity : ld;
}


int
fedi_accept_html(const fedi_accept_t *accept)
{
    return accept->ranges[FEDI_ACCEPT_HTML];
}


bool
fedi_accept_wants_activity(const fedi_accept_t *accept)
{
    int  activity, html;

    activity = fedi_accept_activity(accept);
    html = fedi_accept_html(accept);

    if (html == -1) {
        html = fedi_accept_first(accept, FEDI_ACCEPT_ANY_TEXT,
                                 FEDI_ACCEPT_ANY);
    }

    return activity > 0 && activity >= html;
}


bool
fedi_accept_names_activity(const fedi_accept_t *accept)
{
    return accept->ranges[FEDI_ACCEPT_ACTIVITY_JSON] > 0
           || accept->ranges[FEDI_ACCEPT_LD_JSON_PROFILE] > 0;
}


bool
fedi_accept_wants_html(const fedi_accept_t *accept)
{
    int  activity, html;

    html = fedi_accept_html(accept);
    activity = fedi_accept_activity(accept);

    if (activity != -1) {
        return html > activity;
    }

    activity = fedi_accept_first(accept, FEDI_ACCEPT_ANY_APPLICATION,
                                 FEDI_ACCEPT_ANY);

    return html > 0 && html >= activity;
}


/* the most specific range that was said wins, whatever its quality */

static int
fedi_accept_first(const fedi_accept_t *accept, fedi_accept_range_e specific,
    fedi_accept_range_e general)
{
    return accept->ranges[specific] != -1 ? accept->ranges[specific]
                                          : accept->ranges[general];
}


/*
 * Both types end in "+json", and a browser's Accept has one "+" at most
 * before an "x": one memchr() over the line, whatever the case of "json".
 */
bool
fedi_accept_may_want_activity(fedi_str_t value)
{
    const char  *p;

    while (value.len > 4) {
        p = memchr(value.data, '+', value.len - 4);
        if (p == NULL) {
            return false;
        }

        value = fedi_str_from(value, (size_t) (p - value.data) + 1);

        if (fedi_str_eq_nocase((fedi_str_t) { value.data, 4 },
                               fedi_str("json")))
        {
            return true;
        }
    }

    return false;
}


/* at one of four places in a row stands a letter of the name */

bool
fedi_accept_may_want_html(fedi_str_t value)
{
    size_t  i, start;

    for (i = 3; i < value.len; i += 4) {

        switch (value.data[i] | 0x20) {

        case 'h':
            start = i;
            break;

        case 't':
            start = i - 1;
            break;

        case 'm':
            start = i - 2;
            break;

        case 'l':
            start = i - 3;
            break;

        default:
            continue;
        }

        if (start + 4 <= value.len
            && fedi_str_eq_nocase((fedi_str_t) { value.data + start, 4 },
                                  fedi_str("html")))
        {
            return true;
        }
    }

    return false;
}
