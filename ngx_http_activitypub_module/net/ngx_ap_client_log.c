
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What nginx's own functions say of a connection.  They are written for
 * upstreams that somebody has configured, and say [error] and [crit] where
 * any stranger's broken server can make them do so.  Here that is [info];
 * what is our own trouble, [alert], stays what it is.
 */

#include "ngx_ap_client_internal.h"


static void ngx_ap_client_log_writer(ngx_log_t *log, ngx_uint_t level,
    u_char *buf, size_t len);
static void ngx_ap_client_log_openssl(ngx_ap_client_peer_t *peer,
    ngx_str_t *text);


void
ngx_ap_client_log_init(ngx_ap_client_peer_t *peer)
{
    ngx_log_t  *log;

    log = &peer->log;

    *log = *peer->client->log;

    log->writer = ngx_ap_client_log_writer;
    log->wdata = peer;
    log->next = NULL;

    /* [info] at least has to come this far: it holds OpenSSL's reasons */

    log->log_level = ngx_max(log->log_level, NGX_LOG_INFO);
}


static void
ngx_ap_client_log_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf,
    size_t len)
{
    u_char                *p;
    ngx_log_t             *to;
    ngx_str_t              text;
    ngx_ap_client_peer_t  *peer;

    peer = log->wdata;
    to = peer->client->log;

    text.data = buf;
    text.len = len;

    while (text.len && text.data[text.len - 1] == LF) {
        text.len--;
    }

    /* nginx writes time, level and process again: "... 71#71: *9 text" */

    p = ngx_strnstr(text.data, ": ", text.len);

    if (p) {
        p += sizeof(": ") - 1;
        text.len -= p - text.data;
        text.data = p;
    }

    if (level != NGX_LOG_DEBUG) {
        ngx_ap_client_log_openssl(peer, &text);
    }

    if (level > NGX_LOG_ALERT && level < NGX_LOG_INFO) {
        level = NGX_LOG_INFO;
    }

    ngx_log_error(level, to, 0, "activitypub: %V", &text);
}


/* the reason in "(SSL: error:0A000102:SSL routines::unsupported protocol)" */

static void
ngx_ap_client_log_openssl(ngx_ap_client_peer_t *peer, ngx_str_t *text)
{
    u_char  *p, *end, *last, *colon;

    last = text->data + text->len;

    p = ngx_strnstr(text->data, "(SSL: error:", text->len);

    if (p == NULL || peer->said.len) {
        return;
    }

    colon = p;

    for (end = p; end < last && *end != ')'; end++) {
        if (*end == ':') {
            colon = end + 1;
        }
    }

    peer->said.data = peer->said_buf;
    peer->said.len = ngx_min((size_t) (end - colon), sizeof(peer->said_buf));
    ngx_memcpy(peer->said_buf, colon, peer->said.len);
}
