
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdint.h>

#include "fedi_base64.h"


static int fedi_base64_value(char c);


bool
fedi_base64_decode(fedi_str_t text, unsigned char *out, size_t size,
    size_t *len)
{
    int       value;
    size_t    i, n;
    uint32_t  bits;
    unsigned  have;

    if (text.len != 0 && text.len % 4 == 0) {
        for (i = 0; i < 2 && text.data[text.len - 1] == '='; i++) {
            text.len--;
        }
    }

    n = 0;
    bits = 0;
    have = 0;

    for (i = 0; i < text.len; i++) {
        value = fedi_base64_value(text.data[i]);
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


static int
fedi_base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }

    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }

    if (fedi_is_digit(c)) {
        return c - '0' + 52;
    }

    if (c == '+') {
        return 62;
    }

    return c == '/' ? 63 : -1;
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
