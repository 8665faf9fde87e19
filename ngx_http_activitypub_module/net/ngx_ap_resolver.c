
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_resolver.h"


/* as the C library reads it */
#define NGX_AP_RESOLVER_SERVERS  3
#define NGX_AP_RESOLVER_SIZE     8192

/* seconds; nginx's own are for those who wait 30 s for a name, we wait 5 */
#define NGX_AP_RESOLVER_RESEND   1


static ngx_uint_t ngx_ap_resolver_is_parameter(ngx_str_t *arg);
static ngx_int_t ngx_ap_resolver_is_address(ngx_conf_t *cf, ngx_str_t *arg);
static ngx_int_t ngx_ap_resolver_read(ngx_conf_t *cf, u_char *buf,
    size_t size, ngx_str_t *text);
static ngx_int_t ngx_ap_resolver_parse(ngx_conf_t *cf, ngx_str_t *text,
    ngx_array_t *servers);
static ngx_int_t ngx_ap_resolver_server(ngx_conf_t *cf, ngx_str_t *address,
    ngx_array_t *servers);


ngx_resolver_t *
ngx_ap_resolver_create(ngx_conf_t *cf, ngx_str_t *args, ngx_uint_t n)
{
    ngx_uint_t       i, servers;
    ngx_resolver_t  *resolver;

    servers = 0;

    for (i = 0; i < n; i++) {

        if (ngx_ap_resolver_is_parameter(&args[i])) {
            continue;
        }

        if (ngx_ap_resolver_is_address(cf, &args[i]) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid name server \"%V\": it must be an "
                               "address", &args[i]);
            return NULL;
        }

        servers++;
    }

    if (servers == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "no name server");
        return NULL;
    }

    resolver = ngx_resolver_create(cf, args, n);

    if (resolver) {
        resolver->resend_timeout = NGX_AP_RESOLVER_RESEND;
        resolver->log_level = NGX_LOG_INFO;
    }

    return resolver;
}


/*
 * What ngx_resolver_create() knows; anything else it would take for a name
 * and resolve.
 */

static ngx_uint_t
ngx_ap_resolver_is_parameter(ngx_str_t *arg)
{
    ngx_uint_t  i;

    static const ngx_str_t  parameters[] = {
        ngx_string("valid="),
#if (nginx_version >= 1023001)
        ngx_string("ipv4="),
#endif
        ngx_string("ipv6=")
    };

    for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {

        if (arg->len > parameters[i].len
            && ngx_strncmp(arg->data, parameters[i].data, parameters[i].len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_ap_resolver_is_address(ngx_conf_t *cf, ngx_str_t *arg)
{
    ngx_url_t  u;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *arg;
    u.default_port = 53;
    u.no_resolve = 1;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        return NGX_ERROR;
    }

    return u.naddrs ? NGX_OK : NGX_DECLINED;
}


ngx_resolver_t *
ngx_ap_resolver_system(ngx_conf_t *cf)
{
    u_char       buf[NGX_AP_RESOLVER_SIZE];
    ngx_str_t    text, local;
    ngx_array_t  servers;

    if (ngx_array_init(&servers, cf->pool, NGX_AP_RESOLVER_SERVERS,
                       sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_ap_resolver_read(cf, buf, sizeof(buf), &text) == NGX_OK
        && ngx_ap_resolver_parse(cf, &text, &servers) != NGX_OK)
    {
        return NULL;
    }

    if (servers.nelts == 0) {
        ngx_str_set(&local, "127.0.0.1");

        if (ngx_ap_resolver_server(cf, &local, &servers) != NGX_OK) {
            return NULL;
        }
    }

    return ngx_ap_resolver_create(cf, servers.elts, servers.nelts);
}


static ngx_int_t
ngx_ap_resolver_read(ngx_conf_t *cf, u_char *buf, size_t size,
    ngx_str_t *text)
{
    ssize_t   n;
    ngx_fd_t  fd;

    fd = ngx_open_file(NGX_AP_RESOLV_CONF, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    /* no such file is nothing special to the C library either */

    if (fd == NGX_INVALID_FILE) {
        return NGX_DECLINED;
    }

    n = ngx_read_fd(fd, buf, size);

    if (n < 0) {
        ngx_log_error(NGX_LOG_WARN, cf->log, ngx_errno,
                      ngx_read_fd_n " \"" NGX_AP_RESOLV_CONF "\" failed");
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_WARN, cf->log, ngx_errno,
                      ngx_close_file_n " \"" NGX_AP_RESOLV_CONF "\" failed");
    }

    text->len = n > 0 ? (size_t) n : 0;
    text->data = buf;

    return NGX_OK;
}


/* lines of "nameserver ADDRESS" */

static ngx_int_t
ngx_ap_resolver_parse(ngx_conf_t *cf, ngx_str_t *text, ngx_array_t *servers)
{
    u_char     *p, *end, *last;
    ngx_str_t   word;

    static const ngx_str_t  keyword = ngx_string("nameserver");

    last = text->data + text->len;

    for (p = text->data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, LF);
        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) <= keyword.len
            || ngx_strncmp(p, keyword.data, keyword.len) != 0
            || (p[keyword.len] != ' ' && p[keyword.len] != '\t'))
        {
            continue;
        }

        for (p += keyword.len; p < end && (*p == ' ' || *p == '\t'); p++) {
            /* void */
        }

        word.data = p;

        while (p < end && *p > ' ') {
            p++;
        }

        word.len = p - word.data;

        if (servers->nelts < NGX_AP_RESOLVER_SERVERS
            && ngx_ap_resolver_server(cf, &word, servers) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* what nginx could not use, such as a link-local address, is left out */

static ngx_int_t
ngx_ap_resolver_server(ngx_conf_t *cf, ngx_str_t *address,
    ngx_array_t *servers)
{
    ngx_str_t    server, *added;
    ngx_addr_t   addr;

    if (ngx_parse_addr(cf->pool, &addr, address->data, address->len)
        != NGX_OK)
    {
        return NGX_OK;
    }

    server.len = address->len + sizeof("[]:53") - 1;
    server.data = ngx_pnalloc(cf->pool, server.len);
    added = ngx_array_push(servers);

    if (server.data == NULL || added == NULL) {
        return NGX_ERROR;
    }

    server.len = ngx_sprintf(server.data, addr.sockaddr->sa_family == AF_INET6
                                          ? "[%V]:53" : "%V:53", address)
                 - server.data;
    *added = server;

    return NGX_OK;
}
