
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the inbox share: in ngx_ap_inbox.c activities wait, and
 * are answered; ngx_ap_inbox_batch.c takes them to the database.
 */

#ifndef NGX_AP_INBOX_INTERNAL_H
#define NGX_AP_INBOX_INTERNAL_H

#include "ngx_ap_inbox.h"


/* how long an activity may be on its way, milliseconds; then 503 */
#define NGX_AP_INBOX_PATIENCE  2000


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


/*
 * Moves up to "most" of "queue" into the batch, which is empty, and sends
 * them; what cannot be sent is answered.
 */
void ngx_ap_inbox_send(ngx_ap_inbox_t *inbox, ngx_queue_t *queue,
    ngx_uint_t most);

/* wherever it is: calls the handler, which may end the entry */
void ngx_ap_inbox_answer(ngx_ap_inbox_entry_t *entry, ngx_int_t rc,
    const ngx_str_t *verdict);


#endif
