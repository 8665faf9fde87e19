
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_origin.h"


static ngx_uint_t ngx_ap_origin_is(const ngx_str_t *name, fedi_str_t text);


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
