
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_id.h"


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
