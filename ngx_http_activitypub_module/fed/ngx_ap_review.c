
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     look -> judged -> pause -> look ... -> nothing is left
 *
 * Each piece is a transaction, and how far it came part of it: whoever comes
 * next goes on from there, in this worker or another.  Between two of them
 * the database has as long for others as the piece took.
 */

#include "ngx_ap_review.h"
#include "ngx_ap_store_policies.h"


/* reactions of one transaction: some 15 ms, 40 where each has its own post */
#define NGX_AP_REVIEW_PIECE  500

/* the longest pause, milliseconds */
#define NGX_AP_REVIEW_PAUSE  250


struct ngx_ap_review_s {
    ngx_ap_worker_t            *worker;
    ngx_event_t                 pause;
    ngx_msec_t                  asked;
    unsigned                    busy:1;
    unsigned                    again:1;    /* told while it was busy */
};


static void ngx_ap_review_judged(void *data, ngx_int_t rc);
static void ngx_ap_review_go_on(ngx_event_t *ev);


ngx_ap_review_t *
ngx_ap_review_create(ngx_ap_worker_t *worker)
{
    ngx_ap_review_t  *review;

    review = ngx_calloc(sizeof(ngx_ap_review_t), worker->log);
    if (review == NULL) {
        return NULL;
    }

    review->worker = worker;

    review->pause.handler = ngx_ap_review_go_on;
    review->pause.data = review;
    review->pause.log = worker->log;
    review->pause.cancelable = 1;

    return review;
}


void
ngx_ap_review_destroy(ngx_ap_review_t *review)
{
    if (review->pause.timer_set) {
        ngx_del_timer(&review->pause);
    }

    ngx_free(review);
}


void
ngx_ap_review_look(ngx_ap_review_t *review)
{
    if (ngx_exiting || review->pause.timer_set) {
        return;
    }

    if (review->busy) {
        review->again = 1;
        return;
    }

    review->again = 0;
    review->asked = ngx_current_msec;

    if (ngx_ap_store_review_next(review->worker->store, NGX_AP_REVIEW_PIECE,
                                 ngx_ap_review_judged, review)
        != NULL)
    {
        review->busy = 1;
    }
}


/* one that failed is asked for again at the next look, which always comes */

static void
ngx_ap_review_judged(void *data, ngx_int_t rc)
{
    ngx_ap_review_t *review = data;

    ngx_msec_t  took;

    review->busy = 0;

    if (ngx_exiting || rc == NGX_ERROR
        || (rc == NGX_DECLINED && !review->again))
    {
        return;
    }

    took = ngx_current_msec - review->asked;

    ngx_add_timer(&review->pause, ngx_min(took, NGX_AP_REVIEW_PAUSE));
}


static void
ngx_ap_review_go_on(ngx_event_t *ev)
{
    ngx_ap_review_look(ev->data);
}
