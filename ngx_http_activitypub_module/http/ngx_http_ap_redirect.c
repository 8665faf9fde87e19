
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_redirect.h"

#include "ngx_ap_moves.h"


/* a redirect that was forgotten for longer begins anew in the database */
#define NGX_HTTP_AP_MOVES_MAX  (7 * 24 * 60 * 60)


static ngx_uint_t ngx_http_ap_redirect_is_plain(ngx_http_request_t *r);
static ngx_str_t *ngx_http_ap_redirect_location(ngx_http_request_t *r);


char *
ngx_http_ap_moves(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_loc_conf_t *alcf = conf;

    time_t      seconds;
    ngx_str_t  *value;

    if (alcf->moves != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        alcf->moves = 0;
        return NGX_CONF_OK;
    }

    seconds = ngx_parse_time(&value[1], 1);

    if (seconds < 1 || seconds > NGX_HTTP_AP_MOVES_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"activitypub_moves\": it "
                           "must be a time from 1s to 7d, or \"off\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    alcf->moves = seconds;

    return NGX_CONF_OK;
}


void
ngx_http_ap_redirect_seen(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin, const ngx_ap_cache_twin_t *twin)
{
    ngx_str_t               *location;
    ngx_ap_worker_t         *worker;
    ngx_ap_cache_key_t       key;
    ngx_http_ap_loc_conf_t  *alcf;

    static u_char  zeros[16];

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);
    worker = ngx_ap_worker();

    /* an actor's page is where the configuration says */

    if (alcf->moves == 0
        || worker == NULL
        || twin->gone
        || ngx_memcmp(twin->object, zeros, sizeof(zeros)) == 0
        || ctx->stripped
        || !ngx_http_ap_redirect_is_plain(r)
        || ngx_http_ap_wants_activity(r, ctx))
    {
        return;
    }

    key.origin = origin->url;
    key.path = ctx->path;
    key.query = ctx->query;

    location = ngx_http_ap_redirect_location(r);

    if (location != NULL) {
        ngx_ap_moves_seen(worker->moves, origin, &key, location, alcf->moves);
    }
}


/* a GET by nobody in particular */

static ngx_uint_t
ngx_http_ap_redirect_is_plain(ngx_http_request_t *r)
{
    return r->method == NGX_HTTP_GET
           && r->headers_in.authorization == NULL
#if (nginx_version >= 1023000)
           && r->headers_in.cookie == NULL;
#else
           && r->headers_in.cookies.nelts == 0;
#endif
}


/* what comes from behind a proxy stands in the list alone; NULL: nothing */

static ngx_str_t *
ngx_http_ap_redirect_location(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    header = r->headers_out.location;

    if (header != NULL && header->hash != 0) {
        return &header->value;
    }

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (header[i].hash != 0
                && header[i].key.len == sizeof("Location") - 1
                && ngx_strncasecmp(header[i].key.data, (u_char *) "Location",
                                   sizeof("Location") - 1)
                   == 0)
            {
                return &header[i].value;
            }
        }
    }

    return NULL;
}
