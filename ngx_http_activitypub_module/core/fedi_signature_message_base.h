
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The signature base of RFC 9421 (section 2.5), for signatures that come in
 * and those that go out, and the fields that go out.
 */

#ifndef FEDI_SIGNATURE_MESSAGE_BASE_H
#define FEDI_SIGNATURE_MESSAGE_BASE_H

#include "fedi_signature_base.h"


/* what ours cover, in this order */
#define FEDI_SIGNATURE_MESSAGE_GET   "\"@method\" \"@target-uri\""
#define FEDI_SIGNATURE_MESSAGE_POST                                           \
    "\"@method\" \"@target-uri\" \"content-digest\""


/*
 * The text that "signature" is of.  @authority, and the host in @target-uri,
 * are request->authority, where the received Host is that or an alias of it.
 * ABSENT_HEADER, BAD_HEADER, OTHER_HOST or FAILED.  Copied into the arena.
 */
fedi_signature_e fedi_signature_message_base(fedi_arena_t *arena,
    const fedi_signature_t *signature, const fedi_signed_request_t *request,
    fedi_str_t *text);

/*
 * What is to be signed by an RSA key: "covered" is one of the above.  The
 * input goes into the field, "sig1=" before it, and is what the text ends
 * with.
 */
fedi_signature_e fedi_signature_message_base_of(fedi_arena_t *arena,
    fedi_str_t covered, fedi_str_t key_id, int64_t created,
    const fedi_signed_request_t *request, fedi_str_t *input,
    fedi_str_t *text);

/* the two fields of that signature.  Copied; FEDI_ENOMEM. */
fedi_err_e fedi_signature_message_render(fedi_arena_t *arena,
    fedi_str_t input, const unsigned char *signature, size_t len,
    fedi_str_t *input_field, fedi_str_t *field);


#endif
