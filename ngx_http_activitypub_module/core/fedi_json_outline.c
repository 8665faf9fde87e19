
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_json_outline.h"
#include "fedi_plain.h"


/* a shorter string costs jansson less than it does here */
#define FEDI_JSON_OUTLINE_MIN  12

/* stands for plain ones that follow each other */
#define FEDI_JSON_OUTLINE_PLAIN  'x'


struct fedi_json_taken_s {
    fedi_str_t  text;
    size_t      number;     /* which of the strings */
};


static bool fedi_json_outline_is_name(const char *p, const char *end);
static size_t fedi_json_outline_escape(const char *p, const char *end);
static size_t fedi_json_outline_decode(const char **p, const char *decoded);


bool
fedi_json_outline_init(fedi_arena_t *arena, fedi_str_t text,
    fedi_json_outline_t *outline)
{
    size_t  most;

    most = text.len / FEDI_JSON_OUTLINE_MIN + 1;

    outline->taken = fedi_alloc(arena, most * sizeof(fedi_json_taken_t)
                                       + text.len);
    if (outline->taken == NULL) {
        return false;
    }

    outline->text = (char *) (outline->taken + most);
    outline->last = outline->text;
    outline->next = text.data;
    outline->ntaken = 0;
    outline->restored = 0;
    outline->strings = 0;

    return true;
}


void
fedi_json_outline_string(fedi_json_outline_t *outline, fedi_str_t string,
    const char *end)
{
    char               *out;
    size_t              n;
    const char         *p, *plain, *last;
    fedi_json_taken_t  *taken;

    last = string.data + string.len;

    if (fedi_json_outline_is_name(last + 1, end)) {
        return;
    }

    outline->strings++;

    if (string.len < FEDI_JSON_OUTLINE_MIN) {
        return;
    }

    n = (size_t) (string.data - outline->next);
    memcpy(outline->last, outline->next, n);

    outline->last += n;
    outline->next = string.data;
    out = outline->last;

    for (p = string.data; p < last; p += n) {
        plain = fedi_plain_end(p, last);

        if (plain != p) {
            *out++ = FEDI_JSON_OUTLINE_PLAIN;
            n = (size_t) (plain - p);
            continue;
        }

        n = fedi_json_outline_escape(p, last);
        memcpy(out, p, n);
        out += n;
    }

    /* most of it is not plain: it stays as it is */

    if ((size_t) (out - outline->last) > string.len / 2) {
        return;
    }

    taken = &outline->taken[outline->ntaken++];
    taken->text = string;
    taken->number = outline->strings;

    outline->last = out;
    outline->next = last;
}


/* what a quotation mark ends is a name if a colon follows, and nothing else */

static bool
fedi_json_outline_is_name(const char *p, const char *end)
{
    while (p < end
           && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
    {
        p++;
    }

    return p < end && *p == ':';
}


/*
 * How long that is which is not plain and stays: an escape, right or wrong, or
 * a byte.  Of the digits behind "\u" none is taken.
 */
static size_t
fedi_json_outline_escape(const char *p, const char *end)
{
    size_t  n, len;

    len = (size_t) (end - p);

    if (*p != '\\') {
        return 1;
    }

    n = (len > 1 && p[1] == 'u') ? 6 : 2;

    return n < len ? n : len;
}


fedi_str_t
fedi_json_outline_end(fedi_json_outline_t *outline, const char *end)
{
    size_t  n;

    n = (size_t) (end - outline->next);
    memcpy(outline->last, outline->next, n);
    outline->last += n;

    /* restored strings are numbered from the first again */

    outline->strings = 0;

    return (fedi_str_t) { outline->text,
                          (size_t) (outline->last - outline->text) };
}


fedi_err_e
fedi_json_outline_restore(fedi_json_outline_t *outline, json_t *string)
{
    char                     *out;
    size_t                    n;
    const char               *p, *end, *plain, *decoded, *last;
    const fedi_json_taken_t  *taken;

    taken = &outline->taken[outline->restored];

    outline->strings++;

    if (outline->restored == outline->ntaken
        || taken->number != outline->strings)
    {
        return FEDI_OK;
    }

    outline->restored++;

    p = taken->text.data;
    end = p + taken->text.len;
    decoded = json_string_value(string);
    last = decoded + json_string_length(string);
    out = outline->text;

    while (p < end && decoded < last) {
        plain = fedi_plain_end(p, end);

        if (plain != p) {
            n = (size_t) (plain - p);
            memcpy(out, p, n);
            out += n;
            p = plain;
            decoded++;
            continue;
        }

        n = fedi_json_outline_decode(&p, decoded);

        if (n > (size_t) (last - decoded)) {
            return FEDI_EJSON;
        }

        memcpy(out, decoded, n);
        out += n;
        decoded += n;
    }

    if (p != end || decoded != last) {
        return FEDI_EJSON;
    }

    return json_string_setn_nocheck(string, outline->text,
                                    (size_t) (out - outline->text))
           == 0 ? FEDI_OK : FEDI_ENOMEM;
}


/* passes over what is not plain, and says how many bytes it has become */

static size_t
fedi_json_outline_decode(const char **p, const char *decoded)
{
    unsigned char  c;

    if (**p != '\\') {
        *p += 1;
        return 1;
    }

    if ((*p)[1] != 'u') {
        *p += 2;
        return 1;
    }

    /* four bytes of UTF-8 were two escapes */

    c = (unsigned char) *decoded;
    *p += (c < 0xf0) ? 6 : 12;

    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}
