
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdint.h>

#include "fedi_base64.h"


/* stands for nothing: wherever it is shifted to, it has bits above the 24 */
#define no  0xffffffff

static const uint32_t  fedi_base64_values[256] = {
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, 62, no, no, no, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, no, no, no, no, no, no,
    no,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, no, no, no, no, no,
    no, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no,
    no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no
};

#undef no


static bool fedi_base64_rest(const unsigned char *p, size_t len,
    unsigned char *out);


bool
fedi_base64_decode(fedi_str_t text, unsigned char *out, size_t size,
    size_t *len)
{
    size_t                i, rest;
    uint32_t              bits;
    const unsigned char  *p;

    if (text.len != 0 && text.len % 4 == 0) {
        for (i = 0; i < 2 && text.data[text.len - 1] == '='; i++) {
            text.len--;
        }
    }

    rest = text.len % 4;
    *len = text.len / 4 * 3 + (rest != 0 ? rest - 1 : 0);

    if (*len > size) {
        return false;
    }

    p = (const unsigned char *) text.data;

    for (i = 0; i < text.len / 4; i++) {
        bits = fedi_base64_values[p[0]] << 18 | fedi_base64_values[p[1]] << 12
               | fedi_base64_values[p[2]] << 6 | fedi_base64_values[p[3]];

        if (bits >> 24 != 0) {
            return false;
        }

        out[0] = (unsigned char) (bits >> 16);
        out[1] = (unsigned char) (bits >> 8);
        out[2] = (unsigned char) bits;

        p += 4;
        out += 3;
    }

    return rest == 0 || fedi_base64_rest(p, rest, out);
}


/* two or three characters; and no bits that no byte takes */

static bool
fedi_base64_rest(const unsigned char *p, size_t len, unsigned char *out)
{
    uint32_t  bits;

    if (len == 1) {
        return false;
    }

    bits = fedi_base64_values[p[0]] << 18 | fedi_base64_values[p[1]] << 12;

    if (len == 3) {
        bits |= fedi_base64_values[p[2]] << 6;
    }

    if (bits >> 24 != 0) {
        return false;
    }

    out[0] = (unsigned char) (bits >> 16);

    if (len == 2) {
        return (bits & 0xffff) == 0;
    }

    out[1] = (unsigned char) (bits >> 8);

    return (bits & 0xff) == 0;
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
