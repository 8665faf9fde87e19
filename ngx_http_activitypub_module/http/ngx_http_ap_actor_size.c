
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_actor_size.h"


/* "</p><p>" for a line break, "&quot;", "\u0001" */
#define NGX_HTTP_AP_ESCAPED_LEN  7

/* members, quotes, and the link around a value */
#define NGX_HTTP_AP_FIELD_LEN    160
#define NGX_HTTP_AP_ALIAS_LEN    3


static size_t ngx_http_ap_actor_escaped(ngx_str_t *text);


size_t
ngx_http_ap_actor_size(ngx_http_ap_actor_conf_t *actor)
{
    size_t                size;
    ngx_str_t            *alias;
    ngx_uint_t            i;
    ngx_http_ap_field_t  *field;

    size = ngx_http_ap_actor_escaped(&actor->name)
           + ngx_http_ap_actor_escaped(&actor->summary)
           + ngx_http_ap_actor_escaped(&actor->icon)
           + ngx_http_ap_actor_escaped(&actor->image)
           + ngx_http_ap_actor_escaped(&actor->url);

    field = actor->fields.elts;

    for (i = 0; i < actor->fields.nelts; i++) {
        size += NGX_HTTP_AP_FIELD_LEN
                + ngx_http_ap_actor_escaped(&field[i].name)
                + 2 * ngx_http_ap_actor_escaped(&field[i].value);
    }

    alias = actor->aliases.elts;

    for (i = 0; i < actor->aliases.nelts; i++) {
        size += NGX_HTTP_AP_ALIAS_LEN + ngx_http_ap_actor_escaped(&alias[i]);
    }

    return size;
}


static size_t
ngx_http_ap_actor_escaped(ngx_str_t *text)
{
    u_char      c;
    size_t      size;
    ngx_uint_t  i;

    size = 0;

    for (i = 0; i < text->len; i++) {
        c = text->data[i];

        size += (c < ' ' || c == '&' || c == '<' || c == '>' || c == '"'
                 || c == '\'' || c == '\\')
                ? NGX_HTTP_AP_ESCAPED_LEN : 1;
    }

    return size;
}
