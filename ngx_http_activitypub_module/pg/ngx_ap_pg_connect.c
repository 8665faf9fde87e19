
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How a connection comes and goes:
 *
 *     connect -> poll -> (greet) -> up
 *
 * Each arrow goes on or ends in ngx_ap_pg_lose(), which tries the next host,
 * and after the last one pauses.  The host that served us last is the first
 * one tried.
 */

#include "ngx_ap_pg_internal.h"


static ngx_int_t ngx_ap_pg_start(ngx_ap_pg_t *pg, ngx_ap_pg_host_t *host);
static void ngx_ap_pg_host_failed(ngx_ap_pg_t *pg);
static void ngx_ap_pg_next_host(ngx_ap_pg_t *pg);
static void ngx_ap_pg_tell(ngx_ap_pg_t *pg, ngx_uint_t up);
static void ngx_ap_pg_step_timeout(ngx_event_t *ev);
static void ngx_ap_pg_idle_handler(ngx_event_t *ev);


/* a connection that lived this long is not a failure of its host */
#define NGX_AP_PG_STABLE        5000

/* a lazy connection without queries is closed */
#define NGX_AP_PG_IDLE          60000


void
ngx_ap_pg_connect(ngx_ap_pg_t *pg)
{
    ngx_ap_pg_host_t  *hosts;

    hosts = pg->conninfo->hosts.elts;

    if (pg->state == NGX_AP_PG_CLOSED) {
        pg->since = ngx_current_msec;
        ngx_ap_pg_rested(pg);
        pg->tried = 0;
    }

    while (pg->tried < pg->conninfo->hosts.nelts) {

        pg->state = NGX_AP_PG_CONNECTING;

        if (ngx_ap_pg_start(pg, &hosts[pg->host]) == NGX_OK) {
            return;
        }

        ngx_ap_pg_finish(pg);
        ngx_ap_pg_host_failed(pg);
    }

    ngx_ap_pg_pause(pg);
    ngx_ap_pg_tell(pg, 0);
}


static ngx_int_t
ngx_ap_pg_start(ngx_ap_pg_t *pg, ngx_ap_pg_host_t *host)
{
    ngx_msec_t  timeout;

    ngx_log_debug2(NGX_LOG_DEBUG_EVENT, pg->log, 0,
                   "database %s: connect to \"%V\"", pg->options.label,
                   &host->name);

    pg->unusable = 0;
    pg->unfinished = 0;
    pg->greetings = 0;

    pg->conn = PQconnectStartParams(host->keywords, host->values, 0);

    if (pg->conn == NULL) {
        ngx_ap_pg_because(pg, "no memory");
        return NGX_ERROR;
    }

    if (PQstatus(pg->conn) == CONNECTION_BAD) {
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        return NGX_ERROR;
    }

    PQsetNoticeReceiver(pg->conn, ngx_ap_pg_notice, pg);

    if (ngx_ap_pg_attach(pg, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    /* while there is another host, a silent one must not use up all patience */

    timeout = NGX_AP_PG_CONNECT_TIMEOUT;

    if (pg->tried + 1 < pg->conninfo->hosts.nelts) {
        timeout /= 2;
    }

    ngx_ap_pg_step(pg, timeout);

    return NGX_OK;
}


/*
 * libpq may close its socket here and open another one with the same number,
 * so nginx lets go of it before each step, not after.
 */

void
ngx_ap_pg_poll(ngx_ap_pg_t *pg)
{
    PostgresPollingStatusType  status;

    ngx_ap_pg_detach(pg);

    status = PQconnectPoll(pg->conn);

    switch (status) {

    case PGRES_POLLING_OK:
        ngx_ap_pg_connected(pg);
        return;

    case PGRES_POLLING_READING:
    case PGRES_POLLING_WRITING:
        if (ngx_ap_pg_attach(pg, status == PGRES_POLLING_WRITING) == NGX_OK) {
            return;
        }

        break;

    default:
        ngx_ap_pg_because_libpq(pg, PQerrorMessage(pg->conn));
        break;
    }

    ngx_ap_pg_lose(pg);
}


ngx_int_t
ngx_ap_pg_up(ngx_ap_pg_t *pg)
{
    pg->state = NGX_AP_PG_UP;
    pg->since = ngx_current_msec;
    pg->logged[pg->host] = 0;

    if (pg->timer.timer_set) {
        ngx_del_timer(&pg->timer);
    }

    if (pg->options.lazy) {
        ngx_ap_pg_timer(pg, NGX_AP_PG_IDLE, ngx_ap_pg_idle_handler);
    }

    if (ngx_ap_pg_send_waiting(pg) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_ap_pg_tell(pg, 1);

    return NGX_OK;
}


void
ngx_ap_pg_lose(ngx_ap_pg_t *pg)
{
    ngx_ap_pg_state_e  was;

    was = pg->state;

    ngx_ap_pg_finish(pg);

    if (was != NGX_AP_PG_UP) {
        ngx_ap_pg_host_failed(pg);
        ngx_ap_pg_connect(pg);
        return;
    }

    ngx_ap_pg_log_reason(pg);

    if (ngx_current_msec - pg->since >= NGX_AP_PG_STABLE) {
        ngx_ap_pg_rested(pg);
    }

    if (pg->elsewhere) {
        ngx_ap_pg_next_host(pg);
    }

    pg->since = ngx_current_msec;

    ngx_ap_pg_pause(pg);
    ngx_ap_pg_tell(pg, 0);
    ngx_ap_pg_fail(pg, &pg->flight);
}


/*
 * Closed on purpose is not a change of state for the owner, unless it relies
 * on being notified.
 */

void
ngx_ap_pg_close(ngx_ap_pg_t *pg)
{
    ngx_log_debug1(NGX_LOG_DEBUG_EVENT, pg->log, 0,
                   "database %s: close", pg->options.label);

    ngx_ap_pg_finish(pg);

    pg->state = NGX_AP_PG_CLOSED;

    if (pg->timer.timer_set) {
        ngx_del_timer(&pg->timer);
    }

    if (pg->options.notified) {
        ngx_ap_pg_because(pg, "worker process is exiting");
        ngx_ap_pg_tell(pg, 0);
    }

    ngx_ap_pg_fail(pg, &pg->flight);
    ngx_ap_pg_fail(pg, &pg->waiting);
}


static void
ngx_ap_pg_host_failed(ngx_ap_pg_t *pg)
{
    ngx_ap_pg_log_reason(pg);
    ngx_ap_pg_next_host(pg);

    pg->tried++;
}


static void
ngx_ap_pg_next_host(ngx_ap_pg_t *pg)
{
    pg->host = (pg->host + 1) % pg->conninfo->hosts.nelts;
    pg->elsewhere = 0;
}


/*
 * A server that goes away has many reasons one after the other, and they are
 * one change of state.  A server that is there and will not do is another.
 */

static void
ngx_ap_pg_tell(ngx_ap_pg_t *pg, ngx_uint_t up)
{
    uint32_t           crc;
    ngx_ap_pg_told_e   told;
    ngx_ap_pg_host_t  *hosts;

    crc = 0;

    if (up) {
        told = NGX_AP_PG_TOLD_UP;

    } else if (pg->unusable) {

        /* half a migration is none of the reasons that are worth a line */

        if (pg->unfinished && pg->told >= NGX_AP_PG_TOLD_DOWN) {
            return;
        }

        told = NGX_AP_PG_TOLD_UNUSABLE;
        crc = ngx_crc32_short(pg->reason.data, pg->reason.len);

    } else {
        told = NGX_AP_PG_TOLD_DOWN;
    }

    if (pg->told == told && pg->told_crc == crc) {
        return;
    }

    pg->told = told;
    pg->told_crc = crc;
    hosts = pg->conninfo->hosts.elts;

    if (pg->options.changed) {
        pg->options.changed(pg->options.data, up,
                            up ? &hosts[pg->host].name : &pg->reason);
    }
}


void
ngx_ap_pg_timer(ngx_ap_pg_t *pg, ngx_msec_t msec, ngx_event_handler_pt handler)
{
    if (pg->timer.timer_set) {
        ngx_del_timer(&pg->timer);
    }

    pg->timer.handler = handler;
    ngx_add_timer(&pg->timer, msec);
}


void
ngx_ap_pg_step(ngx_ap_pg_t *pg, ngx_msec_t msec)
{
    ngx_ap_pg_timer(pg, msec, ngx_ap_pg_step_timeout);
}


static void
ngx_ap_pg_step_timeout(ngx_event_t *ev)
{
    ngx_ap_pg_t  *pg;

    pg = ev->data;

    ngx_ap_pg_because(pg, "timed out while %s",
                      pg->state == NGX_AP_PG_CONNECTING ? "connecting"
                      : pg->state == NGX_AP_PG_GREETING ? "greeting"
                      : "preparing statements");
    ngx_ap_pg_lose(pg);
}


static void
ngx_ap_pg_idle_handler(ngx_event_t *ev)
{
    ngx_ap_pg_t  *pg;

    pg = ev->data;

    if (!ngx_queue_empty(&pg->flight)
        || ngx_current_msec - pg->used < NGX_AP_PG_IDLE)
    {
        ngx_ap_pg_timer(pg, NGX_AP_PG_IDLE, ngx_ap_pg_idle_handler);
        return;
    }

    ngx_ap_pg_close(pg);
}
