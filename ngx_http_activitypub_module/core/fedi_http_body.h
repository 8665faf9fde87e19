
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The body of an HTTP/1.1 response: by length, in chunks, or until the end of
 * the connection, never more than a given size.
 */

#ifndef FEDI_HTTP_BODY_H
#define FEDI_HTTP_BODY_H

#include "fedi_http_response.h"


#define FEDI_HTTP_CHUNK_LINE_MAX  256
#define FEDI_HTTP_TRAILER_MAX     8192


typedef enum {
    FEDI_HTTP_BODY_DATA = 0,    /* of a length, or of a chunk */
    FEDI_HTTP_BODY_SIZE,        /* the line before a chunk */
    FEDI_HTTP_BODY_DATA_END,    /* the line end behind a chunk */
    FEDI_HTTP_BODY_TRAILER,
    FEDI_HTTP_BODY_DONE
} fedi_http_body_e;


typedef struct {
    fedi_http_framing_e  framing;
    fedi_http_body_e     step;
    uint64_t             left;      /* of the body or the chunk */
    uint64_t             room;      /* of what the caller takes */

    /* of the line that is being read */
    size_t               line;
    size_t               trailer;
    unsigned             digits;
    bool                 extension;
    bool                 cr;
} fedi_http_body_t;


/* TOO_LARGE: it says itself that it is longer than "max"; else 0 */
int fedi_http_body_init(fedi_http_body_t *body,
    const fedi_http_response_t *response, uint64_t max);

/*
 * Reads on.  Returns how many bytes of "input" are used up and sets "content"
 * to what they hold of the body, which may be nothing: a part of "input", not
 * a copy.  To be called again with the rest until fedi_http_body_done() or
 * nothing is left.  Whatever follows the body is not touched.  MALFORMED, or
 * TOO_LARGE: longer than "max".
 */
int fedi_http_body_read(fedi_http_body_t *body, fedi_str_t input,
    fedi_str_t *content);

/* the last byte of it was read */
bool fedi_http_body_done(const fedi_http_body_t *body);

/* the peer has closed: whether the body is whole */
bool fedi_http_body_closed(const fedi_http_body_t *body);


#endif
