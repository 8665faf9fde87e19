
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_accept_params.h"


static const fedi_str_t  fedi_accept_profile =
    fedi_string("https://www.w3.org/ns/activitystreams");


static bool fedi_accept_param(fedi_str_t name, fedi_str_t value,
    fedi_accept_params_t *params);
static bool fedi_accept_value(fedi_accept_cursor_t *c, fedi_str_t *value);
static bool fedi_accept_quality(fedi_str_t value, int *q);
static bool fedi_accept_is_profile(fedi_str_t value);
static bool fedi_accept_is_token(char c);


/*
 * A parameter without a value was legal after "q" until RFC 9110, and an
 * empty one is legal since; spaces around "=" never were, but are sent.
 */
bool
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


fedi_str_t
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


void
fedi_accept_space(fedi_accept_cursor_t *c)
{
    while (c->p != c->end && (*c->p == ' ' || *c->p == '\t')) {
        c->p++;
    }
}
