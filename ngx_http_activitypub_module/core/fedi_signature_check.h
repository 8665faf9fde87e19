
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a signature has to be, apart from right: all that is known before a
 * key is, so that nobody makes us fetch one for a request that we would not
 * believe anyway.
 */

#ifndef FEDI_SIGNATURE_CHECK_H
#define FEDI_SIGNATURE_CHECK_H

#include "fedi_digest.h"
#include "fedi_signature_base.h"


#define FEDI_SIGNATURE_WINDOW    3600
#define FEDI_SIGNATURE_LIFETIME  (12 * 3600)


/*
 * Whether we have to do with who signs, by the key id as it is written; VALID,
 * or the reason why not.  Called for each signature that can be read.
 */
typedef fedi_signature_e (*fedi_signature_admit_pt)(void *data,
    fedi_str_t key_id);


typedef struct {
    int64_t                  now;
    int64_t                  window;    /* how far off a time may be */
    int64_t                  lifetime;  /* of (created) to (expires) */
    bool                     body;      /* there is one, or may be: a POST */
    fedi_signature_admit_pt  admit;     /* NULL: with everybody */
    void                    *data;
} fedi_signature_policy_t;


/*
 * The signature of a request, checked as far as that goes without a key and a
 * body.  Where there is a Signature-Input only RFC 9421 counts, never "either
 * passes", and of its signatures the first that is as it has to be; NONE: the
 * request has no signature.
 *
 * Who signs is asked about first, because that is what most who are sent away
 * are sent away for.  One line each of Host, Date, Digest, Content-Length
 * and Content-Type at most, and of Signature for draft-cavage; the method, the
 * target with its query, the host and a date covered, and the digest where
 * there is a body; everything covered is there; the host is ours; the times
 * are near.  "digest" is what the body has to be, and is set only if
 * policy->body.  Otherwise the reason is that of the first signature.
 */
fedi_signature_e fedi_signature_read(fedi_arena_t *arena,
    const fedi_signed_request_t *request,
    const fedi_signature_policy_t *policy, fedi_signature_t *signature,
    fedi_digest_t *digest);

/* the reason that a digest gives: VALID for FEDI_DIGEST_OK */
fedi_signature_e fedi_signature_digest(fedi_digest_e digest);

/*
 * Whether it is a signature of one of the texts: MISMATCH or FAILED.  The
 * type of the key is the algorithm; ALGORITHM: the signature names another.
 */
fedi_signature_e fedi_signature_verify(EVP_PKEY *key,
    const fedi_signature_t *signature, const fedi_signature_bases_t *bases);


#endif
