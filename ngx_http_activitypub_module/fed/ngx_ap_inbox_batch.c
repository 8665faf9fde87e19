
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     send -> received -> answer
 *                 \-> again, without the row at fault
 *                 \-> alone: that row by itself
 *
 * One batch is under way at a time.  What is asked again goes before what
 * is new.
 */

#include "ngx_ap_inbox_internal.h"


/* before a database that is busy or away is asked again, milliseconds */
#define NGX_AP_INBOX_PAUSE  100


static void ngx_ap_inbox_take(ngx_ap_inbox_t *inbox, ngx_queue_t *queue,
    ngx_uint_t most);
static int ngx_libc_cdecl ngx_ap_inbox_compare(const void *one,
    const void *two);
static void ngx_ap_inbox_received(void *data,
    const ngx_ap_store_outcome_t *outcomes, ngx_uint_t n);
static void ngx_ap_inbox_retry(ngx_ap_inbox_t *inbox,
    const ngx_ap_store_outcome_t *outcomes, ngx_uint_t declined);


void
ngx_ap_inbox_send(ngx_ap_inbox_t *inbox, ngx_queue_t *queue, ngx_uint_t most)
{
    ngx_uint_t                      i, n;
    const ngx_ap_store_activity_t  *activities[NGX_AP_STORE_BATCH];

    ngx_ap_inbox_take(inbox, queue, most);

    n = inbox->n;

    if (n == 0) {
        return;
    }

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
        entry->slot = i;
        inbox->batch[i] = entry;
    }

    inbox->n = i;

    ngx_qsort(inbox->batch, i, sizeof(ngx_ap_inbox_entry_t *),
              ngx_ap_inbox_compare);

    for (i = 0; i < inbox->n; i++) {
        inbox->batch[i]->slot = i;
    }
}


/* those of one actor stay in the order in which they came */

static int ngx_libc_cdecl
ngx_ap_inbox_compare(const void *one, const void *two)
{
    ngx_int_t                    rc;
    const ngx_ap_inbox_entry_t  *first, *second;

    first = *(ngx_ap_inbox_entry_t *const *) one;
    second = *(ngx_ap_inbox_entry_t *const *) two;

    rc = ngx_ap_store_activity_compare(first->activity, second->activity);

    if (rc == 0) {
        rc = (first->slot < second->slot) ? -1 : 1;
    }

    return (int) rc;
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
