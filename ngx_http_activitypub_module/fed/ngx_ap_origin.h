
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The origins and actors of one configuration cycle.  Made by the directives
 * in the cycle's pool, read-only afterwards, gone with the cycle.
 */

#ifndef NGX_AP_ORIGIN_H
#define NGX_AP_ORIGIN_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_id.h"
#include "fedi_policy.h"
#include "ngx_ap_cache.h"
#include "ngx_ap_index.h"


typedef struct {
    ngx_str_t                   name;       /* "news" */
    ngx_str_t                   handle;     /* "news@acme.example" */
    ngx_str_t                   uri;        /* the id */
    ngx_str_t                   page;       /* profile page, absolute */
    ngx_str_t                   resource;   /* of the page: fedi_resource.h */
    ngx_str_t                   jrd;        /* rendered once */
    ngx_str_t                   jrd_etag;
    ngx_str_t                   me;         /* "<id>; rel=\"me\"", or empty */
} ngx_ap_actor_t;


/* what becomes of a domain of which no list says anything */

#define NGX_AP_POLICY_BLOCKLIST  0
#define NGX_AP_POLICY_ALLOWLIST  1

/* in the order of fedi_policy_sort(), each domain once */

typedef struct {
    fedi_policy_rule_t         *elts;
    size_t                      n;
} ngx_ap_policy_rules_t;


typedef struct {
    ngx_str_t                   url;        /* "https://acme.example" */
    ngx_str_t                   scheme;     /* "https" */
    ngx_str_t                   host;       /* "acme.example" */
    ngx_str_t                   authority;  /* with the port, if one */
    ngx_str_t                   prefix;     /* "/activitypub/" */
    ngx_str_t                   account_domain;

    ngx_array_t                 aliases;    /* ngx_str_t: its other names */
    ngx_array_t                 actors;     /* ngx_ap_actor_t */
    ngx_ap_index_t              names;      /* of those, by name: below */
    ngx_ap_index_t              resources;  /* ... and by resource */
    ngx_ap_actor_t              instance;   /* the instance actor */

    ngx_uint_t                  federation_mode;    /* NGX_AP_POLICY_* */
    ngx_ap_policy_rules_t       rules;
    ngx_ap_policy_rules_t       common_rules;   /* of all origins; shared */
    ngx_str_t                   blocks;     /* both together, as JSON for */
    ngx_str_t                   allows;     /* declare_policy() */

    ngx_str_t                   declaration;    /* JSON for declare() */
    uint64_t                    identity;   /* its name in the zone's states */
} ngx_ap_origin_t;


/*
 * Those of the configuration; NULL: not one of them.  "names" is by
 * ngx_ap_cache_name_hash(), "resources" by ngx_ap_index_hash().
 */
ngx_ap_actor_t *ngx_ap_origin_actor(const ngx_ap_origin_t *origin,
    fedi_str_t name);
ngx_ap_actor_t *ngx_ap_origin_resource(const ngx_ap_origin_t *origin,
    fedi_str_t resource);

/*
 * What the configuration says of a host, in the spelling of fedi_host.h: by
 * the longest domain, and of one in both lists by the origin's own.  NULL:
 * nothing.
 */
const fedi_policy_rule_t *ngx_ap_origin_rule(const ngx_ap_origin_t *origin,
    fedi_str_t host);

/*
 * Whether an id is of one of these (ngx_ap_origin_t *), by whichever of their
 * names: nobody else speaks for it, and we ask nobody for it.
 */
ngx_uint_t ngx_ap_origins_have(const ngx_array_t *origins,
    const fedi_id_t *id);


#endif
