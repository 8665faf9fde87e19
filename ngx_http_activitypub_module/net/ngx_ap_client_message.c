
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The bytes of a request (RFC 9112), head and body in one piece: most are
 * small, and one piece is one write and one TLS record.
 */

#include "ngx_ap_client_internal.h"


#define ngx_ap_client_put(p, s)  ngx_cpymem(p, (s).data, (s).len)


ngx_int_t
ngx_ap_client_message(ngx_ap_client_request_t *request,
    const ngx_ap_client_ask_t *ask)
{
    size_t             size;
    u_char            *p;
    ngx_str_t         *message;
    const fedi_url_t  *url;

    url = &ask->id.url;
    message = &request->message;

    size = sizeof("POST /? HTTP/1.1" CRLF
                  "Host: " CRLF
                  "User-Agent:  (+/)" CRLF
                  "Accept-Encoding: identity" CRLF
                  "Content-Length: " CRLF CRLF)
           + NGX_SIZE_T_LEN + url->path.len + url->query.len
           + request->authority.len + request->client->conf->product.len
           + ask->origin.len + ask->headers.len + ask->body.len;

    message->data = ngx_pnalloc(request->pool, size);
    if (message->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(message->data, "%s ", ask->post ? "POST" : "GET");

    if (url->path.len == 0) {
        *p++ = '/';
    }

    p = ngx_ap_client_put(p, url->path);

    if (url->query.len) {
        *p++ = '?';
        p = ngx_ap_client_put(p, url->query);
    }

    p = ngx_sprintf(p, " HTTP/1.1" CRLF
                    "Host: %V" CRLF
                    "User-Agent: %V (+%V/)" CRLF
                    "Accept-Encoding: identity" CRLF,
                    &request->authority, &request->client->conf->product,
                    &ask->origin);

    if (ask->post) {
        p = ngx_sprintf(p, "Content-Length: %uz" CRLF, ask->body.len);
    }

    p = ngx_ap_client_put(p, ask->headers);

    *p++ = CR;
    *p++ = LF;

    if (ask->post) {
        p = ngx_ap_client_put(p, ask->body);
    }

    message->len = p - message->data;

    return NGX_OK;
}
