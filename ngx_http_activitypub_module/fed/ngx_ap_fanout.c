
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     look -> expand -> expanded -> expand ... -> nothing is left
 *
 * Each piece is a transaction, and its cursor part of it: whoever comes next
 * goes on from there, in this worker or another.
 */

#include "ngx_ap_fanout.h"
#include "ngx_ap_store_delivery.h"


/* inboxes of one transaction */
#define NGX_AP_FANOUT_PIECE  500


struct ngx_ap_fanout_s {
    ngx_ap_worker_t            *worker;
    unsigned                    busy:1;
    unsigned                    again:1;    /* told while it was busy */
};


static void ngx_ap_fanout_expanded(void *data, ngx_int_t rc, ngx_uint_t found,
    ngx_uint_t n);


ngx_ap_fanout_t *
ngx_ap_fanout_create(ngx_ap_worker_t *worker)
{
    ngx_ap_fanout_t  *fanout;

    fanout = ngx_calloc(sizeof(ngx_ap_fanout_t), worker->log);
    if (fanout == NULL) {
        return NULL;
    }

    fanout->worker = worker;

    return fanout;
}


void
ngx_ap_fanout_destroy(ngx_ap_fanout_t *fanout)
{
    ngx_free(fanout);
}


void
ngx_ap_fanout_look(ngx_ap_fanout_t *fanout)
{
    if (ngx_exiting) {
        return;
    }

    if (fanout->busy) {
        fanout->again = 1;
        return;
    }

    fanout->again = 0;

    if (ngx_ap_store_fanout_expand(fanout->worker->store, NGX_AP_FANOUT_PIECE,
                                   ngx_ap_fanout_expanded, fanout)
        != NULL)
    {
        fanout->busy = 1;
    }
}


/* one that failed is asked for again at the next look, which always comes */

static void
ngx_ap_fanout_expanded(void *data, ngx_int_t rc, ngx_uint_t found,
    ngx_uint_t n)
{
    ngx_ap_fanout_t *fanout = data;

    fanout->busy = 0;

    if (rc == NGX_OK && (found || fanout->again)) {

        ngx_log_debug1(NGX_LOG_DEBUG_EVENT, fanout->worker->log, 0,
                       "activitypub: %ui deliveries were queued", n);

        ngx_ap_fanout_look(fanout);
    }
}
