
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_profile.h"

#include "fedi_id.h"
#include "fedi_media_type.h"
#include "fedi_url.h"


static ngx_int_t ngx_http_ap_profile_image(ngx_conf_t *cf,
    ngx_ap_origin_t *origin, ngx_http_ap_actor_conf_t *conf,
    const char *field, ngx_str_t *text, ngx_str_t *image);
static ngx_int_t ngx_http_ap_profile_alias(ngx_conf_t *cf,
    ngx_http_ap_declared_t *declared, ngx_uint_t n);


ngx_int_t
ngx_http_ap_profile_images(ngx_conf_t *cf, ngx_ap_origin_t *origin,
    ngx_http_ap_declared_t *declared)
{
    ngx_http_ap_actor_conf_t  *conf;

    conf = declared->conf;

    if (ngx_http_ap_profile_image(cf, origin, conf, "icon", &conf->icon,
                                  &declared->icon)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_ap_profile_image(cf, origin, conf, "image", &conf->image,
                                     &declared->image);
}


static ngx_int_t
ngx_http_ap_profile_image(ngx_conf_t *cf, ngx_ap_origin_t *origin,
    ngx_http_ap_actor_conf_t *conf, const char *field, ngx_str_t *text,
    ngx_str_t *image)
{
    ngx_str_t                 none, type;
    fedi_url_t                url;
    fedi_str_t                media_type;
    ngx_http_ap_main_conf_t  *amcf;

    if (text->len == 0) {
        return NGX_OK;
    }

    ngx_str_null(&none);
    *image = *text;

    if (text->data[0] == '/'
        && ngx_http_ap_concat(cf->pool, image, &origin->url, text, &none)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);

    if (fedi_url_parse(ngx_http_ap_view(image), &url) != FEDI_OK
        || (!amcf->allow_http && !fedi_str_eq(url.scheme, fedi_str("https"))))
    {
        ngx_http_ap_emerg(cf, &conf->place,
                          "invalid image \"%V\" of actor \"%V\": it must be "
                          "a path or an https URL", text, &conf->username);
        return NGX_ERROR;
    }

    media_type = ngx_http_ap_image_type(image);

    if (media_type.len && !fedi_media_type_shown(media_type)) {
        type = ngx_http_ap_string(media_type);

        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "%s \"%V\" of actor \"%V\" is %V: Mastodon and others "
                      "show PNG, JPEG, GIF and WebP only, in %V:%ui",
                      field, text, &conf->username, &type,
                      &conf->place.file, conf->place.line);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_ap_profile_aliases(ngx_conf_t *cf, ngx_http_ap_declared_t *declared)
{
    ngx_uint_t  i;

    for (i = 0; i < declared->conf->aliases.nelts; i++) {
        if (ngx_http_ap_profile_alias(cf, declared, i) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* who hears of a Move compares them with the id of the actor that moves */

static ngx_int_t
ngx_http_ap_profile_alias(ngx_conf_t *cf, ngx_http_ap_declared_t *declared,
    ngx_uint_t n)
{
    fedi_id_t                  id;
    fedi_err_e                 err;
    ngx_str_t                 *alias;
    ngx_uint_t                 i;
    fedi_arena_t               arena;
    fedi_id_rules_t            rules;
    ngx_http_ap_main_conf_t   *amcf;
    ngx_http_ap_actor_conf_t  *conf;

    conf = declared->conf;
    alias = conf->aliases.elts;
    arena = ngx_http_ap_arena(cf->pool);
    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);

    rules.http = amcf->allow_http;
    rules.local = (amcf->allow_address != NULL);

    err = fedi_id_parse(&arena, &rules, ngx_http_ap_view(&alias[n]), &id);

    if (err == FEDI_ENOMEM) {
        return NGX_ERROR;
    }

    if (err != FEDI_OK
        || fedi_str_eq(id.text, ngx_http_ap_view(&declared->actor->uri)))
    {
        ngx_http_ap_emerg(cf, &conf->place,
                          "invalid also_known_as \"%V\" of actor \"%V\": it "
                          "must be the id of another actor, an https URL",
                          &alias[n], &conf->username);
        return NGX_ERROR;
    }

    alias[n] = ngx_http_ap_string(id.text);

    for (i = 0; i < n; i++) {

        if (fedi_str_eq(id.text, ngx_http_ap_view(&alias[i]))) {
            ngx_http_ap_emerg(cf, &conf->place,
                              "duplicate also_known_as \"%V\" of actor \"%V\"",
                              &alias[n], &conf->username);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_ap_profile_me(ngx_conf_t *cf, ngx_http_ap_declared_t *declared)
{
    ngx_ap_actor_t  *actor;

    static ngx_str_t  head = ngx_string("<");
    static ngx_str_t  tail = ngx_string(">; rel=\"me\"");

    if (!declared->conf->rel_me) {
        return NGX_OK;
    }

    actor = declared->actor;

    return ngx_http_ap_concat(cf->pool, &actor->me, &head, &actor->uri, &tail);
}
