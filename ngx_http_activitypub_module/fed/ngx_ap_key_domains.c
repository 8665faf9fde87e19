
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_key_domains.h"


/* seconds */
#define NGX_AP_KEY_DOMAINS_WINDOW  300


static uint64_t ngx_ap_key_domains_hash(const ngx_ap_key_domains_t *domains,
    const ngx_str_t *name);


ngx_int_t
ngx_ap_key_domains_may(ngx_ap_key_domains_t *domains, const ngx_str_t *domain,
    const ngx_str_t *host)
{
    uint64_t              hash, name;
    ngx_uint_t            i;
    ngx_ap_key_domain_t  *slot;

    hash = ngx_ap_key_domains_hash(domains, domain);
    name = ngx_ap_key_domains_hash(domains, host);

    if (domains->met[name % NGX_AP_KEY_DOMAINS] == name) {
        return NGX_OK;
    }

    slot = &domains->slots[hash % NGX_AP_KEY_DOMAINS];

    if (slot->n == 0
        || slot->since + NGX_AP_KEY_DOMAINS_WINDOW <= ngx_time()
        || (slot->hash != hash && slot->n < NGX_AP_KEY_DOMAINS_HOSTS))
    {
        slot->hash = hash;
        slot->n = 0;
        slot->since = ngx_time();
    }

    for (i = 0; i < slot->n; i++) {
        if (slot->hosts[i] == name) {
            return NGX_OK;
        }
    }

    if (slot->n == NGX_AP_KEY_DOMAINS_HOSTS) {
        return slot->hash == hash ? NGX_DECLINED : NGX_OK;
    }

    slot->hosts[slot->n++] = name;

    return NGX_OK;
}


void
ngx_ap_key_domains_met(ngx_ap_key_domains_t *domains, const ngx_str_t *host)
{
    uint64_t  name;

    name = ngx_ap_key_domains_hash(domains, host);
    domains->met[name % NGX_AP_KEY_DOMAINS] = name;
}


static uint64_t
ngx_ap_key_domains_hash(const ngx_ap_key_domains_t *domains,
    const ngx_str_t *name)
{
    fedi_siphash_t  hash;

    hash = fedi_siphash_init(&domains->key);
    fedi_siphash_add(&hash, ngx_ap_view(name));

    return fedi_siphash_value(hash);
}
