
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"


#define LOAD_EVENTS        64
#define LOAD_RESPONSE_MAX  4096
#define LOAD_TIMEOUT       30000


typedef struct {
    int             fd;
    size_t          len;
    char            response[LOAD_RESPONSE_MAX];
} load_connection_t;


typedef struct {
    const load_batch_t  *batch;
    size_t               sent;
    size_t               answered;
    unsigned             status;
} load_run_t;


static void load_send_connect(load_connection_t *c, unsigned port, int epoll);
static void load_send_next(load_run_t *run, load_connection_t *c);
static void load_send_read(load_run_t *run, load_connection_t *c);
static size_t load_send_length(const char *headers);
static double load_send_now(void);
static void load_send_die(const char *what);


double
load_send(const load_batch_t *batch, unsigned port, size_t connections,
    unsigned status)
{
    int                 i, n, epoll;
    double              since;
    size_t              k;
    load_run_t          run;
    load_connection_t  *c;
    struct epoll_event  events[LOAD_EVENTS];

    epoll = epoll_create1(0);
    c = calloc(connections, sizeof(load_connection_t));

    if (epoll == -1 || c == NULL) {
        load_send_die("no memory");
    }

    run = (load_run_t) { batch, 0, 0, status };

    for (k = 0; k < connections; k++) {
        load_send_connect(&c[k], port, epoll);
    }

    since = load_send_now();

    for (k = 0; k < connections; k++) {
        load_send_next(&run, &c[k]);
    }

    while (run.answered < batch->n) {
        n = epoll_wait(epoll, events, LOAD_EVENTS, LOAD_TIMEOUT);

        if (n <= 0) {
            load_send_die("no answer comes");
        }

        for (i = 0; i < n; i++) {
            load_send_read(&run, events[i].data.ptr);
        }
    }

    since = load_send_now() - since;

    for (k = 0; k < connections; k++) {
        close(c[k].fd);
    }

    close(epoll);
    free(c);

    return since;
}


static void
load_send_connect(load_connection_t *c, unsigned port, int epoll)
{
    int                 on;
    struct sockaddr_in  sin;
    struct epoll_event  event;

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons((uint16_t) port);
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    c->fd = socket(AF_INET, SOCK_STREAM, 0);

    if (c->fd == -1
        || connect(c->fd, (struct sockaddr *) &sin, sizeof(sin)) == -1)
    {
        load_send_die("nobody listens");
    }

    on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    memset(&event, 0, sizeof(event));
    event.events = EPOLLIN;
    event.data.ptr = c;

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) == -1) {
        load_send_die("epoll_ctl() failed");
    }
}


/* a request is smaller than a socket's buffer, so this does not wait */

static void
load_send_next(load_run_t *run, load_connection_t *c)
{
    size_t       left;
    ssize_t      n;
    const char  *p;

    c->len = 0;

    if (run->sent == run->batch->n) {
        return;
    }

    p = run->batch->bytes + run->sent * run->batch->size;
    left = run->batch->size;
    run->sent++;

    while (left != 0) {
        n = send(c->fd, p, left, MSG_NOSIGNAL);

        if (n <= 0) {
            load_send_die("a request cannot be sent");
        }

        p += n;
        left -= (size_t) n;
    }
}


static void
load_send_read(load_run_t *run, load_connection_t *c)
{
    char     *end;
    size_t    head;
    ssize_t   n;

    n = recv(c->fd, c->response + c->len, LOAD_RESPONSE_MAX - 1 - c->len,
             MSG_DONTWAIT);

    if (n <= 0) {
        load_send_die("a connection is closed");
    }

    c->len += (size_t) n;
    c->response[c->len] = '\0';

    end = strstr(c->response, "\r\n\r\n");
    if (end == NULL) {
        return;
    }

    if (strncmp(c->response, "HTTP/1.1 ", 9) != 0
        || strtoul(c->response + 9, NULL, 10) != run->status)
    {
        load_send_die(c->response);
    }

    head = (size_t) (end - c->response) + 4;

    if (c->len < head + load_send_length(c->response)) {
        return;
    }

    run->answered++;

    load_send_next(run, c);
}


static size_t
load_send_length(const char *headers)
{
    const char  *p;

    for (p = headers; p != NULL; p = strstr(p + 2, "\r\n")) {

        if (strncasecmp(p, "\r\nContent-Length:", 17) == 0) {
            return strtoul(p + 17, NULL, 10);
        }
    }

    return 0;
}


static double
load_send_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static void
load_send_die(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(1);
}
