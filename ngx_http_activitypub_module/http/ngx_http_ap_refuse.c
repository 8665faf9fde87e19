
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_refuse.h"

#include "ngx_http_ap_answer.h"


/* of what others sent, in a line */
#define NGX_HTTP_AP_REFUSE_TEXT  256


typedef struct {
    time_t            second;
    ngx_uint_t        lines;        /* in that second */
    ngx_uint_t        left_out;     /* since the last line that said so */
    ngx_uint_t        level;        /* of the gravest of them */
    ngx_log_t        *log;          /* where the last of them would be */
    ngx_event_t       event;
    ngx_connection_t  connection;   /* the timer's debug lines want one */
} ngx_http_ap_refuse_log_t;


static ngx_uint_t ngx_http_ap_refuse_why(ngx_uint_t counter);
static void ngx_http_ap_refuse_log(ngx_http_request_t *r,
    const ngx_http_ap_reason_t *reason, const ngx_http_ap_sender_t *sender);
static ngx_uint_t ngx_http_ap_refuse_may_log(ngx_http_request_t *r,
    ngx_uint_t level);
static void ngx_http_ap_refuse_left_out(ngx_event_t *ev);
static u_char *ngx_http_ap_refuse_quote(u_char *p, fedi_str_t text);


/* of this worker */
static ngx_http_ap_refuse_log_t  ngx_http_ap_refuse_lines;


ngx_int_t
ngx_http_ap_refuse(ngx_http_request_t *r, ngx_uint_t refusal)
{
    return ngx_http_ap_refuse_sender(r, NGX_HTTP_AP_REFUSALS + refusal, NULL);
}


ngx_int_t
ngx_http_ap_refuse_sender(ngx_http_request_t *r, ngx_uint_t counter,
    const ngx_http_ap_sender_t *sender)
{
    ngx_http_ap_answer_t  answer;
    ngx_http_ap_reason_t  reason;

    counter = ngx_http_ap_refuse_why(counter);

    if (ngx_http_ap_reason(counter, &reason) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_ap_refused(r, counter, sender);

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    answer.status = reason.status;
    answer.open = 1;
    answer.inbox = (counter == NGX_HTTP_AP_REFUSALS + FEDI_REFUSAL_METHOD);
    ngx_str_set(&answer.type, "application/json");

    if (ngx_http_ap_refuse_body(r->pool, counter, &answer.body) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_ap_answer(r, &answer);
}


/* whose key is not to be had because nobody can be asked is told so */

static ngx_uint_t
ngx_http_ap_refuse_why(ngx_uint_t counter)
{
    ngx_ap_worker_t  *worker;

    worker = ngx_ap_worker();

    if (counter == NGX_HTTP_AP_SIGNATURES + FEDI_SIGNATURE_KEY_UNREACHABLE
        && worker != NULL
        && !ngx_ap_store_ready(worker->store))
    {
        return NGX_HTTP_AP_REFUSALS + FEDI_REFUSAL_DATABASE;
    }

    return counter;
}


void
ngx_http_ap_refused(ngx_http_request_t *r, ngx_uint_t counter,
    const ngx_http_ap_sender_t *sender)
{
    ngx_http_ap_reason_t  reason;

    if (ngx_http_ap_reason(counter, &reason) != NGX_OK) {
        return;
    }

    ngx_http_ap_count(r, counter);

    if (reason.level != NGX_LOG_STDERR
        && r->connection->log->log_level >= reason.level
        && ngx_http_ap_refuse_may_log(r, reason.level))
    {
        ngx_http_ap_refuse_log(r, &reason, sender);
    }
}


void
ngx_http_ap_count(ngx_http_request_t *r, ngx_uint_t counter)
{
    ngx_http_ap_ctx_t        *ctx;
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    ngx_ap_cache_count(amcf->cache, counter);

    ctx = ngx_http_ap_ctx(r);

    if (ctx != NULL) {
        ctx->counted = counter + 1;
    }
}


ngx_int_t
ngx_http_ap_refuse_body(ngx_pool_t *pool, ngx_uint_t counter, ngx_str_t *body)
{
    u_char                *p;
    ngx_str_t              before, between, behind;
    ngx_http_ap_reason_t   reason;

    if (ngx_http_ap_reason(counter, &reason) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&before, "{\"error\":\"");
    ngx_str_set(&between, "\",\"code\":\"");
    ngx_str_set(&behind, "\"}\n");

    body->len = before.len + reason.text.len + between.len + reason.code.len
                + behind.len;

    p = ngx_pnalloc(pool, body->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;

    p = ngx_cpymem(p, before.data, before.len);
    p = ngx_cpymem(p, reason.text.data, reason.text.len);
    p = ngx_cpymem(p, between.data, between.len);
    p = ngx_cpymem(p, reason.code.data, reason.code.len);
    ngx_memcpy(p, behind.data, behind.len);

    return NGX_OK;
}


/* a line of everybody's would be a line that nobody reads */

static ngx_uint_t
ngx_http_ap_refuse_may_log(ngx_http_request_t *r, ngx_uint_t level)
{
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_ap_refuse_log_t  *lines;

    lines = &ngx_http_ap_refuse_lines;

    if (lines->second != ngx_time()) {
        lines->second = ngx_time();
        lines->lines = 0;
    }

    if (lines->lines < NGX_HTTP_AP_LINES) {
        lines->lines++;
        return 1;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    lines->level = lines->left_out ? ngx_min(lines->level, level) : level;
    lines->left_out++;
    lines->log = clcf->error_log;

    /* a process that reloads itself has other logs by then */

    if (ngx_process == NGX_PROCESS_SINGLE) {
        lines->log = ngx_cycle->log;
    }

    if (!lines->event.timer_set) {
        lines->event.handler = ngx_http_ap_refuse_left_out;
        lines->event.data = &lines->connection;
        lines->event.log = ngx_cycle->log;
        lines->event.cancelable = 1;
        lines->connection.fd = (ngx_socket_t) -1;

        ngx_add_timer(&lines->event, 1000);
    }

    return 0;
}


static void
ngx_http_ap_refuse_left_out(ngx_event_t *ev)
{
    ngx_http_ap_refuse_log_t  *lines;

    lines = &ngx_http_ap_refuse_lines;

    ngx_log_error(lines->level, lines->log, 0,
                  "activitypub: refused %ui more requests, "
                  "not logged one by one", lines->left_out);

    lines->left_out = 0;
}


static void
ngx_http_ap_refuse_log(ngx_http_request_t *r,
    const ngx_http_ap_reason_t *reason, const ngx_http_ap_sender_t *sender)
{
    u_char     *p;
    ngx_str_t   key, actor;

    u_char      buf[2 * (NGX_HTTP_AP_REFUSE_TEXT + sizeof("..."))];

    ngx_str_null(&key);
    ngx_str_null(&actor);

    if (sender != NULL) {
        p = ngx_http_ap_refuse_quote(buf, sender->key_id);

        key.data = buf;
        key.len = p - buf;

        actor.data = p;
        actor.len = ngx_http_ap_refuse_quote(p, sender->actor) - p;
    }

    ngx_log_error(reason->level, r->connection->log, 0,
                  "activitypub: refused %ui %s: \"%s\", "
                  "key: \"%V\", actor: \"%V\"", reason->status,
                  reason->code.data, reason->text.data, &key, &actor);
}


/* what would end a line or a string, or moves a cursor, as "\xHH" */

static u_char *
ngx_http_ap_refuse_quote(u_char *p, fedi_str_t text)
{
    size_t   i;
    u_char   c;
    u_char  *last;

    last = p + NGX_HTTP_AP_REFUSE_TEXT;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (last - p < 4) {
            return ngx_cpymem(p, "...", 3);
        }

        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
            p = ngx_sprintf(p, "\\x%02Xd", (uint32_t) c);

        } else {
            *p++ = c;
        }
    }

    return p;
}
