
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_guard.h"

#include <ifaddrs.h>

#include "fedi_guard.h"
#include "fedi_host.h"


/* an interface may get an address at any time: so often it is looked, s */
#define NGX_AP_GUARD_LOOK  10


struct ngx_ap_guard_s {
    ngx_pool_t                 *pool;
    ngx_pool_t                 *own_pool;   /* of "own" */
    ngx_cycle_t                *cycle;
    time_t                      looked;
    ngx_array_t                 allow;      /* fedi_cidr_t */
    ngx_array_t                 own;        /* fedi_address_t */
    ngx_uint_t                  allow_http;
    ngx_uint_t                  no_ipv6;
    ngx_uint_t                  unlisted;   /* own addresses are unknown */
};


static ngx_int_t ngx_ap_guard_allow(ngx_ap_guard_t *guard,
    ngx_array_t *cidrs);
static ngx_uint_t ngx_ap_guard_bits(const u_char *mask, size_t len);
static ngx_int_t ngx_ap_guard_look(ngx_ap_guard_t *guard);
static ngx_int_t ngx_ap_guard_interfaces(ngx_ap_guard_t *guard);
static ngx_int_t ngx_ap_guard_listeners(ngx_ap_guard_t *guard);
static ngx_int_t ngx_ap_guard_add(ngx_ap_guard_t *guard,
    struct sockaddr *sockaddr, socklen_t socklen);
static ngx_uint_t ngx_ap_guard_is_local(struct sockaddr *sockaddr,
    socklen_t socklen);
static ngx_uint_t ngx_ap_guard_has_ipv6(void);


ngx_ap_guard_t *
ngx_ap_guard_create(ngx_cycle_t *cycle, ngx_array_t *allow,
    ngx_uint_t allow_http, ngx_log_t *log)
{
    ngx_pool_t      *pool;
    ngx_ap_guard_t  *guard;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE / 16, log);
    if (pool == NULL) {
        return NULL;
    }

    guard = ngx_pcalloc(pool, sizeof(ngx_ap_guard_t));

    if (guard) {
        guard->pool = pool;
        guard->cycle = cycle;
        guard->allow_http = allow_http;
        guard->no_ipv6 = !ngx_ap_guard_has_ipv6();
    }

    if (guard == NULL
        || ngx_ap_guard_allow(guard, allow) != NGX_OK
        || ngx_ap_guard_look(guard) != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NULL;
    }

    return guard;
}


void
ngx_ap_guard_destroy(ngx_ap_guard_t *guard)
{
    ngx_destroy_pool(guard->own_pool);
    ngx_destroy_pool(guard->pool);
}


static ngx_int_t
ngx_ap_guard_allow(ngx_ap_guard_t *guard, ngx_array_t *cidrs)
{
    ngx_uint_t    i, n;
    ngx_cidr_t   *from;
    fedi_cidr_t  *to;

    n = cidrs ? cidrs->nelts : 0;

    if (ngx_array_init(&guard->allow, guard->pool, n + 1,
                       sizeof(fedi_cidr_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        from = (ngx_cidr_t *) cidrs->elts + i;
        to = ngx_array_push(&guard->allow);

        ngx_memzero(to, sizeof(fedi_cidr_t));

        if (from->family == AF_INET6) {
            to->address.v6 = true;
            ngx_memcpy(to->address.bytes, &from->u.in6.addr, 16);
            to->bits = ngx_ap_guard_bits((u_char *) &from->u.in6.mask, 16);

        } else {
            ngx_memcpy(to->address.bytes, &from->u.in.addr, 4);
            to->bits = ngx_ap_guard_bits((u_char *) &from->u.in.mask, 4);
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_ap_guard_bits(const u_char *mask, size_t len)
{
    ngx_uint_t  bits;

    for (bits = 0; bits < len * 8; bits++) {
        if (!(mask[bits / 8] & (0x80 >> bits % 8))) {
            break;
        }
    }

    return bits;
}


/* NGX_ERROR: no memory, and all is as it was */

static ngx_int_t
ngx_ap_guard_look(ngx_ap_guard_t *guard)
{
    ngx_pool_t   *pool, *old_pool;
    ngx_array_t   old;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE / 16, guard->pool->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    old = guard->own;
    old_pool = guard->own_pool;
    guard->looked = ngx_time();

    if (ngx_array_init(&guard->own, pool, 8, sizeof(fedi_address_t)) != NGX_OK
        || ngx_ap_guard_interfaces(guard) != NGX_OK
        || ngx_ap_guard_listeners(guard) != NGX_OK)
    {
        guard->own = old;
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    guard->own_pool = pool;

    if (old_pool) {
        ngx_destroy_pool(old_pool);
    }

    return NGX_OK;
}


/* a service manager may forbid it: that is no reason to leave the site alone */

static ngx_int_t
ngx_ap_guard_interfaces(ngx_ap_guard_t *guard)
{
    ngx_int_t        rc;
    struct ifaddrs  *all, *one;

    if (getifaddrs(&all) == -1) {

        if (!guard->unlisted) {
            ngx_log_error(NGX_LOG_WARN, guard->pool->log, ngx_errno,
                          "getifaddrs() failed, each address is looked at "
                          "alone");
        }

        guard->unlisted = 1;
        return NGX_OK;
    }

    guard->unlisted = 0;

    rc = NGX_OK;

    for (one = all; one && rc == NGX_OK; one = one->ifa_next) {
        if (one->ifa_addr) {
            rc = ngx_ap_guard_add(guard, one->ifa_addr,
                                  sizeof(ngx_sockaddr_t));
        }
    }

    freeifaddrs(all);

    return rc;
}


/* such as an address that nginx is bound to before it is an interface's */

static ngx_int_t
ngx_ap_guard_listeners(ngx_ap_guard_t *guard)
{
    ngx_uint_t        i;
    ngx_listening_t  *ls;

    ls = guard->cycle->listening.elts;

    for (i = 0; i < guard->cycle->listening.nelts; i++) {
        if (ngx_ap_guard_add(guard, ls[i].sockaddr, ls[i].socklen)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_guard_add(ngx_ap_guard_t *guard, struct sockaddr *sockaddr,
    socklen_t socklen)
{
    fedi_address_t  *own, address;

    /* a local socket is nothing that a name could resolve to */

    if (!fedi_guard_address(sockaddr, socklen, &address)) {
        return NGX_OK;
    }

    own = ngx_array_push(&guard->own);
    if (own == NULL) {
        return NGX_ERROR;
    }

    *own = address;

    return NGX_OK;
}


ngx_int_t
ngx_ap_guard_url(ngx_ap_guard_t *guard, const fedi_url_t *url,
    ngx_str_t *reason)
{
    if (fedi_host_is_address(url->host)) {
        ngx_str_set(reason, "an address is not a host name");
        return NGX_DECLINED;
    }

    if (!guard->allow_http && url->scheme.len != sizeof("https") - 1) {
        ngx_str_set(reason, "not https");
        return NGX_DECLINED;
    }

    if (!guard->allow_http && url->port != 443) {
        ngx_str_set(reason, "not port 443");
        return NGX_DECLINED;
    }

    /* who allows inner addresses may call them by inner names */

    if (guard->allow.nelts == 0 && fedi_host_is_local(url->host)) {
        ngx_str_set(reason, "not a public host name");
        return NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
ngx_ap_guard_address(ngx_ap_guard_t *guard, struct sockaddr *sockaddr,
    socklen_t socklen, ngx_uint_t own, ngx_str_t *reason)
{
    const char      *text;
    fedi_guard_t     rules;
    fedi_guard_e     verdict;
    fedi_address_t   address;

    if (sockaddr->sa_family == AF_INET6 && guard->no_ipv6) {
        ngx_str_set(reason, "no IPv6 here");
        return NGX_DECLINED;
    }

    if (guard->looked + NGX_AP_GUARD_LOOK <= ngx_time()) {
        (void) ngx_ap_guard_look(guard);
    }

    rules.allow = guard->allow.elts;
    rules.nallow = guard->allow.nelts;
    rules.own = guard->own.elts;
    rules.nown = own ? 0 : guard->own.nelts;

    verdict = fedi_guard_check(&rules, sockaddr, socklen);

    if (verdict == FEDI_GUARD_OK
        && guard->unlisted
        && !own
        && fedi_guard_address(sockaddr, socklen, &address)
        && ngx_ap_guard_is_local(sockaddr, socklen))
    {
        rules.own = &address;
        rules.nown = 1;

        verdict = fedi_guard_check(&rules, sockaddr, socklen);
    }

    if (verdict != FEDI_GUARD_OK) {
        text = fedi_guard_text(verdict);

        reason->data = (u_char *) text;
        reason->len = ngx_strlen(text);

        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * Nothing is sent: a datagram's way is chosen when its socket is connected,
 * and to an address of this machine that way begins where it ends.  If that
 * cannot be learnt it is ours.
 */

static ngx_uint_t
ngx_ap_guard_is_local(struct sockaddr *sockaddr, socklen_t socklen)
{
    ngx_err_t       err;
    socklen_t       len;
    ngx_uint_t      local;
    ngx_socket_t    s;
    ngx_sockaddr_t  from;

    s = ngx_socket(sockaddr->sa_family, SOCK_DGRAM, 0);

    if (s == (ngx_socket_t) -1) {
        return 1;
    }

    len = sizeof(ngx_sockaddr_t);
    local = 1;

    if (connect(s, sockaddr, socklen) == -1) {

        /* there is no way to it, so it is not here */

        err = ngx_socket_errno;
        local = (err != NGX_ENETUNREACH && err != NGX_EHOSTUNREACH);

    } else if (getsockname(s, &from.sockaddr, &len) == 0) {
        local = (ngx_cmp_sockaddr(&from.sockaddr, len, sockaddr, socklen, 0)
                 == NGX_OK);
    }

    (void) ngx_close_socket(s);

    return local;
}


/* where the kernel knows no IPv6, a socket of it would be an [alert] */

static ngx_uint_t
ngx_ap_guard_has_ipv6(void)
{
    ngx_socket_t  s;

    s = ngx_socket(AF_INET6, SOCK_DGRAM, 0);

    if (s == (ngx_socket_t) -1) {
        return 0;
    }

    (void) ngx_close_socket(s);

    return 1;
}
