
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_html.h"


static fedi_str_t fedi_html_skip_to(fedi_str_t rest, fedi_str_t end);
static fedi_str_t fedi_html_skip_raw(fedi_str_t rest, fedi_str_t name);
static void fedi_html_tag(fedi_str_t *rest, fedi_html_tag_t *tag);
static void fedi_html_read_attribute(fedi_str_t *rest,
    fedi_html_attribute_t *attribute);
static bool fedi_html_is_raw(fedi_str_t name);
static bool fedi_html_is_space(char c);
static fedi_str_t fedi_html_trim(fedi_str_t s);
static size_t fedi_html_char(fedi_str_t raw, char *c);
static size_t fedi_html_number(fedi_str_t name, char *c);


bool
fedi_html_next(fedi_str_t *rest, fedi_html_tag_t *tag)
{
    fedi_str_t  s;

    s = *rest;

    for ( ;; ) {
        s = fedi_str_from(s, fedi_str_before(s, '<'));

        if (s.len < 2) {
            *rest = fedi_str_from(s, s.len);
            return false;
        }

        if (s.len >= 4 && memcmp(s.data, "<!--", 4) == 0) {
            s = fedi_html_skip_to(fedi_str_from(s, 2), fedi_str("-->"));
            continue;
        }

        s = fedi_str_from(s, 1);

        if (fedi_lower(s.data[0]) >= 'a' && fedi_lower(s.data[0]) <= 'z') {
            break;
        }
    }

    fedi_html_tag(&s, tag);

    if (fedi_html_is_raw(tag->name)) {
        s = fedi_html_skip_raw(s, tag->name);
    }

    *rest = s;

    return true;
}


/* behind "end", or at the end of all */

static fedi_str_t
fedi_html_skip_to(fedi_str_t rest, fedi_str_t end)
{
    for ( ;; ) {
        rest = fedi_str_from(rest, fedi_str_before(rest, end.data[0]));

        if (rest.len < end.len) {
            return fedi_str_from(rest, rest.len);
        }

        if (memcmp(rest.data, end.data, end.len) == 0) {
            return fedi_str_from(rest, end.len);
        }

        rest = fedi_str_from(rest, 1);
    }
}


/* at "</name", or at the end of all */

static fedi_str_t
fedi_html_skip_raw(fedi_str_t rest, fedi_str_t name)
{
    fedi_str_t  found;

    for ( ;; ) {
        rest = fedi_str_from(rest, fedi_str_before(rest, '<'));

        if (rest.len < name.len + 2) {
            return fedi_str_from(rest, rest.len);
        }

        found.data = rest.data + 2;
        found.len = name.len;

        if (rest.data[1] == '/' && fedi_str_eq_nocase(found, name)) {
            return rest;
        }

        rest = fedi_str_from(rest, 1);
    }
}


/* "rest" is behind "<", and behind ">" then */

static void
fedi_html_tag(fedi_str_t *rest, fedi_html_tag_t *tag)
{
    fedi_str_t             s;
    fedi_html_attribute_t  attribute;

    s = *rest;
    tag->name = s;
    tag->nattributes = 0;

    while (s.len != 0 && s.data[0] != '>' && s.data[0] != '/'
           && !fedi_html_is_space(s.data[0]))
    {
        s = fedi_str_from(s, 1);
    }

    tag->name.len -= s.len;

    for ( ;; ) {
        while (s.len != 0
               && (s.data[0] == '/' || fedi_html_is_space(s.data[0])))
        {
            s = fedi_str_from(s, 1);
        }

        if (s.len == 0 || s.data[0] == '>') {
            break;
        }

        fedi_html_read_attribute(&s, &attribute);

        if (tag->nattributes < FEDI_HTML_ATTRIBUTES) {
            tag->attributes[tag->nattributes++] = attribute;
        }
    }

    *rest = s.len != 0 ? fedi_str_from(s, 1) : s;
}


/* "rest" is not empty: one byte is read at least */

static void
fedi_html_read_attribute(fedi_str_t *rest, fedi_html_attribute_t *attribute)
{
    char        quote;
    fedi_str_t  s;

    s = fedi_str_from(*rest, 1);

    while (s.len != 0 && s.data[0] != '=' && s.data[0] != '>'
           && s.data[0] != '/' && !fedi_html_is_space(s.data[0]))
    {
        s = fedi_str_from(s, 1);
    }

    attribute->name.data = rest->data;
    attribute->name.len = rest->len - s.len;
    attribute->value = fedi_null_str;

    while (s.len != 0 && fedi_html_is_space(s.data[0])) {
        s = fedi_str_from(s, 1);
    }

    if (s.len != 0 && s.data[0] == '=') {
        s = fedi_str_from(s, 1);

        while (s.len != 0 && fedi_html_is_space(s.data[0])) {
            s = fedi_str_from(s, 1);
        }

        quote = s.len != 0 ? s.data[0] : '\0';

        if (quote == '"' || quote == '\'') {
            s = fedi_str_from(s, 1);
            attribute->value.data = s.data;
            attribute->value.len = fedi_str_before(s, quote);
            s = fedi_str_from(s, attribute->value.len);
            s = s.len != 0 ? fedi_str_from(s, 1) : s;

        } else {
            attribute->value = s;

            while (s.len != 0 && s.data[0] != '>'
                   && !fedi_html_is_space(s.data[0]))
            {
                s = fedi_str_from(s, 1);
            }

            attribute->value.len -= s.len;
        }
    }

    *rest = s;
}


static bool
fedi_html_is_raw(fedi_str_t name)
{
    return fedi_str_eq_nocase(name, fedi_str("script"))
           || fedi_str_eq_nocase(name, fedi_str("style"))
           || fedi_str_eq_nocase(name, fedi_str("textarea"))
           || fedi_str_eq_nocase(name, fedi_str("title"))
           || fedi_str_eq_nocase(name, fedi_str("template"));
}


static bool
fedi_html_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}


static fedi_str_t
fedi_html_trim(fedi_str_t s)
{
    while (s.len != 0 && fedi_html_is_space(s.data[0])) {
        s = fedi_str_from(s, 1);
    }

    while (s.len != 0 && fedi_html_is_space(s.data[s.len - 1])) {
        s.len--;
    }

    return s;
}


bool
fedi_html_attribute(const fedi_html_tag_t *tag, fedi_str_t name,
    fedi_str_t *value)
{
    size_t  i;

    for (i = 0; i < tag->nattributes; i++) {
        if (fedi_str_eq_nocase(tag->attributes[i].name, name)) {
            *value = tag->attributes[i].value;
            return true;
        }
    }

    return false;
}


bool
fedi_html_means(fedi_str_t raw, fedi_str_t text)
{
    char  c;

    raw = fedi_html_trim(raw);

    while (raw.len != 0 && text.len != 0) {
        raw = fedi_str_from(raw, fedi_html_char(raw, &c));

        if (c != text.data[0]) {
            return false;
        }

        text = fedi_str_from(text, 1);
    }

    return raw.len == 0 && text.len == 0;
}


size_t
fedi_html_decode(fedi_str_t raw, char *to)
{
    size_t  n;

    raw = fedi_html_trim(raw);

    for (n = 0; raw.len != 0; n++) {
        raw = fedi_str_from(raw, fedi_html_char(raw, &to[n]));
    }

    return n;
}


/* how many bytes make the first character, "c": of references ASCII alone */

static size_t
fedi_html_char(fedi_str_t raw, char *c)
{
    size_t      i;
    fedi_str_t  name;

    static const struct {
        fedi_str_t  name;
        char        c;
    } names[] = {
        { fedi_string("amp"), '&' }, { fedi_string("quot"), '"' },
        { fedi_string("lt"), '<' }, { fedi_string("gt"), '>' },
        { fedi_string("apos"), '\'' }, { fedi_string("commat"), '@' },
        { fedi_string("sol"), '/' }, { fedi_string("colon"), ':' },
        { fedi_string("period"), '.' }
    };

    *c = raw.data[0];

    if (*c != '&') {
        return 1;
    }

    /* the longest has 6 letters */

    name.data = raw.data + 1;
    name.len = raw.len - 1 < 10 ? raw.len - 1 : 10;
    name.len = fedi_str_before(name, ';');

    if (name.len + 1 >= raw.len || raw.data[name.len + 1] != ';') {
        return 1;
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (fedi_str_eq(name, names[i].name)) {
            *c = names[i].c;
            return name.len + 2;
        }
    }

    return fedi_html_number(name, c) ? name.len + 2 : 1;
}


/* "#38" or "#x26"; 0: it is none, or not of ASCII */

static size_t
fedi_html_number(fedi_str_t name, char *c)
{
    char      digit;
    size_t    i;
    unsigned  base, value, n;

    if (name.len < 2 || name.data[0] != '#') {
        return 0;
    }

    base = fedi_lower(name.data[1]) == 'x' ? 16 : 10;
    i = base == 16 ? 2 : 1;

    if (i == name.len) {
        return 0;
    }

    for (value = 0; i < name.len; i++) {
        digit = fedi_lower(name.data[i]);

        if (fedi_is_digit(digit)) {
            n = (unsigned) (digit - '0');

        } else if (base == 16 && digit >= 'a' && digit <= 'f') {
            n = (unsigned) (digit - 'a') + 10;

        } else {
            return 0;
        }

        value = value * base + n;

        if (value > 0x7e) {
            return 0;
        }
    }

    if (value < 0x20) {
        return 0;
    }

    *c = (char) value;

    return name.len;
}


bool
fedi_html_has_word(fedi_str_t raw, fedi_str_t word)
{
    fedi_str_t  one;

    for ( ;; ) {
        raw = fedi_html_trim(raw);

        if (raw.len == 0) {
            return false;
        }

        one = raw;

        while (raw.len != 0 && !fedi_html_is_space(raw.data[0])) {
            raw = fedi_str_from(raw, 1);
        }

        one.len -= raw.len;

        if (fedi_str_eq_nocase(one, word)) {
            return true;
        }
    }
}
