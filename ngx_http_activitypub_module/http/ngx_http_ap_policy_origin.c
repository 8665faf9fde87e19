
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     rules -> own -> declaration
 *
 * The rules of the http block are kept once, however many origins there are.
 */

#include "ngx_http_ap_policy_origin.h"

#include <jansson.h>

#include "fedi_host.h"
#include "ngx_http_ap_policy_conf.h"


static ngx_int_t ngx_http_ap_policy_rules(ngx_conf_t *cf,
    ngx_array_t *policies, ngx_ap_policy_rules_t *rules);
static ngx_int_t ngx_http_ap_policy_own(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf, ngx_http_ap_srv_conf_t *common);
static ngx_int_t ngx_http_ap_policy_declaration(ngx_conf_t *cf,
    ngx_ap_origin_t *origin);
static int ngx_http_ap_policy_declare(json_t *blocks, json_t *allows,
    const ngx_ap_policy_rules_t *rules, const ngx_ap_policy_rules_t *instead);
static ngx_int_t ngx_http_ap_policy_dump(ngx_conf_t *cf, json_t *list,
    ngx_str_t *text);
static ngx_http_ap_policy_t *ngx_http_ap_policy_place(ngx_array_t *policies,
    const fedi_policy_rule_t *rule);


ngx_int_t
ngx_http_ap_policies_build(ngx_conf_t *cf)
{
    ngx_uint_t                   i;
    ngx_ap_policy_rules_t        rules;
    ngx_http_ap_srv_conf_t      *ascf, *common;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    common = ngx_http_conf_get_module_srv_conf(cf,
                                               ngx_http_activitypub_module);

    ngx_conf_init_uint_value(common->federation_mode,
                             NGX_AP_POLICY_BLOCKLIST);

    if (ngx_http_ap_policy_rules(cf, common->policies, &rules) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < cmcf->servers.nelts; i++) {
        ascf = cscfp[i]->ctx->srv_conf[ngx_http_activitypub_module.ctx_index];

        if (ascf->origin == NULL) {
            continue;
        }

        ngx_conf_merge_uint_value(ascf->federation_mode,
                                  common->federation_mode,
                                  NGX_AP_POLICY_BLOCKLIST);

        ascf->origin->federation_mode = ascf->federation_mode;
        ascf->origin->common_rules = rules;

        if (ngx_http_ap_policy_rules(cf, ascf->policies,
                                     &ascf->origin->rules)
            != NGX_OK
            || ngx_http_ap_policy_own(cf, ascf, common) != NGX_OK
            || ngx_http_ap_policy_declaration(cf, ascf->origin) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ap_policy_rules(ngx_conf_t *cf, ngx_array_t *policies,
    ngx_ap_policy_rules_t *rules)
{
    ngx_uint_t             i;
    ngx_http_ap_policy_t  *policy;

    ngx_memzero(rules, sizeof(ngx_ap_policy_rules_t));

    if (policies == NULL) {
        return NGX_OK;
    }

    rules->elts = ngx_palloc(cf->pool,
                             policies->nelts * sizeof(fedi_policy_rule_t));
    if (rules->elts == NULL) {
        return NGX_ERROR;
    }

    policy = policies->elts;

    for (i = 0; i < policies->nelts; i++) {

        /* said twice, it is known: they are in order by now */

        if (rules->n == 0
            || !fedi_str_eq(rules->elts[rules->n - 1].domain,
                            policy[i].rule.domain))
        {
            rules->elts[rules->n++] = policy[i].rule;
        }
    }

    fedi_policy_sort(rules->elts, rules->n);

    return NGX_OK;
}


/* nobody means to block himself */

static ngx_int_t
ngx_http_ap_policy_own(ngx_conf_t *cf, ngx_http_ap_srv_conf_t *ascf,
    ngx_http_ap_srv_conf_t *common)
{
    uint16_t                   port;
    fedi_str_t                 host;
    ngx_str_t                  domain;
    ngx_uint_t                 i;
    ngx_ap_origin_t           *origin;
    ngx_http_ap_domain_t      *domains;
    ngx_http_ap_policy_t      *policy;
    const fedi_policy_rule_t  *rule;

    origin = ascf->origin;
    domains = ascf->domains.elts;

    for (i = 0; i < ascf->domains.nelts; i++) {

        if (domains[i].origin != origin
            || fedi_host_split(ngx_http_ap_view(&domains[i].host), &host,
                               &port)
               != FEDI_OK)
        {
            continue;
        }

        rule = ngx_ap_origin_rule(origin, host);

        if (rule == NULL || rule->severity == FEDI_POLICY_ALLOW) {
            continue;
        }

        policy = ngx_http_ap_policy_place(ascf->policies, rule);

        if (policy == NULL) {
            policy = ngx_http_ap_policy_place(common->policies, rule);
        }

        domain = ngx_http_ap_string(rule->domain);

        ngx_http_ap_emerg(cf, &policy->place,
                          "domain \"%V\" is that of this site: \"%*s\"",
                          &domain, host.len, host.data);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* names are copied from it: the rule of one array is in no other */

static ngx_http_ap_policy_t *
ngx_http_ap_policy_place(ngx_array_t *policies, const fedi_policy_rule_t *rule)
{
    ngx_uint_t             i;
    ngx_http_ap_policy_t  *policy;

    policy = policies ? policies->elts : NULL;

    for (i = 0; policies && i < policies->nelts; i++) {

        if (policy[i].rule.domain.data == rule->domain.data) {
            return &policy[i];
        }
    }

    return NULL;
}


/* for the database both lists are the origin's own */

static ngx_int_t
ngx_http_ap_policy_declaration(ngx_conf_t *cf, ngx_ap_origin_t *origin)
{
    int         bad;
    json_t     *blocks, *allows;
    ngx_int_t   rc;

    blocks = json_array();
    allows = json_array();

    bad = (blocks == NULL || allows == NULL);
    bad |= ngx_http_ap_policy_declare(blocks, allows, &origin->rules, NULL);
    bad |= ngx_http_ap_policy_declare(blocks, allows, &origin->common_rules,
                                      &origin->rules);

    rc = bad ? NGX_ERROR : ngx_http_ap_policy_dump(cf, blocks, &origin->blocks);

    if (rc == NGX_OK) {
        rc = ngx_http_ap_policy_dump(cf, allows, &origin->allows);
    }

    json_decref(blocks);
    json_decref(allows);

    return rc;
}


/* but for the domains of which the others say something instead */

static int
ngx_http_ap_policy_declare(json_t *blocks, json_t *allows,
    const ngx_ap_policy_rules_t *rules, const ngx_ap_policy_rules_t *instead)
{
    int                  bad;
    size_t               i;
    fedi_policy_rule_t  *rule;

    for (i = 0, bad = 0; i < rules->n; i++) {
        rule = &rules->elts[i];

        if (instead && fedi_policy_at(instead->elts, instead->n, rule->domain))
        {
            continue;
        }

        if (rule->severity == FEDI_POLICY_ALLOW) {
            bad |= json_array_append_new(allows,
                         json_stringn(rule->domain.data, rule->domain.len));
            continue;
        }

        bad |= json_array_append_new(blocks,
                         json_pack("{s:s%, s:s}", "domain", rule->domain.data,
                                   rule->domain.len, "severity",
                                   fedi_policy_text(rule->severity).data));
    }

    return bad;
}


static ngx_int_t
ngx_http_ap_policy_dump(ngx_conf_t *cf, json_t *list, ngx_str_t *text)
{
    char  *dumped;

    dumped = json_dumps(list, JSON_COMPACT);
    if (dumped == NULL) {
        return NGX_ERROR;
    }

    text->len = ngx_strlen(dumped);
    text->data = ngx_pnalloc(cf->pool, text->len);

    if (text->data != NULL) {
        ngx_memcpy(text->data, dumped, text->len);
    }

    free(dumped);

    return text->data ? NGX_OK : NGX_ERROR;
}
