
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     look -> claimed -> (deliveries) -> finished -> (settle) -> look
 *                 `-> nothing: next -> due -> look
 *
 * What is claimed counts until it is settled, so that a database which is
 * away stops the claims by itself.
 */

#include "ngx_ap_deliver.h"
#include "ngx_ap_delivery.h"
#include "ngx_ap_settle.h"


/*
 * Under way or not settled, in one worker: of the connections that it may
 * have, 64, enough are left for the keys and jobs that somebody waits for.
 */
#define NGX_AP_DELIVER_MOST    52

/* how long a worker that exits tries to reach the database, milliseconds */
#define NGX_AP_DELIVER_EXIT    5000

/* the longest that the next due time is waited for; a poll comes earlier */
#define NGX_AP_DELIVER_DUE     5000

/* how often a worker looks whether it may exit */
#define NGX_AP_DELIVER_KEEP    500


struct ngx_ap_deliver_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_settle_t            *settle;

    ngx_queue_t                 started;    /* under way */
    ngx_uint_t                  nstarted;

    ngx_event_t                 due;        /* cancelable */
    ngx_event_t                 keep;       /* keeps the worker */
    ngx_msec_t                  left;       /* since when it may exit */

    unsigned                    claiming:1;
    unsigned                    asking:1;
    unsigned                    starting:1;
    unsigned                    again:1;
};


static void ngx_ap_deliver_timer(ngx_ap_deliver_t *deliver, ngx_event_t *ev,
    ngx_event_handler_pt handler, ngx_uint_t cancelable);
static void ngx_ap_deliver_stop_timer(ngx_event_t *ev);
static void ngx_ap_deliver_claimed(void *data, ngx_int_t rc,
    const ngx_ap_store_delivery_t *deliveries, ngx_uint_t n);
static void ngx_ap_deliver_start(ngx_ap_deliver_t *deliver,
    const ngx_ap_store_delivery_t *claimed);
static void ngx_ap_deliver_next(ngx_ap_deliver_t *deliver);
static void ngx_ap_deliver_next_is(void *data, ngx_int_t rc, int64_t msec);
static void ngx_ap_deliver_due(ngx_event_t *ev);
static void ngx_ap_deliver_finished(void *data, ngx_ap_delivery_t *delivery);
static void ngx_ap_deliver_remove(ngx_ap_deliver_t *deliver,
    ngx_ap_delivery_t *delivery);
static void ngx_ap_deliver_settled(void *data);
static void ngx_ap_deliver_keep(ngx_event_t *ev);
static ngx_uint_t ngx_ap_deliver_count(ngx_ap_deliver_t *deliver);


ngx_ap_deliver_t *
ngx_ap_deliver_create(ngx_ap_worker_t *worker)
{
    ngx_ap_deliver_t  *deliver;

    deliver = ngx_calloc(sizeof(ngx_ap_deliver_t), worker->log);
    if (deliver == NULL) {
        return NULL;
    }

    deliver->settle = ngx_ap_settle_create(worker, ngx_ap_deliver_settled,
                                           deliver);
    if (deliver->settle == NULL) {
        ngx_free(deliver);
        return NULL;
    }

    deliver->worker = worker;

    ngx_queue_init(&deliver->started);

    ngx_ap_deliver_timer(deliver, &deliver->due, ngx_ap_deliver_due, 1);
    ngx_ap_deliver_timer(deliver, &deliver->keep, ngx_ap_deliver_keep, 0);

    return deliver;
}


static void
ngx_ap_deliver_timer(ngx_ap_deliver_t *deliver, ngx_event_t *ev,
    ngx_event_handler_pt handler, ngx_uint_t cancelable)
{
    ev->handler = handler;
    ev->data = deliver;
    ev->log = deliver->worker->log;
    ev->cancelable = cancelable;
}


static void
ngx_ap_deliver_stop_timer(ngx_event_t *ev)
{
    if (ev->timer_set) {
        ngx_del_timer(ev);
    }
}


void
ngx_ap_deliver_destroy(ngx_ap_deliver_t *deliver)
{
    ngx_queue_t        *q;
    ngx_ap_delivery_t  *delivery;

    ngx_ap_deliver_stop_timer(&deliver->due);
    ngx_ap_deliver_stop_timer(&deliver->keep);

    while (!ngx_queue_empty(&deliver->started)) {
        q = ngx_queue_head(&deliver->started);
        delivery = ngx_queue_data(q, ngx_ap_delivery_t, queue);

        /* the client took its requests with it */

        delivery->request = NULL;

        ngx_ap_deliver_remove(deliver, delivery);
        ngx_ap_delivery_destroy(delivery);
    }

    ngx_ap_settle_destroy(deliver->settle);

    ngx_free(deliver);
}


void
ngx_ap_deliver_look(ngx_ap_deliver_t *deliver)
{
    ngx_uint_t  room;

    if (ngx_exiting) {
        return;
    }

    /* nobody looks while the database is away: it is back */

    if (ngx_ap_settle_is_away(deliver->settle)) {
        ngx_ap_settle_again(deliver->settle);
    }

    if (deliver->claiming) {
        deliver->again = 1;
        return;
    }

    room = NGX_AP_DELIVER_MOST - ngx_ap_deliver_count(deliver);

    /* when all is settled, it looks again */

    if (room == 0) {
        return;
    }

    deliver->again = 0;

    if (ngx_ap_store_delivery_claim(deliver->worker->store, room,
                                    ngx_ap_deliver_claimed, deliver)
        != NULL)
    {
        deliver->claiming = 1;
    }
}


static void
ngx_ap_deliver_claimed(void *data, ngx_int_t rc,
    const ngx_ap_store_delivery_t *deliveries, ngx_uint_t n)
{
    ngx_ap_deliver_t *deliver = data;

    ngx_uint_t  i;

    deliver->claiming = 0;

    if (rc != NGX_OK) {
        return;
    }

    deliver->starting = 1;

    for (i = 0; i < n; i++) {
        ngx_ap_deliver_start(deliver, &deliveries[i]);
    }

    deliver->starting = 0;

    ngx_ap_settle_now(deliver->settle);

    if (n != 0 && !deliver->keep.timer_set) {
        ngx_add_timer(&deliver->keep, NGX_AP_DELIVER_KEEP);
    }

    if (n != 0 || deliver->again) {
        ngx_ap_deliver_look(deliver);

    } else if (ngx_ap_deliver_count(deliver) == 0) {
        ngx_ap_deliver_next(deliver);
    }
}


static void
ngx_ap_deliver_start(ngx_ap_deliver_t *deliver,
    const ngx_ap_store_delivery_t *claimed)
{
    ngx_ap_delivery_t  *delivery;

    delivery = ngx_ap_delivery_create(deliver->worker, claimed,
                                      ngx_ap_deliver_finished, deliver);
    if (delivery == NULL) {
        return;
    }

    ngx_queue_insert_tail(&deliver->started, &delivery->queue);
    deliver->nstarted++;

    ngx_ap_delivery_start(delivery);
}


/* nothing can be had and nothing is under way: when will there be something? */

static void
ngx_ap_deliver_next(ngx_ap_deliver_t *deliver)
{
    if (deliver->asking || ngx_exiting) {
        return;
    }

    if (ngx_ap_store_delivery_next(deliver->worker->store,
                                   ngx_ap_deliver_next_is, deliver)
        != NULL)
    {
        deliver->asking = 1;
    }
}


static void
ngx_ap_deliver_next_is(void *data, ngx_int_t rc, int64_t msec)
{
    ngx_ap_deliver_t *deliver = data;

    deliver->asking = 0;

    if (rc != NGX_OK || msec < 0 || msec > NGX_AP_DELIVER_DUE) {
        return;
    }

    ngx_ap_deliver_stop_timer(&deliver->due);

    /* what is due and was not had is held by others: no hurry */

    ngx_add_timer(&deliver->due,
                  ngx_max((ngx_msec_t) msec, NGX_AP_SETTLE_BATCH));
}


static void
ngx_ap_deliver_due(ngx_event_t *ev)
{
    ngx_ap_deliver_look(ev->data);
}


static void
ngx_ap_deliver_finished(void *data, ngx_ap_delivery_t *delivery)
{
    ngx_ap_deliver_t *deliver = data;

    ngx_ap_deliver_remove(deliver, delivery);

    if (delivery->outcome == NULL) {
        ngx_ap_delivery_destroy(delivery);

    } else {
        ngx_ap_settle_add(deliver->settle, delivery);
    }

    if (deliver->starting) {
        return;
    }

    /* nobody else comes: no reason to wait for him */

    if (ngx_queue_empty(&deliver->started)) {
        ngx_ap_settle_now(deliver->settle);

    } else {
        ngx_ap_settle_soon(deliver->settle);
    }
}


static void
ngx_ap_deliver_remove(ngx_ap_deliver_t *deliver, ngx_ap_delivery_t *delivery)
{
    ngx_queue_remove(&delivery->queue);
    deliver->nstarted--;
}


/* their hosts may have the next ones */

static void
ngx_ap_deliver_settled(void *data)
{
    ngx_ap_deliver_look(data);
}


/* nginx looks for timers alone to know whether a worker has work left */

static void
ngx_ap_deliver_keep(ngx_event_t *ev)
{
    ngx_ap_deliver_t *deliver = ev->data;

    if (ngx_ap_deliver_count(deliver) == 0) {
        return;
    }

    /* as long as something is under way; then for the database, but not long */

    if (ngx_exiting && ngx_queue_empty(&deliver->started)) {

        if (deliver->left == 0) {
            deliver->left = ngx_current_msec;
        }

        if (ngx_current_msec - deliver->left > NGX_AP_DELIVER_EXIT) {
            return;
        }

        ngx_ap_settle_again(deliver->settle);
    }

    ngx_add_timer(ev, NGX_AP_DELIVER_KEEP);
}


/* under way, or not settled */

static ngx_uint_t
ngx_ap_deliver_count(ngx_ap_deliver_t *deliver)
{
    return deliver->nstarted + ngx_ap_settle_count(deliver->settle);
}
