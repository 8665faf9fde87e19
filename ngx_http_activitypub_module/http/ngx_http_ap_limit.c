
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_limit.h"

#include "fedi_host.h"
#include "ngx_ap_cache_limits.h"


char *
ngx_http_ap_limit_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_loc_conf_t *alcf = conf;

    size_t      len;
    ngx_int_t   rate, burst, scale;
    ngx_str_t  *value;

    if (alcf->limit_rate != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        alcf->limit_rate = 0;
        return cf->args->nelts == 2 ? NGX_CONF_OK
                                    : "takes nothing beside \"off\"";
    }

    len = value[1].len;
    scale = 0;

    if (len > 3 && ngx_strcmp(value[1].data + len - 3, "r/s") == 0) {
        scale = 1;

    } else if (len > 3 && ngx_strcmp(value[1].data + len - 3, "r/m") == 0) {
        scale = 60;
    }

    rate = scale ? ngx_atoi(value[1].data, len - 3) : NGX_ERROR;

    if (rate <= 0 || rate > 1000000) {
        return "takes a rate like \"10r/s\" or \"30r/m\"";
    }

    burst = 0;

    if (cf->args->nelts == 3) {

        burst = ngx_strncmp(value[2].data, "burst=", 6) == 0
                ? ngx_atoi(value[2].data + 6, value[2].len - 6) : NGX_ERROR;

        if (burst < 0 || burst > 1000000) {
            return "takes \"burst=\" and a number";
        }
    }

    alcf->limit_rate = rate * 1000 / scale;
    alcf->limit_burst = burst * 1000;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_ap_limit(ngx_http_ap_verify_t *verify)
{
    uint64_t                  numbers[2];
    ngx_msec_t                wait;
    fedi_siphash_t            hash;
    ngx_http_ap_ctx_t        *ctx;
    ngx_http_request_t       *r;
    ngx_http_ap_loc_conf_t   *alcf;
    ngx_http_ap_main_conf_t  *amcf;

    r = verify->request;
    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

    /* our own "apctl check" is nobody's storm */

    if (alcf->limit_rate == 0 || verify->limited || verify->is_own) {
        return NGX_OK;
    }

    verify->limited = 1;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);

    /* locations with the same limit share it, and keep it over a reload */

    numbers[0] = alcf->limit_rate;
    numbers[1] = alcf->limit_burst;

    hash = ngx_ap_cache_hash(amcf->cache);

    fedi_siphash_add(&hash, (fedi_str_t) { (char *) numbers,
                                           sizeof(numbers) });

    /* who owns a domain has as many hosts in it as it likes */

    fedi_siphash_add(&hash, fedi_host_domain(verify->owner.url.host));

    wait = ngx_ap_cache_limit(amcf->cache, fedi_siphash_value(hash),
                              alcf->limit_rate, alcf->limit_burst,
                              ngx_current_msec);
    if (wait == 0) {
        return NGX_OK;
    }

    ctx = ngx_http_ap_ctx(r);

    if (ctx != NULL) {
        ctx->retry_after = (wait + 999) / 1000;
    }

    return NGX_BUSY;
}
