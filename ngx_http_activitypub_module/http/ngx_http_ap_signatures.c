
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Behind the access phase, whatever "satisfy" says: who is refused by nginx's
 * own limits and lists makes us ask nobody for a key, and a password is no
 * signature.  Subrequests are not asked, as nginx asks them for no password.
 */

#include "ngx_http_ap_signatures.h"

#include "ngx_http_ap_gate.h"
#include "ngx_http_ap_status.h"


static char *ngx_http_ap_signatures_place(ngx_conf_t *cf, char *rv,
    ngx_http_ap_place_t *place);
static void ngx_http_ap_signatures_names(ngx_conf_t *cf,
    ngx_http_core_main_conf_t *cmcf);
static ngx_int_t ngx_http_ap_signatures_handler(ngx_http_request_t *r);
static ngx_uint_t ngx_http_ap_signatures_is_error(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);


char *
ngx_http_ap_signatures(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_loc_conf_t *alcf = conf;

    char                     *rv;
    ngx_http_ap_main_conf_t  *amcf;

    rv = ngx_conf_set_enum_slot(cf, cmd, conf);

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);
    amcf->signatures = 1;

    return ngx_http_ap_signatures_place(cf, rv, &alcf->signatures_place);
}


char *
ngx_http_ap_authorized_fetch(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_loc_conf_t *alcf = conf;

    return ngx_http_ap_signatures_place(cf,
                                        ngx_conf_set_flag_slot(cf, cmd, conf),
                                        &alcf->authorized_fetch_place);
}


static char *
ngx_http_ap_signatures_place(ngx_conf_t *cf, char *rv,
    ngx_http_ap_place_t *place)
{
    if (rv == NGX_CONF_OK) {
        *place = ngx_http_ap_place(cf);
    }

    return rv;
}


/*
 * A signature that nobody checks would be worse than none.  For documents a
 * server block without any has nothing to lose, if it only inherits.
 */

char *
ngx_http_ap_signatures_merge(ngx_conf_t *cf, ngx_http_ap_loc_conf_t *prev,
    ngx_http_ap_loc_conf_t *conf)
{
    ngx_uint_t                 own;
    ngx_http_ap_place_t       *place;
    ngx_http_ap_srv_conf_t    *ascf;
    ngx_http_core_srv_conf_t  *cscf;

    if (conf->signatures == NGX_CONF_UNSET_UINT) {
        conf->signatures_place = prev->signatures_place;
    }

    own = (conf->authorized_fetch == 1);

    ngx_conf_merge_uint_value(conf->signatures, prev->signatures,
                              NGX_HTTP_AP_SIGNATURES_OFF);
    ngx_conf_merge_value(conf->authorized_fetch, prev->authorized_fetch, 0);

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);

    if (ascf->origin
        || (conf->signatures == NGX_HTTP_AP_SIGNATURES_OFF && !own))
    {
        return NGX_CONF_OK;
    }

    place = own ? &conf->authorized_fetch_place : &conf->signatures_place;

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    ngx_http_ap_emerg(cf, place,
                      "\"%s\" requires \"activitypub_actor\" or "
                      "\"activitypub_origin\" in the server at %s:%ui",
                      own ? "activitypub_authorized_fetch"
                          : "activitypub_signatures",
                      cscf->file_name, cscf->line);

    return NGX_CONF_ERROR;
}


ngx_int_t
ngx_http_ap_signatures_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_ap_main_conf_t    *amcf;
    ngx_http_core_main_conf_t  *cmcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);

    /* where nobody asks for it no request pays for it */

    if (!amcf->signatures) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_ap_signatures_handler;

    ngx_http_ap_signatures_names(cf, cmcf);

    return NGX_OK;
}


/*
 * proxy_set_header takes the place of one spelling of a name.  nginx reads a
 * header by what the default server of its address says, too: so any will do.
 */

static void
ngx_http_ap_signatures_names(ngx_conf_t *cf, ngx_http_core_main_conf_t *cmcf)
{
    ngx_uint_t                  i;
    ngx_http_core_srv_conf_t  **cscfp;

    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {

        if (!cscfp[i]->underscores_in_headers
            && cscfp[i]->ignore_invalid_headers)
        {
            continue;
        }

        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"%s\" lets clients send headers that an application "
                      "may take for those of \"activitypub_signatures\", in "
                      "the server at %s:%ui",
                      cscfp[i]->underscores_in_headers
                      ? "underscores_in_headers on"
                      : "ignore_invalid_headers off",
                      cscfp[i]->file_name, cscfp[i]->line);
    }
}


static ngx_int_t
ngx_http_ap_signatures_handler(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_ap_ctx_t       *ctx;
    ngx_http_ap_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

    if (alcf->signatures == NGX_HTTP_AP_SIGNATURES_OFF || r != r->main) {
        return NGX_DECLINED;
    }

    /* our own URLs have rules of their own; redirected, it is none of them */

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);

    if (ctx && ctx->own && !ngx_http_ap_status_is(r)) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_ap_ctx(r);

    if (ngx_http_ap_signatures_is_error(r, ctx)) {

        if (alcf->signatures != NGX_HTTP_AP_SIGNATURES_REQUIRED) {
            return NGX_DECLINED;
        }

        return r->err_status >= NGX_HTTP_BAD_REQUEST
               ? (ngx_int_t) r->err_status : NGX_HTTP_BAD_REQUEST;
    }

    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_ap_gate_check(r, ctx, 0);

    if (rc == NGX_DONE) {
        ngx_http_finalize_request(r, NGX_DONE);
        return NGX_DONE;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (alcf->signatures == NGX_HTTP_AP_SIGNATURES_OPTIONAL
        || ngx_http_ap_gate_is_open(ctx))
    {
        return NGX_DECLINED;
    }

    ngx_http_finalize_request(r, ngx_http_ap_gate_refuse(r, ctx));

    return NGX_DONE;
}


/*
 * Who was refused before anybody looked at the signature makes us look for no
 * key now: the error page is not for everybody, and nginx has one of its own.
 * Of a header that cannot be read there is not even a context.  A body that
 * nginx did not read to its end is never verified, whatever "=200" makes of
 * the error: nobody would run this phase again.
 */

static ngx_uint_t
ngx_http_ap_signatures_is_error(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    if (ctx == NULL || ctx->gate == NULL) {
        return r->err_status >= NGX_HTTP_BAD_REQUEST;
    }

    return !ctx->gate->done
           && (ctx->gate->started || r->err_status >= NGX_HTTP_BAD_REQUEST);
}


ngx_int_t
ngx_http_ap_authorize_fetch(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_http_ap_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);

    if (!alcf->authorized_fetch) {
        return NGX_OK;
    }

    rc = ngx_http_ap_gate_check(r, ctx, 1);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_ap_gate_is_open(ctx) ? NGX_OK
                                         : ngx_http_ap_gate_refuse(r, ctx);
}
