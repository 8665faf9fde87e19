
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_origin.h"


static ngx_uint_t ngx_ap_origin_is(const ngx_str_t *name, fedi_str_t text);


ngx_ap_actor_t *
ngx_ap_origin_actor(const ngx_ap_origin_t *origin, fedi_str_t name)
{
    ngx_str_t        text;
    ngx_ap_actor_t  *actor;

    text.data = (u_char *) name.data;
    text.len = name.len;

    actor = ngx_ap_index_find(&origin->names, ngx_ap_cache_name_hash(&text));

    return actor && ngx_ap_origin_is(&actor->name, name) ? actor : NULL;
}


ngx_ap_actor_t *
ngx_ap_origin_resource(const ngx_ap_origin_t *origin, fedi_str_t resource)
{
    ngx_ap_actor_t  *actor;

    actor = ngx_ap_index_find(&origin->resources,
                              ngx_ap_index_hash(resource));

    return actor && ngx_ap_origin_is(&actor->resource, resource) ? actor
                                                                 : NULL;
}


const fedi_policy_rule_t *
ngx_ap_origin_rule(const ngx_ap_origin_t *origin, fedi_str_t host)
{
    const fedi_policy_rule_t  *own, *common;

    own = fedi_policy_find(origin->rules.elts, origin->rules.n, host);
    common = fedi_policy_find(origin->common_rules.elts,
                              origin->common_rules.n, host);

    if (own == NULL
        || (common != NULL && common->domain.len > own->domain.len))
    {
        return common;
    }

    return own;
}


ngx_uint_t
ngx_ap_origins_have(const ngx_array_t *origins, const fedi_id_t *id)
{
    ngx_str_t        *alias;
    ngx_uint_t        i, j;
    ngx_ap_origin_t  *origin;

    for (i = 0; i < origins->nelts; i++) {
        origin = ((ngx_ap_origin_t **) origins->elts)[i];

        if (ngx_ap_origin_is(&origin->url, id->origin)) {
            return 1;
        }

        alias = origin->aliases.elts;

        for (j = 0; j < origin->aliases.nelts; j++) {

            if (ngx_ap_origin_is(&alias[j], id->authority)) {
                return 1;
            }
        }
    }

    return 0;
}


static ngx_uint_t
ngx_ap_origin_is(const ngx_str_t *name, fedi_str_t text)
{
    return fedi_str_eq((fedi_str_t) { (const char *) name->data, name->len },
                       text);
}
