
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Which signature of a request counts, by all that is known before a key is,
 * so that nobody makes us fetch one for a request that we would not believe
 * anyway; and then whether it is right.
 */

#ifndef FEDI_SIGNATURE_CHECK_H
#define FEDI_SIGNATURE_CHECK_H

#include "fedi_signature_rules.h"


/*
 * The signature of a request, checked as far as that goes without a key and a
 * body.  Where there is a Signature-Input only RFC 9421 counts, never "either
 * passes", and of its signatures the first that is as fedi_check_rules() has
 * it; else the reason is that of the first one.  Of draft-cavage there is one
 * line of Signature at most.  NONE: the request has no signature.
 */
fedi_signature_e fedi_signature_read(fedi_arena_t *arena,
    const fedi_signed_request_t *request,
    const fedi_signature_policy_t *policy, fedi_signature_t *signature,
    fedi_digest_t *digest);

/*
 * Whether it is a signature of one of the texts: MISMATCH or FAILED.  The
 * type of the key is the algorithm; ALGORITHM: the signature names another.
 * "kept": see fedi_key_verify().
 */
fedi_signature_e fedi_signature_verify(EVP_PKEY *key, EVP_PKEY_CTX **kept,
    const fedi_signature_t *signature, const fedi_signature_bases_t *bases);


#endif
