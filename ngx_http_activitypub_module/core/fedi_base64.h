
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Base64 (RFC 4648 section 4), as digests, signatures and PEM carry it.
 */

#ifndef FEDI_BASE64_H
#define FEDI_BASE64_H

#include "fedi_arena.h"


#define fedi_base64_encoded_len(len)  (((len) + 2) / 3 * 4)
#define fedi_base64_decoded_max(len)  ((len) / 4 * 3 + 3)


/*
 * Decodes into "out", which has room for "size" bytes.  Padding is whole or
 * left out; no white space, and no bits set that stand for nothing: one value
 * has one spelling.  False: it is not such text, or does not fit.
 */
bool fedi_base64_decode(fedi_str_t text, unsigned char *out, size_t size,
    size_t *len);

/* "out" gets fedi_base64_encoded_len(len) characters, and no NUL */
void fedi_base64_encode(const unsigned char *data, size_t len, char *out);


#endif
