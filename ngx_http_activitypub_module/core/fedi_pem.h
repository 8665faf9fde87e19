
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The bytes of a key's text (PEM, RFC 7468), and the RSA key in them.
 */

#ifndef FEDI_PEM_H
#define FEDI_PEM_H

#include "fedi_arena.h"
#include "fedi_err.h"


#define FEDI_PEM_MAX  (16 * 1024)


/*
 * Of a text that is one block with that label, with nothing but white space
 * around it and no header lines: FEDI_EKEY for anything else, FEDI_ENOMEM.
 * The bytes are in the arena; of a private key the caller cleanses them.
 */
fedi_err_e fedi_pem_decode(fedi_arena_t *arena, fedi_str_t text,
    const char *label, fedi_str_t *der);

/*
 * The PKCS#1 key of a SubjectPublicKeyInfo whose algorithm is rsaEncryption, a
 * view; empty: it is no such thing.
 */
fedi_str_t fedi_pem_rsa(fedi_str_t der);


#endif
