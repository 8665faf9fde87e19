
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The head of an HTTP/1.1 response (RFC 9112), as a client reads it.  Strict:
 * what two readers could understand differently is an error.
 */

#ifndef FEDI_HTTP_RESPONSE_H
#define FEDI_HTTP_RESPONSE_H

#include <stdint.h>

#include "fedi_header.h"


#define FEDI_HTTP_HEAD_MAX     (32 * 1024)
#define FEDI_HTTP_HEADERS_MAX  100
#define FEDI_HTTP_INTERIM_MAX  8

/* what the parsers answer when it is not a number of bytes */

#define FEDI_HTTP_PARTIAL    (-1)   /* more has to come */
#define FEDI_HTTP_MALFORMED  (-2)
#define FEDI_HTTP_TOO_LARGE  (-3)


typedef enum {
    FEDI_HTTP_NO_BODY = 0,
    FEDI_HTTP_LENGTH,           /* content_length bytes */
    FEDI_HTTP_CHUNKED,
    FEDI_HTTP_UNTIL_CLOSE
} fedi_http_framing_e;


typedef struct {
    unsigned             status;
    unsigned             minor;         /* of the version: 0 or 1 */
    fedi_str_t           reason;
    fedi_header_t        headers[FEDI_HTTP_HEADERS_MAX];
    size_t               nheaders;
    fedi_http_framing_e  framing;
    uint64_t             content_length;
    bool                 keep_alive;    /* may be used again after the body */

    /* between two calls */
    bool                 head;
    size_t               begin;         /* of the response after interim ones */
    size_t               seen;
    unsigned             interim;
} fedi_http_response_t;


/* "head": the request was a HEAD, and the response has no body */
void fedi_http_response_init(fedi_http_response_t *response, bool head);

/*
 * Called with all that has come so far, again whenever there is more; the
 * buffer may move in between.  Returns the length of the head once it is
 * whole: interim responses (1xx), of which a few are skipped, count into it.
 * Then the views point into "buffer", and the body begins behind the head.
 * PARTIAL, MALFORMED or TOO_LARGE else.
 *
 * Refused: any version but HTTP/1.0 and 1.1, bare CR or LF, folded lines, a
 * name that is no token or has space behind it, controls in a value, 101,
 * Content-Length twice or not a number or beside Transfer-Encoding, and a
 * Transfer-Encoding that is not "chunked" alone or comes with HTTP/1.0.
 */
int fedi_http_response_parse(fedi_http_response_t *response,
    fedi_str_t buffer);

/* the value of the only line of this name; false: none, or several */
bool fedi_http_response_header(const fedi_http_response_t *response,
    const char *name, fedi_str_t *value);


#endif
