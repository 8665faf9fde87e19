
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     look -> claimed -> (deliveries) -> finished -> settle -> settled -> look
 *                 `-> nothing: next -> due -> look
 *
 * What is claimed counts until it is settled, so that a database which is
 * away stops the claims by itself.  A result that could not be settled is
 * kept and told again as long as its claim is good: the peer has the
 * activity, and must not get it twice because we lost our database.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>

#include "ngx_ap_deliver.h"
#include "ngx_ap_delivery.h"
#include "ngx_ap_retry.h"


/*
 * Under way or not settled, in one worker: of the connections that it may
 * have, 64, enough are left for the keys and jobs that somebody waits for.
 */
#define NGX_AP_DELIVER_MOST    52

/* how long a result waits for others to be settled with, milliseconds */
#define NGX_AP_DELIVER_BATCH   200

/* how long a worker that exits tries to reach the database */
#define NGX_AP_DELIVER_EXIT    5000

/* the longest that the next due time is waited for; a poll comes earlier */
#define NGX_AP_DELIVER_DUE     5000

/* how often a worker looks whether it may exit */
#define NGX_AP_DELIVER_KEEP    500


struct ngx_ap_deliver_s {
    ngx_ap_worker_t            *worker;

    ngx_queue_t                 started;    /* under way */
    ngx_queue_t                 finished;   /* to be settled */
    ngx_queue_t                 settling;   /* the database was told */
    ngx_uint_t                  n;          /* in all three */
    ngx_uint_t                  nfinished;

    ngx_event_t                 batch;
    ngx_event_t                 due;        /* cancelable */
    ngx_event_t                 keep;       /* keeps the worker */
    ngx_ap_retry_t              retry;
    ngx_msec_t                  left;       /* since when it may exit */

    unsigned                    claiming:1;
    unsigned                    asking:1;
    unsigned                    told:1;     /* a settlement is under way */
    unsigned                    starting:1;
    unsigned                    again:1;
    unsigned                    away:1;     /* the database, when told last */
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
static void ngx_ap_deliver_batch(ngx_event_t *ev);
static void ngx_ap_deliver_settle(ngx_ap_deliver_t *deliver);
static ngx_int_t ngx_ap_deliver_results(ngx_ap_deliver_t *deliver,
    ngx_str_t *text);
static json_t *ngx_ap_deliver_result(ngx_ap_delivery_t *delivery);
static void ngx_ap_deliver_settled(void *data, ngx_int_t rc);
static void ngx_ap_deliver_back(ngx_ap_deliver_t *deliver);
static void ngx_ap_deliver_unsettled(ngx_ap_deliver_t *deliver);
static void ngx_ap_deliver_keep(ngx_event_t *ev);
static void ngx_ap_deliver_drop(ngx_ap_deliver_t *deliver,
    ngx_ap_delivery_t *delivery);
static void ngx_ap_deliver_drop_all(ngx_ap_deliver_t *deliver,
    ngx_queue_t *queue);


ngx_ap_deliver_t *
ngx_ap_deliver_create(ngx_ap_worker_t *worker)
{
    ngx_ap_deliver_t  *deliver;

    deliver = ngx_calloc(sizeof(ngx_ap_deliver_t), worker->log);
    if (deliver == NULL) {
        return NULL;
    }

    deliver->worker = worker;

    ngx_queue_init(&deliver->started);
    ngx_queue_init(&deliver->finished);
    ngx_queue_init(&deliver->settling);

    ngx_ap_deliver_timer(deliver, &deliver->batch, ngx_ap_deliver_batch, 0);
    ngx_ap_deliver_timer(deliver, &deliver->due, ngx_ap_deliver_due, 1);
    ngx_ap_deliver_timer(deliver, &deliver->keep, ngx_ap_deliver_keep, 0);

    ngx_ap_retry_init(&deliver->retry, ngx_ap_deliver_batch, deliver,
                      worker->log);

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

    ngx_ap_deliver_stop_timer(&deliver->batch);
    ngx_ap_deliver_stop_timer(&deliver->due);
    ngx_ap_deliver_stop_timer(&deliver->keep);
    ngx_ap_retry_stop(&deliver->retry);

    /* the client took its requests with it */

    for (q = ngx_queue_head(&deliver->started);
         q != ngx_queue_sentinel(&deliver->started);
         q = ngx_queue_next(q))
    {
        delivery = ngx_queue_data(q, ngx_ap_delivery_t, queue);
        delivery->request = NULL;
    }

    ngx_ap_deliver_drop_all(deliver, &deliver->started);
    ngx_ap_deliver_drop_all(deliver, &deliver->finished);
    ngx_ap_deliver_drop_all(deliver, &deliver->settling);

    ngx_free(deliver);
}


void
ngx_ap_deliver_look(ngx_ap_deliver_t *deliver)
{
    ngx_uint_t  room;

    if (ngx_exiting) {
        return;
    }

    if (deliver->away) {
        ngx_ap_deliver_back(deliver);
    }

    if (deliver->claiming) {
        deliver->again = 1;
        return;
    }

    room = NGX_AP_DELIVER_MOST - deliver->n;

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

    if (deliver->nfinished) {
        ngx_ap_deliver_settle(deliver);
    }

    if (n != 0 && !deliver->keep.timer_set) {
        ngx_add_timer(&deliver->keep, NGX_AP_DELIVER_KEEP);
    }

    if (n != 0 || deliver->again) {
        ngx_ap_deliver_look(deliver);

    } else if (deliver->n == 0) {
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
    deliver->n++;

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
                  ngx_max((ngx_msec_t) msec, NGX_AP_DELIVER_BATCH));
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

    if (delivery->outcome == NULL) {
        ngx_ap_deliver_drop(deliver, delivery);

    } else {
        ngx_queue_remove(&delivery->queue);
        ngx_queue_insert_tail(&deliver->finished, &delivery->queue);
        deliver->nfinished++;
    }

    if (deliver->nfinished == 0 || deliver->starting) {
        return;
    }

    /* nobody else comes: no reason to wait for him */

    if (ngx_queue_empty(&deliver->started)) {
        ngx_ap_deliver_settle(deliver);
        return;
    }

    if (!deliver->batch.timer_set) {
        ngx_add_timer(&deliver->batch, NGX_AP_DELIVER_BATCH);
    }
}


static void
ngx_ap_deliver_batch(ngx_event_t *ev)
{
    ngx_ap_deliver_settle(ev->data);
}


static void
ngx_ap_deliver_settle(ngx_ap_deliver_t *deliver)
{
    ngx_int_t           rc;
    ngx_str_t           text;
    ngx_ap_pg_query_t  *call;

    ngx_ap_deliver_stop_timer(&deliver->batch);

    if (deliver->told
        || deliver->nfinished == 0
        || ngx_ap_retry_pending(&deliver->retry))
    {
        return;
    }

    rc = ngx_ap_deliver_results(deliver, &text);

    ngx_queue_add(&deliver->settling, &deliver->finished);
    ngx_queue_init(&deliver->finished);
    deliver->nfinished = 0;

    call = NULL;

    if (rc == NGX_OK) {
        call = ngx_ap_store_delivery_settle(deliver->worker->store, &text,
                                            ngx_ap_deliver_settled, deliver);
        ngx_free(text.data);
    }

    if (call == NULL) {
        ngx_ap_deliver_unsettled(deliver);
        return;
    }

    deliver->told = 1;
}


/* "text" is malloc()ed */

static ngx_int_t
ngx_ap_deliver_results(ngx_ap_deliver_t *deliver, ngx_str_t *text)
{
    char         *dumped;
    json_t       *list;
    ngx_queue_t  *q;

    list = json_array();
    if (list == NULL) {
        return NGX_ERROR;
    }

    for (q = ngx_queue_head(&deliver->finished);
         q != ngx_queue_sentinel(&deliver->finished);
         q = ngx_queue_next(q))
    {
        if (json_array_append_new(list, ngx_ap_deliver_result(
                               ngx_queue_data(q, ngx_ap_delivery_t, queue)))
            != 0)
        {
            json_decref(list);
            return NGX_ERROR;
        }
    }

    dumped = json_dumps(list, JSON_COMPACT);
    json_decref(list);

    if (dumped == NULL) {
        return NGX_ERROR;
    }

    text->data = (u_char *) dumped;
    text->len = ngx_strlen(dumped);

    return NGX_OK;
}


static json_t *
ngx_ap_deliver_result(ngx_ap_delivery_t *delivery)
{
    json_t  *result;

    result = json_pack("{s:I, s:s%, s:s, s:s%}",
                       "id", (json_int_t) delivery->id,
                       "claim", delivery->claim.data, delivery->claim.len,
                       "outcome", delivery->outcome,
                       "error", delivery->error, delivery->error_len);

    if (result == NULL) {
        return NULL;
    }

    if (delivery->status != 0
        && json_object_set_new(result, "status",
                               json_integer((json_int_t) delivery->status))
           != 0)
    {
        json_decref(result);
        return NULL;
    }

    if (delivery->retry_after > 0
        && json_object_set_new(result, "retry_after",
                         json_integer((json_int_t) delivery->retry_after))
           != 0)
    {
        json_decref(result);
        return NULL;
    }

    return result;
}


static void
ngx_ap_deliver_settled(void *data, ngx_int_t rc)
{
    ngx_ap_deliver_t *deliver = data;

    deliver->told = 0;
    deliver->away = (rc == NGX_ERROR);

    if (rc != NGX_OK) {
        ngx_ap_deliver_unsettled(deliver);
        return;
    }

    ngx_ap_retry_reset(&deliver->retry);
    ngx_ap_deliver_drop_all(deliver, &deliver->settling);

    if (deliver->nfinished && !deliver->batch.timer_set) {
        ngx_ap_deliver_settle(deliver);
    }

    /* their hosts may have the next ones */

    ngx_ap_deliver_look(deliver);
}


/* settled or not, who knows: a second time does no harm */

static void
ngx_ap_deliver_unsettled(ngx_ap_deliver_t *deliver)
{
    ngx_queue_t        *q;
    ngx_ap_delivery_t  *delivery;

    while (!ngx_queue_empty(&deliver->settling)) {
        q = ngx_queue_head(&deliver->settling);
        delivery = ngx_queue_data(q, ngx_ap_delivery_t, queue);

        if (ngx_ap_delivery_left(delivery) == 0) {
            ngx_ap_deliver_drop(deliver, delivery);
            continue;
        }

        ngx_queue_remove(q);
        ngx_queue_insert_tail(&deliver->finished, q);
        deliver->nfinished++;
    }

    if (deliver->nfinished) {
        ngx_ap_retry_later(&deliver->retry);
    }
}


/*
 * Nobody looks while the database is away.  What it has not been told cannot
 * wait for the next try: a lease could end before that.
 */

static void
ngx_ap_deliver_back(ngx_ap_deliver_t *deliver)
{
    deliver->away = 0;

    ngx_ap_retry_reset(&deliver->retry);
    ngx_ap_deliver_settle(deliver);
}


/* nginx looks for timers alone to know whether a worker has work left */

static void
ngx_ap_deliver_keep(ngx_event_t *ev)
{
    ngx_ap_deliver_t *deliver = ev->data;

    if (deliver->n == 0) {
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

        ngx_ap_retry_reset(&deliver->retry);
        ngx_ap_deliver_settle(deliver);
    }

    ngx_add_timer(ev, NGX_AP_DELIVER_KEEP);
}


static void
ngx_ap_deliver_drop(ngx_ap_deliver_t *deliver, ngx_ap_delivery_t *delivery)
{
    ngx_queue_remove(&delivery->queue);
    deliver->n--;

    ngx_ap_delivery_destroy(delivery);
}


static void
ngx_ap_deliver_drop_all(ngx_ap_deliver_t *deliver, ngx_queue_t *queue)
{
    while (!ngx_queue_empty(queue)) {
        ngx_ap_deliver_drop(deliver, ngx_queue_data(ngx_queue_head(queue),
                                                ngx_ap_delivery_t, queue));
    }
}
