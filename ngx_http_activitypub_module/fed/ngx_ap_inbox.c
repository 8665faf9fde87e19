
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     receive -> waiting -> send -> received -> answer
 *                              \-> again, without the row at fault
 *                              \-> alone: that row by itself
 *
 * One batch is under way at a time.  What is asked again goes before what
 * is new.
 */

#include "ngx_ap_inbox.h"


/* how long an activity may be on its way, milliseconds; then 503 */
#define NGX_AP_INBOX_PATIENCE  2000

/* before a database that is busy or away is asked again, milliseconds */
#define NGX_AP_INBOX_PAUSE  100


typedef enum {
    NGX_AP_INBOX_NOWHERE = 0,
    NGX_AP_INBOX_QUEUED,
    NGX_AP_INBOX_SENT
} ngx_ap_inbox_place_e;


struct ngx_ap_inbox_entry_s {
    ngx_queue_t                     queue;
    ngx_ap_inbox_t                 *inbox;
    const ngx_ap_store_activity_t  *activity;
    ngx_ap_inbox_pt                 handler;
    void                           *data;
    ngx_msec_t                      since;
    ngx_ap_inbox_place_e            place;
    ngx_uint_t                      slot;   /* in the batch */
};


/* "ident" after three pointers: this is the data of a timer */

struct ngx_ap_inbox_s {
    ngx_ap_worker_t                *worker;
    ngx_ap_pg_query_t              *call;   /* a batch is under way */
    ngx_ap_inbox_entry_t          **batch;
    ngx_int_t                       ident;

    ngx_uint_t                      n;      /* of the batch */
    ngx_queue_t                     waiting;
    ngx_queue_t                     again;
    ngx_queue_t                     alone;
    ngx_event_t                     timer;
    ngx_event_t                     next;
    ngx_event_t                     pause;

    ngx_ap_inbox_entry_t           *slots[NGX_AP_STORE_BATCH];
};


static void ngx_ap_inbox_next_handler(ngx_event_t *ev);
static void ngx_ap_inbox_timer_handler(ngx_event_t *ev);
static void ngx_ap_inbox_take(ngx_ap_inbox_t *inbox, ngx_queue_t *queue,
    ngx_uint_t most);
static void ngx_ap_inbox_send(ngx_ap_inbox_t *inbox);
static int ngx_libc_cdecl ngx_ap_inbox_compare(const void *one,
    const void *two);
static ngx_int_t ngx_ap_inbox_order(const ngx_str_t *one,
    const ngx_str_t *two);
static void ngx_ap_inbox_received(void *data,
    const ngx_ap_store_outcome_t *outcomes, ngx_uint_t n);
static void ngx_ap_inbox_retry(ngx_ap_inbox_t *inbox,
    const ngx_ap_store_outcome_t *outcomes, ngx_uint_t declined);
static void ngx_ap_inbox_answer(ngx_ap_inbox_entry_t *entry, ngx_int_t rc,
    const ngx_str_t *verdict);
static void ngx_ap_inbox_cleanup(void *data);


ngx_ap_inbox_t *
ngx_ap_inbox_create(ngx_ap_worker_t *worker)
{
    ngx_ap_inbox_t  *inbox;

    inbox = ngx_calloc(sizeof(ngx_ap_inbox_t), worker->log);
    if (inbox == NULL) {
        return NULL;
    }

    inbox->worker = worker;
    inbox->batch = inbox->slots;
    inbox->ident = -1;

    ngx_queue_init(&inbox->waiting);
    ngx_queue_init(&inbox->again);
    ngx_queue_init(&inbox->alone);

    inbox->next.handler = ngx_ap_inbox_next_handler;
    inbox->next.data = inbox;
    inbox->next.log = worker->log;

    /* not cancelable: who waits is answered before the worker exits */

    inbox->pause.handler = ngx_ap_inbox_next_handler;
    inbox->pause.data = inbox;
    inbox->pause.log = worker->log;

    inbox->timer.handler = ngx_ap_inbox_timer_handler;
    inbox->timer.data = inbox;
    inbox->timer.log = worker->log;

    return inbox;
}


void
ngx_ap_inbox_destroy(ngx_ap_inbox_t *inbox)
{
    if (inbox->timer.timer_set) {
        ngx_del_timer(&inbox->timer);
    }

    if (inbox->pause.timer_set) {
        ngx_del_timer(&inbox->pause);
    }

    if (inbox->next.posted) {
        ngx_delete_posted_event(&inbox->next);
    }

    ngx_free(inbox);
}


ngx_ap_inbox_entry_t *
ngx_ap_inbox_receive(ngx_ap_worker_t *worker, ngx_pool_t *pool,
    const ngx_ap_store_activity_t *activity, ngx_ap_inbox_pt handler,
    void *data)
{
    ngx_ap_inbox_t        *inbox;
    ngx_pool_cleanup_t    *cln;
    ngx_ap_inbox_entry_t  *entry;

    inbox = worker->inbox;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_ap_inbox_entry_t));
    if (cln == NULL) {
        return NULL;
    }

    entry = cln->data;

    entry->inbox = inbox;
    entry->activity = activity;
    entry->handler = handler;
    entry->data = data;
    entry->since = ngx_current_msec;
    entry->place = NGX_AP_INBOX_QUEUED;

    cln->handler = ngx_ap_inbox_cleanup;

    ngx_queue_insert_tail(&inbox->waiting, &entry->queue);

    if (!inbox->timer.timer_set) {
        ngx_add_timer(&inbox->timer, NGX_AP_INBOX_PATIENCE);
    }

    /* at the end of this turn of the event loop: the others are taken along */

    ngx_post_event(&inbox->next, &ngx_posted_events);

    return entry;
}


static void
ngx_ap_inbox_next_handler(ngx_event_t *ev)
{
    ngx_ap_inbox_t  *inbox;

    inbox = ev->data;

    if (inbox->call != NULL || inbox->pause.timer_set) {
        return;
    }

    if (!ngx_queue_empty(&inbox->again)) {
        ngx_ap_inbox_take(inbox, &inbox->again, NGX_AP_STORE_BATCH);

    } else if (!ngx_queue_empty(&inbox->alone)) {
        ngx_ap_inbox_take(inbox, &inbox->alone, 1);

    } else {
        ngx_ap_inbox_take(inbox, &inbox->waiting, NGX_AP_STORE_BATCH);
    }

    if (inbox->n != 0) {
        ngx_ap_inbox_send(inbox);
    }
}


static void
ngx_ap_inbox_take(ngx_ap_inbox_t *inbox, ngx_queue_t *queue, ngx_uint_t most)
{
    ngx_uint_t             i;
    ngx_queue_t           *q;
    ngx_ap_inbox_entry_t  *entry;

    for (i = 0; i < most && !ngx_queue_empty(queue); i++) {

        q = ngx_queue_head(queue);
        entry = ngx_queue_data(q, ngx_ap_inbox_entry_t, queue);

        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is queued */
        ngx_queue_remove(q);

        entry->place = NGX_AP_INBOX_SENT;
        inbox->batch[i] = entry;
    }

    inbox->n = i;

    ngx_qsort(inbox->batch, i, sizeof(ngx_ap_inbox_entry_t *),
              ngx_ap_inbox_compare);

    for (i = 0; i < inbox->n; i++) {
        inbox->batch[i]->slot = i;
    }
}


static void
ngx_ap_inbox_send(ngx_ap_inbox_t *inbox)
{
    ngx_uint_t                      i, n;
    const ngx_ap_store_activity_t  *activities[NGX_AP_STORE_BATCH];

    n = inbox->n;

    ngx_memzero(activities, sizeof(activities));

    for (i = 0; i < n; i++) {
        activities[i] = inbox->batch[i]->activity;
    }

    inbox->call = ngx_ap_store_receive(inbox->worker->store, activities, n,
                                       ngx_ap_inbox_received, inbox);
    if (inbox->call != NULL) {
        return;
    }

    inbox->n = 0;

    for (i = 0; i < n; i++) {
        if (inbox->batch[i] != NULL) {
            ngx_ap_inbox_answer(inbox->batch[i], NGX_ERROR, NULL);
        }
    }
}


/* by what the database knows them by: sender and id, or their bytes */

static int ngx_libc_cdecl
ngx_ap_inbox_compare(const void *one, const void *two)
{
    ngx_int_t                       rc;
    const ngx_ap_store_activity_t  *first, *second;

    first = (*(ngx_ap_inbox_entry_t *const *) one)->activity;
    second = (*(ngx_ap_inbox_entry_t *const *) two)->activity;

    rc = ngx_ap_inbox_order(&first->id, &second->id);

    if (rc == 0) {
        rc = ngx_ap_inbox_order(&first->actor, &second->actor);
    }

    if (rc == 0 && first->id.len == 0) {
        rc = ngx_ap_inbox_order(&first->body, &second->body);
    }

    return (int) rc;
}


static ngx_int_t
ngx_ap_inbox_order(const ngx_str_t *one, const ngx_str_t *two)
{
    return ngx_memn2cmp(one->data, two->data, one->len, two->len);
}


static void
ngx_ap_inbox_received(void *data, const ngx_ap_store_outcome_t *outcomes,
    ngx_uint_t n)
{
    ngx_ap_inbox_t *inbox = data;

    ngx_uint_t             i, failed, declined;
    ngx_ap_inbox_entry_t  *entry;

    inbox->call = NULL;

    for (failed = 0, declined = 0, i = 0; i < n; i++) {
        failed += (outcomes[i].rc != NGX_OK);
        declined += (outcomes[i].rc == NGX_DECLINED);
    }

    if (failed && !(n == 1 && declined)) {
        ngx_ap_inbox_retry(inbox, outcomes, declined);

    } else {
        for (i = 0; i < n; i++) {
            entry = inbox->batch[i];

            if (entry != NULL) {
                ngx_ap_inbox_answer(entry, outcomes[i].rc,
                                    &outcomes[i].verdict);
            }
        }
    }

    inbox->n = 0;

    /* while it is away each try fails at once, and would keep the loop busy */

    if (failed && declined == 0) {
        ngx_add_timer(&inbox->pause, NGX_AP_INBOX_PAUSE);
        return;
    }

    ngx_post_event(&inbox->next, &ngx_posted_events);
}


/*
 * Nothing of the batch was committed.  One row at fault goes alone, the rest
 * together; all of them, when it was the commit.  None at fault: the database
 * was busy or went away, and may be back before patience ends.
 */

static void
ngx_ap_inbox_retry(ngx_ap_inbox_t *inbox,
    const ngx_ap_store_outcome_t *outcomes, ngx_uint_t declined)
{
    ngx_uint_t             i;
    ngx_ap_inbox_entry_t  *entry;

    for (i = 0; i < inbox->n; i++) {
        entry = inbox->batch[i];

        if (entry == NULL) {
            continue;
        }

        if (declined == 0
            && ngx_current_msec - entry->since >= NGX_AP_INBOX_PATIENCE / 2)
        {
            ngx_ap_inbox_answer(entry, NGX_ERROR, NULL);
            continue;
        }

        entry->place = NGX_AP_INBOX_QUEUED;

        ngx_queue_insert_tail(outcomes[i].rc == NGX_DECLINED ? &inbox->alone
                                                             : &inbox->again,
                              &entry->queue);
    }
}


/* those that waited too long behind a batch, the oldest first */

static void
ngx_ap_inbox_timer_handler(ngx_event_t *ev)
{
    ngx_uint_t             i;
    ngx_msec_int_t         left, least;
    ngx_queue_t           *q, *queues[3];
    ngx_ap_inbox_t        *inbox;
    ngx_ap_inbox_entry_t  *entry;

    inbox = ev->data;

    queues[0] = &inbox->waiting;
    queues[1] = &inbox->again;
    queues[2] = &inbox->alone;

    least = NGX_AP_INBOX_PATIENCE;

    for (i = 0; i < 3; i++) {
        while (!ngx_queue_empty(queues[i])) {

            q = ngx_queue_head(queues[i]);
            entry = ngx_queue_data(q, ngx_ap_inbox_entry_t, queue);

            left = (ngx_msec_int_t) (entry->since + NGX_AP_INBOX_PATIENCE
                                     - ngx_current_msec);
            if (left > 0) {
                least = ngx_min(least, left);
                break;
            }

            ngx_ap_inbox_answer(entry, NGX_ERROR, NULL);
        }
    }

    for (i = 0; i < 3; i++) {
        if (!ngx_queue_empty(queues[i]) && !inbox->timer.timer_set) {
            ngx_add_timer(&inbox->timer, (ngx_msec_t) least);
        }
    }
}


/* a handler may end the pool that the entry lives in */

static void
ngx_ap_inbox_answer(ngx_ap_inbox_entry_t *entry, ngx_int_t rc,
    const ngx_str_t *verdict)
{
    ngx_ap_inbox_cleanup(entry);

    entry->handler(entry->data, rc, verdict);
}


static void
ngx_ap_inbox_cleanup(void *data)
{
    ngx_ap_inbox_entry_t *entry = data;

    switch (entry->place) {

    case NGX_AP_INBOX_QUEUED:
        ngx_queue_remove(&entry->queue);
        break;

    case NGX_AP_INBOX_SENT:
        entry->inbox->batch[entry->slot] = NULL;
        break;

    default: /* NGX_AP_INBOX_NOWHERE */
        break;
    }

    entry->place = NGX_AP_INBOX_NOWHERE;
}
