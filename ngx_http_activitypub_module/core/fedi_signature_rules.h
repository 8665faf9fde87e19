
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What one signature of a request has to be, apart from right: what it has to
 * cover, and how near its times are.
 */

#ifndef FEDI_SIGNATURE_RULES_H
#define FEDI_SIGNATURE_RULES_H

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


/* lines of which one alone may be there, or which say what is signed how */

typedef struct {
    size_t      n;
    fedi_str_t  value;          /* of the first */
} fedi_check_line_t;


typedef struct {
    fedi_check_line_t  host;
    fedi_check_line_t  date;
    fedi_check_line_t  digest;
    fedi_check_line_t  content_length;
    fedi_check_line_t  content_type;
    fedi_check_line_t  signature;
    fedi_check_line_t  signature_input;
} fedi_check_lines_t;


typedef struct {
    fedi_arena_t                   *arena;
    const fedi_signed_request_t    *request;
    const fedi_signature_policy_t  *policy;
    fedi_check_lines_t              lines;
} fedi_check_t;


/*
 * VALID, or why not.  Who signs is asked about first, because that is what
 * most who are sent away are sent away for.  One line each of Host, Date,
 * Digest, Content-Length and Content-Type at most; the method, the target with
 * its query, the host and a date covered, and the digest where there is a
 * body; everything covered is there; the host is ours; the times are near.
 * "digest" is what the body has to be, and is set only if policy->body.
 */
fedi_signature_e fedi_check_rules(const fedi_check_t *check,
    const fedi_signature_t *signature, fedi_digest_t *digest);

/* the reason that a digest gives: VALID for FEDI_DIGEST_OK */
fedi_signature_e fedi_signature_digest(fedi_digest_e digest);


#endif
