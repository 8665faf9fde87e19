
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_language.h"


bool
fedi_language_valid(fedi_str_t tag)
{
    char    c;
    bool    letter, digit, first;
    size_t  i, len;

    if (tag.len > FEDI_LANGUAGE_MAX) {
        return false;
    }

    len = 0;
    first = true;

    for (i = 0; i < tag.len; i++) {
        c = tag.data[i];

        if (c == '-' && len >= (first ? 2 : 1)) {
            len = 0;
            first = false;
            continue;
        }

        letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        digit = c >= '0' && c <= '9';

        if (len == 8 || !(letter || (digit && !first))) {
            return false;
        }

        len++;
    }

    return len >= (first ? 2U : 1U);
}
