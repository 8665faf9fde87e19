
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     receive -> waiting -> next -> (batch) -> answer
 *                 timer: waited too long ------^
 */

#include "ngx_ap_inbox_internal.h"


static void ngx_ap_inbox_next_handler(ngx_event_t *ev);
static void ngx_ap_inbox_timer_handler(ngx_event_t *ev);
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
    const ngx_str_t *origin, const fedi_authorised_t *authorised,
    ngx_ap_inbox_pt handler, void *data)
{
    ngx_ap_inbox_t                 *inbox;
    ngx_pool_cleanup_t             *cln;
    ngx_ap_inbox_entry_t           *entry;
    const ngx_ap_store_activity_t  *activity;

    inbox = worker->inbox;

    activity = ngx_ap_store_activity(pool, origin, authorised);
    if (activity == NULL) {
        return NULL;
    }

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
        ngx_ap_inbox_send(inbox, &inbox->again, NGX_AP_STORE_BATCH);

    } else if (!ngx_queue_empty(&inbox->alone)) {
        ngx_ap_inbox_send(inbox, &inbox->alone, 1);

    } else {
        ngx_ap_inbox_send(inbox, &inbox->waiting, NGX_AP_STORE_BATCH);
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

void
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
