
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Why a request is refused, or not answered, beside what is wrong with its
 * signature (fedi_signature_reason.h) and with its activity (fedi_verdict.h).
 * Together they are one table: each reason has one code, one sentence and one
 * status, and no code is there twice.
 */

#ifndef FEDI_REFUSAL_H
#define FEDI_REFUSAL_H

#include "fedi_err.h"
#include "fedi_str.h"


typedef enum {
    /* of a POST, before anybody is believed */
    FEDI_REFUSAL_METHOD = 0,
    FEDI_REFUSAL_TYPE,
    FEDI_REFUSAL_ENCODING,
    FEDI_REFUSAL_NO_LENGTH,
    FEDI_REFUSAL_TOO_LARGE,
    FEDI_REFUSAL_REQUEST,
    FEDI_REFUSAL_JSON,
    FEDI_REFUSAL_JSON_LIMIT,
    FEDI_REFUSAL_JSON_KEYWORD,
    FEDI_REFUSAL_ROW,
    FEDI_REFUSAL_LIMITED,
    FEDI_REFUSAL_BUSY,
    FEDI_REFUSAL_DATABASE,

    /* of a GET: nobody is suspected */
    FEDI_REFUSAL_READ_ONLY,
    FEDI_REFUSAL_NOT_FOUND,
    FEDI_REFUSAL_GONE,
    FEDI_REFUSAL_RESOURCE,
    FEDI_REFUSAL_NO_ACCOUNT,
    FEDI_REFUSAL_ACCOUNT_GONE,
    FEDI_REFUSAL_NO_RESOURCE,
    FEDI_REFUSAL_RESOURCE_GONE,
    FEDI_REFUSAL_NODEINFO,
    FEDI_REFUSAL_UNAVAILABLE,

    /* what the site's own settings, or nginx, refuse at our URLs */
    FEDI_REFUSAL_PASSWORD,
    FEDI_REFUSAL_DENIED,
    FEDI_REFUSAL_CONDITION,
    FEDI_REFUSAL_TOO_MANY,
    FEDI_REFUSAL_LATER,
    FEDI_REFUSAL_OTHER,
    FEDI_REFUSAL_FAILED,
    FEDI_REFUSALS
} fedi_refusal_e;


/* for programs: lower case with underscores; NUL-terminated, static */
fedi_str_t fedi_refusal_code(fedi_refusal_e refusal);

/* for people: a sentence, lower case, without quotes */
fedi_str_t fedi_refusal_text(fedi_refusal_e refusal);

/* of the answer */
unsigned fedi_refusal_status(fedi_refusal_e refusal);

/* of JSON that is not taken; FAILED: a fault of ours */
fedi_refusal_e fedi_refusal_of_json(fedi_err_e err);


#endif
