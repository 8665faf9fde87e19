
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_origins.h"

#include "ngx_http_ap_actor_conf.h"
#include "ngx_http_ap_origin.h"


/* what belongs to one origin only, and to which */

typedef struct {
    ngx_ap_index_t              hosts;
    ngx_ap_index_t              handles;
} ngx_http_ap_claims_t;


static ngx_int_t ngx_http_ap_origins_list(ngx_conf_t *cf,
    ngx_array_t *origins);
static ngx_int_t ngx_http_ap_origins_distinct(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf, ngx_http_ap_claims_t *claims);
static ngx_int_t ngx_http_ap_domains_own(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, ngx_http_ap_srv_conf_t *ascf);
static ngx_uint_t ngx_http_ap_is_pattern(ngx_http_server_name_t *name);
static ngx_int_t ngx_http_ap_domain_add(ngx_http_ap_srv_conf_t *ascf,
    ngx_str_t *host, ngx_ap_origin_t *origin);
static ngx_int_t ngx_http_ap_pattern_add(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf, ngx_http_server_name_t *name);
static ngx_uint_t ngx_http_ap_names_cover(ngx_array_t *server_names,
    ngx_str_t *host);
static ngx_uint_t ngx_http_ap_name_covers(ngx_str_t *name, ngx_str_t *host);


ngx_int_t
ngx_http_ap_origins_link(ngx_conf_t *cf)
{
    ngx_uint_t                   i, j;
    ngx_array_t                 *origins;
    ngx_ap_origin_t            **origin;
    ngx_http_ap_srv_conf_t      *ascf;
    ngx_http_ap_main_conf_t     *amcf;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    origins = &amcf->worker->origins;
    cscfp = cmcf->servers.elts;

    if (ngx_http_ap_origins_list(cf, origins) != NGX_OK) {
        return NGX_ERROR;
    }

    origin = origins->elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ngx_array_init(&ascf->domains, cf->pool, 4,
                           sizeof(ngx_http_ap_domain_t))
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (ascf->origin
            && ngx_http_ap_domains_own(cf, cscfp[i], ascf) != NGX_OK)
        {
            return NGX_ERROR;
        }

        for (j = 0; j < origins->nelts; j++) {

            if (ngx_http_ap_names_cover(&cscfp[i]->server_names,
                                        &origin[j]->account_domain)
                && ngx_http_ap_domain_add(ascf, &origin[j]->account_domain,
                                          origin[j])
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


/* every origin of the configuration, in the order of the file */

static ngx_int_t
ngx_http_ap_origins_list(ngx_conf_t *cf, ngx_array_t *origins)
{
    ngx_uint_t                   i, n, actors;
    ngx_ap_origin_t            **origin;
    ngx_http_ap_claims_t         claims;
    ngx_http_ap_srv_conf_t      *ascf;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    for (i = 0, n = 0, actors = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ascf->origin) {
            n++;
            actors += ascf->origin->actors.nelts;
        }
    }

    if (ngx_ap_index_init(&claims.hosts, cf->temp_pool, n) != NGX_OK
        || ngx_ap_index_init(&claims.handles, cf->temp_pool, actors)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ascf->origin == NULL) {
            continue;
        }

        if (ngx_http_ap_origins_distinct(cf, ascf, &claims) != NGX_OK) {
            return NGX_ERROR;
        }

        origin = ngx_array_push(origins);
        if (origin == NULL) {
            return NGX_ERROR;
        }

        *origin = ascf->origin;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_origins_distinct(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_claims_t *claims)
{
    ngx_uint_t                 i;
    ngx_ap_actor_t            *actors;
    ngx_ap_origin_t           *origin, *other;
    ngx_http_ap_actor_conf_t  *confs;

    origin = ascf->origin;
    confs = ascf->actors->elts;
    actors = origin->actors.elts;

    other = ngx_ap_index_add(&claims->hosts,
                         ngx_ap_index_hash(ngx_http_ap_view(&origin->host)),
                         origin);

    if (other != NULL) {
        ngx_http_ap_emerg(cf, ngx_http_ap_origin_place(ascf),
                          "host \"%V\" already is the origin \"%V\" of "
                          "another server", &origin->host, &other->url);
        return NGX_ERROR;
    }

    for (i = 0; i < origin->actors.nelts; i++) {

        other = ngx_ap_index_add(&claims->handles,
                      ngx_ap_index_hash(ngx_http_ap_view(&actors[i].handle)),
                      origin);

        if (other != NULL) {
            ngx_http_ap_emerg(cf, &confs[i].place,
                              "duplicate handle \"%V\": it belongs to "
                              "origin \"%V\"",
                              &actors[i].handle, &other->url);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_ap_is_pattern(ngx_http_server_name_t *name)
{
#if (NGX_PCRE)
    if (name->regex) {
        return 1;
    }
#endif

    return !ngx_http_ap_server_name_plain(&name->name);
}


/* the hosts of the server block's own origin: whatever it is called by */

static ngx_int_t
ngx_http_ap_domains_own(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    ngx_http_ap_srv_conf_t *ascf)
{
    ngx_str_t               *alias;
    ngx_uint_t               i;
    ngx_ap_origin_t         *origin;
    ngx_http_server_name_t  *names;

    origin = ascf->origin;
    names = cscf->server_names.elts;

    if (ngx_array_init(&origin->aliases, cf->pool, cscf->server_names.nelts,
                       sizeof(ngx_str_t))
        != NGX_OK
        || ngx_http_ap_domain_add(ascf, &origin->account_domain, origin)
           != NGX_OK
        || ngx_http_ap_domain_add(ascf, &origin->authority, origin) != NGX_OK
        || ngx_http_ap_domain_add(ascf, &origin->host, origin) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < cscf->server_names.nelts; i++) {

        if (ngx_http_ap_is_pattern(&names[i])) {

            if (ngx_http_ap_pattern_add(cf, ascf, &names[i]) != NGX_OK) {
                return NGX_ERROR;
            }

            continue;
        }

        alias = ngx_array_push(&origin->aliases);

        if (alias == NULL
            || ngx_http_ap_domain_add(ascf, &names[i].name, origin) != NGX_OK)
        {
            return NGX_ERROR;
        }

        *alias = names[i].name;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_domain_add(ngx_http_ap_srv_conf_t *ascf, ngx_str_t *host,
    ngx_ap_origin_t *origin)
{
    ngx_uint_t             i;
    ngx_http_ap_domain_t  *domain;

    domain = ascf->domains.elts;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (domain[i].origin == origin
            && domain[i].host.len == host->len
            && ngx_strncmp(domain[i].host.data, host->data, host->len) == 0)
        {
            return NGX_OK;
        }
    }

    domain = ngx_array_push(&ascf->domains);
    if (domain == NULL) {
        return NGX_ERROR;
    }

    domain->host = *host;
    domain->origin = origin;

    return NGX_OK;
}


/* the core's own list goes with the configuration's temporary pool */

static ngx_int_t
ngx_http_ap_pattern_add(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf,
    ngx_http_server_name_t *name)
{
    ngx_http_server_name_t  *pattern;

    if (ascf->patterns == NULL) {
        ascf->patterns = ngx_array_create(cf->pool, 1,
                                          sizeof(ngx_http_server_name_t));
        if (ascf->patterns == NULL) {
            return NGX_ERROR;
        }
    }

    pattern = ngx_array_push(ascf->patterns);
    if (pattern == NULL) {
        return NGX_ERROR;
    }

    *pattern = *name;

    return NGX_OK;
}


ngx_uint_t
ngx_http_ap_server_alias(ngx_http_ap_srv_conf_t *ascf, ngx_str_t *host)
{
    return ascf->patterns && ngx_http_ap_names_cover(ascf->patterns, host);
}


static ngx_uint_t
ngx_http_ap_names_cover(ngx_array_t *server_names, ngx_str_t *host)
{
    ngx_uint_t               i;
    ngx_http_server_name_t  *names;

    names = server_names->elts;

    for (i = 0; i < server_names->nelts; i++) {

#if (NGX_PCRE)
        if (names[i].regex) {

            if (ngx_regex_exec(names[i].regex->regex, host, NULL, 0) >= 0) {
                return 1;
            }

            continue;
        }
#endif

        if (ngx_http_ap_name_covers(&names[i].name, host)) {
            return 1;
        }
    }

    return 0;
}


/* "*.acme.example", "acme.*" and ".acme.example", as nginx matches them */

static ngx_uint_t
ngx_http_ap_name_covers(ngx_str_t *name, ngx_str_t *host)
{
    size_t  len;

    if (name->len == host->len
        && ngx_strncasecmp(name->data, host->data, host->len) == 0)
    {
        return 1;
    }

    if (name->len < 2) {
        return 0;
    }

    if (name->data[0] == '.'
        && name->len - 1 == host->len
        && ngx_strncasecmp(name->data + 1, host->data, host->len) == 0)
    {
        return 1;
    }

    if (name->data[name->len - 1] == '*') {
        len = name->len - 1;

        return host->len > len
               && ngx_strncasecmp(name->data, host->data, len) == 0;
    }

    if (name->data[0] != '*' && name->data[0] != '.') {
        return 0;
    }

    len = name->len - (name->data[0] == '*');

    return host->len > len
           && ngx_strncasecmp(name->data + name->len - len,
                              host->data + host->len - len, len)
              == 0;
}


ngx_uint_t
ngx_http_ap_server_name_plain(ngx_str_t *name)
{
    return name->len != 0 && name->data[0] != '.'
           && ngx_strlchr(name->data, name->data + name->len, '*') == NULL;
}
