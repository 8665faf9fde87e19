
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdint.h>

#include "fedi_base64.h"


/* of ASCII; -1: stands for nothing */

static const signed char  fedi_base64_values[128] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
    -1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
    -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1
};


bool
fedi_base64_decode(fedi_str_t text, unsigned char *out, size_t size,
    size_t *len)
{
    int            value;
    size_t         i, n;
    uint32_t       bits;
    unsigned       have;
    unsigned char  c;

    if (text.len != 0 && text.len % 4 == 0) {
        for (i = 0; i < 2 && text.data[text.len - 1] == '='; i++) {
            text.len--;
        }
    }

    n = 0;
    bits = 0;
    have = 0;

    for (i = 0; i < text.len; i++) {
        c = (unsigned char) text.data[i];
        value = c < 128 ? fedi_base64_values[c] : -1;

        if (value < 0) {
            return false;
        }

        bits = (bits << 6 | (uint32_t) value) & 0xffff;
        have += 6;

        if (have >= 8) {
            if (n == size) {
                return false;
            }

            have -= 8;
            out[n++] = (unsigned char) (bits >> have);
        }
    }

    /* a lone character, or bits that no byte took */

    if (have == 6 || (bits & ((1u << have) - 1)) != 0) {
        return false;
    }

    *len = n;

    return true;
}


void
fedi_base64_encode(const unsigned char *data, size_t len, char *out)
{
    size_t    i, n;
    uint32_t  bits;

    static const char  alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (i = 0; i < len; i += 3) {
        n = len - i;

        bits = (uint32_t) data[i] << 16
               | (n > 1 ? (uint32_t) data[i + 1] << 8 : 0)
               | (n > 2 ? (uint32_t) data[i + 2] : 0);

        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        *out++ = n > 1 ? alphabet[bits >> 6 & 63] : '=';
        *out++ = n > 2 ? alphabet[bits & 63] : '=';
    }
}
