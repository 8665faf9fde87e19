
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <arpa/inet.h>
#include <sys/socket.h>

#include "fedi_cidr.h"


bool
fedi_cidr_parse(fedi_str_t text, fedi_cidr_t *cidr)
{
    char      literal[INET6_ADDRSTRLEN];
    size_t    i, len;
    unsigned  most;

    len = fedi_str_before(text, '/');

    if (len == 0 || len >= sizeof(literal)
        || memchr(text.data, '\0', len) != NULL)
    {
        return false;
    }

    memcpy(literal, text.data, len);
    literal[len] = '\0';

    cidr->address.v6 = (memchr(literal, ':', len) != NULL);

    if (inet_pton(cidr->address.v6 ? AF_INET6 : AF_INET, literal,
                  cidr->address.bytes)
        != 1)
    {
        return false;
    }

    most = cidr->address.v6 ? 128 : 32;

    if (len == text.len) {
        cidr->bits = most;
        return true;
    }

    text = fedi_str_from(text, len + 1);

    if (text.len == 0 || text.len > 3) {
        return false;
    }

    for (cidr->bits = 0, i = 0; i < text.len; i++) {
        if (!fedi_is_digit(text.data[i])) {
            return false;
        }

        cidr->bits = cidr->bits * 10 + (unsigned) (text.data[i] - '0');
    }

    return cidr->bits <= most;
}


bool
fedi_cidr_match(const fedi_cidr_t *cidr, const fedi_address_t *address)
{
    size_t    bytes;
    unsigned  rest, differ;

    if (cidr->address.v6 != address->v6) {
        return false;
    }

    bytes = cidr->bits / 8;
    rest = cidr->bits % 8;

    if (memcmp(cidr->address.bytes, address->bytes, bytes) != 0) {
        return false;
    }

    if (rest == 0) {
        return true;
    }

    differ = (unsigned) (cidr->address.bytes[bytes] ^ address->bytes[bytes]);

    return differ >> (8 - rest) == 0;
}
