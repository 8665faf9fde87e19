
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A line is cut into elements at the commas outside of quotes, then each
 * element is read as type, subtype and parameters.  Every byte is looked at
 * a bounded number of times.
 */

#include "fedi_accept.h"


typedef struct {
    const char  *p;
    const char  *end;
} fedi_accept_cursor_t;


typedef struct {
    int   q;
    bool  q_given;
    bool  profile_given;
    bool  profile_ours;
} fedi_accept_params_t;


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


static const fedi_str_t  fedi_accept_profile =
    fedi_string("https://www.w3.org/ns/activitystreams");


static fedi_str_t fedi_accept_element(fedi_accept_cursor_t *line,
    bool *complete);
static void fedi_accept_add_element(fedi_accept_t *accept,
    fedi_str_t element);
static bool fedi_accept_params(fedi_accept_cursor_t *c,
    fedi_accept_params_t *params);
static bool fedi_accept_param(fedi_str_t name, fedi_str_t value,
    fedi_accept_params_t *params);
static bool fedi_accept_value(fedi_accept_cursor_t *c, fedi_str_t *value);
static bool fedi_accept_quality(fedi_str_t value, int *q);
static bool fedi_accept_is_profile(fedi_str_t value);
static fedi_str_t fedi_accept_token(fedi_accept_cursor_t *c);
static bool fedi_accept_is_token(char c);
static void fedi_accept_space(fedi_accept_cursor_t *c);
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


/*
 * A parameter without a value was legal after "q" until RFC 9110, and an
 * empty one is legal since; spaces around "=" never were, but are sent.
 */
static bool
fedi_accept_params(fedi_accept_cursor_t *c, fedi_accept_params_t *params)
{
    fedi_str_t  name, value;

    params->q = 1000;
    params->q_given = false;
    params->profile_given = false;
    params->profile_ours = false;

    for ( ;; ) {
        fedi_accept_space(c);

        if (c->p == c->end) {
            return true;
        }

        if (*c->p++ != ';') {
            return false;
        }

        fedi_accept_space(c);

        name = fedi_accept_token(c);
        value = fedi_null_str;

        fedi_accept_space(c);

        if (name.len != 0 && c->p != c->end && *c->p == '=') {
            c->p++;
            fedi_accept_space(c);

            if (!fedi_accept_value(c, &value)) {
                return false;
            }
        }

        if (!fedi_accept_param(name, value, params)) {
            return false;
        }
    }
}


static bool
fedi_accept_param(fedi_str_t name, fedi_str_t value,
    fedi_accept_params_t *params)
{
    if (fedi_str_eq_nocase(name, fedi_str("q"))) {
        if (params->q_given) {
            return false;
        }

        params->q_given = true;

        return fedi_accept_quality(value, &params->q);
    }

    if (fedi_str_eq_nocase(name, fedi_str("profile"))) {
        params->profile_given = true;
        params->profile_ours = fedi_accept_is_profile(value);
    }

    return true;
}


/*
 * A quoted string, or, more than a token, anything without a space or a
 * semicolon: profiles are sent without quotes and in single ones.
 */
static bool
fedi_accept_value(fedi_accept_cursor_t *c, fedi_str_t *value)
{
    bool  quoted;

    quoted = (c->p != c->end && *c->p == '"');

    if (quoted) {
        c->p++;
    }

    value->data = c->p;

    for ( /* void */ ; c->p != c->end; c->p++) {
        if (quoted) {
            if (*c->p == '"') {
                value->len = (size_t) (c->p++ - value->data);
                return true;
            }

            if (*c->p == '\\' && ++c->p == c->end) {
                return false;
            }

        } else if (*c->p == ';' || *c->p == ' ' || *c->p == '\t') {
            break;
        }
    }

    value->len = (size_t) (c->p - value->data);

    return !quoted;
}


/* RFC 9110 section 12.4.2: "0" or "1" and at most three decimals */

static bool
fedi_accept_quality(fedi_str_t value, int *q)
{
    int     scale;
    size_t  i;

    if (value.len == 0 || value.len > 5
        || (value.data[0] != '0' && value.data[0] != '1')
        || (value.len > 1 && value.data[1] != '.'))
    {
        return false;
    }

    *q = value.data[0] == '1' ? 1000 : 0;

    for (i = 2, scale = 100; i < value.len; i++, scale /= 10) {
        if (!fedi_is_digit(value.data[i])) {
            return false;
        }

        *q += (value.data[i] - '0') * scale;
    }

    return *q <= 1000;
}


/* a list of URIs between spaces (RFC 6906), one of which is ours */

static bool
fedi_accept_is_profile(fedi_str_t value)
{
    char    c;
    bool    matches;
    size_t  i, n;

    if (value.len > 1 && value.data[0] == '\''
        && value.data[value.len - 1] == '\'')
    {
        value.data++;
        value.len -= 2;
    }

    for (i = 0, n = 0, matches = true; i < value.len; i++) {
        c = value.data[i];

        if (c == '\\' && i + 1 < value.len) {
            c = value.data[++i];
        }

        if (c == ' ') {
            if (matches && n == fedi_accept_profile.len) {
                return true;
            }

            n = 0;
            matches = true;
            continue;
        }

        matches = matches && n < fedi_accept_profile.len
                  && fedi_lower(c) == fedi_accept_profile.data[n];
        n++;
    }

    return matches && n == fedi_accept_profile.len;
}


static fedi_str_t
fedi_accept_token(fedi_accept_cursor_t *c)
{
    const char  *start;

    for (start = c->p; c->p != c->end; c->p++) {
        if (!fedi_accept_is_token(*c->p)) {
            break;
        }
    }

    return (fedi_str_t) { start, (size_t) (c->p - start) };
}


static bool
fedi_accept_is_token(char c)
{
    static const char  others[] = "!#$%&'*+-.^_`|~";

    return fedi_is_alnum(c)
           || memchr(others, c, sizeof(others) - 1) != NULL;
}


static void
fedi_accept_space(fedi_accept_cursor_t *c)
{
    while (c->p != c->end && (*c->p == ' ' || *c->p == '\t')) {
        c->p++;
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


bool
fedi_accept_may_want_html(fedi_str_t value)
{
    size_t  i;

    for (i = 0; i + 4 <= value.len; i++) {

        if ((value.data[i] | 0x20) == 'h'
            && fedi_str_eq_nocase((fedi_str_t) { value.data + i, 4 },
                                  fedi_str("html")))
        {
            return true;
        }
    }

    return false;
}
