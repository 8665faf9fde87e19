
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_variables.h"

#include "ngx_http_ap_request.h"


static ngx_int_t ngx_http_ap_variable_request(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_http_ap_vars[] = {

    { ngx_string("activitypub_request"), NULL,
      ngx_http_ap_variable_request, 0, 0, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_ap_variables_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_ap_vars; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_variable_request(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ap_ctx_t  *ctx;

    static u_char  one[] = "1";

    ctx = ngx_http_ap_ctx(r->main);

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = one;
    v->len = (ctx && ngx_http_ap_wants_activity(r->main, ctx)) ? 1 : 0;

    return NGX_OK;
}
