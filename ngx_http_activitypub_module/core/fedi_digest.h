
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The header by which a signature covers a body: Digest (RFC 3230) of
 * draft-cavage, Content-Digest (RFC 9530) of RFC 9421.
 */

#ifndef FEDI_DIGEST_H
#define FEDI_DIGEST_H

#include "fedi_arena.h"


#define FEDI_SHA256_LEN  32
#define FEDI_SHA512_LEN  64

/* "SHA-256=" and 44 characters */
#define FEDI_DIGEST_HEADER_LEN  52

/* "sha-256=:", 44 characters and ":" */
#define FEDI_CONTENT_DIGEST_LEN  54

#define FEDI_DIGEST_VALUE_MAX  1024


typedef enum {
    FEDI_DIGEST_OK = 0,
    FEDI_DIGEST_MALFORMED,      /* of the digests that we know, at least */
    FEDI_DIGEST_UNKNOWN,        /* none is one that is taken */
    FEDI_DIGEST_MISMATCH,
    FEDI_DIGEST_FAILED          /* no memory, or no body */
} fedi_digest_e;


typedef struct {
    bool           has_sha256;
    bool           has_sha512;
    unsigned char  sha256[FEDI_SHA256_LEN];
    unsigned char  sha512[FEDI_SHA512_LEN];
} fedi_digest_t;


/*
 * Accepts a list of "algorithm=base64", algorithms in any case.  SHA-256 has
 * to be there, SHA-512 is remembered, each once; others are ignored.
 */
fedi_digest_e fedi_digest_parse(fedi_str_t value, fedi_digest_t *digest);

/*
 * Content-Digest, whose lines are joined: a dictionary of byte sequences.
 * SHA-256 or SHA-512 has to be there, no name twice; others are ignored.
 */
fedi_digest_e fedi_content_digest_parse(fedi_arena_t *arena,
    fedi_str_t value, fedi_digest_t *digest);

/*
 * Whether the digests are those of a body, in constant time.  Every known one
 * has to match, and there has to be one: "sha512" may be NULL only when
 * has_sha512 is false, and is a mismatch otherwise.
 */
fedi_digest_e fedi_digest_verify(const fedi_digest_t *digest,
    const unsigned char *sha256, const unsigned char *sha512);

/* the same for a body that is in memory; a failure of OpenSSL is a mismatch */
fedi_digest_e fedi_digest_verify_body(const fedi_digest_t *digest,
    fedi_str_t body);

/*
 * The next bytes of a body, which are read before the next call; empty: that
 * was all.  false: they cannot be had.
 */
typedef bool (*fedi_digest_read_pt)(void *data, fedi_str_t *bytes);

/* the same for a body that is read piece by piece; FAILED: it cannot be */
fedi_digest_e fedi_digest_verify_pieces(const fedi_digest_t *digest,
    fedi_digest_read_pt read, void *data);

/* "SHA-256=...", in upper case: some take no other.  No NUL. */
void fedi_digest_render(const unsigned char *sha256, char *out);

/* "sha-256=:...:", of the same body: FEDI_CONTENT_DIGEST_LEN, no NUL */
void fedi_content_digest_render(const unsigned char *sha256, char *out);

/* false: OpenSSL failed */
bool fedi_sha256(fedi_str_t text, unsigned char *sha256);


#endif
