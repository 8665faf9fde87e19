
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdint.h>

#include "fedi_acct.h"
#include "fedi_resource.h"
#include "fedi_url.h"


#define FEDI_RESOURCE_NAME  "resource="


static size_t fedi_resource_scheme(fedi_str_t text);
static fedi_err_e fedi_resource_acct(fedi_arena_t *arena, fedi_str_t text,
    fedi_resource_t *resource);
static fedi_err_e fedi_resource_url(fedi_arena_t *arena, fedi_str_t text,
    size_t scheme, fedi_resource_t *resource);
static fedi_err_e fedi_resource_host(fedi_arena_t *arena, fedi_str_t text,
    uint16_t own, fedi_str_t *host);
static fedi_err_e fedi_resource_rest(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *rest);
static bool fedi_resource_byte(fedi_str_t text, char *byte);
static bool fedi_resource_plain(char c);


fedi_err_e
fedi_resource_of_query(fedi_arena_t *arena, fedi_str_t query,
    fedi_str_t *text)
{
    size_t      n;
    fedi_str_t  part, name, value;

    name = fedi_str(FEDI_RESOURCE_NAME);
    value = fedi_null_str;

    for (n = 0; n < query.len; n += part.len + 1) {
        part = fedi_str_from(query, n);
        part.len = fedi_str_before(part, '&');

        if (part.len < name.len
            || !fedi_str_eq_nocase((fedi_str_t) { part.data, name.len }, name))
        {
            continue;
        }

        /* the first would be one's answer, the last another's */

        if (value.data != NULL) {
            return FEDI_EACCT;
        }

        value = fedi_str_from(part, name.len);
    }

    return value.data == NULL ? FEDI_EACCT
                              : fedi_url_decode(arena, value, text);
}


fedi_err_e
fedi_resource_parse(fedi_arena_t *arena, fedi_str_t text,
    fedi_resource_t *resource)
{
    size_t           scheme;
    fedi_err_e       err;
    fedi_resource_t  parsed;

    scheme = fedi_resource_scheme(text);

    err = scheme != 0 ? fedi_resource_url(arena, text, scheme, &parsed)
                      : fedi_resource_acct(arena, text, &parsed);

    if (err == FEDI_OK) {
        *resource = parsed;
    }

    return err;
}


/* the length of "https://" or "http://", or 0 */

static size_t
fedi_resource_scheme(fedi_str_t text)
{
    size_t  len;

    for (len = sizeof("http://") - 1; len <= sizeof("https://") - 1; len++) {

        if (text.len >= len
            && (fedi_str_eq_nocase((fedi_str_t) { text.data, len },
                                   fedi_str("http://"))
                || fedi_str_eq_nocase((fedi_str_t) { text.data, len },
                                      fedi_str("https://"))))
        {
            return len;
        }
    }

    return 0;
}


static fedi_err_e
fedi_resource_acct(fedi_arena_t *arena, fedi_str_t text,
    fedi_resource_t *resource)
{
    fedi_err_e   err;
    fedi_acct_t  acct;

    err = fedi_acct_parse(text, &acct);
    if (err != FEDI_OK) {
        return err;
    }

    resource->user = fedi_strdup(arena, acct.user);
    resource->path = fedi_null_str;

    if (resource->user.data == NULL) {
        return FEDI_ENOMEM;
    }

    return fedi_resource_host(arena, acct.host, 443, &resource->host);
}


static fedi_err_e
fedi_resource_url(fedi_arena_t *arena, fedi_str_t text, size_t scheme,
    fedi_resource_t *resource)
{
    size_t      n;
    uint16_t    own;
    fedi_err_e  err;
    fedi_str_t  rest, whole[3];
    fedi_url_t  url;

    if (text.len > FEDI_URL_MAX) {
        return FEDI_ETOOLONG;
    }

    own = scheme == sizeof("https://") - 1 ? 443 : 80;
    text = fedi_str_from(text, scheme);

    for (n = 0; n < text.len; n++) {
        if (memchr("/?#", text.data[n], 3) != NULL) {
            break;
        }
    }

    err = fedi_resource_host(arena, (fedi_str_t) { text.data, n }, own,
                             &resource->host);
    if (err != FEDI_OK) {
        return err;
    }

    err = fedi_resource_rest(arena, fedi_str_from(text, n), &rest);
    if (err != FEDI_OK) {
        return err;
    }

    /* what is left is judged as every other URL is */

    whole[0] = fedi_str("https://");
    whole[1] = resource->host;
    whole[2] = rest;
    whole[0] = fedi_join(arena, whole, 3);

    if (whole[0].data == NULL) {
        return FEDI_ENOMEM;
    }

    err = fedi_url_parse(whole[0], &url);
    if (err != FEDI_OK) {
        return err;
    }

    resource->user = fedi_null_str;
    resource->path = rest;

    return FEDI_OK;
}


/* "own" is the port that need not be written */

static fedi_err_e
fedi_resource_host(fedi_arena_t *arena, fedi_str_t text, uint16_t own,
    fedi_str_t *host)
{
    uint16_t    port;
    fedi_err_e  err;
    fedi_str_t  name, parts[2];

    err = fedi_host_split(text, &name, &port);
    if (err != FEDI_OK) {
        return err;
    }

    parts[1] = fedi_str_from(text, name.len);

    if (port == own) {
        parts[1].len = 0;
    }

    if (name.len != 0 && name.data[name.len - 1] == '.') {
        name.len--;
    }

    err = fedi_host_normalize(arena, name, &parts[0]);
    if (err != FEDI_OK) {
        return err;
    }

    *host = fedi_join(arena, parts, 2);

    return host->data != NULL ? FEDI_OK : FEDI_ENOMEM;
}


/*
 * Path and query in their one spelling (RFC 3986 section 6.2.2): an escape of
 * what needs none is undone, any other is in upper case, and what should have
 * been escaped is.
 */
static fedi_err_e
fedi_resource_rest(fedi_arena_t *arena, fedi_str_t text, fedi_str_t *rest)
{
    char               c, *p;
    fedi_str_t         out;
    static const char  hex[] = "0123456789ABCDEF";

    text.len = fedi_str_before(text, '#');

    p = fedi_alloc(arena, 3 * text.len + 2);
    if (p == NULL) {
        return FEDI_ENOMEM;
    }

    out.data = p;

    if (text.len == 0 || text.data[0] != '/') {
        *p++ = '/';
    }

    while (text.len != 0) {
        c = text.data[0];

        if (c == '%') {

            /* with what is undone behind it, half of one would be whole */

            if (!fedi_resource_byte(text, &c)) {
                return FEDI_EURL;
            }

            text = fedi_str_from(text, 3);

            if (fedi_resource_plain(c)) {
                *p++ = c;
                continue;
            }

        } else {
            text = fedi_str_from(text, 1);

            if ((unsigned char) c < 0x80) {
                *p++ = c;
                continue;
            }
        }

        *p++ = '%';
        *p++ = hex[(unsigned char) c >> 4];
        *p++ = hex[(unsigned char) c & 0xf];
    }

    out.len = (size_t) (p - out.data);

    /* an empty query is none */

    if (fedi_str_before(out, '?') == out.len - 1) {
        out.len--;
    }

    *rest = out;

    return FEDI_OK;
}


/* a whole escape in front */

static bool
fedi_resource_byte(fedi_str_t text, char *byte)
{
    char      c;
    size_t    i;
    unsigned  value;

    if (text.len < 3) {
        return false;
    }

    for (i = 1, value = 0; i < 3; i++) {
        c = fedi_lower(text.data[i]);

        if (fedi_is_digit(c)) {
            value = value << 4 | (unsigned) (c - '0');

        } else if (c >= 'a' && c <= 'f') {
            value = value << 4 | (unsigned) (c - 'a' + 10);

        } else {
            return false;
        }
    }

    *byte = (char) value;

    return true;
}


/* unreserved; and "@", which many escape in "/@name" */

static bool
fedi_resource_plain(char c)
{
    return fedi_is_alnum(c)
           || (c != '\0' && memchr("-._~@", c, sizeof("-._~@") - 1) != NULL);
}
