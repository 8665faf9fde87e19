
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A request of HTTP/1.1 that somebody has saved.
 */

#ifndef APCTL_VERIFY_REQUEST_H
#define APCTL_VERIFY_REQUEST_H

#include "apctl_context.h"
#include "fedi_header.h"


#define APCTL_SAVED_HEADER_MAX  (64 * 1024)
#define APCTL_SAVED_BODY_MAX    (1024 * 1024)


typedef struct {
    fedi_str_t      method;
    fedi_str_t      target;
    fedi_header_t  *headers;        /* as nginx takes them in */
    size_t          nheaders;
    fedi_str_t      host;           /* the first one; empty: there is none */
    fedi_str_t      body;           /* without its chunks */
    bool            unframed;       /* no length is said: up to the end */
    size_t          surplus;        /* bytes that follow the body */
} apctl_saved_t;


/*
 * Reads the operand: a file, or stdin.  A sentence, and APCTL_USAGE if it
 * cannot be read; APCTL_FAILED if it is no whole request, or too large a one.
 */
apctl_exit_e apctl_saved_read(apctl_t *ap, apctl_saved_t *saved);

/* the same: of "what", a file of at most "max" bytes */
apctl_exit_e apctl_saved_file(apctl_t *ap, const char *what, const char *path,
    size_t max, fedi_str_t *text);


#endif
