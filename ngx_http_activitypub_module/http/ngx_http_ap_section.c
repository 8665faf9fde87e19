
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_section.h"


static ngx_uint_t ngx_http_ap_section_valid(ngx_str_t *path);
static ngx_uint_t ngx_http_ap_section_in(ngx_array_t *sections,
    ngx_str_t *path);


char *
ngx_http_ap_section(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset)
{
    ngx_str_t                 *value, *path;
    ngx_uint_t                 i;
    ngx_http_ap_srv_conf_t    *ascf;
    ngx_http_ap_actor_conf_t  *actors;

    value = cf->args->elts;

    if (!ngx_http_ap_section_valid(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid section \"%V\": it must be a path that "
                           "begins and ends with \"/\", as in \"/sport/\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    /* the last of them is this one */

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);
    actors = ascf->actors->elts;

    for (i = 0; i < ascf->actors->nelts; i++) {

        if (ngx_http_ap_section_in(&actors[i].sections, &value[1])) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate section \"%V\": it is that of "
                               "actor \"%V\"", &value[1],
                               &actors[i].username);
            return NGX_CONF_ERROR;
        }
    }

    path = ngx_array_push(&actor->sections);
    if (path == NULL) {
        return NGX_CONF_ERROR;
    }

    *path = value[1];

    return NGX_CONF_OK;
}


/* as nginx has a path when it looks for a location: decoded, and folded */

static ngx_uint_t
ngx_http_ap_section_valid(ngx_str_t *path)
{
    u_char      c, last;
    ngx_uint_t  i;

    if (path->len == 0 || path->data[0] != '/'
        || path->data[path->len - 1] != '/'
        || ngx_strstr(path->data, "/./") != NULL
        || ngx_strstr(path->data, "/../") != NULL)
    {
        return 0;
    }

    for (i = 0, last = 0; i < path->len; i++) {
        c = path->data[i];

        if (c < 0x20 || c == '%' || c == '?' || c == '#'
            || (c == '/' && last == '/'))
        {
            return 0;
        }

        last = c;
    }

    return 1;
}


static ngx_uint_t
ngx_http_ap_section_in(ngx_array_t *sections, ngx_str_t *path)
{
    ngx_str_t   *other;
    ngx_uint_t   i;

    other = sections->elts;

    for (i = 0; i < sections->nelts; i++) {

        if (other[i].len == path->len
            && ngx_memcmp(other[i].data, path->data, path->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
