
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * JSON in less than all of its grammar (RFC 8259): whatever passes here, the
 * one parser takes too, and understands the same.
 */

#include "fedi_farewell.h"
#include "fedi_plain.h"


typedef struct {
    fedi_str_t   type;
    fedi_str_t   id;
    fedi_str_t   actor;
    fedi_str_t   object;
    bool         escaped;       /* one of them */
} fedi_farewell_t;


/* each reads from "p" on, and returns what is behind it, or NULL */

static const char *fedi_farewell_object(const char *p, const char *end,
    unsigned depth, fedi_farewell_t *top);
static const char *fedi_farewell_name(const char *p, const char *end,
    fedi_str_t *names, size_t n);
static const char *fedi_farewell_told(const char *p, const char *end,
    unsigned depth, fedi_str_t name, fedi_farewell_t *top);
static const char *fedi_farewell_array(const char *p, const char *end,
    unsigned depth);
static const char *fedi_farewell_value(const char *p, const char *end,
    unsigned depth);
static const char *fedi_farewell_word(const char *p, const char *end);
static const char *fedi_farewell_string(const char *p, const char *end,
    fedi_str_t *value, bool *escaped);
static inline const char *fedi_farewell_take(const char *p, const char *end,
    char c);
static const char *fedi_farewell_space(const char *p, const char *end);

static bool fedi_farewell_is_keyword(fedi_str_t name);
static fedi_str_t *fedi_farewell_member(fedi_farewell_t *top,
    fedi_str_t name);
static bool fedi_farewell_unescape(fedi_arena_t *arena, fedi_farewell_t *top);
static bool fedi_farewell_plain(fedi_arena_t *arena, fedi_str_t *value);
static bool fedi_farewell_id(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const fedi_farewell_t *top);


bool
fedi_farewell_read(fedi_arena_t *arena, const fedi_id_rules_t *rules,
    fedi_str_t body, fedi_id_t *actor)
{
    const char       *p, *end;
    fedi_farewell_t   top;

    if (body.len == 0 || body.len > FEDI_FAREWELL_MAX) {
        return false;
    }

    memset(&top, 0, sizeof(fedi_farewell_t));

    end = body.data + body.len;
    p = fedi_farewell_take(body.data, end, '{');

    if (p != NULL) {
        p = fedi_farewell_object(p, end, 1, &top);
    }

    if (p == NULL || fedi_farewell_space(p, end) != end) {
        return false;
    }

    return top.type.len != 0
           && top.actor.len != 0
           && (!top.escaped || fedi_farewell_unescape(arena, &top))
           && fedi_str_eq(top.actor, top.object)
           && fedi_farewell_id(arena, rules, &top)
           && fedi_id_parse(arena, rules, top.actor, actor) == FEDI_OK;
}


/* behind its "{"; "top" is what is told of the outermost one */

static const char *
fedi_farewell_object(const char *p, const char *end, unsigned depth,
    fedi_farewell_t *top)
{
    size_t       n;
    fedi_str_t   names[FEDI_FAREWELL_NAMES];
    const char  *next;

    next = fedi_farewell_take(p, end, '}');

    for (n = 0; next == NULL && n < FEDI_FAREWELL_NAMES; n++) {

        if (n != 0) {
            p = fedi_farewell_take(p, end, ',');
        }

        if (p != NULL) {
            p = fedi_farewell_name(p, end, names, n);
        }

        if (p != NULL) {
            p = top ? fedi_farewell_told(p, end, depth, names[n], top)
                    : fedi_farewell_value(p, end, depth);
        }

        if (p == NULL) {
            return NULL;
        }

        next = fedi_farewell_take(p, end, '}');
    }

    return next;
}


/* with the colon behind it */

static const char *
fedi_farewell_name(const char *p, const char *end, fedi_str_t *names,
    size_t n)
{
    bool    escaped;
    size_t  i;

    escaped = false;
    p = fedi_farewell_take(p, end, '"');

    if (p != NULL) {
        p = fedi_farewell_string(p, end, &names[n], &escaped);
    }

    if (p == NULL || escaped || fedi_farewell_is_keyword(names[n])) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        if (fedi_str_eq(names[i], names[n])) {
            return NULL;
        }
    }

    return fedi_farewell_take(p, end, ':');
}


/* the value of a name of the outermost object */

static const char *
fedi_farewell_told(const char *p, const char *end, unsigned depth,
    fedi_str_t name, fedi_farewell_t *top)
{
    bool         escaped;
    fedi_str_t  *value;

    value = fedi_farewell_member(top, name);

    if (value == NULL) {

        /* what is told by two names is left to who compares them */

        if (name.len != 0 && name.data[0] == '@'
            && !fedi_str_eq(name, fedi_str("@context")))
        {
            return NULL;
        }

        return fedi_farewell_value(p, end, depth);
    }

    escaped = false;
    p = fedi_farewell_take(p, end, '"');

    if (p != NULL) {
        p = fedi_farewell_string(p, end, value, &escaped);
    }

    if (p == NULL || value->len == 0) {
        return NULL;
    }

    top->escaped |= escaped;

    /* of anything else no more is read */

    return value != &top->type || fedi_str_eq(*value, fedi_str("Delete"))
           ? p : NULL;
}


static const char *
fedi_farewell_array(const char *p, const char *end, unsigned depth)
{
    const char  *next;

    next = fedi_farewell_take(p, end, ']');

    while (next == NULL) {
        p = fedi_farewell_value(p, end, depth);

        if (p == NULL) {
            return NULL;
        }

        next = fedi_farewell_take(p, end, ']');

        if (next == NULL) {
            p = fedi_farewell_take(p, end, ',');

            if (p == NULL) {
                return NULL;
            }
        }
    }

    return next;
}


static const char *
fedi_farewell_value(const char *p, const char *end, unsigned depth)
{
    bool         escaped;
    fedi_str_t   value;
    const char  *next;

    next = fedi_farewell_take(p, end, '"');

    if (next != NULL) {
        return fedi_farewell_string(next, end, &value, &escaped);
    }

    next = fedi_farewell_take(p, end, '{');

    if (next != NULL) {
        return depth < FEDI_FAREWELL_DEPTH
               ? fedi_farewell_object(next, end, depth + 1, NULL) : NULL;
    }

    next = fedi_farewell_take(p, end, '[');

    if (next != NULL) {
        return depth < FEDI_FAREWELL_DEPTH
               ? fedi_farewell_array(next, end, depth + 1) : NULL;
    }

    return fedi_farewell_word(p, end);
}


static const char *
fedi_farewell_word(const char *p, const char *end)
{
    size_t  i;

    static const fedi_str_t  words[] = {
        fedi_string("true"), fedi_string("false"), fedi_string("null")
    };

    p = fedi_farewell_space(p, end);

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {

        if ((size_t) (end - p) >= words[i].len
            && memcmp(p, words[i].data, words[i].len) == 0)
        {
            return p + words[i].len;
        }
    }

    return NULL;
}


/* behind its first quotation mark; the value as it is written, "escaped" set */

static const char *
fedi_farewell_string(const char *p, const char *end, fedi_str_t *value,
    bool *escaped)
{
    value->data = p;

    for ( ;; ) {
        p = fedi_plain_end(p, end);

        if (p == end) {
            return NULL;
        }

        if (*p == '"') {
            value->len = (size_t) (p - value->data);
            return p + 1;
        }

        /* some write a slash so */

        if (end - p < 2 || p[0] != '\\' || p[1] != '/') {
            return NULL;
        }

        *escaped = true;
        p += 2;
    }
}


/* with the white space before it, of which most have none */

static inline const char *
fedi_farewell_take(const char *p, const char *end, char c)
{
    if (p < end && *p == c) {
        return p + 1;
    }

    if (p < end && *p <= ' ') {
        p = fedi_farewell_space(p, end);

        if (p < end && *p == c) {
            return p + 1;
        }
    }

    return NULL;
}


static const char *
fedi_farewell_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) {
        p++;
    }

    return p;
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


static bool
fedi_farewell_unescape(fedi_arena_t *arena, fedi_farewell_t *top)
{
    return fedi_farewell_plain(arena, &top->id)
           && fedi_farewell_plain(arena, &top->actor)
           && fedi_farewell_plain(arena, &top->object);
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
