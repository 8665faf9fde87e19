
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Directives, and the life of the module: install, start, stop.  What is
 * read into, and what becomes of it, is in ngx_http_ap_conf.c.
 */

#include "ngx_http_ap_module.h"

#include "ngx_http_ap_actor_conf.h"
#include "ngx_http_ap_client_conf.h"
#include "ngx_http_ap_conf.h"
#include "ngx_http_ap_database_conf.h"
#include "ngx_http_ap_filter.h"
#include "ngx_http_ap_limit.h"
#include "ngx_http_ap_origin.h"
#include "ngx_http_ap_own.h"
#include "ngx_http_ap_policy_conf.h"
#include "ngx_http_ap_redirect.h"
#include "ngx_http_ap_request.h"
#include "ngx_http_ap_signatures.h"
#include "ngx_http_ap_status.h"
#include "ngx_http_ap_variables.h"


static ngx_int_t ngx_http_ap_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_ap_postconfiguration(ngx_conf_t *cf);
static char *ngx_http_ap_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static ngx_int_t ngx_http_ap_init_process(ngx_cycle_t *cycle);
static void ngx_http_ap_exit_process(ngx_cycle_t *cycle);


static ngx_conf_post_t  ngx_http_ap_account_domain_post =
    { ngx_http_ap_account_domain_check };

static ngx_conf_post_t  ngx_http_ap_allow_http_post =
    { ngx_http_ap_allow_http_warn };

static ngx_conf_enum_t  ngx_http_ap_enables[] = {
    { ngx_string("off"), NGX_HTTP_AP_OFF },
    { ngx_string("on"), NGX_HTTP_AP_ON },
    { ngx_string("link"), NGX_HTTP_AP_LINK },
    { ngx_null_string, 0 }
};

static ngx_conf_enum_t  ngx_http_ap_modes[] = {
    { ngx_string("blocklist"), NGX_AP_POLICY_BLOCKLIST },
    { ngx_string("allowlist"), NGX_AP_POLICY_ALLOWLIST },
    { ngx_null_string, 0 }
};

static ngx_conf_post_t  ngx_http_ap_origin_post =
    { ngx_http_ap_origin_check };

static ngx_conf_post_t  ngx_http_ap_prefix_post =
    { ngx_http_ap_prefix_check };

static ngx_conf_enum_t  ngx_http_ap_signatures_modes[] = {
    { ngx_string("off"), NGX_HTTP_AP_SIGNATURES_OFF },
    { ngx_string("optional"), NGX_HTTP_AP_SIGNATURES_OPTIONAL },
    { ngx_string("required"), NGX_HTTP_AP_SIGNATURES_REQUIRED },
    { ngx_null_string, 0 }
};

static ngx_conf_post_t  ngx_http_ap_ssl_trusted_post =
    { ngx_http_ap_ssl_trusted_check };

static ngx_conf_post_t  ngx_http_ap_ssl_verify_post =
    { ngx_http_ap_ssl_verify_warn };


static ngx_command_t  ngx_http_ap_commands[] = {

    { ngx_string("activitypub"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_enable,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ap_loc_conf_t, enable),
      &ngx_http_ap_enables },

    { ngx_string("activitypub_account_domain"),
      NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_ap_srv_conf_t, account_domain),
      &ngx_http_ap_account_domain_post },

    { ngx_string("activitypub_actor"),
      NGX_HTTP_SRV_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_ap_actor_block,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_allow"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_1MORE,
      ngx_http_ap_allow,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_allow_address"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_ap_allow_address,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_allow_http"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_ap_main_conf_t, allow_http),
      &ngx_http_ap_allow_http_post },

    { ngx_string("activitypub_authorized_fetch"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_http_ap_authorized_fetch,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ap_loc_conf_t, authorized_fetch),
      NULL },

    { ngx_string("activitypub_block"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_1MORE,
      ngx_http_ap_block,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_database"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE123,
      ngx_http_ap_database,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_federation_mode"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_mode,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_ap_srv_conf_t, federation_mode),
      &ngx_http_ap_modes },

    { ngx_string("activitypub_limit"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_ap_limit_set,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_moves"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_moves,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_origin"),
      NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_ap_srv_conf_t, origin_url),
      &ngx_http_ap_origin_post },

    { ngx_string("activitypub_prefix"),
      NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_ap_srv_conf_t, prefix),
      &ngx_http_ap_prefix_post },

    { ngx_string("activitypub_resolver"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_ap_resolver,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_signatures"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_signatures,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ap_loc_conf_t, signatures),
      &ngx_http_ap_signatures_modes },

    { ngx_string("activitypub_ssl_trusted_certificate"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_ap_main_conf_t, ssl_trusted_certificate),
      &ngx_http_ap_ssl_trusted_post },

    { ngx_string("activitypub_ssl_verify"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_ap_main_conf_t, client.ssl_verify),
      &ngx_http_ap_ssl_verify_post },

    { ngx_string("activitypub_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_status,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("activitypub_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_ap_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_activitypub_module_ctx = {
    ngx_http_ap_preconfiguration,          /* preconfiguration */
    ngx_http_ap_postconfiguration,         /* postconfiguration */

    ngx_http_ap_create_main_conf,          /* create main configuration */
    ngx_http_ap_init_main_conf,            /* init main configuration */

    ngx_http_ap_create_srv_conf,           /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_ap_create_loc_conf,           /* create location configuration */
    ngx_http_ap_merge_loc_conf             /* merge location configuration */
};


ngx_module_t  ngx_http_activitypub_module = {
    NGX_MODULE_V1,
    &ngx_http_activitypub_module_ctx,      /* module context */
    ngx_http_ap_commands,                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_ap_init_process,              /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_ap_exit_process,              /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_ap_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_ap_variables_add(cf);
}


/*
 * Nothing of the user's is refused here, but in init_main_conf: by now nginx
 * puts its chains of filters together anew, in static memory.  Half of a
 * chain is what the running configuration's next worker would have to serve
 * the site with.
 */

static ngx_int_t
ngx_http_ap_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_activitypub_module);

    /*
     * nginx has one chain of filters for all configurations: after a reload
     * that failed, workers of the one before have that of the last one read.
     */

    ngx_http_ap_filter_init();

    /* without an actor the module is not there */

    if (amcf->worker == NULL) {
        return NGX_OK;
    }

    if (ngx_http_ap_own_init(cf) != NGX_OK
        || ngx_http_ap_request_init(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_ap_signatures_init(cf);
}


static char *
ngx_http_ap_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_loc_conf_t *alcf = conf;

    char                    *rv;
    ngx_http_ap_srv_conf_t  *ascf;

    rv = ngx_conf_set_enum_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK
        || alcf->enable == NGX_HTTP_AP_OFF
        || (cf->cmd_type & NGX_HTTP_MAIN_CONF))
    {
        return rv;
    }

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);

    if (ascf->on_place.line == 0) {
        ascf->on_place = ngx_http_ap_place(cf);
    }

    if (cf->cmd_type & NGX_HTTP_SRV_CONF) {
        return NGX_CONF_OK;
    }

    return ngx_http_ap_own_locate(cf) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_int_t
ngx_http_ap_init_process(ngx_cycle_t *cycle)
{
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_activitypub_module);

    /* no http block, or no actor in it */

    if (amcf == NULL || amcf->worker == NULL) {
        return NGX_OK;
    }

    return ngx_ap_worker_init(cycle, amcf->worker);
}


static void
ngx_http_ap_exit_process(ngx_cycle_t *cycle)
{
    ngx_ap_worker_exit(cycle);
}
