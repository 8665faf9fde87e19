
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The texts that a signature may be of, and the draft-cavage one (section
 * 2.3), for signatures that come in and those that go out, with the header
 * that goes out.
 */

#ifndef FEDI_SIGNATURE_BASE_H
#define FEDI_SIGNATURE_BASE_H

#include "fedi_arena.h"
#include "fedi_header.h"
#include "fedi_signature.h"


/* what ours cover, in this order */
#define FEDI_SIGNATURE_GET   "(request-target) host date"
#define FEDI_SIGNATURE_POST  "(request-target) host date digest"


typedef struct {
    fedi_str_t            method;       /* "POST" */
    fedi_str_t            target;       /* path and query as received */
    const fedi_header_t  *headers;
    size_t                nheaders;

    /* the origin that a peer was told to ask; and hosts that are it, too */
    fedi_str_t            scheme;
    fedi_str_t            authority;
    const fedi_str_t     *aliases;
    size_t                naliases;
} fedi_signed_request_t;


/* a second text is for a GET that has a query: peers differ about it */

typedef struct {
    fedi_str_t  texts[2];
    unsigned    n;
} fedi_signature_bases_t;


/*
 * The texts that "signature", of either scheme, may be of; any of them will
 * do.  Where the received Host is an alias, the text names the authority.
 * ABSENT_HEADER, BAD_HEADER, OTHER_HOST or FAILED (no memory).  Copied into
 * the arena.
 */
fedi_signature_e fedi_signature_bases(fedi_arena_t *arena,
    const fedi_signature_t *signature, const fedi_signed_request_t *request,
    fedi_signature_bases_t *bases);

/*
 * The text to sign for a request of ours; "covered" is FEDI_SIGNATURE_GET or
 * FEDI_SIGNATURE_POST, and every header in it has to be there.
 */
fedi_signature_e fedi_signature_base_of(fedi_arena_t *arena,
    fedi_str_t covered, const fedi_signed_request_t *request,
    fedi_str_t *base);

/* the value of the Signature header.  Copied; FEDI_ENOMEM. */
fedi_err_e fedi_signature_render(fedi_arena_t *arena, fedi_str_t key_id,
    fedi_str_t covered, const unsigned char *signature, size_t len,
    fedi_str_t *value);

/*
 * The host to be signed: the received one if it is the authority, with the
 * port of https or without, the authority if it is an alias; OTHER_HOST.
 */
fedi_signature_e fedi_signature_host(const fedi_signed_request_t *request,
    fedi_str_t received, fedi_str_t *host);

/*
 * The value of a header as both schemes sign it: its lines trimmed and joined
 * by ", ".  ABSENT_HEADER, BAD_HEADER or FAILED.
 */
fedi_signature_e fedi_signature_field(fedi_arena_t *arena,
    const fedi_signed_request_t *request, fedi_str_t name,
    fedi_str_t *value);


#endif
