
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <arpa/inet.h>
#include <stdint.h>
#include <sys/socket.h>

#include "fedi_address.h"


static bool fedi_address_parse_v4(fedi_str_t text, fedi_address_t *address);
static bool fedi_address_parse_v6(fedi_str_t text, fedi_address_t *address);
static bool fedi_address_number(fedi_str_t text, uint64_t *number);


bool
fedi_address_parse(fedi_str_t text, fedi_address_t *address)
{
    if (text.len != 0 && text.data[0] == '[') {
        return fedi_address_parse_v6(text, address);
    }

    return fedi_address_parse_v4(text, address);
}


/* one to four numbers, the last of which fills what bytes are left */

static bool
fedi_address_parse_v4(fedi_str_t text, fedi_address_t *address)
{
    size_t      i, n, len;
    uint32_t    value;
    uint64_t    number;
    fedi_str_t  part;

    value = 0;
    number = 0;

    for (n = 0; n < 4; n++) {
        for (len = 0; len < text.len && text.data[len] != '.'; len++) {
            /* void */
        }

        part.data = text.data;
        part.len = len;

        if (!fedi_address_number(part, &number)) {
            return false;
        }

        if (len == text.len) {
            break;
        }

        if (number > 0xff) {
            return false;
        }

        value |= (uint32_t) number << (24 - 8 * n);
        text = fedi_str_from(text, len + 1);
    }

    if (n == 4 || number >= (uint64_t) 1 << (32 - 8 * n)) {
        return false;
    }

    value |= (uint32_t) number;

    address->v6 = false;

    for (i = 0; i < 4; i++) {
        address->bytes[i] = (unsigned char) (value >> (24 - 8 * i));
    }

    return true;
}


static bool
fedi_address_parse_v6(fedi_str_t text, fedi_address_t *address)
{
    char    literal[INET6_ADDRSTRLEN];
    size_t  len;

    if (text.len < 4 || text.data[text.len - 1] != ']') {
        return false;
    }

    len = text.len - 2;

    if (len >= sizeof(literal) || memchr(text.data, '\0', text.len) != NULL) {
        return false;
    }

    memcpy(literal, text.data + 1, len);
    literal[len] = '\0';

    address->v6 = true;

    return inet_pton(AF_INET6, literal, address->bytes) == 1;
}


fedi_err_e
fedi_address_print(fedi_arena_t *arena, const fedi_address_t *address,
    fedi_str_t *text)
{
    char        literal[INET6_ADDRSTRLEN];
    fedi_str_t  parts[3];

    if (inet_ntop(address->v6 ? AF_INET6 : AF_INET, address->bytes, literal,
                  sizeof(literal))
        == NULL)
    {
        return FEDI_ENOMEM;
    }

    parts[0] = address->v6 ? fedi_str("[") : fedi_null_str;
    parts[1] = (fedi_str_t) { literal, strlen(literal) };
    parts[2] = address->v6 ? fedi_str("]") : fedi_null_str;

    *text = fedi_join(arena, parts, 3);

    return text->data != NULL ? FEDI_OK : FEDI_ENOMEM;
}


bool
fedi_address_is_number(fedi_str_t text)
{
    size_t    i;
    uint64_t  number;

    if (fedi_address_number(text, &number)) {
        return true;
    }

    /* "08" is no octal number for some, eight for others */

    for (i = 0; i < text.len; i++) {
        if (!fedi_is_digit(text.data[i])) {
            return false;
        }
    }

    return text.len != 0;
}


/*
 * Decimal, 0octal or 0xhexadecimal, as strtoul() with base 0 reads it; "0x"
 * alone is zero, as browsers have it.  Saturates: too large stays too large.
 */
static bool
fedi_address_number(fedi_str_t text, uint64_t *number)
{
    char      c;
    unsigned  base, digit;

    if (text.len == 0) {
        return false;
    }

    base = 10;

    if (text.len > 1 && text.data[0] == '0') {
        base = fedi_lower(text.data[1]) == 'x' ? 16 : 8;
        text = fedi_str_from(text, base == 16 ? 2 : 1);
    }

    for (*number = 0; text.len != 0; text = fedi_str_from(text, 1)) {
        c = fedi_lower(text.data[0]);

        if (fedi_is_digit(c)) {
            digit = (unsigned) (c - '0');

        } else if (c >= 'a' && c <= 'f') {
            digit = (unsigned) (c - 'a') + 10;

        } else {
            return false;
        }

        if (digit >= base) {
            return false;
        }

        *number = *number * base + digit;

        if (*number > UINT32_MAX) {
            *number = (uint64_t) UINT32_MAX + 1;
        }
    }

    return true;
}
