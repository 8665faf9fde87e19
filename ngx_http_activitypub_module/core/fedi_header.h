
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A header of HTTP as a list of names and values, from whoever parsed it.
 */

#ifndef FEDI_HEADER_H
#define FEDI_HEADER_H

#include <stdint.h>

#include "fedi_str.h"


typedef struct {
    fedi_str_t  name;       /* in any case */
    fedi_str_t  value;
} fedi_header_t;


/* how many lines have this name; *first is the value of the first, if any */
static inline size_t
fedi_header_find(const fedi_header_t *headers, size_t n, fedi_str_t name,
    fedi_str_t *first)
{
    size_t  i, found;

    for (found = 0, i = 0; i < n; i++) {
        if (!fedi_str_eq_nocase(headers[i].name, name)) {
            continue;
        }

        if (found++ == 0) {
            *first = headers[i].value;
        }
    }

    return found;
}


/* "token" of RFC 9110 section 5.6.2, and not empty */
static inline bool
fedi_header_is_token(fedi_str_t text)
{
    size_t         i;
    unsigned char  c;

    /* "!#$%&'*+-." "0-9"; "A-Z^_`a-z|~" */

    static const uint64_t  token[4] = {
        0x03ff6cfa00000000ULL, 0x57ffffffc7fffffeULL, 0, 0
    };

    for (i = 0; i < text.len; i++) {
        c = (unsigned char) text.data[i];

        if (!(token[c >> 6] >> (c & 63) & 1)) {
            return false;
        }
    }

    return text.len != 0;
}


/* no control but a tab: what no line of a header may hold otherwise */
static inline bool
fedi_header_is_value(fedi_str_t text)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < text.len; i++) {
        c = (unsigned char) text.data[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }

    return true;
}


#endif
