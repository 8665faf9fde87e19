
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Signed delivery of one activity to one inbox:
 *
 *     start -> sign -> signed -> answered -> finish
 *               ^----------------'
 *
 * Each arrow is one function that either starts the next step or calls
 * ngx_ap_delivery_finish(), the only way out.  Who does not take one kind of
 * signature is offered the other one, once.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_arena.h"
#include "ngx_ap_delivery.h"
#include "ngx_ap_delivery_answer.h"
#include "ngx_ap_policy.h"
#include "ngx_ap_str.h"


/* as the database calls them */
#define NGX_AP_DELIVERY_CAVAGE   "draft-cavage"
#define NGX_AP_DELIVERY_RFC9421  "rfc9421"

/* of an answer nothing but its head is looked at */
#define NGX_AP_DELIVERY_ANSWER   (1024 * 1024)


static ngx_int_t ngx_ap_delivery_copy(ngx_ap_delivery_t *delivery,
    const ngx_ap_store_delivery_t *claimed);
static ngx_int_t ngx_ap_delivery_copy_str(ngx_pool_t *pool, ngx_str_t *to,
    const ngx_str_t *from);
static ngx_uint_t ngx_ap_delivery_is_blocked(ngx_ap_delivery_t *delivery);
static ngx_int_t ngx_ap_delivery_sign(ngx_ap_delivery_t *delivery);
static void ngx_ap_delivery_signed(void *data, ngx_int_t rc,
    const ngx_str_t *headers);
static ngx_int_t ngx_ap_delivery_post(ngx_ap_delivery_t *delivery,
    const ngx_str_t *headers);
static void ngx_ap_delivery_origin(ngx_ap_delivery_t *delivery,
    ngx_str_t *origin);
static void ngx_ap_delivery_answered(void *data,
    const ngx_ap_client_result_t *result);
static ngx_uint_t ngx_ap_delivery_knock(ngx_ap_delivery_t *delivery,
    ngx_uint_t status);
static void ngx_ap_delivery_fail(ngx_ap_delivery_t *delivery,
    const char *outcome, const char *reason);
static void ngx_ap_delivery_error(ngx_ap_delivery_t *delivery,
    const ngx_str_t *reason);
static void ngx_ap_delivery_finish(ngx_ap_delivery_t *delivery,
    const char *outcome);


ngx_ap_delivery_t *
ngx_ap_delivery_create(ngx_ap_worker_t *worker,
    const ngx_ap_store_delivery_t *claimed, ngx_ap_delivery_pt finished,
    void *data)
{
    ngx_pool_t         *pool;
    ngx_ap_delivery_t  *delivery;

    pool = ngx_create_pool(4096, worker->log);
    if (pool == NULL) {
        return NULL;
    }

    delivery = ngx_pcalloc(pool, sizeof(ngx_ap_delivery_t));
    if (delivery == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    delivery->pool = pool;
    delivery->worker = worker;
    delivery->claimed = ngx_current_msec;
    delivery->finished = finished;
    delivery->data = data;
    delivery->id = claimed->id;
    delivery->parting = claimed->parting;
    delivery->scheme = ngx_ap_str_is(&claimed->scheme, NGX_AP_DELIVERY_RFC9421)
                       ? FEDI_SCHEME_RFC9421 : FEDI_SCHEME_CAVAGE;

    if (ngx_ap_delivery_copy(delivery, claimed) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    return delivery;
}


static ngx_int_t
ngx_ap_delivery_copy(ngx_ap_delivery_t *delivery,
    const ngx_ap_store_delivery_t *claimed)
{
    ngx_pool_t  *pool;

    pool = delivery->pool;

    if (ngx_ap_delivery_copy_str(pool, &delivery->claim, &claimed->claim)
        != NGX_OK
        || ngx_ap_delivery_copy_str(pool, &delivery->inbox, &claimed->inbox)
           != NGX_OK
        || ngx_ap_delivery_copy_str(pool, &delivery->actor, &claimed->actor)
           != NGX_OK
        || ngx_ap_delivery_copy_str(pool, &delivery->key_id,
                                    &claimed->key_id)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_ap_delivery_copy_str(pool, &delivery->body, &claimed->body);
}


static ngx_int_t
ngx_ap_delivery_copy_str(ngx_pool_t *pool, ngx_str_t *to,
    const ngx_str_t *from)
{
    to->data = ngx_pnalloc(pool, from->len + 1);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(to->data, from->data, from->len);
    to->len = from->len;

    return NGX_OK;
}


void
ngx_ap_delivery_destroy(ngx_ap_delivery_t *delivery)
{
    if (delivery->sign) {
        ngx_ap_signed_request_cancel(delivery->sign);
    }

    if (delivery->request) {
        ngx_ap_client_cancel(delivery->request);
    }

    ngx_destroy_pool(delivery->pool);
}


ngx_msec_t
ngx_ap_delivery_left(ngx_ap_delivery_t *delivery)
{
    ngx_msec_t  age;

    age = ngx_current_msec - delivery->claimed;

    return age < NGX_AP_DELIVERY_LEASE ? NGX_AP_DELIVERY_LEASE - age : 0;
}


void
ngx_ap_delivery_start(ngx_ap_delivery_t *delivery)
{
    fedi_err_e    err;
    fedi_arena_t  arena;

    arena = ngx_ap_arena(delivery->pool);

    err = fedi_id_parse(&arena, &delivery->worker->conf->rules,
                        ngx_ap_view(&delivery->inbox),
                        &delivery->peer);

    if (err == FEDI_ENOMEM) {
        ngx_ap_delivery_finish(delivery, NULL);
        return;
    }

    if (err != FEDI_OK) {
        ngx_ap_delivery_fail(delivery, "refused", fedi_strerror(err));
        return;
    }

    if (ngx_ap_delivery_is_blocked(delivery)) {
        ngx_ap_delivery_fail(delivery, "refused", "its domain is blocked");
        return;
    }

    if (ngx_ap_delivery_sign(delivery) != NGX_OK) {
        ngx_ap_delivery_finish(delivery, NULL);
    }
}


/*
 * What is claimed was not blocked for the database, or is a Reject that goes
 * with a block: the configuration may know better, and first.
 */

static ngx_uint_t
ngx_ap_delivery_is_blocked(ngx_ap_delivery_t *delivery)
{
    ngx_str_t  origin;

    if (delivery->parting) {
        return 0;
    }

    ngx_ap_delivery_origin(delivery, &origin);

    return ngx_ap_policy_of_url(delivery->worker, &origin,
                                delivery->peer.url.host)
           == NGX_AP_POLICY_SUSPEND;
}


/* of this very moment, however often it is sent */

static ngx_int_t
ngx_ap_delivery_sign(ngx_ap_delivery_t *delivery)
{
    ngx_ap_signed_request_ask_t  ask;

    ask.id = &delivery->peer;
    ask.actor = delivery->actor;
    ask.key_id = delivery->key_id;
    ask.scheme = delivery->scheme;
    ask.accept = NGX_AP_SIGNED_REQUEST_ACCEPT;
    ask.body = &delivery->body;

    delivery->sign = ngx_ap_signed_request(delivery->worker, delivery->pool,
                                           &ask, ngx_ap_delivery_signed,
                                           delivery);

    return delivery->sign ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_delivery_signed(void *data, ngx_int_t rc, const ngx_str_t *headers)
{
    ngx_ap_delivery_t *delivery = data;

    delivery->sign = NULL;

    if (rc == NGX_DECLINED) {
        ngx_ap_delivery_fail(delivery, "retry", "the actor has no key yet");
        return;
    }

    if (rc != NGX_OK
        || ngx_ap_delivery_left(delivery) < NGX_AP_DELIVERY_SPARE
        || ngx_ap_delivery_post(delivery, headers) != NGX_OK)
    {
        ngx_ap_delivery_finish(delivery, NULL);
    }
}


static ngx_int_t
ngx_ap_delivery_post(ngx_ap_delivery_t *delivery, const ngx_str_t *headers)
{
    ngx_ap_client_ask_t  ask;

    ngx_memzero(&ask, sizeof(ngx_ap_client_ask_t));

    ask.id = delivery->peer;
    ask.headers = *headers;
    ask.body = delivery->body;
    ask.body_max = NGX_AP_DELIVERY_ANSWER;
    ask.post = 1;
    ask.own = delivery->own;
    ask.answered = ngx_ap_delivery_answered;
    ask.data = delivery;

    ngx_ap_delivery_origin(delivery, &ask.origin);

    delivery->request = ngx_ap_client_request(delivery->worker->client, &ask);

    return delivery->request ? NGX_OK : NGX_ERROR;
}


/* of the actor: an id of ours is a URL with a path */

static void
ngx_ap_delivery_origin(ngx_ap_delivery_t *delivery, ngx_str_t *origin)
{
    size_t  i;

    *origin = delivery->actor;

    i = sizeof("https://") - 1;

    while (i < origin->len && origin->data[i] != '/') {
        i++;
    }

    origin->len = ngx_min(i, origin->len);
}


static void
ngx_ap_delivery_answered(void *data, const ngx_ap_client_result_t *result)
{
    ngx_ap_delivery_t *delivery = data;

    delivery->request = NULL;

    switch (result->rc) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        ngx_ap_delivery_error(delivery, &result->reason);
        ngx_ap_delivery_finish(delivery, "refused");
        return;

    case NGX_ERROR:
        ngx_ap_delivery_error(delivery, &result->reason);
        ngx_ap_delivery_finish(delivery, "retry");
        return;

    default:
        ngx_ap_delivery_finish(delivery, NULL);
        return;
    }

    if (ngx_ap_delivery_knock(delivery, result->status)) {
        return;
    }

    delivery->status = result->status;

    /* the other kind may not even have been looked at */

    if (delivery->knocked && result->status / 100 == 4) {
        delivery->status = delivery->first;
    }

    delivery->retry_after = ngx_ap_delivery_retry_after(result->response);

    if (delivery->status / 100 != 2) {
        delivery->error_len = ngx_snprintf(delivery->error,
                                           NGX_AP_DELIVERY_ERROR,
                                           "answered %ui", delivery->status)
                              - delivery->error;
    }

    ngx_ap_delivery_finish(delivery,
                           ngx_ap_delivery_outcome(delivery->status));
}


/* as Mastodon does it: 401 is a signature, 400 a header that is not known */

static ngx_uint_t
ngx_ap_delivery_knock(ngx_ap_delivery_t *delivery, ngx_uint_t status)
{
    if (delivery->knocked
        || (status != 400 && status != 401)
        || ngx_ap_delivery_left(delivery) < NGX_AP_DELIVERY_SPARE)
    {
        return 0;
    }

    delivery->scheme = (delivery->scheme == FEDI_SCHEME_CAVAGE)
                       ? FEDI_SCHEME_RFC9421 : FEDI_SCHEME_CAVAGE;
    delivery->knocked = 1;
    delivery->first = status;

    return ngx_ap_delivery_sign(delivery) == NGX_OK;
}


const char *
ngx_ap_delivery_scheme(const ngx_ap_delivery_t *delivery)
{
    if (!delivery->knocked || delivery->status / 100 != 2) {
        return NULL;
    }

    return delivery->scheme == FEDI_SCHEME_CAVAGE ? NGX_AP_DELIVERY_CAVAGE
                                                  : NGX_AP_DELIVERY_RFC9421;
}


static void
ngx_ap_delivery_fail(ngx_ap_delivery_t *delivery, const char *outcome,
    const char *reason)
{
    ngx_str_t  text;

    text.data = (u_char *) reason;
    text.len = ngx_strlen(reason);

    ngx_ap_delivery_error(delivery, &text);
    ngx_ap_delivery_finish(delivery, outcome);
}


/* it goes into JSON and to terminals: printable ASCII alone */

static void
ngx_ap_delivery_error(ngx_ap_delivery_t *delivery, const ngx_str_t *reason)
{
    u_char  c;
    size_t  i;

    delivery->error_len = ngx_min(reason->len, NGX_AP_DELIVERY_ERROR);

    for (i = 0; i < delivery->error_len; i++) {
        c = reason->data[i];
        delivery->error[i] = (c < 0x20 || c > 0x7e) ? '?' : c;
    }
}


static void
ngx_ap_delivery_finish(ngx_ap_delivery_t *delivery, const char *outcome)
{
    ngx_str_t  error;

    delivery->outcome = outcome;

    error.data = delivery->error;
    error.len = delivery->error_len;

    if (error.len) {
        ngx_log_error(NGX_LOG_INFO, delivery->worker->log, 0,
                      "activitypub: delivery %L to \"%V\" failed: %V",
                      delivery->id, &delivery->inbox, &error);
    }

    delivery->finished(delivery->data, delivery);
}
