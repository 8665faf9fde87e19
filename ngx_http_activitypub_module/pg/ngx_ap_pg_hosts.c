
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The lists host, hostaddr and port, paired as libpq pairs them, and checked
 * for what libpq would only find out in a worker, or by blocking it.
 */

#include "ngx_ap_pg_hosts.h"

#include <netdb.h>
#include <sys/un.h>


/* what libpq falls back to on Debian */
#define NGX_AP_PG_SOCKET_DIR  "/var/run/postgresql"
#define NGX_AP_PG_PORT        "5432"


typedef struct {
    ngx_str_t             host;
    ngx_str_t             hostaddr;
    ngx_str_t             port;
} ngx_ap_pg_place_t;


static ngx_int_t ngx_ap_pg_hosts_place(ngx_ap_pg_parser_t *parser,
    ngx_ap_pg_place_t *place);
static ngx_int_t ngx_ap_pg_hosts_address(ngx_ap_pg_parser_t *parser,
    ngx_ap_pg_place_t *place);
static ngx_int_t ngx_ap_pg_hosts_params(ngx_ap_pg_parser_t *parser,
    ngx_ap_pg_place_t *place, ngx_ap_pg_host_t *host);
static ngx_int_t ngx_ap_pg_hosts_name(ngx_pool_t *pool,
    ngx_ap_pg_place_t *place, ngx_str_t *name);
static ngx_uint_t ngx_ap_pg_hosts_count(ngx_str_t *list);
static ngx_str_t ngx_ap_pg_hosts_nth(ngx_str_t *list, ngx_uint_t n);
static ngx_uint_t ngx_ap_pg_hosts_is_address(ngx_str_t *text);


ngx_int_t
ngx_ap_pg_hosts_parse(ngx_ap_pg_parser_t *parser, ngx_array_t *hosts)
{
    ngx_uint_t          i, n, nhosts, nports;
    ngx_ap_pg_host_t   *host;
    ngx_ap_pg_place_t   place;

    nhosts = ngx_ap_pg_hosts_count(&parser->host);
    nports = ngx_ap_pg_hosts_count(&parser->port);
    n = ngx_ap_pg_hosts_count(&parser->hostaddr);

    if (parser->hostaddr.len == 0) {
        n = nhosts;

    } else if (parser->host.len != 0 && nhosts != n) {
        return ngx_ap_pg_conninfo_fail(parser, "there are %ui values of "
                                       "\"host\" and %ui of \"hostaddr\"",
                                       nhosts, n);
    }

    if (nports != 1 && nports != n) {
        return ngx_ap_pg_conninfo_fail(parser, "there are %ui hosts and "
                                       "%ui values of \"port\"", n, nports);
    }

    /*
     * Where there is a choice, never a standby: it gets no notifications,
     * and lags behind those that the zone has seen.
     */

    if (n > 1
        && !parser->session_attrs
        && ngx_ap_pg_conninfo_pair(parser, "target_session_attrs",
                                   "read-write")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_array_init(hosts, parser->pool, n, sizeof(ngx_ap_pg_host_t))
        != NGX_OK)
    {
        return ngx_ap_pg_conninfo_fail(parser, "no memory");
    }

    for (i = 0; i < n; i++) {
        place.host = ngx_ap_pg_hosts_nth(&parser->host, i);
        place.hostaddr = ngx_ap_pg_hosts_nth(&parser->hostaddr, i);
        place.port = ngx_ap_pg_hosts_nth(&parser->port, nports == 1 ? 0 : i);

        host = ngx_array_push(hosts);
        if (host == NULL) {
            return ngx_ap_pg_conninfo_fail(parser, "no memory");
        }

        if (ngx_ap_pg_hosts_place(parser, &place) != NGX_OK
            || ngx_ap_pg_hosts_params(parser, &place, host) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* fills in what libpq would, and refuses what it could not do at once */

static ngx_int_t
ngx_ap_pg_hosts_place(ngx_ap_pg_parser_t *parser, ngx_ap_pg_place_t *place)
{
    ngx_int_t           port;
    struct sockaddr_un  un;

    if (place->port.len == 0) {
        ngx_str_set(&place->port, NGX_AP_PG_PORT);
    }

    port = ngx_atoi(place->port.data, place->port.len);

    /*
     * A password with an unescaped "/" or "@" in a URI makes libpq take its
     * rest for a port or a host: what makes no sense is not repeated.
     */

    if (port < 1 || port > 65535) {
        return ngx_ap_pg_conninfo_fail(parser,
                                       "port must be a number from 1 to "
                                       "65535");
    }

    if (ngx_strlchr(place->host.data, place->host.data + place->host.len,
                    '@') > place->host.data)
    {
        return ngx_ap_pg_conninfo_fail(parser,
                                       "a host must not contain \"@\"; in a "
                                       "URI write %%40 for one in the "
                                       "password");
    }

    if (place->hostaddr.len == 0 && place->host.len == 0) {
        ngx_str_set(&place->host, NGX_AP_PG_SOCKET_DIR);
    }

    if (place->hostaddr.len != 0
        || (place->host.data[0] != '/' && place->host.data[0] != '@'))
    {
        return ngx_ap_pg_hosts_address(parser, place);
    }

    if (place->host.len + sizeof("/.s.PGSQL.") + place->port.len
        > sizeof(un.sun_path))
    {
        return ngx_ap_pg_conninfo_fail(parser, "socket directory \"%V\" is "
                                       "too long", &place->host);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_pg_hosts_address(ngx_ap_pg_parser_t *parser,
    ngx_ap_pg_place_t *place)
{
    if (place->hostaddr.len == 0) {

        if (!ngx_ap_pg_hosts_is_address(&place->host)) {
            return ngx_ap_pg_conninfo_fail(parser, "host \"%V\" is a name: "
                                           "add hostaddr= (names are resolved "
                                           "with a blocking call)",
                                           &place->host);
        }

        place->hostaddr = place->host;
        return NGX_OK;
    }

    if (!ngx_ap_pg_hosts_is_address(&place->hostaddr)) {
        return ngx_ap_pg_conninfo_fail(parser, "invalid hostaddr \"%V\"",
                                       &place->hostaddr);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_pg_hosts_params(ngx_ap_pg_parser_t *parser, ngx_ap_pg_place_t *place,
    ngx_ap_pg_host_t *host)
{
    size_t             size;
    ngx_str_t         *texts[3];
    ngx_uint_t         i, n;
    ngx_ap_pg_pair_t  *pairs;

    static const char *const  keywords[] = { "host", "hostaddr", "port" };

    texts[0] = &place->host;
    texts[1] = &place->hostaddr;
    texts[2] = &place->port;

    pairs = parser->pairs.elts;
    size = (parser->pairs.nelts + 3 + 1) * sizeof(char *);

    host->keywords = ngx_pcalloc(parser->pool, size);
    host->values = ngx_pcalloc(parser->pool, size);

    if (host->keywords == NULL
        || host->values == NULL
        || ngx_ap_pg_hosts_name(parser->pool, place, &host->name)
           != NGX_OK)
    {
        return ngx_ap_pg_conninfo_fail(parser, "no memory");
    }

    for (n = 0; n < parser->pairs.nelts; n++) {
        host->keywords[n] = pairs[n].keyword;
        host->values[n] = pairs[n].value;
    }

    for (i = 0; i < 3; i++) {

        host->keywords[n] = keywords[i];
        host->values[n] = ngx_ap_pg_conninfo_copy(parser->pool,
                                                  texts[i]->data,
                                                  texts[i]->len);
        if (host->values[n++] == NULL) {
            return ngx_ap_pg_conninfo_fail(parser, "no memory");
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_pg_hosts_name(ngx_pool_t *pool, ngx_ap_pg_place_t *place,
    ngx_str_t *name)
{
    size_t      len;
    u_char     *last;
    ngx_str_t  *host;

    host = place->host.len ? &place->host : &place->hostaddr;
    len = host->len + sizeof("/.s.PGSQL.") + place->port.len;

    name->data = ngx_pnalloc(pool, len);
    if (name->data == NULL) {
        return NGX_ERROR;
    }

    if (place->hostaddr.len == 0) {
        last = ngx_snprintf(name->data, len, "%V/.s.PGSQL.%V", host,
                            &place->port);

    } else if (ngx_strlchr(host->data, host->data + host->len, ':')) {
        last = ngx_snprintf(name->data, len, "[%V]:%V", host, &place->port);

    } else {
        last = ngx_snprintf(name->data, len, "%V:%V", host, &place->port);
    }

    name->len = last - name->data;

    return NGX_OK;
}


/* an empty list is one empty value */

static ngx_uint_t
ngx_ap_pg_hosts_count(ngx_str_t *list)
{
    size_t      i;
    ngx_uint_t  n;

    n = 1;

    for (i = 0; i < list->len; i++) {
        if (list->data[i] == ',') {
            n++;
        }
    }

    return n;
}


/* empty when the list is shorter */

static ngx_str_t
ngx_ap_pg_hosts_nth(ngx_str_t *list, ngx_uint_t n)
{
    u_char     *p, *last, *comma;
    ngx_str_t   text;

    ngx_str_null(&text);

    p = list->data;
    last = list->data + list->len;

    for ( /* void */ ; p < last; p = comma + 1) {

        comma = ngx_strlchr(p, last, ',');
        if (comma == NULL) {
            comma = last;
        }

        if (n-- == 0) {
            text.data = p;
            text.len = comma - p;
            break;
        }
    }

    return text;
}


/* AI_NUMERICHOST: nothing is looked up */

static ngx_uint_t
ngx_ap_pg_hosts_is_address(ngx_str_t *text)
{
    char              buf[NI_MAXHOST];
    struct addrinfo   hints, *info;

    if (text->len >= sizeof(buf)) {
        return 0;
    }

    ngx_memcpy(buf, text->data, text->len);
    buf[text->len] = '\0';

    ngx_memzero(&hints, sizeof(struct addrinfo));
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;

    if (getaddrinfo(buf, NULL, &hints, &info) != 0) {
        return 0;
    }

    freeaddrinfo(info);

    return 1;
}
