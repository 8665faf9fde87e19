
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The answer:
 *
 *     read -> head -> body -> complete -> keep, finish
 *          -> ended -> complete | retry -> connect
 *
 * The core's parsers say what the bytes mean and what is too much.
 */

#include "ngx_ap_client_internal.h"


/* most answers to a delivery fit into it, head and body */
#define NGX_AP_CLIENT_BUFFER  4096

/* a TLS record */
#define NGX_AP_CLIENT_PART    16384


static ngx_buf_t *ngx_ap_client_buffer(ngx_ap_client_request_t *request);
static ngx_int_t ngx_ap_client_room(ngx_ap_client_request_t *request,
    ngx_buf_t *b, size_t size);
static ngx_int_t ngx_ap_client_parse(ngx_ap_client_request_t *request,
    ngx_buf_t *b);
static ngx_int_t ngx_ap_client_head(ngx_ap_client_request_t *request,
    fedi_str_t *rest);
static ngx_int_t ngx_ap_client_body(ngx_ap_client_request_t *request,
    fedi_str_t input);
static ngx_int_t ngx_ap_client_malformed(ngx_ap_client_request_t *request,
    int rc);
static void ngx_ap_client_ended(ngx_ap_client_request_t *request,
    ngx_uint_t broken);
static void ngx_ap_client_retry(ngx_ap_client_request_t *request);
static void ngx_ap_client_complete(ngx_ap_client_request_t *request,
    ngx_uint_t clean);


void
ngx_ap_client_read_handler(ngx_event_t *rev)
{
    ngx_connection_t      *c;
    ngx_ap_client_peer_t  *peer;

    c = rev->data;
    peer = c->data;

    ngx_ap_client_read(peer->request);
}


void
ngx_ap_client_read(ngx_ap_client_request_t *request)
{
    ssize_t            n;
    ngx_buf_t         *b;
    ngx_connection_t  *c;

    c = request->peer->connection;

    do {
        b = ngx_ap_client_buffer(request);

        if (b == NULL) {
            ngx_ap_client_fail(request, NGX_ABORT, "no memory");
            return;
        }

        n = c->recv(c, b->last, b->end - b->last);

        if (n == NGX_AGAIN) {

            if (ngx_handle_read_event(c->read, 0) != NGX_OK) {
                ngx_ap_client_fail(request, NGX_ABORT,
                                   "cannot wait for events");
            }

            return;
        }

        if (n <= 0) {
            ngx_ap_client_ended(request, n < 0);
            return;
        }

        b->last += n;

        if (request->step == NGX_AP_CLIENT_WAITING) {
            c->log->action = "reading an answer of a peer";
            ngx_ap_client_step(request, NGX_AP_CLIENT_READING,
                               NGX_AP_CLIENT_TOTAL);
        }

    } while (ngx_ap_client_parse(request, b) == NGX_AGAIN);
}


/* with room in it; the head stays where it is, parts come and go */

static ngx_buf_t *
ngx_ap_client_buffer(ngx_ap_client_request_t *request)
{
    ngx_int_t   rc;
    ngx_buf_t  *b;

    if (request->headed) {
        b = &request->part;
        b->last = b->start;
        rc = ngx_ap_client_room(request, b, NGX_AP_CLIENT_PART);

    } else {
        b = &request->head;
        rc = ngx_ap_client_room(request, b, 1);
    }

    return rc == NGX_OK ? b : NULL;
}


/* a buffer at least doubles; what it may hold is the parsers' to say */

static ngx_int_t
ngx_ap_client_room(ngx_ap_client_request_t *request, ngx_buf_t *b,
    size_t size)
{
    size_t   used;
    u_char  *data;

    if ((size_t) (b->end - b->last) >= size) {
        return NGX_OK;
    }

    used = b->last - b->start;

    size = ngx_max(used + size, used * 2);
    size = ngx_max(size, NGX_AP_CLIENT_BUFFER);

    data = ngx_pnalloc(request->pool, size);
    if (data == NULL) {
        return NGX_ERROR;
    }

    if (used) {
        ngx_memcpy(data, b->start, used);
        (void) ngx_pfree(request->pool, b->start);
    }

    b->start = data;
    b->last = data + used;
    b->end = data + size;

    return NGX_OK;
}


/* NGX_AGAIN: more has to come; NGX_DONE: the request is finished */

static ngx_int_t
ngx_ap_client_parse(ngx_ap_client_request_t *request, ngx_buf_t *b)
{
    ngx_int_t   rc;
    fedi_str_t  input;

    input.data = (const char *) b->start;
    input.len = b->last - b->start;

    if (!request->headed) {
        rc = ngx_ap_client_head(request, &input);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_ap_client_body(request, input);
}


/* NGX_OK: what is left of "rest" belongs to the body */

static ngx_int_t
ngx_ap_client_head(ngx_ap_client_request_t *request, fedi_str_t *rest)
{
    int  rc;

    rc = fedi_http_response_parse(request->response, *rest);

    if (rc == FEDI_HTTP_PARTIAL) {
        return NGX_AGAIN;
    }

    if (rc < 0) {
        return ngx_ap_client_malformed(request, rc);
    }

    *rest = fedi_str_from(*rest, rc);
    request->headed = 1;

    rc = fedi_http_body_init(&request->body, request->response,
                             request->body_max);

    if (rc < 0) {
        return ngx_ap_client_malformed(request, rc);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_client_body(ngx_ap_client_request_t *request, fedi_str_t input)
{
    int         rc;
    fedi_str_t  content;

    while (!fedi_http_body_done(&request->body)) {

        if (input.len == 0) {
            return NGX_AGAIN;
        }

        rc = fedi_http_body_read(&request->body, input, &content);

        if (rc < 0) {
            return ngx_ap_client_malformed(request, rc);
        }

        input = fedi_str_from(input, rc);

        if (content.len == 0) {
            continue;
        }

        if (ngx_ap_client_room(request, &request->content, content.len)
            != NGX_OK)
        {
            ngx_ap_client_fail(request, NGX_ABORT, "no memory");
            return NGX_DONE;
        }

        request->content.last = ngx_cpymem(request->content.last,
                                           content.data, content.len);
    }

    ngx_ap_client_complete(request, input.len == 0);

    return NGX_DONE;
}


static ngx_int_t
ngx_ap_client_malformed(ngx_ap_client_request_t *request, int rc)
{
    if (rc != FEDI_HTTP_TOO_LARGE) {
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the answer is not HTTP/1.1 as it should be");

    } else if (request->headed) {
        request->result.too_long = 1;
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the answer is longer than %uz bytes",
                           request->body_max);

    } else {
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the head of the answer is too long");
    }

    return NGX_DONE;
}


static void
ngx_ap_client_ended(ngx_ap_client_request_t *request, ngx_uint_t broken)
{
    if (request->step == NGX_AP_CLIENT_WAITING) {

        if (request->result.reused && !request->retried) {
            ngx_ap_client_retry(request);
            return;
        }

        ngx_ap_client_fail(request, NGX_ERROR,
                           "the peer closed without an answer");
        return;
    }

    /* an end that is an error is not the end of the answer */

    if (broken || !request->headed || !fedi_http_body_closed(&request->body))
    {
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the peer closed in the middle of the answer");
        return;
    }

    ngx_ap_client_complete(request, 0);
}


/* a kept connection may have ended while the request was on its way */

static void
ngx_ap_client_retry(ngx_ap_client_request_t *request)
{
    ngx_log_debug1(NGX_LOG_DEBUG_EVENT, request->client->log, 0,
                   "activitypub client: %p once more", request);

    request->retried = 1;
    request->result.reused = 0;
    request->tried = 0;

    ngx_ap_client_drop(request);
    ngx_ap_client_connect(request);
}


/*
 * A connection is kept if both sides have said all and nothing else: what
 * follows an answer ("clean" is not set) would pass for the next one.
 */

static void
ngx_ap_client_complete(ngx_ap_client_request_t *request, ngx_uint_t clean)
{
    ngx_ap_client_result_t  *result;

    result = &request->result;

    result->rc = NGX_OK;
    result->status = request->response->status;
    result->response = request->response;
    result->body.data = request->content.start;
    result->body.len = request->content.last - request->content.start;

    if (clean
        && request->response->keep_alive
        && request->sent == request->message.len
        && !ngx_exiting)
    {
        ngx_ap_client_keep(request->peer);
    }

    ngx_ap_client_finish(request);
}
