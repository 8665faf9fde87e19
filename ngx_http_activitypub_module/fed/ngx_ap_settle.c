
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     add -> soon -> now -> settled
 *             ^       `-> unsettled: later
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>

#include "ngx_ap_counts.h"
#include "ngx_ap_retry.h"
#include "ngx_ap_settle.h"


/* "ident" after three pointers: this is the data of a timer */

struct ngx_ap_settle_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_settled_pt           settled;
    void                       *data;
    ngx_int_t                   ident;

    ngx_queue_t                 finished;   /* to be settled */
    ngx_queue_t                 settling;   /* the database was told */
    ngx_uint_t                  n;          /* in both */
    ngx_uint_t                  nfinished;

    ngx_event_t                 batch;
    ngx_ap_retry_t              retry;

    unsigned                    told:1;     /* a settlement is under way */
    unsigned                    away:1;     /* the database, when told last */
};


static void ngx_ap_settle_batch(ngx_event_t *ev);
static ngx_int_t ngx_ap_settle_results(ngx_ap_settle_t *settle,
    ngx_str_t *text);
static json_t *ngx_ap_settle_result(ngx_ap_delivery_t *delivery);
static void ngx_ap_settle_settled(void *data, ngx_int_t rc);
static void ngx_ap_settle_unsettled(ngx_ap_settle_t *settle);
static void ngx_ap_settle_drop(ngx_ap_settle_t *settle,
    ngx_ap_delivery_t *delivery);
static void ngx_ap_settle_drop_all(ngx_ap_settle_t *settle,
    ngx_queue_t *queue);


ngx_ap_settle_t *
ngx_ap_settle_create(ngx_ap_worker_t *worker, ngx_ap_settled_pt settled,
    void *data)
{
    ngx_ap_settle_t  *settle;

    settle = ngx_calloc(sizeof(ngx_ap_settle_t), worker->log);
    if (settle == NULL) {
        return NULL;
    }

    settle->worker = worker;
    settle->settled = settled;
    settle->data = data;
    settle->ident = -1;

    ngx_queue_init(&settle->finished);
    ngx_queue_init(&settle->settling);

    settle->batch.handler = ngx_ap_settle_batch;
    settle->batch.data = settle;
    settle->batch.log = worker->log;

    ngx_ap_retry_init(&settle->retry, ngx_ap_settle_batch, settle,
                      worker->log);

    return settle;
}


void
ngx_ap_settle_destroy(ngx_ap_settle_t *settle)
{
    if (settle->batch.timer_set) {
        ngx_del_timer(&settle->batch);
    }

    ngx_ap_retry_stop(&settle->retry);

    ngx_ap_settle_drop_all(settle, &settle->finished);
    ngx_ap_settle_drop_all(settle, &settle->settling);

    ngx_free(settle);
}


void
ngx_ap_settle_add(ngx_ap_settle_t *settle, ngx_ap_delivery_t *delivery)
{
    ngx_ap_count_e  count;

    if (ngx_strcmp(delivery->outcome, "delivered") == 0) {
        count = NGX_AP_COUNT_DELIVERIES_SENT;

    } else if (ngx_strcmp(delivery->outcome, "retry") == 0) {
        count = NGX_AP_COUNT_DELIVERIES_RETRIED;

    } else {
        count = NGX_AP_COUNT_DELIVERIES_FAILED;
    }

    ngx_ap_cache_count(settle->worker->conf->cache, count);

    ngx_queue_insert_tail(&settle->finished, &delivery->queue);
    settle->nfinished++;
    settle->n++;
}


void
ngx_ap_settle_soon(ngx_ap_settle_t *settle)
{
    if (settle->nfinished && !settle->batch.timer_set) {
        ngx_add_timer(&settle->batch, NGX_AP_SETTLE_BATCH);
    }
}


static void
ngx_ap_settle_batch(ngx_event_t *ev)
{
    ngx_ap_settle_now(ev->data);
}


void
ngx_ap_settle_now(ngx_ap_settle_t *settle)
{
    ngx_int_t           rc;
    ngx_str_t           text;
    ngx_ap_pg_query_t  *call;

    if (settle->batch.timer_set) {
        ngx_del_timer(&settle->batch);
    }

    if (settle->told
        || settle->nfinished == 0
        || ngx_ap_retry_pending(&settle->retry))
    {
        return;
    }

    rc = ngx_ap_settle_results(settle, &text);

    ngx_queue_add(&settle->settling, &settle->finished);
    ngx_queue_init(&settle->finished);
    settle->nfinished = 0;

    call = NULL;

    if (rc == NGX_OK) {
        call = ngx_ap_store_delivery_settle(settle->worker->store, &text,
                                            ngx_ap_settle_settled, settle);
        ngx_free(text.data);
    }

    if (call == NULL) {
        ngx_ap_settle_unsettled(settle);
        return;
    }

    settle->told = 1;
}


/* "text" is malloc()ed */

static ngx_int_t
ngx_ap_settle_results(ngx_ap_settle_t *settle, ngx_str_t *text)
{
    char         *dumped;
    json_t       *list;
    ngx_queue_t  *q;

    list = json_array();
    if (list == NULL) {
        return NGX_ERROR;
    }

    for (q = ngx_queue_head(&settle->finished);
         q != ngx_queue_sentinel(&settle->finished);
         q = ngx_queue_next(q))
    {
        if (json_array_append_new(list, ngx_ap_settle_result(
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
ngx_ap_settle_result(ngx_ap_delivery_t *delivery)
{
    json_t  *result;

    result = json_pack("{s:I, s:s%, s:s, s:s%, s:s*}",
                       "id", (json_int_t) delivery->id,
                       "claim", delivery->claim.data, delivery->claim.len,
                       "outcome", delivery->outcome,
                       "error", delivery->error, delivery->error_len,
                       "scheme", ngx_ap_delivery_scheme(delivery));

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
ngx_ap_settle_settled(void *data, ngx_int_t rc)
{
    ngx_ap_settle_t *settle = data;

    settle->told = 0;
    settle->away = (rc == NGX_ERROR);

    if (rc != NGX_OK) {
        ngx_ap_settle_unsettled(settle);
        return;
    }

    ngx_ap_retry_reset(&settle->retry);
    ngx_ap_settle_drop_all(settle, &settle->settling);

    if (settle->nfinished && !settle->batch.timer_set) {
        ngx_ap_settle_now(settle);
    }

    settle->settled(settle->data);
}


/* settled or not, who knows: a second time does no harm */

static void
ngx_ap_settle_unsettled(ngx_ap_settle_t *settle)
{
    ngx_queue_t        *q;
    ngx_ap_delivery_t  *delivery;

    while (!ngx_queue_empty(&settle->settling)) {
        q = ngx_queue_head(&settle->settling);
        delivery = ngx_queue_data(q, ngx_ap_delivery_t, queue);

        if (ngx_ap_delivery_left(delivery) == 0) {
            ngx_ap_settle_drop(settle, delivery);
            continue;
        }

        ngx_queue_remove(q);
        ngx_queue_insert_tail(&settle->finished, q);
        settle->nfinished++;
    }

    if (settle->nfinished) {
        ngx_ap_retry_later(&settle->retry);
    }
}


/*
 * What it has not been told cannot wait for the next try: a lease could end
 * before that.
 */

void
ngx_ap_settle_again(ngx_ap_settle_t *settle)
{
    settle->away = 0;

    ngx_ap_retry_reset(&settle->retry);
    ngx_ap_settle_now(settle);
}


ngx_uint_t
ngx_ap_settle_count(ngx_ap_settle_t *settle)
{
    return settle->n;
}


ngx_uint_t
ngx_ap_settle_is_away(ngx_ap_settle_t *settle)
{
    return settle->away;
}


static void
ngx_ap_settle_drop(ngx_ap_settle_t *settle, ngx_ap_delivery_t *delivery)
{
    ngx_queue_remove(&delivery->queue);
    settle->n--;

    ngx_ap_delivery_destroy(delivery);
}


static void
ngx_ap_settle_drop_all(ngx_ap_settle_t *settle, ngx_queue_t *queue)
{
    while (!ngx_queue_empty(queue)) {
        ngx_ap_settle_drop(settle, ngx_queue_data(ngx_queue_head(queue),
                                               ngx_ap_delivery_t, queue));
    }
}
