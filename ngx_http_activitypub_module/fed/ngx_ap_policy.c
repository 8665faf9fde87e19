
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_cache_policies.h"
#include "ngx_ap_policy.h"
#include "ngx_ap_str.h"


static ngx_ap_policy_e ngx_ap_policy_judge(ngx_ap_worker_t *worker,
    const ngx_str_t *url, const ngx_ap_origin_t *origin, fedi_str_t host);
static u_char ngx_ap_policy_configured(const ngx_ap_origin_t *origin,
    fedi_str_t domain);
static ngx_ap_policy_e ngx_ap_policy_strictest(u_char said);


ngx_ap_policy_e
ngx_ap_policy_of(ngx_ap_worker_t *worker, const ngx_ap_origin_t *origin,
    fedi_str_t host)
{
    return ngx_ap_policy_judge(worker, &origin->url, origin, host);
}


ngx_ap_policy_e
ngx_ap_policy_of_url(ngx_ap_worker_t *worker, const ngx_str_t *url,
    fedi_str_t host)
{
    ngx_uint_t         i;
    ngx_array_t       *origins;
    ngx_ap_origin_t  **origin;

    origins = &worker->conf->origins;
    origin = origins->elts;

    for (i = 0; i < origins->nelts; i++) {

        if (ngx_ap_str_eq(&origin[i]->url, url)) {
            return ngx_ap_policy_of(worker, origin[i], host);
        }
    }

    return ngx_ap_policy_judge(worker, url, NULL, host);
}


/*
 * From the host upwards the first domain of which anything is said counts.
 * Where nobody is let in who is not allowed, a milder word about somebody does
 * not let him in: he, or a domain above him, has to be allowed as well.
 */

static ngx_ap_policy_e
ngx_ap_policy_judge(ngx_ap_worker_t *worker, const ngx_str_t *url,
    const ngx_ap_origin_t *origin, fedi_str_t host)
{
    u_char           said[FEDI_POLICY_LABELS], here, allowed;
    ngx_uint_t       i, closed, known;
    fedi_str_t       domain;
    ngx_ap_policy_e  policy;

    /* with ourselves we have to do, whatever is said of others */

    if (origin && fedi_str_eq(host, ngx_ap_view(&origin->host))) {
        return NGX_AP_POLICY_NONE;
    }

    /* what was last known holds while nobody can be asked */

    known = ngx_ap_cache_policies_find(worker->conf->cache, url, host,
                                       !ngx_ap_store_ready(worker->store),
                                       said)
            != NGX_AGAIN;

    closed = (origin && origin->federation_mode == NGX_AP_POLICY_ALLOWLIST);
    allowed = 0;
    here = 0;
    policy = NGX_AP_POLICY_NONE;

    for (i = 0, domain = host;
         domain.len != 0 && i < FEDI_POLICY_LABELS;
         domain = fedi_policy_parent(domain), i++)
    {
        if (here && !closed) {
            break;
        }

        said[i] |= ngx_ap_policy_configured(origin, domain);
        allowed |= said[i] & ngx_ap_cache_severity(FEDI_POLICY_ALLOW);

        if (here == 0) {
            here = said[i];
            policy = ngx_ap_policy_strictest(here);
        }

        /* nothing can be said that is longer, or stricter */

        if (i == 0 && policy == NGX_AP_POLICY_SUSPEND) {
            return policy;
        }
    }

    if (!known) {
        return NGX_AP_POLICY_UNKNOWN;
    }

    return closed && !allowed ? NGX_AP_POLICY_SUSPEND : policy;
}


/* what a server block says of a domain stands in place of the http block's */

static u_char
ngx_ap_policy_configured(const ngx_ap_origin_t *origin, fedi_str_t domain)
{
    const fedi_policy_rule_t  *rule;

    if (origin == NULL) {
        return 0;
    }

    rule = fedi_policy_at(origin->rules.elts, origin->rules.n, domain);

    if (rule == NULL) {
        rule = fedi_policy_at(origin->common_rules.elts,
                              origin->common_rules.n, domain);
    }

    return rule ? ngx_ap_cache_severity(rule->severity) : 0;
}


static ngx_ap_policy_e
ngx_ap_policy_strictest(u_char said)
{
    if (said & ngx_ap_cache_severity(FEDI_POLICY_SUSPEND)) {
        return NGX_AP_POLICY_SUSPEND;
    }

    if (said & ngx_ap_cache_severity(FEDI_POLICY_LIMIT)) {
        return NGX_AP_POLICY_LIMIT;
    }

    return said & ngx_ap_cache_severity(FEDI_POLICY_REJECT_MEDIA)
           ? NGX_AP_POLICY_REJECT_MEDIA : NGX_AP_POLICY_NONE;
}
