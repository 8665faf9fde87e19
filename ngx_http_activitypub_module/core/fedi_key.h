
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys: PEM from the wire and from the database, and what a signature by such
 * a key may be: RSASSA-PKCS1-v1_5 with SHA-256 of RSA, or Ed25519.  Every
 * function may be called in any thread.
 */

#ifndef FEDI_KEY_H
#define FEDI_KEY_H

#include <openssl/evp.h>

#include "fedi_arena.h"
#include "fedi_err.h"


#define FEDI_KEY_BITS_MIN   2048
#define FEDI_KEY_BITS_MAX   8192

#define FEDI_KEY_SIGNATURE_MAX  (FEDI_KEY_BITS_MAX / 8)

#define FEDI_KEY_ED25519_LEN  32


/*
 * A public RSA key: one PEM block, "PUBLIC KEY" (SPKI) or "RSA PUBLIC KEY"
 * (PKCS#1), with nothing but white space around it; RSA of 2048 to 8192 bits
 * with an odd exponent of 65537 to 2^32, which is 65537 above 4096 bits.
 * FEDI_EKEY for anything else.  The caller frees "key" by EVP_PKEY_free().
 */
fedi_err_e fedi_key_parse(fedi_arena_t *arena, fedi_str_t pem,
    EVP_PKEY **key);

/* a private key of ours: "PRIVATE KEY" (PKCS#8) or "RSA PRIVATE KEY" */
fedi_err_e fedi_key_parse_private(fedi_arena_t *arena, fedi_str_t pem,
    EVP_PKEY **key);

/*
 * The same of PKCS#1 DER, which may be empty: then it is no key.  Or of the
 * bytes of Ed25519, which no DER of an acceptable RSA key is as short as.
 */
fedi_err_e fedi_key_from_der(fedi_str_t der, EVP_PKEY **key);

bool fedi_key_is_rsa(const EVP_PKEY *key);

/* by an RSA key; "signature" has room for FEDI_KEY_SIGNATURE_MAX bytes */
fedi_err_e fedi_key_sign(EVP_PKEY *key, fedi_str_t text,
    unsigned char *signature, size_t *len);

/*
 * FEDI_EMISMATCH: not a signature of "text" by this key.  "kept", which is of
 * this key, is used by one thread at a time and NULL at first, has what OpenSSL
 * makes of the key before it verifies, for the next time; EVP_PKEY_CTX_free()
 * frees it.  Without it that is made each time.
 */
fedi_err_e fedi_key_verify(EVP_PKEY *key, EVP_PKEY_CTX **kept,
    fedi_str_t text, const unsigned char *signature, size_t len);


#endif
