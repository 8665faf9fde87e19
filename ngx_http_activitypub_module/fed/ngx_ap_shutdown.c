
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The idle connection that hears of the worker's exit:
 *
 *     SIGQUIT -> ngx_close_idle_connections() -> told -> handler
 *
 * No event is added for it: its read handler has no other caller than
 * nginx's walk over idle connections and the worker shutdown timer.
 */

#include <ngx_event.h>

#include "ngx_ap_shutdown.h"


struct ngx_ap_shutdown_s {
    ngx_connection_t           *connection;
    void                      (*handler)(void *data);
    void                       *data;
};


static void ngx_ap_shutdown_told(ngx_event_t *rev);
static void ngx_ap_shutdown_ignore(ngx_event_t *wev);


ngx_ap_shutdown_t *
ngx_ap_shutdown_create(void (*handler)(void *data), void *data,
    ngx_log_t *log)
{
    ngx_socket_t        s;
    ngx_connection_t   *c;
    ngx_ap_shutdown_t  *shutdown;

    shutdown = ngx_alloc(sizeof(ngx_ap_shutdown_t), log);
    if (shutdown == NULL) {
        return NULL;
    }

    s = ngx_socket(AF_UNIX, SOCK_STREAM, 0);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_socket_errno,
                      ngx_socket_n " failed");
        ngx_free(shutdown);
        return NULL;
    }

    c = ngx_get_connection(s, log);

    if (c == NULL) {
        (void) ngx_close_socket(s);
        ngx_free(shutdown);
        return NULL;
    }

    c->data = shutdown;
    c->read->log = log;
    c->write->log = log;
    c->read->handler = ngx_ap_shutdown_told;
    c->write->handler = ngx_ap_shutdown_ignore;
    c->idle = 1;

    shutdown->connection = c;
    shutdown->handler = handler;
    shutdown->data = data;

    return shutdown;
}


void
ngx_ap_shutdown_destroy(ngx_ap_shutdown_t *shutdown)
{
    if (shutdown->connection) {
        ngx_close_connection(shutdown->connection);
    }

    ngx_free(shutdown);
}


static void
ngx_ap_shutdown_told(ngx_event_t *rev)
{
    ngx_connection_t   *c;
    ngx_ap_shutdown_t  *shutdown;

    c = rev->data;
    shutdown = c->data;

    if (!c->close) {
        return;
    }

    ngx_close_connection(c);
    shutdown->connection = NULL;

    shutdown->handler(shutdown->data);
}


static void
ngx_ap_shutdown_ignore(ngx_event_t *wev)
{
    ngx_log_debug0(NGX_LOG_DEBUG_EVENT, wev->log, 0,
                   "activitypub shutdown notice has no writer");
}
