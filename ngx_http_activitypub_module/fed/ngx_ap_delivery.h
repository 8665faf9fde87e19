
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One activity on its way to one inbox: signed afresh, sent once, and what
 * came of it.
 */

#ifndef NGX_AP_DELIVERY_H
#define NGX_AP_DELIVERY_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_id.h"
#include "ngx_ap_client.h"
#include "ngx_ap_signed_request.h"
#include "ngx_ap_store_delivery.h"
#include "ngx_ap_worker.h"


/* when its lease has so little left, milliseconds, nothing is sent any more */
#define NGX_AP_DELIVERY_LEASE  90000
#define NGX_AP_DELIVERY_SPARE  30000

#define NGX_AP_DELIVERY_ERROR  200


typedef struct ngx_ap_delivery_s  ngx_ap_delivery_t;

typedef void (*ngx_ap_delivery_pt)(void *data, ngx_ap_delivery_t *delivery);


struct ngx_ap_delivery_s {
    ngx_queue_t                 queue;      /* its owner's */
    ngx_pool_t                 *pool;
    ngx_ap_worker_t            *worker;
    ngx_msec_t                  claimed;

    ngx_ap_delivery_pt          finished;
    void                       *data;

    /* what was claimed */
    int64_t                     id;
    ngx_str_t                   claim;
    ngx_str_t                   inbox;
    ngx_str_t                   actor;
    ngx_str_t                   key_id;
    ngx_str_t                   body;

    fedi_id_t                   peer;       /* the inbox */
    fedi_scheme_e               scheme;     /* as it signs now */
    unsigned                    own:1;      /* to ourselves: see the client */
    unsigned                    parting:1;  /* to who is suspended, too */
    unsigned                    knocked:1;  /* by the other scheme before */

    ngx_ap_signed_request_t    *sign;       /* under way, one of them */
    ngx_ap_client_request_t    *request;

    /*
     * What came of it.  "outcome" is a word of delivery_settle(), or NULL:
     * nothing that says anything about the peer, left to its lease.
     */
    const char                 *outcome;
    ngx_uint_t                  status;     /* 0: no answer */
    ngx_uint_t                  first;      /* to the first knock */
    time_t                      retry_after;
    u_char                      error[NGX_AP_DELIVERY_ERROR];
    size_t                      error_len;
};


/* copies what was claimed, into a pool of its own; NULL: no memory */
ngx_ap_delivery_t *ngx_ap_delivery_create(ngx_ap_worker_t *worker,
    const ngx_ap_store_delivery_t *claimed, ngx_ap_delivery_pt finished,
    void *data);

/* "finished" is called once, maybe from within; then it is the owner's */
void ngx_ap_delivery_start(ngx_ap_delivery_t *delivery);

/* whatever is under way is forgotten */
void ngx_ap_delivery_destroy(ngx_ap_delivery_t *delivery);

/* for delivery_settle(): what the peer takes now; NULL: what it took before */
const char *ngx_ap_delivery_scheme(const ngx_ap_delivery_t *delivery);

/* milliseconds that its claim is still good for, or 0 */
ngx_msec_t ngx_ap_delivery_left(ngx_ap_delivery_t *delivery);


#endif
