
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A signature of a request, of either scheme that the fediverse speaks, and
 * the header of draft-cavage-http-signatures-12 with everything that may be
 * wrong with it; RFC 9421 is fedi_signature_message.h's.  What a signature
 * has to cover is fedi_signature_rules.h's, the text that is signed
 * fedi_signature_base.h's.
 */

#ifndef FEDI_SIGNATURE_H
#define FEDI_SIGNATURE_H

#include <stdint.h>

#include "fedi_key.h"
#include "fedi_signature_reason.h"


#define FEDI_SIGNATURE_VALUE_MAX       8192
#define FEDI_SIGNATURE_PARAMETERS_MAX  16
#define FEDI_SIGNATURE_COVERED_MAX     64


typedef enum {
    FEDI_SCHEME_CAVAGE = 0,
    FEDI_SCHEME_RFC9421
} fedi_scheme_e;


typedef struct {
    fedi_scheme_e  scheme;

    fedi_str_t  key_id;             /* as written, not checked */
    fedi_str_t  algorithm;          /* empty: none is said */
    bool        has_created;
    bool        has_expires;
    int64_t     created;
    int64_t     expires;
    fedi_str_t  created_text;       /* as draft-cavage signs it */
    fedi_str_t  expires_text;
    fedi_str_t  input;              /* as RFC 9421 signs it: all of them */

    size_t      ncovered;
    size_t      len;

    /* names as written; draft-cavage: {"date"} when no list is given */
    fedi_str_t  covered[FEDI_SIGNATURE_COVERED_MAX];

    unsigned char  bytes[FEDI_KEY_SIGNATURE_MAX];
} fedi_signature_t;


/*
 * Parses the value of a Signature header, "Signature " before it allowed:
 * name="value" or name=value, by commas.  Unknown parameters are read over, a
 * name that is there twice is an error, and so is a backslash.  The algorithm
 * may be rsa-sha256, hs2019 or not said: the key's type decides.  The names
 * in "covered" are checked to be tokens or pseudo headers that are allowed.
 * Views point into "value".
 */
fedi_signature_e fedi_signature_parse(fedi_str_t value,
    fedi_signature_t *signature);

/* whether "name", lower case, is covered */
bool fedi_signature_covers(const fedi_signature_t *signature,
    fedi_str_t name);


#endif
