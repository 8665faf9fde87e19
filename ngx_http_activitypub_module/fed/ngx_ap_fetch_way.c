
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_fetch_way.h"
#include "ngx_ap_policy.h"


ngx_int_t
ngx_ap_fetch_way_add(ngx_ap_fetch_way_t *way, fedi_str_t url)
{
    fedi_id_t   *id;
    fedi_err_e   err;
    ngx_uint_t   i;

    if (way->nhops > NGX_AP_FETCH_REDIRECTS) {
        way->refusal = "too many redirects";
        return NGX_DECLINED;
    }

    id = &way->hops[way->nhops].id;
    err = fedi_id_parse(&way->arena, &way->worker->conf->rules, url, id);

    if (err == FEDI_ENOMEM) {
        way->refusal = "no memory";
        return NGX_ERROR;
    }

    if (err != FEDI_OK) {
        way->refusal = "not a URL that is asked";
        return NGX_DECLINED;
    }

    if (!way->own && ngx_ap_origins_have(&way->worker->conf->origins, id)) {
        way->refusal = "ourselves";
        return NGX_DECLINED;
    }

    /* while nobody knows, what is fetched is judged when it is used */

    if (!way->blocked
        && ngx_ap_policy_of(way->worker, way->origin, id->url.host)
           == NGX_AP_POLICY_SUSPEND)
    {
        way->refusal = "its domain is blocked";
        return NGX_DECLINED;
    }

    for (i = 0; i < way->nhops; i++) {
        if (fedi_id_eq(&way->hops[i].id, id)) {
            way->refusal = "a redirect in a circle";
            return NGX_DECLINED;
        }
    }

    way->nhops++;

    return NGX_OK;
}


ngx_int_t
ngx_ap_fetch_way_redirect(ngx_ap_fetch_way_t *way, fedi_str_t location)
{
    fedi_str_t  parts[2];

    location.len = fedi_str_before(location, '#');

    if (location.len != 0 && location.data[0] == '/'
        && (location.len == 1 || location.data[1] != '/'))
    {
        parts[0] = ngx_ap_fetch_way_last(way)->id.origin;
        parts[1] = location;

        location = fedi_join(&way->arena, parts, 2);

        if (location.data == NULL) {
            way->refusal = "no memory";
            return NGX_ERROR;
        }
    }

    return ngx_ap_fetch_way_add(way, location);
}


ngx_ap_fetch_hop_t *
ngx_ap_fetch_way_last(ngx_ap_fetch_way_t *way)
{
    return &way->hops[way->nhops ? way->nhops - 1 : 0];
}
