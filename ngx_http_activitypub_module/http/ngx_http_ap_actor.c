
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_actor.h"

#include "fedi_jrd.h"
#include "fedi_resource.h"
#include "fedi_url.h"
#include "ngx_http_ap_actor_conf.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_declaration.h"
#include "ngx_http_ap_discovery.h"
#include "ngx_http_ap_profile.h"


static ngx_int_t ngx_http_ap_actor_build(ngx_conf_t *cf,
    ngx_ap_origin_t *origin, ngx_http_ap_actor_conf_t *conf, json_t *list);
static ngx_int_t ngx_http_ap_actor_page(ngx_conf_t *cf,
    ngx_ap_origin_t *origin, ngx_http_ap_declared_t *declared);
static ngx_uint_t ngx_http_ap_actor_path(ngx_ap_origin_t *origin,
    fedi_str_t path);
static ngx_int_t ngx_http_ap_actor_ids(ngx_conf_t *cf,
    ngx_ap_origin_t *origin, ngx_ap_actor_t *actor, ngx_str_t *icon);
static ngx_int_t ngx_http_ap_instance_build(ngx_conf_t *cf,
    ngx_ap_origin_t *origin);


static ngx_str_t  ngx_http_ap_nothing = ngx_null_string;


ngx_int_t
ngx_http_ap_actors_build(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf,
    ngx_ap_origin_t *origin)
{
    json_t                    *list;
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    ngx_http_ap_actor_conf_t  *conf;

    if (ngx_array_init(&origin->actors, cf->pool, ascf->actors->nelts,
                       sizeof(ngx_ap_actor_t))
        != NGX_OK
        || ngx_ap_index_init(&origin->names, cf->pool, ascf->actors->nelts)
           != NGX_OK
        || ngx_ap_index_init(&origin->resources, cf->pool,
                             ascf->actors->nelts)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    list = json_array();
    if (list == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_OK;
    conf = ascf->actors->elts;

    for (i = 0; i < ascf->actors->nelts && rc == NGX_OK; i++) {
        rc = ngx_http_ap_actor_build(cf, origin, &conf[i], list);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_ap_instance_build(cf, origin);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_ap_declaration_render(cf, origin, list);
    }

    json_decref(list);

    return rc == NGX_OK ? ngx_http_ap_discovery_build(cf, ascf, origin) : rc;
}


static ngx_int_t
ngx_http_ap_actor_build(ngx_conf_t *cf, ngx_ap_origin_t *origin,
    ngx_http_ap_actor_conf_t *conf, json_t *list)
{
    json_t                     *json;
    ngx_ap_actor_t             *actor, *other;
    ngx_http_ap_declared_t      declared;

    ngx_memzero(&declared, sizeof(ngx_http_ap_declared_t));

    actor = ngx_array_push(&origin->actors);
    if (actor == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(actor, sizeof(ngx_ap_actor_t));
    actor->name = conf->username;

    declared.conf = conf;
    declared.actor = actor;

    if (ngx_ap_index_add(&origin->names,
                         ngx_ap_cache_name_hash(&actor->name), actor)
        != NULL)
    {
        ngx_http_ap_emerg(cf, &conf->place, "duplicate actor \"%V\"",
                          &actor->name);
        return NGX_ERROR;
    }

    if (ngx_http_ap_actor_page(cf, origin, &declared) != NGX_OK
        || ngx_http_ap_profile_images(cf, origin, &declared) != NGX_OK
        || ngx_http_ap_actor_ids(cf, origin, actor, &declared.icon) != NGX_OK
        || ngx_http_ap_profile_aliases(cf, &declared) != NGX_OK
        || ngx_http_ap_profile_me(cf, &declared) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* by whichever spelling */

    other = ngx_ap_index_add(&origin->resources,
                             ngx_ap_index_hash(
                                         ngx_http_ap_view(&actor->resource)),
                             actor);

    if (other != NULL) {
        ngx_http_ap_emerg(cf, &conf->place,
                          "duplicate url \"%V\" of actor \"%V\": it is "
                          "the page of actor \"%V\"",
                          &actor->page, &actor->name, &other->name);
        return NGX_ERROR;
    }

    json = ngx_http_ap_declaration_actor(&declared);

    if (json == NULL || json_array_append_new(list, json) != 0) {
        ngx_http_ap_emerg(cf, &conf->place,
                          "a text of actor \"%V\" is not valid UTF-8",
                          &conf->username);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the profile page: a path, or a URL, of this origin */

static ngx_int_t
ngx_http_ap_actor_page(ngx_conf_t *cf, ngx_ap_origin_t *origin,
    ngx_http_ap_declared_t *declared)
{
    fedi_url_t     url;
    fedi_str_t     spelled;
    ngx_str_t     *text, *page;
    fedi_arena_t   arena;

    text = &declared->conf->url;
    page = &declared->actor->page;
    arena = ngx_http_ap_arena(cf->pool);

    if (text->data[0] == '/') {

        if (ngx_http_ap_concat(cf->pool, page, &origin->url, text,
                               &ngx_http_ap_nothing)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

    } else {
        *page = *text;
    }

    if (fedi_url_parse(ngx_http_ap_view(page), &url) == FEDI_OK
        && fedi_url_origin(&arena, &url, &spelled) == FEDI_OK
        && fedi_str_eq(spelled, ngx_http_ap_view(&origin->url))
        && url.path.len && url.fragment.len == 0
        && fedi_url_decode(&arena, url.path, &declared->path) == FEDI_OK
        && ngx_http_ap_actor_path(origin, declared->path))
    {
        declared->query = url.query;
        return NGX_OK;
    }

    ngx_http_ap_emerg(cf, &declared->conf->place,
                      "invalid url \"%V\" of actor \"%V\": it must be a path "
                      "or a URL of \"%V\"",
                      text, &declared->conf->username, &origin->url);
    return NGX_ERROR;
}


/*
 * A path that a request may have: nginx folds "//", "/./" and "/../".  What
 * is below the prefix has no page: a browser would be sent round in circles.
 */

static ngx_uint_t
ngx_http_ap_actor_path(ngx_ap_origin_t *origin, fedi_str_t path)
{
    size_t       i;
    fedi_str_t   segment;
    const char  *slash;

    if (path.len >= origin->prefix.len
        && ngx_memcmp(path.data, origin->prefix.data, origin->prefix.len) == 0)
    {
        return 0;
    }

    for (i = 1; i < path.len; i += segment.len + 1) {
        segment = fedi_str_from(path, i);
        slash = memchr(segment.data, '/', segment.len);

        if (slash) {
            segment.len = slash - segment.data;
        }

        if (segment.len == 0
            || fedi_str_eq(segment, fedi_str("."))
            || fedi_str_eq(segment, fedi_str("..")))
        {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_ap_actor_ids(ngx_conf_t *cf, ngx_ap_origin_t *origin,
    ngx_ap_actor_t *actor, ngx_str_t *icon)
{
    fedi_jrd_t       jrd;
    fedi_str_t       text;
    fedi_arena_t     arena;
    fedi_resource_t  resource;

    static ngx_str_t  at = ngx_string("@");

    if (ngx_http_ap_concat(cf->pool, &actor->handle, &actor->name, &at,
                           &origin->account_domain)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* the instance actor's id is set already: its name is its host */

    if (actor->uri.len == 0
        && ngx_http_ap_concat(cf->pool, &actor->uri, &origin->url,
                              &origin->prefix, &actor->name)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    jrd.handle = ngx_http_ap_view(&actor->handle);
    jrd.uri = ngx_http_ap_view(&actor->uri);
    jrd.page = ngx_http_ap_view(&actor->page);
    jrd.icon = ngx_http_ap_view(icon);
    jrd.icon_type = ngx_http_ap_image_type(icon);

    arena = ngx_http_ap_arena(cf->pool);

    if (fedi_jrd_render(&arena, &jrd, &text) != FEDI_OK
        || fedi_resource_parse(&arena, jrd.page, &resource) != FEDI_OK)
    {
        return NGX_ERROR;
    }

    actor->resource = ngx_http_ap_string(resource.path);
    actor->jrd = ngx_http_ap_string(text);

    if (ngx_http_ap_etag(cf->pool, &actor->jrd, &actor->jrd_etag) != NGX_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_instance_build(ngx_conf_t *cf, ngx_ap_origin_t *origin)
{
    ngx_str_t        none;
    ngx_ap_actor_t  *instance;

    static ngx_str_t  name = ngx_string("actor"), slash = ngx_string("/");

    instance = &origin->instance;
    instance->name = origin->host;
    ngx_str_null(&none);

    if (ngx_http_ap_concat(cf->pool, &instance->uri, &origin->url,
                           &origin->prefix, &name)
        != NGX_OK
        || ngx_http_ap_concat(cf->pool, &instance->page, &origin->url, &slash,
                              &none)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_ap_actor_ids(cf, origin, instance, &none);
}
