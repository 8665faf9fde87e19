
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the database is told of an origin and its actors: the JSON that the
 * SQL function declare() takes.
 */

#ifndef NGX_HTTP_AP_DECLARATION_H
#define NGX_HTTP_AP_DECLARATION_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>

#include "ngx_http_ap_actor_conf.h"


/* an actor's texts, made absolute and checked */

typedef struct {
    ngx_http_ap_actor_conf_t   *conf;
    ngx_ap_actor_t             *actor;
    ngx_str_t                   icon;
    ngx_str_t                   image;
    fedi_str_t                  path;       /* of the page, decoded */
    fedi_str_t                  query;
} ngx_http_ap_declared_t;


/* the media type by the path alone: a query may hide the ending */
fedi_str_t ngx_http_ap_image_type(ngx_str_t *image);

/* a new reference; NULL: a text is not UTF-8, or no memory */
json_t *ngx_http_ap_declaration_actor(ngx_http_ap_declared_t *declared);

/* sets origin->declaration, NUL-terminated; "list": the actors, borrowed */
ngx_int_t ngx_http_ap_declaration_render(ngx_conf_t *cf,
    ngx_ap_origin_t *origin, json_t *list);


#endif
