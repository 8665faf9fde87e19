
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The complete set of what the database says of whole domains, for all
 * origins or for one.  Filled, doubted and completed like the other sets, by
 * the functions of ngx_ap_cache.h.
 */

#ifndef NGX_AP_CACHE_POLICIES_H
#define NGX_AP_CACHE_POLICIES_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_policy.h"
#include "ngx_ap_cache.h"


/* the severities of one domain: all that somebody has said of it */

#define ngx_ap_cache_severity(severity)  ((u_char) (1 << (severity)))


typedef struct {
    ngx_str_t                   origin;     /* empty: of all */
    fedi_policy_e               severity;
} ngx_ap_cache_rule_t;


/*
 * What is said of a host to an origin: of the host in said[0], of each domain
 * above it in the one behind.  NGX_OK: something is; NGX_DECLINED: nothing;
 * NGX_AGAIN: the set is not complete, or in doubt: see "doubtful" in
 * ngx_ap_cache.h.  "said" is zeros then.  One look for each label, and a
 * second where an origin has a rule of its own; none while there is no rule.
 */
ngx_int_t ngx_ap_cache_policies_find(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, fedi_str_t host, ngx_uint_t doubtful,
    u_char said[FEDI_POLICY_LABELS]);

/* during a fill.  NGX_ERROR: the zone is full, and the set incomplete */
ngx_int_t ngx_ap_cache_policy_add(ngx_ap_cache_t *cache,
    const ngx_str_t *domain, const ngx_ap_cache_rule_t *rule);

/* all the rules of a domain, in place of those that it had, at once */
ngx_int_t ngx_ap_cache_policies_set(ngx_ap_cache_t *cache,
    const ngx_str_t *domain, const ngx_ap_cache_rule_t *rules, ngx_uint_t n);


#endif
