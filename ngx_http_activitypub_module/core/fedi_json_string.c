
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdint.h>

#include "fedi_json_string.h"
#include "fedi_utf8.h"


static bool fedi_json_unescape(fedi_str_t raw, char **room,
    fedi_str_t *chars);
static size_t fedi_json_escape(const char *p, const char *end, char **out);
static bool fedi_json_hex(const char *p, const char *end, uint32_t *code);
static char *fedi_json_utf8(char *out, uint32_t code);


bool
fedi_json_string_read(const char **p, const char *end, char **room, bool copy,
    fedi_str_t *chars)
{
    bool           escaped, ascii;
    fedi_str_t     raw;
    const char    *at;
    unsigned char  c;

    escaped = false;
    ascii = true;

    for (at = *p; at != end; at++) {

        c = (unsigned char) *at;

        if (c == '"' || c < 0x20) {
            break;
        }

        if (c == '\\') {
            escaped = true;

            if (++at == end) {
                return false;
            }
        }

        ascii &= (c < 0x80);
    }

    if (at == end || *at != '"') {
        return false;
    }

    raw.data = *p;
    raw.len = (size_t) (at - *p);

    *p = at + 1;

    if (!ascii && !fedi_utf8_valid(raw)) {
        return false;
    }

    if (escaped) {
        return fedi_json_unescape(raw, room, chars);
    }

    *chars = raw;

    if (copy) {
        chars->data = *room;

        memcpy(*room, raw.data, raw.len);
        *room += raw.len;
        *(*room)++ = '\0';
    }

    return true;
}


static bool
fedi_json_unescape(fedi_str_t raw, char **room, fedi_str_t *chars)
{
    char        *out;
    size_t       n;
    const char  *p, *end;

    out = *room;
    end = raw.data + raw.len;

    for (p = raw.data; p != end; p += n) {

        if (*p != '\\') {
            *out++ = *p;
            n = 1;
            continue;
        }

        n = fedi_json_escape(p + 1, end, &out);

        if (n == 0) {
            return false;
        }
    }

    chars->data = *room;
    chars->len = (size_t) (out - *room);

    *out++ = '\0';
    *room = out;

    return true;
}


/* how many bytes that were with the backslash; 0: it is none */

static size_t
fedi_json_escape(const char *p, const char *end, char **out)
{
    size_t       n;
    uint32_t     code, low;
    const char  *found;

    static const char  names[] = "\"\\/bfnrt";
    static const char  chars[] = "\"\\/\b\f\n\r\t";

    if (*p != 'u') {
        found = *p != '\0' ? strchr(names, *p) : NULL;

        if (found == NULL) {
            return 0;
        }

        *(*out)++ = chars[found - names];

        return 2;
    }

    /* what others would take for the end of a string is in none */

    if (!fedi_json_hex(p + 1, end, &code) || code == 0) {
        return 0;
    }

    n = 6;

    if (code >= 0xd800 && code <= 0xdfff) {
        p += 5;

        if (code > 0xdbff || end - p < 6 || p[0] != '\\' || p[1] != 'u'
            || !fedi_json_hex(p + 2, end, &low)
            || low < 0xdc00 || low > 0xdfff)
        {
            return 0;
        }

        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        n = 12;
    }

    *out = fedi_json_utf8(*out, code);

    return n;
}


static bool
fedi_json_hex(const char *p, const char *end, uint32_t *code)
{
    char    c;
    size_t  i;

    if (end - p < 4) {
        return false;
    }

    *code = 0;

    for (i = 0; i < 4; i++) {
        c = fedi_lower(p[i]);

        if (fedi_is_digit(c)) {
            *code = *code << 4 | (uint32_t) (c - '0');

        } else if (c >= 'a' && c <= 'f') {
            *code = *code << 4 | (uint32_t) (c - 'a' + 10);

        } else {
            return false;
        }
    }

    return true;
}


static char *
fedi_json_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char) code;
        return out;
    }

    if (code < 0x800) {
        *out++ = (char) (0xc0 | code >> 6);

    } else {
        if (code < 0x10000) {
            *out++ = (char) (0xe0 | code >> 12);

        } else {
            *out++ = (char) (0xf0 | code >> 18);
            *out++ = (char) (0x80 | (code >> 12 & 0x3f));
        }

        *out++ = (char) (0x80 | (code >> 6 & 0x3f));
    }

    *out++ = (char) (0x80 | (code & 0x3f));

    return out;
}
