
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_id.h"


#define FEDI_ID_LABEL_MAX  63


static bool fedi_id_plain(const fedi_id_rules_t *rules, fedi_str_t text,
    fedi_id_t *id);
static fedi_err_e fedi_id_plain_copy(fedi_arena_t *arena,
    const fedi_id_t *plain, fedi_id_t *id);
static size_t fedi_id_plain_host(fedi_str_t text);
static size_t fedi_id_plain_chars(fedi_str_t text);
static fedi_err_e fedi_id_spell(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *spelling, size_t *origin);
static bool fedi_id_scheme(fedi_str_t text, fedi_str_t *scheme);
static bool fedi_id_allowed(const fedi_id_rules_t *rules,
    const fedi_url_t *url);


fedi_err_e
fedi_id_parse(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    fedi_str_t text, fedi_id_t *id)
{
    if (text.len != 0 && memchr(text.data, '#', text.len) != NULL) {
        return FEDI_EURL;
    }

    return fedi_id_parse_fragment(arena, rules, text, id);
}


fedi_err_e
fedi_id_parse_fragment(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    fedi_str_t text, fedi_id_t *id)
{
    size_t      origin;
    fedi_id_t   parsed;
    fedi_err_e  err;

    if (fedi_id_plain(rules, text, &parsed)) {
        return fedi_id_plain_copy(arena, &parsed, id);
    }

    err = fedi_id_spell(arena, text, &parsed.text, &origin);
    if (err != FEDI_OK) {
        return err;
    }

    err = fedi_url_parse(parsed.text, &parsed.url);
    if (err != FEDI_OK) {
        return err;
    }

    if (!fedi_id_allowed(rules, &parsed.url)) {
        return FEDI_EURL;
    }

    parsed.origin.data = parsed.text.data;
    parsed.origin.len = origin;

    parsed.authority = fedi_str_from(parsed.origin,
                                     parsed.url.scheme.len + 3);
    *id = parsed;

    return FEDI_OK;
}


/*
 * Nearly every id is "https://", letters, digits, dots and hyphens, "/", and a
 * path or a fragment of what needs no escape: spelled as it has to be.  What
 * is not, or may not be, is left to the rest of this file.
 */

static bool
fedi_id_plain(const fedi_id_rules_t *rules, fedi_str_t text, fedi_id_t *id)
{
    size_t      len;
    fedi_str_t  rest;

    id->text = text;
    id->url.scheme = fedi_str("https");
    len = id->url.scheme.len + 3;

    if (text.len <= len || text.len > FEDI_URL_MAX
        || memcmp(text.data, "https://", len) != 0)
    {
        return false;
    }

    rest = fedi_str_from(text, len);

    id->authority.data = rest.data;
    id->authority.len = fedi_id_plain_host(rest);
    id->origin.data = text.data;
    id->origin.len = len + id->authority.len;

    id->url.host = id->authority;
    id->url.port = 443;
    id->url.port_given = false;

    if (id->url.host.len == 0
        || (!rules->local && fedi_host_is_local(id->url.host)))
    {
        return false;
    }

    rest = fedi_str_from(rest, id->url.host.len);

    id->url.path.data = rest.data;
    id->url.path.len = fedi_id_plain_chars(rest);
    id->url.query = fedi_null_str;
    id->url.fragment = fedi_null_str;

    rest = fedi_str_from(rest, id->url.path.len);

    if (rest.len != 0 && rest.data[0] == '#') {
        id->url.fragment = fedi_str_from(rest, 1);
        rest = fedi_str_from(id->url.fragment,
                             fedi_id_plain_chars(id->url.fragment));
    }

    return rest.len == 0;
}


static fedi_err_e
fedi_id_plain_copy(fedi_arena_t *arena, const fedi_id_t *plain, fedi_id_t *id)
{
    fedi_str_t   copy;
    const char  *text;

    text = plain->text.data;

    copy = fedi_strdup(arena, plain->text);
    if (copy.data == NULL) {
        return FEDI_ENOMEM;
    }

    *id = *plain;

    id->text = copy;
    id->origin.data = copy.data;
    id->authority.data = copy.data + (plain->authority.data - text);
    id->url.host.data = id->authority.data;
    id->url.path.data = copy.data + (plain->url.path.data - text);

    if (plain->url.fragment.data != NULL) {
        id->url.fragment.data = copy.data + (plain->url.fragment.data - text);
    }

    return FEDI_OK;
}


/*
 * The length of a host before "/", or 0: lower case, no two hyphens together,
 * as an A-label has them, and at the end a label that begins with a letter,
 * so that it is no address.
 */

static size_t
fedi_id_plain_host(fedi_str_t text)
{
    char    c, last;
    size_t  i, label;

    label = 0;
    last = '.';

    for (i = 0; i < text.len && i <= FEDI_HOST_MAX; i++) {
        c = text.data[i];

        if ((c >= 'a' && c <= 'z') || fedi_is_digit(c)) {
            last = c;
            continue;
        }

        /* behind a letter or digit, and no more of them than a label has */

        if (last == '.' || last == '-' || i - label > FEDI_ID_LABEL_MAX) {
            return 0;
        }

        if (c == '/') {
            break;
        }

        if (c == '.') {
            label = i + 1;

        } else if (c != '-') {
            return 0;
        }

        last = c;
    }

    if (i >= text.len || i > FEDI_HOST_MAX || label == 0) {
        return 0;
    }

    return text.data[label] >= 'a' ? i : 0;
}


/* how many of them are "pchar" of RFC 3986 without "%", or "/" */

static size_t
fedi_id_plain_chars(fedi_str_t text)
{
    size_t         i;
    unsigned char  c;

    /* "!" "$" "&'()*+,-./" "0-9:;" "="; "@A-Z" "_" "a-z" "~" */

    static const uint64_t  plain[4] = {
        0x2fffffd200000000ULL, 0x47fffffe87ffffffULL, 0, 0
    };

    for (i = 0; i < text.len; i++) {
        c = (unsigned char) text.data[i];

        if (!(plain[c >> 6] >> (c & 63) & 1)) {
            break;
        }
    }

    return i;
}


static fedi_err_e
fedi_id_spell(fedi_arena_t *arena, fedi_str_t text, fedi_str_t *spelling,
    size_t *origin)
{
    size_t      len;
    uint16_t    port;
    fedi_err_e  err;
    fedi_str_t  parts[5], authority, host;

    if (text.len > FEDI_URL_MAX) {
        return FEDI_ETOOLONG;
    }

    if (!fedi_id_scheme(text, &parts[0])) {
        return FEDI_EURL;
    }

    parts[1] = fedi_str("://");
    text = fedi_str_from(text, parts[0].len + 3);

    for (len = 0; len < text.len; len++) {
        if (memchr("/?#", text.data[len], 3) != NULL) {
            break;
        }
    }

    authority.data = text.data;
    authority.len = len;

    err = fedi_host_split(authority, &host, &port);
    if (err != FEDI_OK) {
        return err;
    }

    err = fedi_host_normalize(arena, host, &parts[2]);
    if (err != FEDI_OK) {
        return err;
    }

    /* ":443", as it was written: host_split() knows no leading zero */

    parts[3] = fedi_str_from(authority, host.len);

    if (port == (parts[0].len == 5 ? 443 : 80)) {
        parts[3] = fedi_null_str;
    }

    parts[4] = fedi_str_from(text, len);

    *origin = parts[0].len + 3 + parts[2].len + parts[3].len;
    *spelling = fedi_join(arena, parts, 5);

    return spelling->data != NULL ? FEDI_OK : FEDI_ENOMEM;
}


static bool
fedi_id_scheme(fedi_str_t text, fedi_str_t *scheme)
{
    size_t             i;
    static const char  https[] = "https://";

    for (i = 0; i < 2; i++) {
        *scheme = i == 0 ? fedi_str("https") : fedi_str("http");

        if (text.len >= scheme->len + 3
            && fedi_str_eq_nocase((fedi_str_t) { text.data, scheme->len },
                                  *scheme)
            && memcmp(text.data + scheme->len, https + 5, 3) == 0)
        {
            return true;
        }
    }

    return false;
}


static bool
fedi_id_allowed(const fedi_id_rules_t *rules, const fedi_url_t *url)
{
    if (!rules->http && (url->scheme.len != 5 || url->port != 443)) {
        return false;
    }

    return rules->local
           || (!fedi_host_is_address(url->host)
               && !fedi_host_is_local(url->host));
}


fedi_str_t
fedi_id_document(const fedi_id_t *id)
{
    fedi_str_t  document;

    document = id->text;
    document.len = fedi_str_before(document, '#');

    return document;
}
