
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A view of bytes: a pointer and a length, never NUL-terminated unless a
 * header says so.  A view borrows; whoever made the bytes keeps them.
 */

#ifndef FEDI_STR_H
#define FEDI_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>


typedef struct {
    const char  *data;
    size_t       len;
} fedi_str_t;


/* in an initializer, and anywhere else */
#define fedi_string(literal)  { (literal), sizeof(literal) - 1 }
#define fedi_str(literal)  ((fedi_str_t) { (literal), sizeof(literal) - 1 })
#define fedi_null_str      ((fedi_str_t) { NULL, 0 })


static inline bool
fedi_str_eq(fedi_str_t a, fedi_str_t b)
{
    return a.len == b.len
           && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


/* ASCII alone: no locale has a say in names and tokens */
static inline char
fedi_lower(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char) (c | 0x20);
    }

    return c;
}


static inline bool
fedi_is_digit(char c)
{
    return c >= '0' && c <= '9';
}


static inline bool
fedi_is_alnum(char c)
{
    return fedi_is_digit(c) || (fedi_lower(c) >= 'a' && fedi_lower(c) <= 'z');
}


static inline bool
fedi_str_eq_nocase(fedi_str_t a, fedi_str_t b)
{
    size_t  i;

    if (a.len != b.len) {
        return false;
    }

    for (i = 0; i < a.len; i++) {
        if (a.data[i] != b.data[i]
            && fedi_lower(a.data[i]) != fedi_lower(b.data[i]))
        {
            return false;
        }
    }

    return true;
}


/* the view without its first "n" bytes; nothing is added to a null pointer */
static inline fedi_str_t
fedi_str_from(fedi_str_t s, size_t n)
{
    return (fedi_str_t) { n != 0 ? s.data + n : s.data, s.len - n };
}


/* without spaces and tabs around: the optional white space of HTTP */
static inline fedi_str_t
fedi_str_trim(fedi_str_t s)
{
    while (s.len != 0 && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s = fedi_str_from(s, 1);
    }

    while (s.len != 0
           && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
    {
        s.len--;
    }

    return s;
}


/* the length of what stands before the first "c", or of everything */
static inline size_t
fedi_str_before(fedi_str_t s, char c)
{
    const char  *p;

    p = s.len != 0 ? memchr(s.data, c, s.len) : NULL;

    return p != NULL ? (size_t) (p - s.data) : s.len;
}


#endif
