
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_utf8.h"


/*
 * The length of the character at the start of "p", of which "len" bytes are
 * there; 0 when it is none.  The bounds of the second byte (RFC 3629 section
 * 4) are what keeps overlong forms, surrogates and U+110000 out.
 */
static size_t
fedi_utf8_char(const unsigned char *p, size_t len)
{
    size_t         i, n;
    unsigned char  low, high;

    if (p[0] < 0x80) {
        return 1;
    }

    low = 0x80;
    high = 0xbf;

    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        n = 2;

    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        n = 3;
        low = p[0] == 0xe0 ? 0xa0 : low;
        high = p[0] == 0xed ? 0x9f : high;

    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;
        low = p[0] == 0xf0 ? 0x90 : low;
        high = p[0] == 0xf4 ? 0x8f : high;

    } else {
        return 0;
    }

    if (len < n || p[1] < low || p[1] > high) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }

    return n;
}


bool
fedi_utf8_valid(fedi_str_t text)
{
    size_t  i, n;

    for (i = 0; i < text.len; i += n) {
        n = fedi_utf8_char((const unsigned char *) text.data + i,
                           text.len - i);

        if (n == 0) {
            return false;
        }
    }

    return true;
}
