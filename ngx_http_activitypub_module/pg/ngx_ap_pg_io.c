
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * libpq's socket on nginx's events.  The descriptor stays libpq's: we only
 * lend it a connection structure, level-triggered, because libpq does not
 * tell whether it read all there was.
 */

#include "ngx_ap_pg_internal.h"


static void ngx_ap_pg_read_handler(ngx_event_t *ev);
static void ngx_ap_pg_write_handler(ngx_event_t *ev);
static void ngx_ap_pg_told_to_close(ngx_ap_pg_t *pg, ngx_connection_t *c);
static ngx_int_t ngx_ap_pg_read(ngx_ap_pg_t *pg);


ngx_int_t
ngx_ap_pg_attach(ngx_ap_pg_t *pg, ngx_uint_t write)
{
    ngx_int_t          rc;
    ngx_socket_t       fd;
    ngx_connection_t  *c;

    fd = PQsocket(pg->conn);

    if (fd == (ngx_socket_t) -1) {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    c = ngx_get_connection(fd, pg->log);

    if (c == NULL) {
        ngx_ap_pg_because(pg, "worker_connections are not enough");
        return NGX_ERROR;
    }

    pg->connection = c;

    c->data = pg;
    c->log = pg->log;
    c->read->log = pg->log;
    c->write->log = pg->log;
    c->read->handler = ngx_ap_pg_read_handler;
    c->write->handler = ngx_ap_pg_write_handler;

    /* how nginx tells us that the worker is to exit */
    c->idle = !pg->options.keep;

    if (write) {
        rc = ngx_add_event(c->write, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
    } else {
        rc = ngx_add_event(c->read, NGX_READ_EVENT, NGX_LEVEL_EVENT);
    }

    if (rc != NGX_OK) {
        ngx_ap_pg_because(pg, "cannot wait for events");
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_ap_pg_detach(ngx_ap_pg_t *pg)
{
    ngx_uint_t         flags;
    ngx_connection_t  *c;

    c = pg->connection;

    if (c == NULL) {
        return;
    }

    pg->connection = NULL;

    /* libpq closes the descriptor by itself when it sees the end */

    flags = (PQsocket(pg->conn) == c->fd) ? 0 : NGX_CLOSE_EVENT;

    if (c->read->active) {
        (void) ngx_del_event(c->read, NGX_READ_EVENT, flags);
    }

    if (c->write->active) {
        (void) ngx_del_event(c->write, NGX_WRITE_EVENT, flags);
    }

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    c->read->closed = 1;
    c->write->closed = 1;

    ngx_free_connection(c);

    c->fd = (ngx_socket_t) -1;
}


void
ngx_ap_pg_finish(ngx_ap_pg_t *pg)
{
    if (pg->timer.timer_set) {
        ngx_del_timer(&pg->timer);
    }

    pg->broken = 0;
    pg->explained = 0;

    if (pg->conn == NULL) {
        return;
    }

    ngx_ap_pg_detach(pg);

    PQclear(pg->greeting);
    PQfinish(pg->conn);

    pg->greeting = NULL;
    pg->conn = NULL;
}


/* the rest of what was sent goes when the socket takes it */

ngx_int_t
ngx_ap_pg_flush(ngx_ap_pg_t *pg)
{
    int           left;
    ngx_int_t     rc;
    ngx_event_t  *wev;

    left = PQflush(pg->conn);

    /* a failed write may be told as success: the socket knows better */

    if (left < 0
        || PQstatus(pg->conn) == CONNECTION_BAD
        || PQsocket(pg->conn) == -1)
    {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    wev = pg->connection->write;
    rc = NGX_OK;

    if (left && !wev->active) {
        rc = ngx_add_event(wev, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);

    } else if (!left && wev->active) {
        rc = ngx_del_event(wev, NGX_WRITE_EVENT, 0);
    }

    if (rc != NGX_OK) {
        ngx_ap_pg_because(pg, "cannot wait for events");
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_ap_pg_read_handler(ngx_event_t *ev)
{
    ngx_ap_pg_t       *pg;
    ngx_connection_t  *c;

    c = ev->data;
    pg = c->data;

    if (c->close) {
        ngx_ap_pg_told_to_close(pg, c);
        return;
    }

    if (pg->state == NGX_AP_PG_CONNECTING) {
        ngx_ap_pg_poll(pg);
        return;
    }

    if (ngx_ap_pg_read(pg) != NGX_OK) {
        ngx_ap_pg_lose(pg);
        return;
    }

    ngx_ap_pg_settle(pg);
}


static void
ngx_ap_pg_write_handler(ngx_event_t *ev)
{
    ngx_ap_pg_t       *pg;
    ngx_connection_t  *c;

    c = ev->data;
    pg = c->data;

    if (pg->state == NGX_AP_PG_CONNECTING) {
        ngx_ap_pg_poll(pg);
        return;
    }

    if (ngx_ap_pg_flush(pg) != NGX_OK) {
        ngx_ap_pg_lose(pg);
    }
}


/* the worker is to exit: what is asked is answered first */

static void
ngx_ap_pg_told_to_close(ngx_ap_pg_t *pg, ngx_connection_t *c)
{
    c->close = 0;

    /* worker_shutdown_timeout has passed */

    if (c->error) {
        ngx_ap_pg_close(pg);
        return;
    }

    ngx_ap_pg_settle(pg);
}


void
ngx_ap_pg_settle(ngx_ap_pg_t *pg)
{
    if (ngx_exiting
        && !pg->options.keep
        && ngx_queue_empty(&pg->flight)
        && ngx_queue_empty(&pg->waiting))
    {
        ngx_ap_pg_close(pg);
    }
}


static ngx_int_t
ngx_ap_pg_read(ngx_ap_pg_t *pg)
{
    int        alive;
    ngx_int_t  rc;

    alive = PQconsumeInput(pg->conn);

    /* answers may have come before the end did */

    rc = ngx_ap_pg_results(pg);

    if (rc == NGX_OK) {
        ngx_ap_pg_notifications(pg);
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (!alive
        || PQstatus(pg->conn) == CONNECTION_BAD
        || PQsocket(pg->conn) == -1)
    {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    return NGX_OK;
}
