
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Declaration of the origins, one after the other:
 *
 *     available -> next -> declared -> verdicts -> policy -> turn -> next ...
 *
 * An origin that was refused does not stop the others: it is declared again
 * after them, with a growing pause.
 *
 * A set that is being filled asks by the same connection, for the millionth
 * page as for the first.  A thousand origins, of which each takes as long as
 * some thousand pages, leave it four fifths of the time.
 */

#include "ngx_ap_declare.h"
#include "ngx_ap_keyring.h"
#include "ngx_ap_origin.h"
#include "ngx_ap_retry.h"
#include "ngx_ap_store_policies.h"
#include "ngx_ap_str.h"
#include "ngx_ap_watch.h"


/* a pause, by how long the declaration before it took; in milliseconds */
#define NGX_AP_DECLARE_PAUSE      4
#define NGX_AP_DECLARE_PAUSE_MAX  250


struct ngx_ap_declare_s {
    ngx_ap_worker_t            *worker;

    ngx_uint_t                  current;    /* origin */
    ngx_uint_t                  left;       /* origins not declared yet */
    ngx_ap_pg_query_t          *call;
    ngx_ap_retry_t              retry;

    ngx_msec_t                  asked;      /* when "call" was */
    ngx_event_t                 turn;       /* the next one's */

    u_char                      declared[1];    /* by origin */
};


static void ngx_ap_declare_again(ngx_event_t *ev);
static void ngx_ap_declare_turn(ngx_event_t *ev);
static void ngx_ap_declare_next(ngx_ap_declare_t *declare);
static void ngx_ap_declare_declared(void *data, ngx_int_t rc,
    const ngx_ap_store_verdict_t *verdicts, ngx_uint_t n);
static ngx_int_t ngx_ap_declare_policy(ngx_ap_declare_t *declare,
    ngx_ap_origin_t *origin);
static void ngx_ap_declare_policy_declared(void *data, ngx_int_t rc);
static void ngx_ap_declare_done(ngx_ap_declare_t *declare);
static void ngx_ap_declare_pass(ngx_ap_declare_t *declare);
static ngx_msec_t ngx_ap_declare_pause(ngx_ap_declare_t *declare);
static void ngx_ap_declare_verdict(ngx_ap_declare_t *declare,
    ngx_ap_origin_t *origin, const ngx_ap_store_verdict_t *verdict);
static void ngx_ap_declare_state(ngx_ap_declare_t *declare,
    ngx_ap_origin_t *origin, ngx_ap_cache_state_e state);
static ngx_ap_origin_t *ngx_ap_declare_origin(ngx_ap_declare_t *declare);


ngx_ap_declare_t *
ngx_ap_declare_create(ngx_ap_worker_t *worker)
{
    ngx_uint_t         n;
    ngx_ap_declare_t  *declare;

    n = worker->conf->origins.nelts;

    declare = ngx_calloc(sizeof(ngx_ap_declare_t) + n, worker->log);
    if (declare == NULL) {
        return NULL;
    }

    declare->worker = worker;
    declare->left = n;

    ngx_ap_retry_init(&declare->retry, ngx_ap_declare_again, declare,
                      worker->log);

    declare->turn.handler = ngx_ap_declare_turn;
    declare->turn.data = declare;
    declare->turn.log = worker->log;
    declare->turn.cancelable = 1;

    return declare;
}


void
ngx_ap_declare_destroy(ngx_ap_declare_t *declare)
{
    ngx_ap_retry_stop(&declare->retry);

    if (declare->turn.timer_set) {
        ngx_del_timer(&declare->turn);
    }

    ngx_free(declare);
}


void
ngx_ap_declare_available(ngx_ap_declare_t *declare)
{
    if (declare->left == 0 || declare->call) {
        return;
    }

    ngx_ap_retry_reset(&declare->retry);

    declare->current = 0;
    ngx_ap_declare_next(declare);
}


static void
ngx_ap_declare_again(ngx_event_t *ev)
{
    ngx_ap_declare_t *declare = ev->data;

    declare->current = 0;
    ngx_ap_declare_next(declare);
}


static void
ngx_ap_declare_turn(ngx_event_t *ev)
{
    ngx_ap_declare_next(ev->data);
}


static void
ngx_ap_declare_next(ngx_ap_declare_t *declare)
{
    ngx_ap_origin_t  *origin;
    ngx_ap_worker_t  *worker;

    if (declare->turn.timer_set) {
        ngx_del_timer(&declare->turn);
    }

    if (ngx_exiting || declare->left == 0) {
        return;
    }

    worker = declare->worker;
    origin = ngx_ap_declare_origin(declare);

    if (origin != NULL) {
        declare->asked = ngx_current_msec;
        declare->call = ngx_ap_store_declare(worker->store,
                                             &worker->conf->node,
                                             &origin->declaration,
                                             ngx_ap_declare_declared, declare);
    }

    if (declare->call == NULL) {
        ngx_ap_retry_later(&declare->retry);
    }
}


static void
ngx_ap_declare_declared(void *data, ngx_int_t rc,
    const ngx_ap_store_verdict_t *verdicts, ngx_uint_t n)
{
    ngx_ap_declare_t *declare = data;

    ngx_uint_t        i, ours;
    ngx_ap_origin_t  *origin;

    declare->call = NULL;

    if (rc == NGX_ERROR) {
        ngx_ap_retry_later(&declare->retry);
        return;
    }

    if (rc != NGX_OK) {
        declare->current++;
        ngx_ap_declare_pass(declare);
        return;
    }

    origin = ngx_ap_declare_origin(declare);

    for (i = 0, ours = 0; i < n; i++) {
        ngx_ap_declare_verdict(declare, origin, &verdicts[i]);

        if (ngx_ap_str_is(&verdicts[i].verdict, "ok")) {
            ours = 1;
        }
    }

    /* of one that is another's there is nothing to be said */

    if (!ours) {
        ngx_ap_declare_done(declare);

    } else if (ngx_ap_declare_policy(declare, origin) != NGX_OK) {
        ngx_ap_retry_later(&declare->retry);
    }
}


static ngx_int_t
ngx_ap_declare_policy(ngx_ap_declare_t *declare, ngx_ap_origin_t *origin)
{
    ngx_ap_store_policy_t  policy;

    policy.origin = origin->url;
    policy.blocks = origin->blocks;
    policy.allows = origin->allows;

    if (origin->federation_mode == NGX_AP_POLICY_ALLOWLIST) {
        ngx_str_set(&policy.mode, "allowlist");

    } else {
        ngx_str_set(&policy.mode, "blocklist");
    }

    declare->call = ngx_ap_store_declare_policy(declare->worker->store,
                                                &policy,
                                                ngx_ap_declare_policy_declared,
                                                declare);

    return declare->call ? NGX_OK : NGX_ERROR;
}


/* one that the database refuses is said to be so by the store, once a cycle */

static void
ngx_ap_declare_policy_declared(void *data, ngx_int_t rc)
{
    ngx_ap_declare_t *declare = data;

    declare->call = NULL;

    if (rc == NGX_ERROR) {
        ngx_ap_retry_later(&declare->retry);
        return;
    }

    ngx_ap_declare_done(declare);
}


static void
ngx_ap_declare_done(ngx_ap_declare_t *declare)
{
    declare->declared[declare->current] = 1;
    declare->left--;
    declare->current++;

    ngx_ap_declare_pass(declare);
}


static void
ngx_ap_declare_pass(ngx_ap_declare_t *declare)
{
    ngx_msec_t  pause;

    pause = ngx_ap_declare_pause(declare);

    if (pause) {
        ngx_add_timer(&declare->turn, pause);

    } else {
        ngx_ap_declare_next(declare);
    }
}


static ngx_msec_t
ngx_ap_declare_pause(ngx_ap_declare_t *declare)
{
    ngx_msec_t  took;

    if (!ngx_ap_watch_filling(declare->worker->watch)) {
        return 0;
    }

    took = ngx_current_msec - declare->asked;

    return ngx_min(took * NGX_AP_DECLARE_PAUSE, NGX_AP_DECLARE_PAUSE_MAX);
}


static void
ngx_ap_declare_verdict(ngx_ap_declare_t *declare, ngx_ap_origin_t *origin,
    const ngx_ap_store_verdict_t *verdict)
{
    ngx_log_t        *log;
    const ngx_str_t  *name;

    log = declare->worker->log;
    name = &verdict->verdict;

    if (ngx_ap_str_is(name, "ok")) {
        ngx_ap_declare_state(declare, origin, NGX_AP_STATE_READY);

    } else if (ngx_ap_str_is(name, "conflict")) {
        ngx_ap_declare_state(declare, origin, NGX_AP_STATE_CONFLICT);

        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "activitypub: origin \"%V\" is stopped: %V",
                      &origin->url, &verdict->detail);

    } else if (ngx_ap_str_is(name, "vanished")) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "activitypub: actor \"%V\" is no longer declared: it "
                      "answers 404 and keeps its key and followers",
                      &verdict->subject);

    } else if (ngx_ap_str_is(name, "deleted")) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "activitypub: actor \"%V\" is configured and was "
                      "deleted: it answers 410 for ever, the others go on",
                      &verdict->subject);

    } else if (ngx_ap_str_is(name, "keyless")) {
        (void) ngx_ap_keyring_want(declare->worker->keyring,
                                   &verdict->subject);
    }
}


static void
ngx_ap_declare_state(ngx_ap_declare_t *declare, ngx_ap_origin_t *origin,
    ngx_ap_cache_state_e state)
{
    ngx_ap_worker_t  *worker;

    worker = declare->worker;

    if (ngx_ap_cache_state_set(worker->conf->cache, origin->identity, state)
        != NGX_OK)
    {
        ngx_log_error(NGX_LOG_ERR, worker->log, 0,
                      "activitypub: the zone is too small to hold the state "
                      "of origin \"%V\", federation answers 503",
                      &origin->url);
    }
}


/* the next one to declare, from the current one on */

static ngx_ap_origin_t *
ngx_ap_declare_origin(ngx_ap_declare_t *declare)
{
    ngx_array_t       *origins;
    ngx_ap_origin_t  **origin;

    origins = &declare->worker->conf->origins;
    origin = origins->elts;

    while (declare->current < origins->nelts) {

        if (!declare->declared[declare->current]) {
            return origin[declare->current];
        }

        declare->current++;
    }

    return NULL;
}
