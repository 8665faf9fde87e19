
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A name into the addresses that may be connected to:
 *
 *     resolve -> handler -> (event) -> resolved -> reuse | connect
 *
 * The name is resolved once, by nginx's resolver, which remembers the answer
 * for as long as it is good.  Only what the guard lets pass is written down,
 * and only what is written down is connected to.
 */

#include "ngx_ap_client_internal.h"


static ngx_uint_t ngx_ap_client_is_localhost(ngx_ap_client_request_t *request);
static void ngx_ap_client_localhost(ngx_ap_client_request_t *request);
static void ngx_ap_client_resolve_handler(ngx_resolver_ctx_t *ctx);
static void ngx_ap_client_address(ngx_ap_client_request_t *request,
    struct sockaddr *sockaddr, socklen_t socklen);
static void ngx_ap_client_refused(ngx_ap_client_request_t *request,
    struct sockaddr *sockaddr, socklen_t socklen);
static void ngx_ap_client_go_on(ngx_ap_client_request_t *request);


void
ngx_ap_client_resolve(ngx_ap_client_request_t *request)
{
    ngx_resolver_t      *resolver;
    ngx_resolver_ctx_t  *ctx;

    ngx_ap_client_step(request, NGX_AP_CLIENT_RESOLVING, NGX_AP_CLIENT_DNS);

    if (ngx_ap_client_is_localhost(request)) {
        ngx_ap_client_localhost(request);
        return;
    }

    resolver = request->client->conf->resolver;

    ctx = ngx_resolve_start(resolver, NULL);

    if (ctx == NGX_NO_RESOLVER) {
        ngx_ap_client_fail(request, NGX_ABORT, "no resolver");
        return;
    }

    if (ctx == NULL) {
        ngx_ap_client_fail(request, NGX_ABORT, "no memory");
        return;
    }

    /* our own timer is stricter than one of the resolver's would be */

    ctx->name = request->name;
    ctx->handler = ngx_ap_client_resolve_handler;
    ctx->data = request;
    ctx->timeout = 0;

    request->resolving = ctx;

    if (ngx_resolve_name(ctx) != NGX_OK) {
        request->resolving = NULL;
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the name server cannot be asked");
    }
}


/* RFC 6761 section 6.3; the guard lets it come here in development only */

static ngx_uint_t
ngx_ap_client_is_localhost(ngx_ap_client_request_t *request)
{
    return request->name.len == sizeof("localhost") - 1
           && ngx_strcmp(request->name.data, "localhost") == 0;
}


static void
ngx_ap_client_localhost(ngx_ap_client_request_t *request)
{
    struct sockaddr_in   sin;
    struct sockaddr_in6  sin6;

    ngx_memzero(&sin, sizeof(struct sockaddr_in));
    sin.sin_family = AF_INET;
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    ngx_memzero(&sin6, sizeof(struct sockaddr_in6));
    sin6.sin6_family = AF_INET6;
    sin6.sin6_addr = in6addr_loopback;

    ngx_ap_client_address(request, (struct sockaddr *) &sin,
                          sizeof(struct sockaddr_in));
    ngx_ap_client_address(request, (struct sockaddr *) &sin6,
                          sizeof(struct sockaddr_in6));
    ngx_ap_client_go_on(request);
}


/*
 * Possibly called by ngx_resolve_name() itself, and with others in line
 * behind us whom nobody may cancel now: it writes down and goes.
 */

static void
ngx_ap_client_resolve_handler(ngx_resolver_ctx_t *ctx)
{
    ngx_uint_t                i;
    ngx_ap_client_request_t  *request;

    request = ctx->data;
    request->resolving = NULL;

    if (ctx->state) {
        request->unresolved = ctx->state;
    }

    for (i = 0; ctx->state == NGX_OK && i < ctx->naddrs; i++) {
        ngx_ap_client_address(request, ctx->addrs[i].sockaddr,
                              ctx->addrs[i].socklen);
    }

    ngx_resolve_name_done(ctx);

    ngx_ap_client_go_on(request);
}


/* the one place that lets an address pass */

static void
ngx_ap_client_address(ngx_ap_client_request_t *request,
    struct sockaddr *sockaddr, socklen_t socklen)
{
    ngx_str_t                 reason;
    ngx_uint_t                i, family;
    ngx_sockaddr_t            to;
    ngx_ap_client_address_t  *address;

    ngx_memcpy(&to, sockaddr, ngx_min(socklen, sizeof(ngx_sockaddr_t)));
    ngx_inet_set_port(&to.sockaddr, request->port);

    if (ngx_ap_guard_address(request->client->guard, &to.sockaddr,
                             socklen, request->own, &reason)
        != NGX_OK)
    {
        request->result.reason = reason;
        ngx_ap_client_refused(request, &to.sockaddr, socklen);
        return;
    }

    ngx_ap_client_kept(request, &to.sockaddr, socklen);

    family = 0;

    for (i = 0; i < request->naddresses; i++) {
        address = &request->addresses[i];
        family += (address->sockaddr.sockaddr.sa_family
                   == to.sockaddr.sa_family);
    }

    if (family < NGX_AP_CLIENT_ADDRESSES / 2) {
        address = &request->addresses[request->naddresses++];
        address->sockaddr = to;
        address->socklen = socklen;
    }
}


/* people want to know which; without memory they will not */

static void
ngx_ap_client_refused(ngx_ap_client_request_t *request,
    struct sockaddr *sockaddr, socklen_t socklen)
{
    ngx_str_t  *address;

    address = &request->result.address;

    address->len = 0;
    address->data = ngx_pnalloc(request->pool, NGX_SOCKADDR_STRLEN);

    if (address->data) {
        address->len = ngx_sock_ntop(sockaddr, socklen, address->data,
                                     NGX_SOCKADDR_STRLEN, 1);
    }
}


static void
ngx_ap_client_go_on(ngx_ap_client_request_t *request)
{
    request->step = NGX_AP_CLIENT_RESOLVED;

    ngx_post_event(&request->event, &ngx_posted_events);
}


void
ngx_ap_client_resolved(ngx_ap_client_request_t *request)
{
    if (request->unresolved) {
        ngx_ap_client_fail(request, NGX_ERROR,
                           "the host could not be resolved (%i: %s)",
                           request->unresolved,
                           ngx_resolver_strerror(request->unresolved));
        return;
    }

    if (request->naddresses == 0) {

        if (request->result.reason.len) {
            request->result.rc = NGX_DECLINED;
            ngx_ap_client_finish(request);
            return;
        }

        ngx_ap_client_fail(request, NGX_ERROR, "the host has no address");
        return;
    }

    ngx_str_null(&request->result.reason);

    if (ngx_ap_client_reuse(request) == NGX_OK) {
        ngx_ap_client_send(request);
        return;
    }

    ngx_ap_client_connect(request);
}
