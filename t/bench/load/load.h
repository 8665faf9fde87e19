
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Signed POSTs that are made before they are sent, so that making them is in
 * nobody's way; all of them have the same length.
 */

#ifndef LOAD_H
#define LOAD_H

#include <stddef.h>


typedef struct {
    const char     *key;        /* a file, PEM */
    const char     *key_id;
    const char     *host;
    const char     *path;
    const char     *body;       /* a file; @@@@@@@@@@ becomes a number */
} load_conf_t;


typedef struct {
    char           *bytes;      /* n requests, one behind the other */
    size_t          size;       /* of one */
    size_t          n;
} load_batch_t;


/* reads the files; prints what is wrong and ends the process */
void load_sign_init(const load_conf_t *conf);

/* Replaces what is in "batch" by "n" requests that were not there before. */
void load_sign(load_batch_t *batch, size_t n);

/*
 * Sends the batch to a port of 127.0.0.1 over so many connections, each with
 * one request at a time, and waits for that status to every one.  Returns the
 * seconds that it took; any other status ends the process.
 */
double load_send(const load_batch_t *batch, unsigned port, size_t connections,
    unsigned status);

/* the same over TLS, with a new connection for each request */
double load_send_tls(const load_batch_t *batch, unsigned port,
    size_t connections, unsigned status);


#endif
