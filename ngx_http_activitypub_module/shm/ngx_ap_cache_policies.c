
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Two kinds of entries in one table:
 *
 *     domain          -> what is said to all origins, stamp
 *     origin, domain  -> what is said to that one, stamp
 *
 * The second kind counts while its stamp is that of its domain.  So rules of
 * origins that nobody can name any more are gone with their domain's, and a
 * host costs one look for each label.
 */

#include "ngx_ap_cache_policies.h"
#include "ngx_ap_cache_shared.h"


/* words of an entry's value */
#define NGX_AP_POLICY_SAID   0
#define NGX_AP_POLICY_STAMP  1          /* 0: no origin has its own */


typedef struct {
    uint64_t                    domain;
    uint64_t                    own;        /* of the origin that asks */
} ngx_ap_cache_policy_names_t;


static ngx_uint_t ngx_ap_cache_policy_names(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, fedi_str_t host,
    ngx_ap_cache_policy_names_t *names);
static uint64_t ngx_ap_cache_policy_name(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, fedi_str_t domain);
static u_char ngx_ap_cache_policy_said(ngx_ap_table_t *table,
    const ngx_ap_cache_policy_names_t *names);
static ngx_int_t ngx_ap_cache_policy_put_locked(ngx_ap_cache_t *cache,
    const ngx_str_t *domain, const ngx_ap_cache_rule_t *rule);
static ngx_ap_table_entry_t *ngx_ap_cache_policy_entry_locked(
    ngx_ap_cache_t *cache, const ngx_str_t *origin, const ngx_str_t *domain);


ngx_int_t
ngx_ap_cache_policies_find(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    fedi_str_t host, ngx_uint_t doubtful, u_char said[FEDI_POLICY_LABELS])
{
    ngx_int_t                     rc;
    ngx_uint_t                    i, n;
    ngx_ap_cache_set_t           *set;
    ngx_ap_cache_policy_names_t   names[FEDI_POLICY_LABELS];

    set = &cache->shared->sets[NGX_AP_SET_POLICIES];
    n = 0;

    ngx_memzero(said, FEDI_POLICY_LABELS);

    /* to be empty is one word: where there is no rule it costs nothing */

    if (set->table.used != 0) {
        n = ngx_ap_cache_policy_names(cache, origin, host, names);
    }

    /* of several domains it must be what was said at one time */

    ngx_shmtx_lock(&cache->shpool->mutex);

    if (!set->ready || (set->doubt && !doubtful)) {
        rc = NGX_AGAIN;

    } else {
        rc = NGX_DECLINED;

        /* the first rule of all has come since: others wait, this once */

        if (n == 0 && set->table.used != 0) {
            n = ngx_ap_cache_policy_names(cache, origin, host, names);
        }

        for (i = 0; i < n; i++) {
            said[i] = ngx_ap_cache_policy_said(&set->table, &names[i]);

            if (said[i]) {
                rc = NGX_OK;
            }
        }
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


static ngx_uint_t
ngx_ap_cache_policy_names(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    fedi_str_t host, ngx_ap_cache_policy_names_t *names)
{
    ngx_uint_t  n;
    fedi_str_t  domain;

    static ngx_str_t  all = ngx_null_string;

    for (n = 0, domain = host;
         domain.len != 0 && n < FEDI_POLICY_LABELS;
         domain = fedi_policy_parent(domain), n++)
    {
        names[n].domain = ngx_ap_cache_policy_name(cache, &all, domain);
        names[n].own = ngx_ap_cache_policy_name(cache, origin, domain);
    }

    return n;
}


static uint64_t
ngx_ap_cache_policy_name(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    fedi_str_t domain)
{
    ngx_ap_cache_key_t  key;

    key.origin = *origin;
    key.path.data = (u_char *) domain.data;
    key.path.len = domain.len;
    ngx_str_null(&key.query);

    return ngx_ap_cache_key_name(cache, &key);
}


static u_char
ngx_ap_cache_policy_said(ngx_ap_table_t *table,
    const ngx_ap_cache_policy_names_t *names)
{
    uint64_t               said;
    ngx_ap_table_entry_t  *all, *own;

    all = ngx_ap_table_find(table, names->domain);

    if (all == NULL) {
        return 0;
    }

    said = all->value[NGX_AP_POLICY_SAID];

    if (all->value[NGX_AP_POLICY_STAMP] == 0) {
        return (u_char) said;
    }

    own = ngx_ap_table_find(table, names->own);

    if (own && own->value[NGX_AP_POLICY_STAMP]
               == all->value[NGX_AP_POLICY_STAMP])
    {
        said |= own->value[NGX_AP_POLICY_SAID];
    }

    return (u_char) said;
}


ngx_int_t
ngx_ap_cache_policy_add(ngx_ap_cache_t *cache, const ngx_str_t *domain,
    const ngx_ap_cache_rule_t *rule)
{
    ngx_int_t  rc;

    ngx_shmtx_lock(&cache->shpool->mutex);
    rc = ngx_ap_cache_policy_put_locked(cache, domain, rule);
    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_ap_cache_policies_set(ngx_ap_cache_t *cache, const ngx_str_t *domain,
    const ngx_ap_cache_rule_t *rules, ngx_uint_t n)
{
    ngx_int_t   rc;
    ngx_uint_t  i;
    uint64_t    name;

    static ngx_str_t  all = ngx_null_string;

    name = ngx_ap_cache_policy_name(cache, &all, ngx_ap_cache_view(domain));
    rc = NGX_OK;

    ngx_shmtx_lock(&cache->shpool->mutex);

    ngx_ap_table_remove(&cache->shared->sets[NGX_AP_SET_POLICIES].table,
                        name);

    for (i = 0; i < n && rc == NGX_OK; i++) {
        rc = ngx_ap_cache_policy_put_locked(cache, domain, &rules[i]);
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


/* beside what is said already */

static ngx_int_t
ngx_ap_cache_policy_put_locked(ngx_ap_cache_t *cache, const ngx_str_t *domain,
    const ngx_ap_cache_rule_t *rule)
{
    uint64_t               stamp;
    ngx_ap_table_entry_t  *entry;

    static ngx_str_t  all = ngx_null_string;

    entry = ngx_ap_cache_policy_entry_locked(cache, &all, domain);

    if (entry == NULL) {
        return NGX_ERROR;
    }

    if (rule->origin.len != 0) {

        if (entry->value[NGX_AP_POLICY_STAMP] == 0) {
            entry->value[NGX_AP_POLICY_STAMP] = ++cache->shared->policies;
        }

        stamp = entry->value[NGX_AP_POLICY_STAMP];

        /* which may split the segment that the first one is in */

        entry = ngx_ap_cache_policy_entry_locked(cache, &rule->origin, domain);

        if (entry == NULL) {
            return NGX_ERROR;
        }

        if (entry->value[NGX_AP_POLICY_STAMP] != stamp) {
            entry->value[NGX_AP_POLICY_SAID] = 0;
            entry->value[NGX_AP_POLICY_STAMP] = stamp;
        }
    }

    entry->value[NGX_AP_POLICY_SAID] |= ngx_ap_cache_severity(rule->severity);

    return NGX_OK;
}


static ngx_ap_table_entry_t *
ngx_ap_cache_policy_entry_locked(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, const ngx_str_t *domain)
{
    ngx_ap_cache_set_t    *set;
    ngx_ap_table_entry_t  *entry;

    set = &cache->shared->sets[NGX_AP_SET_POLICIES];

    entry = ngx_ap_cache_entry_locked(cache, &set->table,
                 ngx_ap_cache_policy_name(cache, origin,
                                          ngx_ap_cache_view(domain)));

    if (entry == NULL) {
        set->ready = 0;
        set->lost = 1;
    }

    return entry;
}
