
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_multikey.h"


/* 138 digits of base58 are 101 bytes: log(58) / log(256) is below 0.733 */
#define fedi_base58_decoded_max(len)  ((len) * 733 / 1000 + 1)


static fedi_err_e fedi_base58_decode(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *decoded);
static bool fedi_multikey_is(fedi_str_t bytes, const char *code);


/* of the table of multicodec, as varints */

static const char  fedi_multikey_ed25519[] = "\xed\x01";
static const char  fedi_multikey_rsa[] = "\x85\x24";


fedi_err_e
fedi_key_text_parse(fedi_arena_t *arena, fedi_str_t text, EVP_PKEY **key)
{
    return fedi_multikey_is_text(text) ? fedi_multikey_parse(arena, text, key)
                                       : fedi_key_parse(arena, text, key);
}


fedi_err_e
fedi_multikey_parse(fedi_arena_t *arena, fedi_str_t text, EVP_PKEY **key)
{
    fedi_err_e  err;
    fedi_str_t  bytes, rest;

    if (text.len < 2 || text.len > FEDI_MULTIKEY_MAX || text.data[0] != 'z') {
        return FEDI_EKEY;
    }

    err = fedi_base58_decode(arena, fedi_str_from(text, 1), &bytes);
    if (err != FEDI_OK) {
        return err;
    }

    if (bytes.len < 2) {
        return FEDI_EKEY;
    }

    rest = fedi_str_from(bytes, 2);

    if (fedi_multikey_is(bytes, fedi_multikey_ed25519)) {
        return rest.len == FEDI_KEY_ED25519_LEN ? fedi_key_from_der(rest, key)
                                                : FEDI_EKEY;
    }

    if (fedi_multikey_is(bytes, fedi_multikey_rsa)) {
        return rest.len != FEDI_KEY_ED25519_LEN ? fedi_key_from_der(rest, key)
                                                : FEDI_EKEY;
    }

    return FEDI_EKEY;
}


static bool
fedi_multikey_is(fedi_str_t bytes, const char *code)
{
    return memcmp(bytes.data, code, 2) == 0;
}


/* the number is kept with its last byte last; each digit is one pass */

static fedi_err_e
fedi_base58_decode(fedi_arena_t *arena, fedi_str_t text, fedi_str_t *decoded)
{
    size_t          i, k, max, len, zeros;
    unsigned        carry;
    const char     *digit;
    unsigned char  *bytes;

    static const char  digits[] =
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    max = fedi_base58_decoded_max(text.len) + text.len;

    bytes = fedi_alloc(arena, max);
    if (bytes == NULL) {
        return FEDI_ENOMEM;
    }

    zeros = 0;

    while (zeros < text.len && text.data[zeros] == digits[0]) {
        zeros++;
    }

    for (len = 0, i = zeros; i < text.len; i++) {
        digit = text.data[i] != '\0' ? strchr(digits, text.data[i]) : NULL;

        if (digit == NULL) {
            return FEDI_EKEY;
        }

        carry = (unsigned) (digit - digits);

        for (k = 0; k < len || carry != 0; k++) {
            carry += k < len ? 58u * bytes[max - 1 - k] : 0;
            bytes[max - 1 - k] = (unsigned char) (carry & 0xff);
            carry >>= 8;
        }

        len = k;
    }

    memset(bytes + max - len - zeros, 0, zeros);

    decoded->data = (const char *) bytes + max - len - zeros;
    decoded->len = len + zeros;

    return FEDI_OK;
}
