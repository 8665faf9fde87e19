
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Strings of JSON (RFC 8259 section 7).
 */

#ifndef FEDI_JSON_STRING_H
#define FEDI_JSON_STRING_H

#include "fedi_str.h"


/*
 * Reads to behind the closing quote; the opening one is before "p".  "chars"
 * is a part of the text if nothing in it is escaped, else it is written at
 * "room", which moves behind it and the NUL that it gets; with "copy" always.
 * What is written is never longer than what is read.  False: no string, or
 * one with U+0000, a control character, a lone surrogate or bad UTF-8.
 */
bool fedi_json_string_read(const char **p, const char *end, char **room,
    bool copy, fedi_str_t *chars);


#endif
