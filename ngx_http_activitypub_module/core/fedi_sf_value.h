
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Bare items of structured fields (RFC 9651 section 4.2.3.1).
 */

#ifndef FEDI_SF_VALUE_H
#define FEDI_SF_VALUE_H

#include "fedi_sf.h"


/* what is not parsed yet */

typedef struct {
    fedi_arena_t  *arena;
    fedi_str_t     left;
} fedi_sf_text_t;


/*
 * Parses one bare item, by its first character, and moves "text" behind it.
 * FEDI_ESF or FEDI_ENOMEM.
 */
fedi_err_e fedi_sf_value(fedi_sf_text_t *text, fedi_sf_value_t *value);


/* whether "c" came next; it is taken then */
static inline bool
fedi_sf_take(fedi_sf_text_t *text, char c)
{
    if (text->left.len == 0 || text->left.data[0] != c) {
        return false;
    }

    text->left = fedi_str_from(text->left, 1);

    return true;
}


#endif
