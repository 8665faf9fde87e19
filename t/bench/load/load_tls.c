
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The same over TLS, as servers that have nothing more to say deliver: each
 * request over a connection of its own, with a full handshake.  A thread
 * stands for a server; it waits for its answer.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"


#define LOAD_RESPONSE_MAX  4096


typedef struct {
    const load_batch_t  *batch;
    SSL_CTX             *ctx;
    unsigned             port;
    unsigned             status;
    atomic_size_t        next;
} load_tls_t;


static void *load_tls_thread(void *data);
static void load_tls_request(load_tls_t *run, const char *request);
static int load_tls_connect(unsigned port);
static void load_tls_die(const char *what);


double
load_send_tls(const load_batch_t *batch, unsigned port, size_t connections,
    unsigned status)
{
    size_t            k;
    pthread_t        *threads;
    load_tls_t        run;
    struct timespec   from, to;

    run.batch = batch;
    run.ctx = SSL_CTX_new(TLS_client_method());
    run.port = port;
    run.status = status;
    atomic_init(&run.next, 0);

    threads = calloc(connections, sizeof(pthread_t));

    if (run.ctx == NULL || threads == NULL) {
        load_tls_die("no memory");
    }

    clock_gettime(CLOCK_MONOTONIC, &from);

    for (k = 0; k < connections; k++) {
        if (pthread_create(&threads[k], NULL, load_tls_thread, &run) != 0) {
            load_tls_die("no thread");
        }
    }

    for (k = 0; k < connections; k++) {
        pthread_join(threads[k], NULL);
    }

    clock_gettime(CLOCK_MONOTONIC, &to);

    free(threads);
    SSL_CTX_free(run.ctx);

    return (double) (to.tv_sec - from.tv_sec)
           + (double) (to.tv_nsec - from.tv_nsec) / 1e9;
}


static void *
load_tls_thread(void *data)
{
    load_tls_t *run = data;

    size_t  i;

    while ((i = atomic_fetch_add(&run->next, 1)) < run->batch->n) {
        load_tls_request(run, run->batch->bytes + i * run->batch->size);
    }

    return NULL;
}


static void
load_tls_request(load_tls_t *run, const char *request)
{
    int     fd, n, len;
    SSL    *ssl;
    char    response[LOAD_RESPONSE_MAX];

    fd = load_tls_connect(run->port);
    ssl = SSL_new(run->ctx);

    if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1
        || SSL_write(ssl, request, (int) run->batch->size)
           != (int) run->batch->size)
    {
        load_tls_die("a request cannot be sent");
    }

    /* the answers have no body worth waiting for */

    for (len = 0; len < (int) sizeof(response) - 1; len += n) {
        n = SSL_read(ssl, response + len, (int) sizeof(response) - 1 - len);

        if (n <= 0) {
            load_tls_die("a connection is closed");
        }

        response[len + n] = '\0';

        if (strstr(response, "\r\n\r\n") != NULL) {
            break;
        }
    }

    if (strncmp(response, "HTTP/1.1 ", 9) != 0
        || strtoul(response + 9, NULL, 10) != run->status)
    {
        load_tls_die(response);
    }

    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);
}


static int
load_tls_connect(unsigned port)
{
    int                 fd, on;
    struct sockaddr_in  sin;

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons((uint16_t) port);
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || connect(fd, (struct sockaddr *) &sin, sizeof(sin)) == -1) {
        load_tls_die("nobody listens");
    }

    on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    return fd;
}


static void
load_tls_die(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(1);
}
