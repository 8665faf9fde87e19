
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     read -> take -> digest, JSON -> judge -> ngx_http_ap_gate_verify()
 *              |                       |
 *              +-- (thread, if large) -+
 *
 * The body is read as nginx reads it for the location, and stays there for
 * whoever comes next.
 */

#include "ngx_http_ap_gate_internal.h"

#include "ngx_http_ap_own_conf.h"
#include "ngx_http_ap_refuse.h"
#include "ngx_http_ap_signed.h"


/* longer than any type that somebody has heard of */
#define NGX_HTTP_AP_GATE_TYPE  128


static ngx_int_t ngx_http_ap_gate_take(ngx_http_ap_gate_t *gate);
static ngx_int_t ngx_http_ap_gate_take_small(ngx_http_ap_gate_t *gate,
    size_t len);
static ngx_int_t ngx_http_ap_gate_take_large(ngx_http_ap_gate_t *gate,
    size_t len);
static void ngx_http_ap_gate_read_done(void *data, ngx_int_t rc,
    fedi_str_t body, const fedi_reading_t *reading);
static void ngx_http_ap_gate_digest_done(void *data, ngx_int_t rc,
    fedi_digest_e digest);
static ngx_int_t ngx_http_ap_gate_judge(ngx_http_ap_gate_t *gate);


void
ngx_http_ap_gate_read(ngx_http_request_t *r)
{
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_ap_ctx(r);

    if (ngx_http_ap_gate_take(ctx->gate) != NGX_AGAIN) {
        ngx_http_ap_gate_resume(ctx->gate);
        return;
    }

    if (ngx_http_ap_wait(r) != NGX_AGAIN) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }
}


static ngx_int_t
ngx_http_ap_gate_take(ngx_http_ap_gate_t *gate)
{
    size_t               len;
    ngx_uint_t           spooled;
    ngx_http_request_t  *r;

    r = gate->ctx->request;

    len = ngx_http_ap_body_size(r, &spooled);

    if (gate->json && len > NGX_HTTP_AP_BODY_MAX) {
        gate->refusal = NGX_HTTP_AP_REFUSALS + FEDI_REFUSAL_TOO_LARGE;
        return NGX_OK;
    }

    return (len > NGX_AP_READER_SMALL || spooled)
           ? ngx_http_ap_gate_take_large(gate, len)
           : ngx_http_ap_gate_take_small(gate, len);
}


static ngx_int_t
ngx_http_ap_gate_take_small(ngx_http_ap_gate_t *gate, size_t len)
{
    fedi_str_t             body;
    ngx_http_ap_verify_t  *verify;

    verify = gate->ctx->verify;

    if (ngx_http_ap_body(gate->ctx->request, len, &body) != NGX_OK) {
        verify->reason = FEDI_SIGNATURE_FAILED;
        return ngx_http_ap_gate_verify(gate);
    }

    if (!gate->json) {
        ngx_http_ap_verify_digest(verify,
                                  fedi_digest_verify_body(&verify->digest,
                                                          body));
        return ngx_http_ap_gate_verify(gate);
    }

    fedi_reading_take(&verify->arena, &verify->worker->conf->rules,
                      &verify->digest, body, &gate->reading);

    return ngx_http_ap_gate_judge(gate);
}


static ngx_int_t
ngx_http_ap_gate_take_large(ngx_http_ap_gate_t *gate, size_t len)
{
    ngx_chain_t           *body;
    ngx_ap_reader_t       *reader;
    ngx_http_ap_verify_t  *verify;

    verify = gate->ctx->verify;
    reader = verify->worker->reader;
    body = gate->ctx->request->request_body->bufs;

    if (!gate->json) {
        len = ngx_ap_reader_body_memory(body);
    }

    if (!ngx_ap_reader_has_room(reader, len)) {
        gate->refusal = NGX_HTTP_AP_REFUSALS + FEDI_REFUSAL_BUSY;
        return NGX_OK;
    }

    gate->job = gate->json
                ? ngx_ap_reader_read(reader, body, &verify->digest,
                                     ngx_http_ap_gate_read_done, gate)
                : ngx_ap_reader_digest(reader, body, &verify->digest,
                                       ngx_http_ap_gate_digest_done, gate);

    if (gate->job == NULL) {
        verify->reason = FEDI_SIGNATURE_FAILED;
        return ngx_http_ap_gate_verify(gate);
    }

    return NGX_AGAIN;
}


static void
ngx_http_ap_gate_read_done(void *data, ngx_int_t rc, fedi_str_t body,
    const fedi_reading_t *reading)
{
    ngx_http_ap_gate_t *gate = data;

    ngx_connection_t  *c;

    c = gate->ctx->request->connection;

    ngx_http_set_log_request(c->log, gate->ctx->request);

    /* it points into what the job has */

    if (rc == NGX_OK) {
        gate->reading = *reading;
        rc = ngx_http_ap_gate_judge(gate);

    } else {
        gate->ctx->verify->reason = FEDI_SIGNATURE_FAILED;
        rc = ngx_http_ap_gate_verify(gate);
    }

    if (rc != NGX_AGAIN) {
        ngx_http_ap_gate_resume(gate);
    }

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_ap_gate_digest_done(void *data, ngx_int_t rc, fedi_digest_e digest)
{
    ngx_http_ap_gate_t *gate = data;

    ngx_connection_t  *c;

    c = gate->ctx->request->connection;

    ngx_http_set_log_request(c->log, gate->ctx->request);

    ngx_http_ap_gate_release(gate);

    ngx_http_ap_verify_digest(gate->ctx->verify,
                              rc == NGX_OK ? digest : FEDI_DIGEST_FAILED);

    if (ngx_http_ap_gate_verify(gate) != NGX_AGAIN) {
        ngx_http_ap_gate_resume(gate);
    }

    ngx_http_run_posted_requests(c);
}


/*
 * What says that it is an activity has to be one.  Other JSON may be anything;
 * but who names an actor in it speaks for that actor, and has to be it.
 */

static ngx_int_t
ngx_http_ap_gate_judge(ngx_http_ap_gate_t *gate)
{
    fedi_reading_t  *reading;

    reading = &gate->reading;

    ngx_http_ap_verify_digest(gate->ctx->verify, reading->digest);

    if (gate->ctx->verify->reason != FEDI_SIGNATURE_VALID) {
        return ngx_http_ap_gate_verify(gate);
    }

    if (reading->err != FEDI_OK) {
        gate->refusal = NGX_HTTP_AP_REFUSALS
                        + fedi_refusal_of_json(reading->err);
        return NGX_OK;
    }

    if (!gate->typed
        && (reading->verdict == FEDI_VERDICT_NO_TYPE
            || reading->verdict == FEDI_VERDICT_NO_ACTOR))
    {
        return ngx_http_ap_gate_verify(gate);
    }

    if (reading->verdict != FEDI_VERDICT_ACCEPTED) {
        gate->refusal = NGX_HTTP_AP_VERDICTS + reading->verdict;
        return NGX_OK;
    }

    gate->activity = 1;

    return ngx_http_ap_gate_verify(gate);
}


/* it may be written into a header: of a text of others a word is taken */

void
ngx_http_ap_gate_type(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    fedi_str_t type)
{
    u_char  c;
    size_t  i;

    if (type.len > NGX_HTTP_AP_GATE_TYPE) {
        return;
    }

    for (i = 0; i < type.len; i++) {
        c = type.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || c == ':' || c == '/' || c == '#' || c == '.' || c == '-'))
        {
            return;
        }
    }

    ctx->activity_type.data = ngx_pnalloc(r->pool, type.len);

    if (ctx->activity_type.data != NULL) {
        ngx_memcpy(ctx->activity_type.data, type.data, type.len);
        ctx->activity_type.len = type.len;
    }
}
