
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_variables.h"

#include "ngx_http_ap_counters.h"
#include "ngx_http_ap_gate.h"


static ngx_int_t ngx_http_ap_variable_request(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ap_variable_key_domain(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ap_variable_sender(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ap_variable_result(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static fedi_str_t ngx_http_ap_variable_signature(ngx_http_ap_ctx_t *ctx);
static fedi_str_t ngx_http_ap_variable_verdict(ngx_http_ap_ctx_t *ctx);
static void ngx_http_ap_variable_set(ngx_http_variable_value_t *v,
    fedi_str_t text);


/* what a verified sender is asked for, and what became of a request */

#define NGX_HTTP_AP_VARIABLE_ACTOR      0
#define NGX_HTTP_AP_VARIABLE_DOMAIN     1
#define NGX_HTTP_AP_VARIABLE_TYPE       2

#define NGX_HTTP_AP_VARIABLE_SIGNATURE  0
#define NGX_HTTP_AP_VARIABLE_VERDICT    1


static ngx_http_variable_t  ngx_http_ap_vars[] = {

    { ngx_string("activitypub_activity_type"), NULL,
      ngx_http_ap_variable_sender, NGX_HTTP_AP_VARIABLE_TYPE,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("activitypub_actor"), NULL,
      ngx_http_ap_variable_sender, NGX_HTTP_AP_VARIABLE_ACTOR,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("activitypub_actor_domain"), NULL,
      ngx_http_ap_variable_sender, NGX_HTTP_AP_VARIABLE_DOMAIN,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("activitypub_key_domain"), NULL,
      ngx_http_ap_variable_key_domain, 0, 0, 0 },

    { ngx_string("activitypub_request"), NULL,
      ngx_http_ap_variable_request, 0, 0, 0 },

    { ngx_string("activitypub_signature"), NULL,
      ngx_http_ap_variable_result, NGX_HTTP_AP_VARIABLE_SIGNATURE,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("activitypub_verdict"), NULL,
      ngx_http_ap_variable_result, NGX_HTTP_AP_VARIABLE_VERDICT,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_ap_variables_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_ap_vars; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_variable_request(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_ap_ctx(r->main);

    ngx_http_ap_variable_set(v, ctx && ngx_http_ap_wants_activity(r->main, ctx)
                                ? fedi_str("1") : fedi_str(""));

    return NGX_OK;
}


/* nothing is known to be true of it */

static ngx_int_t
ngx_http_ap_variable_key_domain(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ap_ctx_t     *ctx;
    ngx_http_ap_verify_t  *verify;

    ngx_http_ap_variable_set(v, fedi_str(""));

    ctx = ngx_http_ap_ctx(r->main);

    if (ctx == NULL) {
        return NGX_OK;
    }

    verify = ngx_http_ap_gate_claim(r->main, ctx);

    if (verify) {
        ngx_http_ap_variable_set(v, ngx_http_ap_verify_claimed(verify));
    }

    return NGX_OK;
}


/*
 * Nobody, unless the signature holds; and nobody either, if it is one actor's
 * who says something in the name of another.
 */

static ngx_int_t
ngx_http_ap_variable_sender(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ap_ctx_t     *ctx;
    ngx_http_ap_verify_t  *verify;

    ngx_http_ap_variable_set(v, fedi_str(""));

    ctx = ngx_http_ap_ctx(r->main);

    if (ctx == NULL || ctx->verify == NULL || !ctx->verify->verified
        || ctx->verify->absent || (ctx->gate && ctx->gate->refusal))
    {
        return NGX_OK;
    }

    verify = ctx->verify;

    switch (data) {

    case NGX_HTTP_AP_VARIABLE_ACTOR:
        ngx_http_ap_variable_set(v, verify->owner.text);
        break;

    case NGX_HTTP_AP_VARIABLE_DOMAIN:
        ngx_http_ap_variable_set(v, verify->owner.url.host);
        break;

    default: /* NGX_HTTP_AP_VARIABLE_TYPE */
        ngx_http_ap_variable_set(v, ngx_http_ap_view(&ctx->activity_type));
        break;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_variable_result(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ap_ctx_t  *ctx;

    ngx_http_ap_variable_set(v, fedi_str(""));

    ctx = ngx_http_ap_ctx(r->main);

    if (ctx == NULL) {
        return NGX_OK;
    }

    ngx_http_ap_variable_set(v, data == NGX_HTTP_AP_VARIABLE_SIGNATURE
                                ? ngx_http_ap_variable_signature(ctx)
                                : ngx_http_ap_variable_verdict(ctx));

    return NGX_OK;
}


/* empty: nobody wanted to know, or not yet */

static fedi_str_t
ngx_http_ap_variable_signature(ngx_http_ap_ctx_t *ctx)
{
    if (ctx->verify == NULL
        || (ctx->inbox == NULL && (ctx->gate == NULL || !ctx->gate->done)))
    {
        return fedi_str("");
    }

    if (ctx->verify->absent) {
        return fedi_signature_code(FEDI_SIGNATURE_NO_KEY);
    }

    if (ctx->verify->verified) {
        return fedi_str("valid");
    }

    if (ctx->verify->reason == FEDI_SIGNATURE_NONE) {
        return fedi_str("none");
    }

    /* of a body that was refused before it came to the signature */

    return ctx->verify->reason == FEDI_SIGNATURE_VALID
           ? ngx_http_ap_variable_verdict(ctx)
           : fedi_signature_code(ctx->verify->reason);
}


static fedi_str_t
ngx_http_ap_variable_verdict(ngx_http_ap_ctx_t *ctx)
{
    ngx_http_ap_reason_t  reason;

    if (ctx->counted) {
        return ngx_http_ap_reason(ctx->counted - 1, &reason) == NGX_OK
               ? reason.code : fedi_str("");
    }

    if (ctx->gate == NULL || !ctx->gate->done) {
        return fedi_str("");
    }

    if (ctx->gate->refusal == 0) {
        return fedi_str("accepted");
    }

    return ngx_http_ap_reason(ctx->gate->refusal, &reason) == NGX_OK
           ? reason.code : fedi_str("");
}


static void
ngx_http_ap_variable_set(ngx_http_variable_value_t *v, fedi_str_t text)
{
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = (u_char *) text.data;
    v->len = text.len;
}
