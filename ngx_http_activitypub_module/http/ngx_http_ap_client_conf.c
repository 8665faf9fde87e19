
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_client_conf.h"

#include "ngx_ap_client_ssl.h"
#include "ngx_ap_resolver.h"


static ngx_resolver_t *ngx_http_ap_resolver_default(ngx_conf_t *cf);
static ngx_int_t ngx_http_ap_ssl_trust(ngx_conf_t *cf,
    ngx_http_ap_main_conf_t *amcf);


char *
ngx_http_ap_resolver(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_main_conf_t  *amcf = conf;

    ngx_str_t  *value;

    if (amcf->client.resolver) {
        return "is duplicate";
    }

    value = cf->args->elts;

    amcf->client.resolver = ngx_ap_resolver_create(cf, &value[1],
                                                   cf->args->nelts - 1);

    return amcf->client.resolver ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* the file is read at the end, and only if it is needed */

char *
ngx_http_ap_ssl_trusted_check(ngx_conf_t *cf, void *post, void *data)
{
    ngx_str_t                *file = data;
    ngx_http_ap_main_conf_t  *amcf;

    if (file->len == 0) {
        return "is empty";
    }

    if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);
    amcf->ssl_trusted_place = ngx_http_ap_place(cf);

    return NGX_CONF_OK;
}


char *
ngx_http_ap_ssl_verify_warn(ngx_conf_t *cf, void *post, void *data)
{
    ngx_flag_t  *verify = data;

    if (!*verify) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"activitypub_ssl_verify off\" is for development "
                           "only: anybody on the way can speak for any "
                           "server");
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_ap_client_conf(ngx_conf_t *cf, ngx_http_ap_main_conf_t *amcf)
{
    ngx_ap_client_conf_t  *client;

    client = &amcf->client;

    client->allow_http = amcf->allow_http;
    client->allow_address = amcf->allow_address;

    ngx_str_set(&client->product, "nginx-activitypub/" NGX_HTTP_AP_VERSION);

    if (client->resolver == NULL) {
        client->resolver = ngx_http_ap_resolver_default(cf);
    }

    client->ssl = ngx_ap_client_ssl_create(cf);

    if (client->resolver == NULL || client->ssl == NULL) {
        return NGX_ERROR;
    }

    if (client->ssl_verify) {
        return ngx_http_ap_ssl_trust(cf, amcf);
    }

    return NGX_OK;
}


/* "resolver" of the http block, if it names a server */

static ngx_resolver_t *
ngx_http_ap_resolver_default(ngx_conf_t *cf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->resolver && clcf->resolver->connections.nelts) {
        return clcf->resolver;
    }

    return ngx_ap_resolver_system(cf);
}


static ngx_int_t
ngx_http_ap_ssl_trust(ngx_conf_t *cf, ngx_http_ap_main_conf_t *amcf)
{
    ngx_int_t             rc;
    ngx_str_t            *file, reason;
    ngx_http_ap_place_t  *place, end;

    static ngx_str_t  system = ngx_string(NGX_AP_CLIENT_CA_FILE);

    file = amcf->ssl_trusted_certificate.len ? &amcf->ssl_trusted_certificate
                                             : &system;

    rc = ngx_ap_client_ssl_trust(cf, amcf->client.ssl, file, &reason);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    end = ngx_http_ap_place(cf);
    place = amcf->ssl_trusted_place.line ? &amcf->ssl_trusted_place : &end;

    ngx_http_ap_emerg(cf, place,
                      "no certificates to trust in \"%V\" (%V): "
                      "\"activitypub_ssl_trusted_certificate\" names the file",
                      file, &reason);

    return NGX_ERROR;
}
