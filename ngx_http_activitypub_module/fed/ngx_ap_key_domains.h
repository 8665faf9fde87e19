
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How many servers of a domain strangers may make a worker meet: whoever owns
 * a domain has as many servers in it as it likes, and each could name the
 * next.  Ten in five minutes, but for those that are no strangers.  Kept as
 * hashes that strangers cannot foresee, a domain in one slot: if two share it,
 * one of them is let pass.
 */

#ifndef NGX_AP_KEY_DOMAINS_H
#define NGX_AP_KEY_DOMAINS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_siphash.h"


#define NGX_AP_KEY_DOMAINS        512
#define NGX_AP_KEY_DOMAINS_HOSTS  10


typedef struct {
    uint64_t                    hash;       /* of the domain */
    uint64_t                    hosts[NGX_AP_KEY_DOMAINS_HOSTS];
    ngx_uint_t                  n;
    time_t                      since;      /* the first of them */
} ngx_ap_key_domain_t;


/* but for the key all zero to begin with */

typedef struct {
    fedi_siphash_key_t          key;
    ngx_ap_key_domain_t         slots[NGX_AP_KEY_DOMAINS];
    uint64_t                    met[NGX_AP_KEY_DOMAINS];    /* hosts */
} ngx_ap_key_domains_t;


/* NGX_OK: that server is one of them now; NGX_DECLINED: one too many */
ngx_int_t ngx_ap_key_domains_may(ngx_ap_key_domains_t *domains,
    const ngx_str_t *domain, const ngx_str_t *host);

/* a key came from that server: it is no new one for a while */
void ngx_ap_key_domains_met(ngx_ap_key_domains_t *domains,
    const ngx_str_t *host);


#endif
