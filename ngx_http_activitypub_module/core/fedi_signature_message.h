
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * HTTP message signatures (RFC 9421), the profile that the fediverse speaks:
 * the fields Signature-Input and Signature, each a dictionary with a member
 * for every signature.
 */

#ifndef FEDI_SIGNATURE_MESSAGE_H
#define FEDI_SIGNATURE_MESSAGE_H

#include "fedi_arena.h"
#include "fedi_sf.h"
#include "fedi_signature.h"


#define FEDI_SIGNATURE_LABELS_MAX  4


typedef struct {
    fedi_sf_dictionary_t  inputs;
    fedi_sf_dictionary_t  values;
} fedi_signature_fields_t;


/*
 * Parses the two fields, their lines joined by ", ".  TOO_LONG: more than
 * FEDI_SIGNATURE_LABELS_MAX signatures, or one of the fields is too long;
 * MALFORMED; DUPLICATE_PARAMETER: a label, or a name in one, is there twice;
 * NONE: no signature in them; FAILED: no memory.
 */
fedi_signature_e fedi_signature_fields(fedi_arena_t *arena, fedi_str_t input,
    fedi_str_t value, fedi_signature_fields_t *fields);

/*
 * The signature that "input", a member of fields->inputs, speaks of.  Covered
 * are fields and the derived components of a request but @query-param, all
 * without parameters; "created" and "keyid" have to be there, and "alg" may
 * be rsa-v1_5-sha256 or ed25519.  Views point into the fields.
 */
fedi_signature_e fedi_signature_member(const fedi_signature_fields_t *fields,
    const fedi_sf_member_t *input, fedi_signature_t *signature);


#endif
