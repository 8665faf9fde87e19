
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_origin.h"

#include "fedi_hash.h"
#include "fedi_host.h"
#include "fedi_url.h"
#include "ngx_http_ap_actor.h"
#include "ngx_http_ap_actor_conf.h"
#include "ngx_http_ap_origins.h"


#define NGX_HTTP_AP_PREFIX_MAX  64


static ngx_int_t ngx_http_ap_origin_url(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_place_t *place, ngx_str_t *text);
static ngx_int_t ngx_http_ap_origin_identity(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf, ngx_ap_origin_t *origin,
    ngx_http_ap_place_t *place, ngx_str_t *text);


char *
ngx_http_ap_origin_check(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t  *text = data;

    fedi_url_t               url;
    ngx_http_ap_srv_conf_t  *ascf;

    if (fedi_url_parse(ngx_http_ap_view(text), &url) != FEDI_OK
        || url.query.len || url.fragment.len
        || fedi_host_is_address(url.host)
        || (url.path.len && !fedi_str_eq(url.path, fedi_str("/"))))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid origin \"%V\": it must be a scheme and a "
                           "host name, as in \"https://acme.example\"", text);
        return NGX_CONF_ERROR;
    }

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);
    ascf->origin_place = ngx_http_ap_place(cf);

    return NGX_CONF_OK;
}


char *
ngx_http_ap_account_domain_check(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t  *text = data;

    fedi_str_t               domain;
    fedi_arena_t             arena;
    ngx_http_ap_srv_conf_t  *ascf;

    arena = ngx_http_ap_arena(cf->pool);

    if (fedi_host_normalize(&arena, ngx_http_ap_view(text), &domain)
        != FEDI_OK
        || fedi_host_is_address(domain))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid account domain \"%V\": it must be a host "
                           "name", text);
        return NGX_CONF_ERROR;
    }

    *text = ngx_http_ap_string(domain);

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);
    ascf->account_domain_place = ngx_http_ap_place(cf);

    return NGX_CONF_OK;
}


char *
ngx_http_ap_prefix_check(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t  *prefix = data;

    u_char                   c, last;
    ngx_uint_t               i, valid;
    ngx_http_ap_srv_conf_t  *ascf;

    valid = prefix->len >= 3 && prefix->len <= NGX_HTTP_AP_PREFIX_MAX
            && prefix->data[0] == '/'
            && prefix->data[prefix->len - 1] == '/'
            && ngx_strncmp(prefix->data, "/.well-known/", 13) != 0;

    for (i = 0, last = 0; valid && i < prefix->len; i++) {
        c = prefix->data[i];

        /* "//", "/./" and "/../" never reach us: nginx folds them */

        valid = ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                 || (c >= '0' && c <= '9')
                 || c == '-' || c == '_' || c == '~'
                 || (c == '.' && last != '/')
                 || (c == '/' && last != '/'));
        last = c;
    }

    if (!valid) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid prefix \"%V\": it must be a path that "
                           "begins and ends with \"/\", as in \"/ap/\"",
                           prefix);
        return NGX_CONF_ERROR;
    }

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);
    ascf->prefix_place = ngx_http_ap_place(cf);

    return NGX_CONF_OK;
}


ngx_http_ap_place_t *
ngx_http_ap_origin_place(ngx_http_ap_srv_conf_t *ascf)
{
    ngx_http_ap_actor_conf_t  *actors;

    if (ascf->actors == NULL || ascf->actors->nelts == 0) {
        return &ascf->origin_place;
    }

    actors = ascf->actors->elts;

    return &actors[0].place;
}


ngx_int_t
ngx_http_ap_origin_build(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf)
{
    ngx_str_t                text;
    ngx_ap_origin_t         *origin;
    ngx_http_ap_place_t     *place;
    ngx_http_ap_srv_conf_t  *ascf;

    ascf = cscf->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

    place = ascf->origin_url.len ? &ascf->origin_place
                                 : ngx_http_ap_origin_place(ascf);

    if (ngx_http_ap_origin_url(cf, cscf, ascf, place, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    origin = ngx_pcalloc(cf->pool, sizeof(ngx_ap_origin_t));
    if (origin == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_ap_origin_identity(cf, ascf, origin, place, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ascf->origin = origin;

    return ngx_http_ap_actors_build(cf, ascf, origin);
}


/* never from a request: the directive, else the first name of the server */

static ngx_int_t
ngx_http_ap_origin_url(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    ngx_http_ap_srv_conf_t *ascf, ngx_http_ap_place_t *place, ngx_str_t *text)
{
    u_char                  *p;
    fedi_url_t               url;
    ngx_str_t               *name;
    ngx_http_server_name_t  *names;

    if (ascf->origin_url.len) {
        *text = ascf->origin_url;
        return NGX_OK;
    }

    names = cscf->server_names.elts;
    name = &names[0].name;

    text->len = sizeof("https://") - 1 + name->len;
    text->data = ngx_pnalloc(cf->pool, text->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text->data, "https://", sizeof("https://") - 1);
    ngx_memcpy(p, name->data, name->len);

#if (NGX_PCRE)
    if (names[0].regex) {
        name = &names[0].regex->name;

    } else
#endif
    if (ngx_http_ap_server_name_plain(name)
        && fedi_url_parse(ngx_http_ap_view(text), &url) == FEDI_OK
        && !url.port_given
        && !fedi_host_is_address(url.host))
    {
        return NGX_OK;
    }

    ngx_http_ap_emerg(cf, place,
                      "\"activitypub_actor\" requires \"activitypub_origin\": "
                      "the first server_name \"%V\" is not a host name", name);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_ap_origin_identity(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf,
    ngx_ap_origin_t *origin, ngx_http_ap_place_t *place, ngx_str_t *text)
{
    uint64_t                  hash;
    fedi_url_t                url;
    fedi_str_t                spelled, host;
    fedi_arena_t              arena;
    ngx_http_ap_main_conf_t  *amcf;

    static ngx_str_t  prefix = ngx_string("/activitypub/");

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);
    arena = ngx_http_ap_arena(cf->pool);

    if (fedi_url_parse(ngx_http_ap_view(text), &url) != FEDI_OK) {
        return NGX_ERROR;
    }

    if (!amcf->allow_http
        && (url.scheme.len != sizeof("https") - 1 || url.port != 443
            || fedi_host_is_local(url.host)))
    {
        ngx_http_ap_emerg(cf, place,
                          "origin \"%V\" is not public: it must be https, "
                          "without a port, on a full host name, unless "
                          "\"activitypub_allow_http\" is on", text);
        return NGX_ERROR;
    }

    if (fedi_url_origin(&arena, &url, &spelled) != FEDI_OK
        || fedi_host_normalize(&arena, url.host, &host) != FEDI_OK)
    {
        return NGX_ERROR;
    }

    origin->url = ngx_http_ap_string(spelled);
    origin->host = ngx_http_ap_string(host);

    origin->scheme.data = origin->url.data;
    origin->scheme.len = url.scheme.len;

    origin->authority = origin->url;
    origin->authority.data += url.scheme.len + sizeof("://") - 1;
    origin->authority.len -= url.scheme.len + sizeof("://") - 1;

    origin->prefix = ascf->prefix.len ? ascf->prefix : prefix;
    origin->account_domain = ascf->account_domain.len ? ascf->account_domain
                                                      : origin->authority;

    hash = fedi_hash_add(FEDI_HASH_SEED, spelled);
    hash = fedi_hash_add(hash, ngx_http_ap_view(&origin->prefix));
    hash = fedi_hash_add(hash, ngx_http_ap_view(&origin->account_domain));

    origin->identity = hash ? hash : 1;

    return NGX_OK;
}
