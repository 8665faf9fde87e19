
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdlib.h>

#include "fedi_url.h"
#include "fedi_utf8.h"


#define FEDI_PORT_LEN  5


typedef struct {
    fedi_str_t  name;
    uint16_t    port;
} fedi_url_scheme_t;


static const fedi_url_scheme_t  fedi_url_schemes[] = {
    { fedi_string("https"), 443 },
    { fedi_string("http"),  80 }
};


static const fedi_url_scheme_t *fedi_url_scheme(fedi_str_t text);
static fedi_err_e fedi_url_parse_authority(fedi_str_t text, fedi_url_t *url);
static fedi_err_e fedi_url_parse_rest(fedi_str_t text, fedi_url_t *url);
static bool fedi_url_chars(fedi_str_t text, const char *extra);
static bool fedi_url_escape(fedi_str_t text, char *byte);
static int fedi_url_hex(char c);
static fedi_str_t fedi_url_cut(fedi_str_t text, const char *delimiters);


fedi_err_e
fedi_url_parse(fedi_str_t text, fedi_url_t *url)
{
    fedi_err_e                err;
    fedi_str_t                authority;
    fedi_url_t                parsed;
    const fedi_url_scheme_t  *scheme;

    if (text.len > FEDI_URL_MAX) {
        return FEDI_ETOOLONG;
    }

    scheme = fedi_url_scheme(text);
    if (scheme == NULL) {
        return FEDI_EURL;
    }

    parsed.scheme = scheme->name;

    text = fedi_str_from(text, scheme->name.len + 3);
    authority = fedi_url_cut(text, "/?#");

    err = fedi_url_parse_authority(authority, &parsed);
    if (err != FEDI_OK) {
        return err;
    }

    parsed.port_given = (parsed.port != 0);

    if (!parsed.port_given) {
        parsed.port = scheme->port;
    }

    err = fedi_url_parse_rest(fedi_str_from(text, authority.len), &parsed);
    if (err != FEDI_OK) {
        return err;
    }

    *url = parsed;

    return FEDI_OK;
}


static const fedi_url_scheme_t *
fedi_url_scheme(fedi_str_t text)
{
    size_t      i;
    fedi_str_t  name, rest;

    for (i = 0;
         i < sizeof(fedi_url_schemes) / sizeof(fedi_url_schemes[0]);
         i++)
    {
        name = fedi_url_schemes[i].name;

        if (text.len < name.len + 3) {
            continue;
        }

        rest = fedi_str_from(text, name.len);

        if (memcmp(rest.data, "://", 3) == 0
            && fedi_str_eq_nocase((fedi_str_t) { text.data, name.len }, name))
        {
            return &fedi_url_schemes[i];
        }
    }

    return NULL;
}


static fedi_err_e
fedi_url_parse_authority(fedi_str_t text, fedi_url_t *url)
{
    fedi_err_e  err;

    /* userinfo names a wrong host to whoever reads the URL */

    if (text.len != 0 && memchr(text.data, '@', text.len) != NULL) {
        return FEDI_EURL;
    }

    err = fedi_host_split(text, &url->host, &url->port);
    if (err != FEDI_OK) {
        return err;
    }

    return fedi_host_check(url->host) == FEDI_OK ? FEDI_OK : FEDI_EHOST;
}


static fedi_err_e
fedi_url_parse_rest(fedi_str_t text, fedi_url_t *url)
{
    url->path = fedi_url_cut(text, "?#");
    text = fedi_str_from(text, url->path.len);

    url->query = fedi_null_str;
    url->fragment = fedi_null_str;

    if (text.len != 0 && text.data[0] == '?') {
        text = fedi_str_from(text, 1);
        url->query = fedi_url_cut(text, "#");
        text = fedi_str_from(text, url->query.len);
    }

    if (text.len != 0) {
        url->fragment = fedi_str_from(text, 1);
    }

    if (!fedi_url_chars(url->path, "/")
        || !fedi_url_chars(url->query, "/?")
        || !fedi_url_chars(url->fragment, "/?"))
    {
        return FEDI_EURL;
    }

    return FEDI_OK;
}


/* "pchar" of RFC 3986 section 3.3, and those of "extra" */

static bool
fedi_url_chars(fedi_str_t text, const char *extra)
{
    char               c, byte;
    static const char  pchar[] = "-._~!$&'()*+,;=:@";

    while (text.len != 0) {
        c = text.data[0];

        if (c == '%') {
            if (!fedi_url_escape(text, &byte)) {
                return false;
            }

            text = fedi_str_from(text, 3);
            continue;
        }

        if (!fedi_is_alnum(c)
            && memchr(pchar, c, sizeof(pchar) - 1) == NULL
            && memchr(extra, c, strlen(extra)) == NULL)
        {
            return false;
        }

        text = fedi_str_from(text, 1);
    }

    return true;
}


fedi_err_e
fedi_url_origin(fedi_arena_t *arena, const fedi_url_t *url,
    fedi_str_t *origin)
{
    char        port[FEDI_PORT_LEN + 1], *p;
    unsigned    rest;
    fedi_err_e  err;
    fedi_str_t  parts[4];

    parts[0] = url->scheme;
    parts[1] = fedi_str("://");

    err = fedi_host_normalize(arena, url->host, &parts[2]);
    if (err != FEDI_OK) {
        return err;
    }

    p = port + sizeof(port);

    if (url->port != (fedi_str_eq(url->scheme, fedi_str("https")) ? 443 : 80))
    {
        for (rest = url->port; rest != 0; rest /= 10) {
            *--p = (char) ('0' + rest % 10);
        }

        *--p = ':';
    }

    parts[3].data = p;
    parts[3].len = (size_t) (port + sizeof(port) - p);

    *origin = fedi_join(arena, parts, 4);

    return origin->data != NULL ? FEDI_OK : FEDI_ENOMEM;
}


fedi_err_e
fedi_url_decode(fedi_arena_t *arena, fedi_str_t text, fedi_str_t *decoded)
{
    char        *p;
    size_t       n;
    fedi_str_t   out;

    p = fedi_alloc(arena, text.len + 1);
    if (p == NULL) {
        return FEDI_ENOMEM;
    }

    out.data = p;

    for ( ;; ) {
        n = fedi_str_before(text, '%');

        if (n != 0) {
            memcpy(p, text.data, n);
            p += n;
        }

        if (n == text.len) {
            break;
        }

        text = fedi_str_from(text, n);

        if (!fedi_url_escape(text, p++)) {
            return FEDI_EURL;
        }

        text = fedi_str_from(text, 3);
    }

    *p = '\0';
    out.len = (size_t) (p - out.data);

    if (strlen(out.data) != out.len) {
        return FEDI_EURL;
    }

    if (!fedi_utf8_valid(out)) {
        return FEDI_EUTF8;
    }

    *decoded = out;

    return FEDI_OK;
}


/* the byte that a "%" and two hexadecimal digits stand for */

static bool
fedi_url_escape(fedi_str_t text, char *byte)
{
    int  high, low;

    if (text.len < 3) {
        return false;
    }

    high = fedi_url_hex(text.data[1]);
    low = fedi_url_hex(text.data[2]);

    if (high < 0 || low < 0) {
        return false;
    }

    *byte = (char) (high << 4 | low);

    return true;
}


static int
fedi_url_hex(char c)
{
    if (fedi_is_digit(c)) {
        return c - '0';
    }

    c = fedi_lower(c);

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


/* what stands before the first of the delimiters, or everything */

static fedi_str_t
fedi_url_cut(fedi_str_t text, const char *delimiters)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (memchr(delimiters, text.data[i], strlen(delimiters)) != NULL) {
            break;
        }
    }

    text.len = i;

    return text;
}
