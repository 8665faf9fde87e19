
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     claim -> [body, in ngx_http_ap_gate_body.c] -> verify -> authorise
 *
 * NGX_AGAIN means that a handler of ours will be called; then the phase that
 * has asked is run again.
 */

#include "ngx_http_ap_gate_internal.h"

#include "fedi_content_type.h"
#include "ngx_ap_reader.h"
#include "ngx_http_ap_limit.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_signed.h"


static ngx_http_ap_gate_t *ngx_http_ap_gate_create(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);
static void ngx_http_ap_gate_form(ngx_http_ap_gate_t *gate,
    ngx_http_request_t *r);
static void ngx_http_ap_gate_verified(void *data);
static ngx_int_t ngx_http_ap_gate_authorise(ngx_http_ap_gate_t *gate);
static void ngx_http_ap_gate_cleanup(void *data);


ngx_http_ap_verify_t *
ngx_http_ap_gate_claim(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_http_ap_srv_conf_t  *ascf;

    if (ctx->verify == NULL) {
        ascf = ngx_http_get_module_srv_conf(r, ngx_http_activitypub_module);

        if (ascf->origin) {
            ctx->verify = ngx_http_ap_verify_create(r, ascf->origin,
                                                ngx_http_ap_gate_has_body(r));
        }
    }

    return ctx->verify;
}


/*
 * As it was sent: an error page is a GET.  A POST without a body has an empty
 * one.  nginx takes what has no length in HTTP/2 for chunked, too.
 */

ngx_uint_t
ngx_http_ap_gate_has_body(ngx_http_request_t *r)
{
    static ngx_str_t  post = ngx_string("POST ");

    return r->headers_in.content_length_n > 0
           || r->headers_in.chunked
           || (r->request_line.len > post.len
               && ngx_memcmp(r->request_line.data, post.data, post.len) == 0);
}


ngx_int_t
ngx_http_ap_gate_check(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_uint_t own)
{
    ngx_int_t              rc;
    ngx_http_ap_gate_t    *gate;
    ngx_http_ap_verify_t  *verify;

    gate = ctx->gate;

    if (gate == NULL) {
        gate = ngx_http_ap_gate_create(r, ctx);
        if (gate == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (gate->done) {
        return NGX_OK;
    }

    if (gate->started) {
        return NGX_AGAIN;
    }

    gate->started = 1;
    gate->own = own;
    verify = ctx->verify;

    if (verify->reason != FEDI_SIGNATURE_VALID || !gate->body) {
        rc = ngx_http_ap_gate_verify(gate);

        if (rc != NGX_AGAIN) {
            return rc;
        }

        return ngx_http_ap_wait(r) == NGX_AGAIN
               ? NGX_AGAIN : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* who is refused a body by nginx was not heard by us */

    rc = ngx_http_read_client_request_body(r, ngx_http_ap_gate_read);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static ngx_http_ap_gate_t *
ngx_http_ap_gate_create(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_http_ap_gate_t  *gate;
    ngx_pool_cleanup_t  *cln;

    if (ngx_http_ap_gate_claim(r, ctx) == NULL) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_ap_gate_t));
    if (cln == NULL) {
        return NULL;
    }

    gate = cln->data;
    ngx_memzero(gate, sizeof(ngx_http_ap_gate_t));

    cln->handler = ngx_http_ap_gate_cleanup;

    gate->ctx = ctx;
    gate->body = ngx_http_ap_gate_has_body(r);

    if (gate->body) {
        ngx_http_ap_gate_form(gate, r);
    }

    ctx->gate = gate;

    return gate;
}


/*
 * Whoever gets it must not read another activity out of it than we do: where
 * an inbox would not take it for JSON, or not as it is, nobody does.
 */

static void
ngx_http_ap_gate_form(ngx_http_ap_gate_t *gate, ngx_http_request_t *r)
{
    fedi_str_t  type, encoding;

    static ngx_str_t  json = ngx_string("application/json");

    ngx_http_ap_body_form(r, &type, &encoding);

    if (!fedi_content_type_is_like_post(type)) {
        return;
    }

    gate->json = 1;

    type = fedi_str_trim(type);
    gate->typed = ngx_strncasecmp((u_char *) type.data, json.data, json.len)
                  != 0;

    if (!fedi_content_type_is_post(type)) {
        gate->refusal = NGX_HTTP_AP_REFUSALS + FEDI_REFUSAL_TYPE;

    } else if (encoding.data != NULL) {
        gate->refusal = NGX_HTTP_AP_REFUSALS + FEDI_REFUSAL_ENCODING;
    }

    gate->done = (gate->refusal != 0);
}


ngx_int_t
ngx_http_ap_gate_verify(ngx_http_ap_gate_t *gate)
{
    ngx_int_t              rc;
    ngx_http_ap_verify_t  *verify;

    verify = gate->ctx->verify;

    if (verify->is_own && !gate->own
        && verify->reason == FEDI_SIGNATURE_VALID)
    {
        verify->reason = FEDI_SIGNATURE_BAD_KEY_ID;
    }

    rc = ngx_http_ap_verify_key(verify, ngx_http_ap_gate_verified, gate);

    return rc == NGX_AGAIN ? NGX_AGAIN : ngx_http_ap_gate_authorise(gate);
}


static void
ngx_http_ap_gate_verified(void *data)
{
    ngx_http_ap_gate_t *gate = data;

    (void) ngx_http_ap_gate_authorise(gate);

    ngx_http_ap_gate_resume(gate);
}


/*
 * Whether an activity is about anything of ours is for who gets it to say;
 * that its actor has signed it, and nothing in it is another's, is not.
 */

static ngx_int_t
ngx_http_ap_gate_authorise(ngx_http_ap_gate_t *gate)
{
    fedi_verdict_e         verdict;
    fedi_authority_t       authority;
    ngx_http_ap_verify_t  *verify;

    verify = gate->ctx->verify;
    gate->done = 1;

    if (!verify->verified) {
        gate->refusal = NGX_HTTP_AP_SIGNATURES + verify->reason;

    } else if (ngx_http_ap_limit(verify) != NGX_OK) {
        gate->refusal = NGX_HTTP_AP_REFUSALS + FEDI_REFUSAL_LIMITED;
    }

    if (gate->refusal || !gate->activity) {
        ngx_http_ap_gate_release(gate);
        return NGX_OK;
    }

    ngx_http_ap_gate_type(gate->ctx->request, gate->ctx,
                          gate->reading.activity.type);

    authority.owner = &verify->owner;
    authority.origins = NULL;
    authority.norigins = 0;

    verdict = fedi_activity_authorise(&gate->reading.activity, &authority);

    if (verdict == FEDI_VERDICT_FORWARDED) {
        verdict = FEDI_VERDICT_NOT_OWNER;
    }

    if (fedi_verdict_status(verdict) != NGX_HTTP_ACCEPTED) {
        gate->refusal = NGX_HTTP_AP_VERDICTS + verdict;
    }

    ngx_http_ap_gate_release(gate);

    return NGX_OK;
}


void
ngx_http_ap_gate_resume(ngx_http_ap_gate_t *gate)
{
    gate->done = 1;

    ngx_http_ap_resume(gate->ctx->request);
}


ngx_uint_t
ngx_http_ap_gate_is_open(ngx_http_ap_ctx_t *ctx)
{
    return ctx->gate && ctx->gate->done && ctx->gate->refusal == 0
           && ctx->verify->verified;
}


ngx_int_t
ngx_http_ap_gate_refuse(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_http_ap_sender_t  sender;

    sender.key_id = ctx->verify->signature.key_id;
    sender.actor = ctx->verify->owner.text;

    /* "error_page 404 =200" would make a 200 of it */

    r->err_status = 0;

    return ngx_http_ap_refuse_sender(r, ctx->gate->refusal, &sender);
}


static void
ngx_http_ap_gate_cleanup(void *data)
{
    ngx_http_ap_gate_t *gate = data;

    ngx_http_ap_gate_release(gate);
}


/* what was read of the body is not needed any more, and others want room */

void
ngx_http_ap_gate_release(ngx_http_ap_gate_t *gate)
{
    if (gate->job) {
        ngx_ap_reader_release(gate->job);
        gate->job = NULL;
    }
}
