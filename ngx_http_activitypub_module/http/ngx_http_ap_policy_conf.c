
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     block, allow -> (end of the file) -> check -> ngx_http_ap_policy_origin.c
 */

#include "ngx_http_ap_policy_conf.h"


static void ngx_http_ap_policy_stands(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_ap_srv_conf_t *ascf);
static ngx_int_t ngx_http_ap_block_severity(ngx_conf_t *cf, ngx_str_t *value,
    fedi_policy_e *severity);
static char *ngx_http_ap_block_preset(ngx_conf_t *cf, ngx_array_t *policies,
    ngx_str_t *value, fedi_policy_e severity);
static ngx_array_t *ngx_http_ap_policies(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_ap_policy_add(ngx_conf_t *cf, ngx_array_t *policies,
    ngx_str_t *value, fedi_policy_e severity);
static ngx_int_t ngx_http_ap_policy_push(ngx_conf_t *cf,
    ngx_array_t *policies, fedi_str_t domain, fedi_policy_e severity);
static int ngx_libc_cdecl ngx_http_ap_policy_compare(const void *a,
    const void *b);
static ngx_int_t ngx_http_ap_policies_check_level(ngx_conf_t *cf,
    ngx_array_t *policies);


/* the first of them, for a server block that has no use for it */

static void
ngx_http_ap_policy_stands(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_ap_srv_conf_t *ascf)
{
    if (ascf->policy_place.line == 0) {
        ascf->policy_place = ngx_http_ap_place(cf);
        ascf->policy_directive = cmd->name;
    }
}


char *
ngx_http_ap_mode(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_policy_stands(cf, cmd, conf);

    return ngx_conf_set_enum_slot(cf, cmd, conf);
}


char *
ngx_http_ap_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char           *rv;
    ngx_str_t      *value;
    ngx_uint_t      i, n;
    ngx_array_t    *policies;
    fedi_policy_e   severity;

    policies = ngx_http_ap_policies(cf, cmd, conf);
    if (policies == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    severity = FEDI_POLICY_NONE;

    for (i = 1, n = 0; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "severity=", 9) != 0) {
            n++;

        } else if (severity != FEDI_POLICY_NONE) {
            return "has two severities";

        } else if (ngx_http_ap_block_severity(cf, &value[i], &severity)
                   != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (n == 0) {
        return "names no domain";
    }

    if (severity == FEDI_POLICY_NONE) {
        severity = FEDI_POLICY_SUSPEND;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "severity=", 9) == 0) {
            continue;
        }

        rv = (ngx_strncmp(value[i].data, "preset=", 7) == 0)
             ? ngx_http_ap_block_preset(cf, policies, &value[i], severity)
             : ngx_http_ap_policy_add(cf, policies, &value[i], severity);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_ap_block_severity(ngx_conf_t *cf, ngx_str_t *value,
    fedi_policy_e *severity)
{
    fedi_str_t  text;

    text = fedi_str_from(ngx_http_ap_view(value), 9);

    if (!fedi_policy_parse(text, severity)
        || *severity == FEDI_POLICY_ALLOW)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid severity \"%*s\": it must be \"suspend\", "
                           "\"limit\" or \"reject_media\"",
                           text.len, text.data);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static char *
ngx_http_ap_block_preset(ngx_conf_t *cf, ngx_array_t *policies,
    ngx_str_t *value, fedi_policy_e severity)
{
    size_t                       i;
    fedi_str_t                   name;
    const fedi_policy_preset_t  *preset;

    name = fedi_str_from(ngx_http_ap_view(value), 7);
    preset = fedi_policy_preset(name);

    if (preset == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown preset \"%*s\": there is \"threads\"",
                           name.len, name.data);
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < preset->ndomains; i++) {

        if (ngx_http_ap_policy_push(cf, policies, preset->domains[i],
                                    severity)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_ap_allow(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char         *rv;
    ngx_str_t    *value;
    ngx_uint_t    i;
    ngx_array_t  *policies;

    policies = ngx_http_ap_policies(cf, cmd, conf);
    if (policies == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        rv = ngx_http_ap_policy_add(cf, policies, &value[i],
                                    FEDI_POLICY_ALLOW);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static ngx_array_t *
ngx_http_ap_policies(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_srv_conf_t *ascf = conf;

    ngx_http_ap_policy_stands(cf, cmd, ascf);

    if (ascf->policies == NULL) {
        ascf->policies = ngx_array_create(cf->pool, 4,
                                          sizeof(ngx_http_ap_policy_t));
    }

    return ascf->policies;
}


static char *
ngx_http_ap_policy_add(ngx_conf_t *cf, ngx_array_t *policies,
    ngx_str_t *value, fedi_policy_e severity)
{
    fedi_str_t            domain, text;
    fedi_arena_t          arena;
    fedi_policy_domain_e  reason;

    arena = ngx_http_ap_arena(cf->pool);
    reason = fedi_policy_domain(&arena, ngx_http_ap_view(value), &domain);

    if (reason != FEDI_POLICY_DOMAIN) {
        text = fedi_policy_domain_text(reason);

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid domain \"%V\": %*s",
                           value, text.len, text.data);
        return NGX_CONF_ERROR;
    }

    return ngx_http_ap_policy_push(cf, policies, domain, severity) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_int_t
ngx_http_ap_policy_push(ngx_conf_t *cf, ngx_array_t *policies,
    fedi_str_t domain, fedi_policy_e severity)
{
    ngx_http_ap_policy_t  *policy;

    policy = ngx_array_push(policies);
    if (policy == NULL) {
        return NGX_ERROR;
    }

    policy->rule.domain = domain;
    policy->rule.severity = severity;
    policy->place = ngx_http_ap_place(cf);

    return NGX_OK;
}


ngx_int_t
ngx_http_ap_policies_check(ngx_conf_t *cf)
{
    ngx_uint_t                   i;
    ngx_http_ap_srv_conf_t      *ascf;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    /* here, before anything is merged, "cf" is in the http block */

    ascf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_activitypub_module);

    if (ngx_http_ap_policies_check_level(cf, ascf->policies) != NGX_OK) {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ngx_http_ap_policies_check_level(cf, ascf->policies) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_ap_policy_compare(const void *a, const void *b)
{
    int                          order;
    const ngx_http_ap_policy_t  *one = a, *two = b;

    order = ngx_memn2cmp((u_char *) one->rule.domain.data,
                         (u_char *) two->rule.domain.data,
                         one->rule.domain.len, two->rule.domain.len);

    return order ? order : (int) one->place.line - (int) two->place.line;
}


static ngx_int_t
ngx_http_ap_policies_check_level(ngx_conf_t *cf, ngx_array_t *policies)
{
    fedi_str_t             word;
    ngx_str_t              domain;
    ngx_uint_t             i;
    ngx_http_ap_policy_t  *policy;

    if (policies == NULL) {
        return NGX_OK;
    }

    policy = policies->elts;

    ngx_qsort(policy, policies->nelts, sizeof(ngx_http_ap_policy_t),
              ngx_http_ap_policy_compare);

    for (i = 1; i < policies->nelts; i++) {

        if (!fedi_str_eq(policy[i].rule.domain, policy[i - 1].rule.domain)
            || policy[i].rule.severity == policy[i - 1].rule.severity)
        {
            continue;
        }

        domain = ngx_http_ap_string(policy[i].rule.domain);
        word = fedi_policy_text(policy[i - 1].rule.severity);

        ngx_http_ap_emerg(cf, &policy[i].place,
                          "domain \"%V\" already has the severity \"%*s\"",
                          &domain, word.len, word.data);
        return NGX_ERROR;
    }

    return NGX_OK;
}
