
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A notification names an actor by the URL of its document.  Where that ends
 * in a name is known of the origins of this configuration; of others nobody
 * asks here until a reload knows them, and then it was added all the same.
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_cache_policies.h"
#include "ngx_ap_origin.h"
#include "ngx_ap_set_rows.h"
#include "ngx_ap_str.h"


static ngx_uint_t ngx_ap_set_rows_is_policy(const ngx_ap_cache_key_t *key);
static ngx_int_t ngx_ap_set_rows_name(ngx_ap_worker_conf_t *conf,
    const ngx_ap_cache_key_t *key, ngx_str_t *name);
static ngx_int_t ngx_ap_set_rows_add_twin(ngx_ap_cache_t *cache,
    const ngx_ap_store_member_t *row);
static ngx_int_t ngx_ap_set_rows_add_policy(ngx_ap_cache_t *cache,
    const ngx_ap_store_member_t *row);
static void ngx_ap_set_rows_rule(const ngx_ap_store_member_t *row,
    ngx_ap_cache_rule_t *rule);
static ngx_int_t ngx_ap_set_rows_policies(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_ap_store_member_t *rows,
    ngx_uint_t n);
static void ngx_ap_set_rows_gone_twin(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_ap_store_member_t *rows,
    ngx_uint_t n);
static void ngx_ap_set_rows_gone_actor(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, const ngx_str_t *name,
    const ngx_ap_store_member_t *rows, ngx_uint_t n);


ngx_uint_t
ngx_ap_set_rows_concern(ngx_ap_worker_conf_t *conf, ngx_ap_set_e set,
    const ngx_ap_changes_t *changes)
{
    ngx_str_t           name;
    ngx_uint_t          i;
    ngx_ap_cache_key_t  key;

    for (i = 0; i < changes->n; i++) {
        ngx_ap_changes_key(changes, i, &key);

        if (set == NGX_AP_SET_POLICIES) {

            if (ngx_ap_set_rows_is_policy(&key)) {
                return 1;
            }

            continue;
        }

        if (ngx_ap_changes_is_url(&key)
            && (set == NGX_AP_SET_TWINS
                || ngx_ap_set_rows_name(conf, &key, &name) != NGX_DECLINED))
        {
            return 1;
        }
    }

    return 0;
}


/* a rule about a domain has no URL: it stands in place of the path */

static ngx_uint_t
ngx_ap_set_rows_is_policy(const ngx_ap_cache_key_t *key)
{
    return ngx_ap_str_is(&key->origin, "policy");
}


/* NGX_DECLINED: not an actor's; NGX_AGAIN: of an origin that is not known */

static ngx_int_t
ngx_ap_set_rows_name(ngx_ap_worker_conf_t *conf,
    const ngx_ap_cache_key_t *key, ngx_str_t *name)
{
    u_char           *last;
    ngx_uint_t        i;
    ngx_ap_origin_t  *origin;

    for (i = 0; i < conf->origins.nelts; i++) {
        origin = ((ngx_ap_origin_t **) conf->origins.elts)[i];

        if (!ngx_ap_str_eq(&origin->url, &key->origin)) {
            continue;
        }

        if (key->query.len
            || key->path.len <= origin->prefix.len
            || ngx_memcmp(key->path.data, origin->prefix.data,
                          origin->prefix.len)
               != 0)
        {
            return NGX_DECLINED;
        }

        name->data = key->path.data + origin->prefix.len;
        name->len = key->path.len - origin->prefix.len;
        last = name->data + name->len;

        return ngx_strlchr(name->data, last, '/') ? NGX_DECLINED : NGX_OK;
    }

    return NGX_AGAIN;
}


ngx_int_t
ngx_ap_set_rows_add(ngx_ap_cache_t *cache, ngx_ap_set_e set,
    const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        switch (set) {

        case NGX_AP_SET_TWINS:
            rc = ngx_ap_set_rows_add_twin(cache, &rows[i]);
            break;

        case NGX_AP_SET_ACTORS:
            rc = ngx_ap_cache_actor_add(cache, &rows[i].origin,
                                        &rows[i].actor, rows[i].gone);
            break;

        default: /* NGX_AP_SET_POLICIES */
            rc = ngx_ap_set_rows_add_policy(cache, &rows[i]);
        }

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_set_rows_add_twin(ngx_ap_cache_t *cache,
    const ngx_ap_store_member_t *row)
{
    ngx_ap_cache_key_t   key;
    ngx_ap_cache_twin_t  twin;

    key.origin = row->origin;
    key.path = row->path;
    key.query = row->query;

    ngx_memcpy(twin.object, row->object, sizeof(twin.object));
    twin.actor = ngx_ap_cache_name_hash(&row->actor);
    twin.gone = row->gone;

    return ngx_ap_cache_twin_add(cache, &key, &twin);
}


static ngx_int_t
ngx_ap_set_rows_add_policy(ngx_ap_cache_t *cache,
    const ngx_ap_store_member_t *row)
{
    ngx_ap_cache_rule_t  rule;

    ngx_ap_set_rows_rule(row, &rule);

    return ngx_ap_cache_policy_add(cache, &row->path, &rule);
}


/* a word that is not known yet is taken for the strictest */

static void
ngx_ap_set_rows_rule(const ngx_ap_store_member_t *row,
    ngx_ap_cache_rule_t *rule)
{
    rule->origin = row->origin;

    if (!fedi_policy_parse(ngx_ap_view(&row->actor), &rule->severity)) {
        rule->severity = FEDI_POLICY_SUSPEND;
    }
}


ngx_int_t
ngx_ap_set_rows_apply(ngx_ap_worker_conf_t *conf, ngx_ap_set_e set,
    ngx_str_t *payload, const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_int_t           rc;
    ngx_str_t           name;
    ngx_uint_t          i;
    ngx_ap_changes_t    changes;
    ngx_ap_cache_key_t  key;

    if ((set != NGX_AP_SET_POLICIES
         && ngx_ap_set_rows_add(conf->cache, set, rows, n) != NGX_OK)
        || ngx_ap_changes_open(&changes, payload) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0, rc = NGX_OK; i < changes.n && rc == NGX_OK; i++) {
        ngx_ap_changes_key(&changes, i, &key);

        if (set == NGX_AP_SET_POLICIES) {
            rc = ngx_ap_set_rows_policies(conf->cache, &key, rows, n);

        } else if (set == NGX_AP_SET_TWINS) {
            ngx_ap_set_rows_gone_twin(conf->cache, &key, rows, n);

        } else if (ngx_ap_set_rows_name(conf, &key, &name) == NGX_OK) {
            ngx_ap_set_rows_gone_actor(conf->cache, &key.origin, &name, rows,
                                       n);
        }
    }

    ngx_ap_changes_close(&changes);

    return rc;
}


/*
 * All that is said of a domain changes at once: there is no moment at which
 * somebody who was blocked and stays so is not.
 */

static ngx_int_t
ngx_ap_set_rows_policies(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_int_t             rc;
    ngx_uint_t            i, nrules;
    ngx_ap_cache_rule_t  *rules;

    if (!ngx_ap_set_rows_is_policy(key)) {
        return NGX_OK;
    }

    rules = ngx_alloc((n + 1) * sizeof(ngx_ap_cache_rule_t), ngx_cycle->log);
    if (rules == NULL) {
        return NGX_ERROR;
    }

    for (i = 0, nrules = 0; i < n; i++) {

        if (ngx_ap_str_eq(&rows[i].path, &key->path)) {
            ngx_ap_set_rows_rule(&rows[i], &rules[nrules++]);
        }
    }

    rc = ngx_ap_cache_policies_set(cache, &key->path, rules, nrules);

    ngx_free(rules);

    return rc;
}


static void
ngx_ap_set_rows_gone_twin(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_ap_store_member_t *rows,
    ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        if (ngx_ap_str_eq(&rows[i].origin, &key->origin)
            && ngx_ap_str_eq(&rows[i].path, &key->path)
            && ngx_ap_str_eq(&rows[i].query, &key->query))
        {
            return;
        }
    }

    ngx_ap_cache_twin_remove(cache, key);
}


static void
ngx_ap_set_rows_gone_actor(ngx_ap_cache_t *cache, const ngx_str_t *origin,
    const ngx_str_t *name, const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {

        if (ngx_ap_str_eq(&rows[i].origin, origin)
            && ngx_ap_str_eq(&rows[i].actor, name))
        {
            return;
        }
    }

    ngx_ap_cache_actor_remove(cache, origin, name);
}
