
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is cheap comes first, and nobody is asked anything for a request that
 * would not be believed anyway:
 *
 *     shield -> header -> body -> digest, JSON -> judge -> receive
 *                           |                       |
 *                           +-- (thread, if large) -+
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_content_type.h"
#include "fedi_reading.h"
#include "ngx_ap_reader.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_gate.h"
#include "ngx_http_ap_inbox.h"
#include "ngx_http_ap_own_conf.h"
#include "ngx_http_ap_receive.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_shield.h"
#include "ngx_http_ap_signed.h"


static ngx_int_t ngx_http_ap_inbox_admit(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_inbox_header(ngx_http_ap_inbox_t *inbox);
static void ngx_http_ap_inbox_read(ngx_http_request_t *r);
static ngx_int_t ngx_http_ap_inbox_take(ngx_http_ap_inbox_t *inbox);
static ngx_int_t ngx_http_ap_inbox_read_small(ngx_http_ap_inbox_t *inbox);
static ngx_int_t ngx_http_ap_inbox_read_large(ngx_http_ap_inbox_t *inbox,
    size_t len);
static void ngx_http_ap_inbox_read_done(void *data, ngx_int_t rc,
    fedi_str_t body, const fedi_reading_t *reading);
static ngx_int_t ngx_http_ap_inbox_judge(ngx_http_ap_inbox_t *inbox,
    const fedi_reading_t *reading);
static void ngx_http_ap_inbox_cleanup(void *data);


ngx_int_t
ngx_http_ap_inbox_handler(ngx_http_request_t *r, ngx_ap_origin_t *origin)
{
    ngx_int_t             rc;
    ngx_http_ap_ctx_t    *ctx;
    ngx_http_ap_inbox_t  *inbox;

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);

    if (r->method != NGX_HTTP_POST) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_METHOD);
    }

    rc = ngx_http_ap_admit_origin(r, origin);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    rc = ngx_http_ap_inbox_admit(r);

    if (rc != NGX_OK || ctx->answered) {
        return rc;
    }

    inbox = ngx_pcalloc(r->pool, sizeof(ngx_http_ap_inbox_t));
    if (inbox == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    inbox->request = r;
    inbox->origin = origin;

    if (!ngx_http_ap_shield_is_here(r)) {
        rc = ngx_http_ap_inbox_header(inbox);

        if (rc != NGX_OK || ctx->answered) {
            return rc;
        }
    }

    if (ngx_http_ap_own_limits(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->inbox = inbox;

    rc = ngx_http_read_client_request_body(r, ngx_http_ap_inbox_read);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


/* all that the header says of its signature */

static ngx_int_t
ngx_http_ap_inbox_header(ngx_http_ap_inbox_t *inbox)
{
    fedi_signature_e    reason;
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(inbox->request, ngx_http_activitypub_module);

    inbox->verify = ngx_http_ap_gate_claim(inbox->request, ctx);
    if (inbox->verify == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_ap_verify_judged(inbox->verify);

    reason = inbox->verify->reason;

    return reason == FEDI_SIGNATURE_VALID || reason == FEDI_SIGNATURE_NONE
           ? NGX_OK : ngx_http_ap_receive_signature(inbox, reason);
}


/* what the first lines of the header forbid */

static ngx_int_t
ngx_http_ap_inbox_admit(ngx_http_request_t *r)
{
    off_t       len;
    fedi_str_t  type, encoding;

    ngx_http_ap_body_form(r, &type, &encoding);

    if (!fedi_content_type_is_post(type)) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_TYPE);
    }

    if (encoding.data != NULL) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_ENCODING);
    }

    len = r->headers_in.content_length_n;

    if (len > NGX_HTTP_AP_BODY_MAX) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_TOO_LARGE);
    }

    if (len == -1 && !r->headers_in.chunked) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_NO_LENGTH);
    }

    return NGX_OK;
}


static void
ngx_http_ap_inbox_read(ngx_http_request_t *r)
{
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);

    /* a client that leaves meanwhile is no reason to forget what it sent */

    r->write_event_handler = ngx_http_request_empty_handler;

    ngx_http_ap_receive_finish(ctx->inbox, ngx_http_ap_inbox_take(ctx->inbox));
}


/* from here on NGX_AGAIN means that a handler below will be called */

static ngx_int_t
ngx_http_ap_inbox_take(ngx_http_ap_inbox_t *inbox)
{
    size_t                 len;
    ngx_int_t              rc;
    ngx_uint_t             spooled, large;
    ngx_pool_cleanup_t    *cln;

    len = ngx_http_ap_body_size(inbox->request, &spooled);
    large = (len > NGX_AP_READER_SMALL || spooled);

    if (!large) {

        if (ngx_http_ap_body(inbox->request, len, &inbox->body) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (ngx_http_ap_shield(inbox->request, inbox->origin, inbox->body,
                               &inbox->mark))
        {
            return ngx_http_ap_receive_accepted(inbox->request);
        }
    }

    if (inbox->verify == NULL) {
        rc = ngx_http_ap_inbox_header(inbox);

        if (rc != NGX_OK || inbox->verify->reason > FEDI_SIGNATURE_NONE) {
            return rc;
        }
    }

    /* from here on others may be asked, who must not answer nobody */

    cln = ngx_pool_cleanup_add(inbox->request->pool, 0);
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln->handler = ngx_http_ap_inbox_cleanup;
    cln->data = inbox;

    return large ? ngx_http_ap_inbox_read_large(inbox, len)
                 : ngx_http_ap_inbox_read_small(inbox);
}


static ngx_int_t
ngx_http_ap_inbox_read_small(ngx_http_ap_inbox_t *inbox)
{
    fedi_reading_t        *reading;
    ngx_http_ap_verify_t  *verify;

    verify = inbox->verify;

    reading = ngx_palloc(inbox->request->pool, sizeof(fedi_reading_t));
    if (reading == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    fedi_reading_take(&verify->arena, &verify->worker->conf->rules,
                      verify->is_signed ? &verify->digest : NULL, inbox->body,
                      reading);

    return ngx_http_ap_inbox_judge(inbox, reading);
}


static ngx_int_t
ngx_http_ap_inbox_read_large(ngx_http_ap_inbox_t *inbox, size_t len)
{
    if (len > NGX_HTTP_AP_BODY_MAX) {
        return ngx_http_ap_receive_refuse(inbox, FEDI_REFUSAL_TOO_LARGE);
    }

    /* what is believed without a signature is short */

    if (!inbox->verify->is_signed) {
        return ngx_http_ap_receive_signature(inbox, FEDI_SIGNATURE_NONE);
    }

    if (!ngx_ap_reader_has_room(inbox->verify->worker->reader, len)) {
        return ngx_http_ap_receive_refuse(inbox, FEDI_REFUSAL_BUSY);
    }

    inbox->job = ngx_ap_reader_read(inbox->verify->worker->reader,
                                    inbox->request->request_body->bufs,
                                    &inbox->verify->digest,
                                    ngx_http_ap_inbox_read_done, inbox);

    return inbox->job ? NGX_AGAIN : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static void
ngx_http_ap_inbox_read_done(void *data, ngx_int_t rc, fedi_str_t body,
    const fedi_reading_t *reading)
{
    ngx_http_ap_inbox_t *inbox = data;

    ngx_connection_t  *c;

    c = inbox->request->connection;

    ngx_http_set_log_request(c->log, inbox->request);

    inbox->body = body;

    ngx_http_ap_receive_finish(inbox, rc == NGX_OK
                                      ? ngx_http_ap_inbox_judge(inbox, reading)
                                      : NGX_HTTP_INTERNAL_SERVER_ERROR);
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_ap_inbox_judge(ngx_http_ap_inbox_t *inbox,
    const fedi_reading_t *reading)
{
    ngx_http_ap_ctx_t  *ctx;

    if (inbox->verify->is_signed) {
        ngx_http_ap_verify_digest(inbox->verify, reading->digest);

        if (inbox->verify->reason != FEDI_SIGNATURE_VALID) {
            return ngx_http_ap_receive_signature(inbox,
                                                 inbox->verify->reason);
        }
    }

    if (reading->err == FEDI_ENOMEM) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (reading->err != FEDI_OK) {
        return ngx_http_ap_receive_refuse(inbox,
                                          fedi_refusal_of_json(reading->err));
    }

    if (reading->verdict != FEDI_VERDICT_ACCEPTED) {
        return ngx_http_ap_receive_verdict(inbox, reading->verdict);
    }

    /* it lives as long as the body */

    inbox->activity = &reading->activity;

    ctx = ngx_http_get_module_ctx(inbox->request, ngx_http_activitypub_module);

    ngx_http_ap_gate_type(inbox->request, ctx, inbox->activity->type);

    return ngx_http_ap_receive(inbox);
}


static void
ngx_http_ap_inbox_cleanup(void *data)
{
    ngx_http_ap_inbox_t *inbox = data;

    if (inbox->job) {
        ngx_ap_reader_release(inbox->job);
        inbox->job = NULL;
    }

    if (inbox->call) {
        ngx_ap_store_cancel(inbox->call);
        inbox->call = NULL;
    }
}
