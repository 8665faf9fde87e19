
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What became of the signature of a request, from its header to its key.
 */

#ifndef FEDI_SIGNATURE_REASON_H
#define FEDI_SIGNATURE_REASON_H

#include "fedi_str.h"


/* why a request is not to be believed; shown in logs and in a variable */

typedef enum {
    FEDI_SIGNATURE_VALID = 0,
    FEDI_SIGNATURE_NONE,                /* the request has none */

    FEDI_SIGNATURE_TOO_LONG,
    FEDI_SIGNATURE_MALFORMED,
    FEDI_SIGNATURE_DUPLICATE_PARAMETER,
    FEDI_SIGNATURE_NO_KEY_ID,
    FEDI_SIGNATURE_NO_SIGNATURE,
    FEDI_SIGNATURE_ALGORITHM,
    FEDI_SIGNATURE_DUPLICATE_COVERED,   /* a name twice in "headers" */
    FEDI_SIGNATURE_UNKNOWN_COVERED,     /* "(other)" */
    FEDI_SIGNATURE_TIMES_NOT_ALLOWED,   /* (created) with rsa-sha256 */
    FEDI_SIGNATURE_NO_TIMES,            /* (created) without created= */

    FEDI_SIGNATURE_TARGET_NOT_COVERED,
    FEDI_SIGNATURE_HOST_NOT_COVERED,
    FEDI_SIGNATURE_DATE_NOT_COVERED,
    FEDI_SIGNATURE_DIGEST_NOT_COVERED,
    FEDI_SIGNATURE_ABSENT_HEADER,       /* covered, but not there */
    FEDI_SIGNATURE_DUPLICATE_HEADER,    /* two lines where one may be */
    FEDI_SIGNATURE_BAD_HEADER,          /* control characters in a line */
    FEDI_SIGNATURE_OTHER_HOST,
    FEDI_SIGNATURE_BAD_DATE,
    FEDI_SIGNATURE_TOO_OLD,
    FEDI_SIGNATURE_IN_FUTURE,
    FEDI_SIGNATURE_EXPIRED,
    FEDI_SIGNATURE_EXPIRES_LATE,
    FEDI_SIGNATURE_BAD_DIGEST,
    FEDI_SIGNATURE_NO_SHA256,
    FEDI_SIGNATURE_OTHER_BODY,          /* the digest is of another body */

    /* found by who looks for the key */

    FEDI_SIGNATURE_BAD_KEY_ID,
    FEDI_SIGNATURE_BLOCKED,
    FEDI_SIGNATURE_UNJUDGED,            /* blocked or not, nobody knows */
    FEDI_SIGNATURE_NO_KEY,
    FEDI_SIGNATURE_KEY_UNREACHABLE,
    FEDI_SIGNATURE_BAD_KEY,
    FEDI_SIGNATURE_MISMATCH,

    FEDI_SIGNATURE_FAILED,              /* a fault of ours */
    FEDI_SIGNATURE_REASONS
} fedi_signature_e;


/*
 * A name for programs: "valid", or what is wrong, in lower case with
 * underscores, as no other refusal is called (see fedi_refusal.h).  Static
 * storage, NUL-terminated.
 */
fedi_str_t fedi_signature_code(fedi_signature_e reason);

/* the same for people: a lower-case fragment of a sentence */
fedi_str_t fedi_signature_text(fedi_signature_e reason);

/* the status of an answer to such a request: 400, 401, 403, 500 or 503 */
unsigned fedi_signature_status(fedi_signature_e reason);


#endif
