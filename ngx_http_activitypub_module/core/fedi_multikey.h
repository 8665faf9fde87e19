
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Public keys as publicKeyMultibase writes them (FEP-521a, Multikey): base58
 * of a code that says what kind of key follows, and the key.
 */

#ifndef FEDI_MULTIKEY_H
#define FEDI_MULTIKEY_H

#include "fedi_key.h"


/* an RSA key of 4096 bits has 722; base58 costs the square of its length */
#define FEDI_MULTIKEY_MAX  800


/*
 * Accepts "z" and base58btc (multibase) of ed25519-pub and 32 bytes, or of
 * rsa-pub and an RSA public key as fedi_key_from_der() takes it.  FEDI_EKEY
 * for anything else; FEDI_ENOMEM.  The caller frees "key".
 */
fedi_err_e fedi_multikey_parse(fedi_arena_t *arena, fedi_str_t text,
    EVP_PKEY **key);

/* what base58btc begins with, and no PEM does */

static inline bool
fedi_multikey_is_text(fedi_str_t text)
{
    return text.len != 0 && text.data[0] == 'z';
}


/*
 * A public key as an actor's document has it and the database keeps it: of
 * fedi_multikey_parse() if it looks so, else of fedi_key_parse().
 */
fedi_err_e fedi_key_text_parse(fedi_arena_t *arena, fedi_str_t text,
    EVP_PKEY **key);


#endif
