
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Life of a connection, and the one event by which it does what it could not
 * do at once.
 */

#include "ngx_ap_pg_internal.h"


static void ngx_ap_pg_work_handler(ngx_event_t *ev);


ngx_ap_pg_t *
ngx_ap_pg_create(const ngx_ap_pg_conninfo_t *conninfo,
    const ngx_ap_pg_options_t *options, ngx_log_t *log)
{
    ngx_ap_pg_t  *pg;

    pg = ngx_calloc(sizeof(ngx_ap_pg_t)
                    + conninfo->hosts.nelts * sizeof(uint32_t), log);
    if (pg == NULL) {
        return NULL;
    }

    pg->logged = (uint32_t *) (pg + 1);

    pg->conninfo = conninfo;
    pg->options = *options;
    pg->log = log;
    pg->ident = -1;

    ngx_queue_init(&pg->waiting);
    ngx_queue_init(&pg->flight);
    ngx_queue_init(&pg->failed);

    pg->work.handler = ngx_ap_pg_work_handler;
    pg->work.data = pg;
    pg->work.log = log;

    pg->timer.data = pg;
    pg->timer.log = log;
    pg->timer.cancelable = 1;

    if (!options->lazy) {
        ngx_ap_pg_post(pg);
    }

    return pg;
}


void
ngx_ap_pg_destroy(ngx_ap_pg_t *pg)
{
    ngx_ap_pg_finish(pg);

    if (pg->timer.timer_set) {
        ngx_del_timer(&pg->timer);
    }

    if (pg->work.posted) {
        ngx_delete_posted_event(&pg->work);
    }

    ngx_ap_pg_forget(&pg->waiting);
    ngx_ap_pg_forget(&pg->flight);
    ngx_ap_pg_forget(&pg->failed);

    ngx_free(pg);
}


ngx_uint_t
ngx_ap_pg_ready(ngx_ap_pg_t *pg)
{
    return pg->state == NGX_AP_PG_UP && !pg->broken;
}


void
ngx_ap_pg_let_go(ngx_ap_pg_t *pg)
{
    pg->options.keep = 0;

    if (pg->connection) {
        pg->connection->idle = 1;
    }

    ngx_ap_pg_post(pg);
}


/*
 * Always in the next turn of the event loop: a callback that asks again at
 * once would otherwise keep this turn from ending.
 */

void
ngx_ap_pg_post(ngx_ap_pg_t *pg)
{
    ngx_post_event(&pg->work, &ngx_posted_next_events);
}


static void
ngx_ap_pg_work_handler(ngx_event_t *ev)
{
    ngx_ap_pg_t  *pg;

    pg = ev->data;

    if (pg->broken) {
        ngx_ap_pg_lose(pg);
        return;
    }

    if (pg->state == NGX_AP_PG_UP) {
        ngx_ap_pg_settle(pg);
        return;
    }

    if (pg->state == NGX_AP_PG_CLOSED) {
        if (!ngx_queue_empty(&pg->waiting)
            || (!pg->options.lazy && !ngx_exiting))
        {
            ngx_ap_pg_connect(pg);
        }

        return;
    }

    if (!ngx_queue_empty(&pg->waiting)) {
        ngx_ap_pg_hurry(pg);
    }

    /* down for long already: nobody is made to wait any more */

    if (ngx_current_msec - pg->since >= NGX_AP_PG_PATIENCE) {
        ngx_ap_pg_fail(pg, &pg->waiting);
    }
}
