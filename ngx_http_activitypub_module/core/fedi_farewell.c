
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON in less than all of its grammar (RFC 8259): whatever passes here, the
 * one parser takes too, and understands the same.
 */

#include <stdint.h>

#include "fedi_farewell.h"


typedef struct {
    const char  *p;
    const char  *end;
} fedi_farewell_text_t;


typedef struct {
    fedi_str_t   type;
    fedi_str_t   id;
    fedi_str_t   actor;
    fedi_str_t   object;
} fedi_farewell_t;


static bool fedi_farewell_object(fedi_farewell_text_t *text, unsigned depth,
    fedi_farewell_t *top);
static bool fedi_farewell_array(fedi_farewell_text_t *text, unsigned depth);
static bool fedi_farewell_value(fedi_farewell_text_t *text, unsigned depth);
static bool fedi_farewell_word(fedi_farewell_text_t *text, const char *word,
    size_t len);
static bool fedi_farewell_string(fedi_farewell_text_t *text, fedi_str_t *value,
    bool *escaped);
static bool fedi_farewell_is_keyword(fedi_str_t name);
static fedi_str_t *fedi_farewell_member(fedi_farewell_t *top,
    fedi_str_t name);
static inline bool fedi_farewell_take(fedi_farewell_text_t *text, char c);
static bool fedi_farewell_ends(fedi_farewell_text_t *text);
static bool fedi_farewell_plain(fedi_arena_t *arena, fedi_str_t *value);
static bool fedi_farewell_id(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const fedi_farewell_t *top);


/* what may stand in a string as it is: ASCII but for '"' and '\' */

static inline bool
fedi_farewell_is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}


/*
 * The first that is not plain, or the end: eight are looked at at once.  The
 * lowest byte that has its high bit set is the first that is not plain: what
 * is borrowed or carried comes from such a one.
 */

static inline const char *
fedi_farewell_skip(const char *p, const char *end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

    uint64_t         w, quote, slash;
    const uint64_t   ones = 0x0101010101010101, highs = ones << 7;

    while (end - p >= (ptrdiff_t) sizeof(w)) {
        memcpy(&w, p, sizeof(w));

        quote = w ^ ones * '"';
        slash = w ^ ones * '\\';

        w = ((w - ones * 0x20) | (w + ones) | w | (quote - ones)
             | (slash - ones))
            & highs;

        if (w != 0) {
            return p + __builtin_ctzll(w) / 8;
        }

        p += sizeof(w);
    }

#endif

    while (p < end && fedi_farewell_is_plain(*p)) {
        p++;
    }

    return p;
}


bool
fedi_farewell_read(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    fedi_str_t body, fedi_id_t *actor)
{
    fedi_farewell_t       top;
    fedi_farewell_text_t  text;

    if (body.len == 0 || body.len > FEDI_FAREWELL_MAX) {
        return false;
    }

    text.p = body.data;
    text.end = body.data + body.len;

    memset(&top, 0, sizeof(fedi_farewell_t));

    if (!fedi_farewell_take(&text, '{')
        || !fedi_farewell_object(&text, 1, &top)
        || !fedi_farewell_ends(&text))
    {
        return false;
    }

    return top.type.len != 0
           && top.actor.len != 0
           && fedi_farewell_plain(arena, &top.actor)
           && fedi_farewell_plain(arena, &top.object)
           && fedi_str_eq(top.actor, top.object)
           && fedi_farewell_plain(arena, &top.id)
           && fedi_farewell_id(arena, rules, &top)
           && fedi_id_parse(arena, rules, top.actor, actor) == FEDI_OK;
}


/* behind its "{"; "top" is what is told of the outermost one */

static bool
fedi_farewell_object(fedi_farewell_text_t *text, unsigned depth,
    fedi_farewell_t *top)
{
    bool         escaped;
    size_t       i, n;
    fedi_str_t   names[FEDI_FAREWELL_NAMES], *value;

    if (fedi_farewell_take(text, '}')) {
        return true;
    }

    for (n = 0; n < FEDI_FAREWELL_NAMES; n++) {

        if (!fedi_farewell_take(text, '"')
            || !fedi_farewell_string(text, &names[n], &escaped)
            || escaped
            || fedi_farewell_is_keyword(names[n])
            || !fedi_farewell_take(text, ':'))
        {
            return false;
        }

        for (i = 0; i < n; i++) {
            if (fedi_str_eq(names[i], names[n])) {
                return false;
            }
        }

        value = NULL;

        if (top != NULL) {
            value = fedi_farewell_member(top, names[n]);

            /* what is told by two names is left to who compares them */

            if (names[n].len != 0 && names[n].data[0] == '@'
                && !fedi_str_eq(names[n], fedi_str("@context")))
            {
                return false;
            }
        }

        if (value != NULL) {
            if (!fedi_farewell_take(text, '"')
                || !fedi_farewell_string(text, value, &escaped)
                || value->len == 0)
            {
                return false;
            }

            /* of anything else no more is read */

            if (value == &top->type
                && !fedi_str_eq(*value, fedi_str("Delete")))
            {
                return false;
            }

        } else if (!fedi_farewell_value(text, depth)) {
            return false;
        }

        if (fedi_farewell_take(text, '}')) {
            return true;
        }

        if (!fedi_farewell_take(text, ',')) {
            return false;
        }
    }

    return false;
}


static bool
fedi_farewell_array(fedi_farewell_text_t *text, unsigned depth)
{
    if (fedi_farewell_take(text, ']')) {
        return true;
    }

    do {
        if (!fedi_farewell_value(text, depth)) {
            return false;
        }

    } while (fedi_farewell_take(text, ','));

    return fedi_farewell_take(text, ']');
}


static bool
fedi_farewell_value(fedi_farewell_text_t *text, unsigned depth)
{
    bool        escaped;
    fedi_str_t  value;

    if (fedi_farewell_take(text, '"')) {
        return fedi_farewell_string(text, &value, &escaped);
    }

    if (fedi_farewell_take(text, '{')) {
        return depth < FEDI_FAREWELL_DEPTH
               && fedi_farewell_object(text, depth + 1, NULL);
    }

    if (fedi_farewell_take(text, '[')) {
        return depth < FEDI_FAREWELL_DEPTH
               && fedi_farewell_array(text, depth + 1);
    }

    return fedi_farewell_word(text, "true", 4)
           || fedi_farewell_word(text, "false", 5)
           || fedi_farewell_word(text, "null", 4);
}


static bool
fedi_farewell_word(fedi_farewell_text_t *text, const char *word, size_t len)
{
    if ((size_t) (text->end - text->p) < len
        || memcmp(text->p, word, len) != 0)
    {
        return false;
    }

    text->p += len;

    return true;
}


/* behind its first quotation mark; the value as it is written */

static bool
fedi_farewell_string(fedi_farewell_text_t *text, fedi_str_t *value,
    bool *escaped)
{
    const char  *p;

    *escaped = false;
    value->data = text->p;

    for (p = text->p; p < text->end; p++) {

        p = fedi_farewell_skip(p, text->end);

        if (p == text->end) {
            break;
        }

        if (*p == '"') {
            value->len = (size_t) (p - value->data);
            text->p = p + 1;
            return true;
        }

        /* some write a slash so */

        if (*p != '\\' || ++p == text->end || *p != '/') {
            return false;
        }

        *escaped = true;
    }

    return false;
}


/* those by which the one parser refuses a document, at any depth */

static bool
fedi_farewell_is_keyword(fedi_str_t name)
{
    return name.len != 0 && name.data[0] == '@'
           && (fedi_str_eq(name, fedi_str("@graph"))
               || fedi_str_eq(name, fedi_str("@included"))
               || fedi_str_eq(name, fedi_str("@reverse")));
}


static fedi_str_t *
fedi_farewell_member(fedi_farewell_t *top, fedi_str_t name)
{
    if (fedi_str_eq(name, fedi_str("type"))) {
        return &top->type;
    }

    if (fedi_str_eq(name, fedi_str("id"))) {
        return &top->id;
    }

    if (fedi_str_eq(name, fedi_str("actor"))) {
        return &top->actor;
    }

    return fedi_str_eq(name, fedi_str("object")) ? &top->object : NULL;
}


/* the white space is read in any case */

static inline bool
fedi_farewell_take(fedi_farewell_text_t *text, char c)
{
    if (text->p < text->end && *text->p == c) {
        text->p++;
        return true;
    }

    /* most have none */

    if (text->p < text->end && *text->p > ' ') {
        return false;
    }

    if (fedi_farewell_ends(text) || *text->p != c) {
        return false;
    }

    text->p++;

    return true;
}


static bool
fedi_farewell_ends(fedi_farewell_text_t *text)
{
    while (text->p < text->end
           && (*text->p == ' ' || *text->p == '\t' || *text->p == '\n'
               || *text->p == '\r'))
    {
        text->p++;
    }

    return text->p == text->end;
}


/* without the backslashes before slashes */

static bool
fedi_farewell_plain(fedi_arena_t *arena, fedi_str_t *value)
{
    char    *plain;
    size_t   i, n;

    if (fedi_str_before(*value, '\\') == value->len) {
        return true;
    }

    plain = fedi_alloc(arena, value->len);
    if (plain == NULL) {
        return false;
    }

    for (i = 0, n = 0; i < value->len; i++) {
        if (value->data[i] != '\\') {
            plain[n++] = value->data[i];
        }
    }

    *value = (fedi_str_t) { plain, n };

    return true;
}


/*
 * The activity's own id, if it has one.  Most are the actor's and a few
 * letters more: of those nothing can be wrong that is right with the actor's.
 */

static bool
fedi_farewell_id(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    const fedi_farewell_t *top)
{
    size_t      i;
    fedi_id_t   id;
    fedi_str_t  rest;

    if (top->id.len == 0) {
        return true;
    }

    if (top->id.len <= FEDI_URL_MAX
        && top->id.len > top->actor.len
        && memcmp(top->id.data, top->actor.data, top->actor.len) == 0)
    {
        rest = fedi_str_from(top->id, top->actor.len);

        for (i = 1; i < rest.len; i++) {
            if (!fedi_is_alnum(rest.data[i])) {
                break;
            }
        }

        if (i == rest.len && (rest.data[0] == '#' || rest.data[0] == '/')) {
            return true;
        }
    }

    return fedi_id_parse_fragment(arena, rules, top->id, &id) == FEDI_OK;
}
