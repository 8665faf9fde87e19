
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_knocks.h"


static uint32_t ngx_ap_knocks_hash(fedi_str_t authority);


fedi_scheme_e
ngx_ap_knocks_scheme(const ngx_ap_knocks_t *knocks, fedi_str_t authority)
{
    uint32_t  hash;

    hash = ngx_ap_knocks_hash(authority);

    return knocks->hashes[hash % NGX_AP_KNOCKS] == hash ? FEDI_SCHEME_RFC9421
                                                        : FEDI_SCHEME_CAVAGE;
}


void
ngx_ap_knocks_learn(ngx_ap_knocks_t *knocks, fedi_str_t authority,
    fedi_scheme_e scheme)
{
    uint32_t   hash;
    uint32_t  *slot;

    hash = ngx_ap_knocks_hash(authority);
    slot = &knocks->hashes[hash % NGX_AP_KNOCKS];

    if (scheme != FEDI_SCHEME_CAVAGE) {
        *slot = hash;

    } else if (*slot == hash) {
        *slot = 0;
    }
}


/* never 0: that is an empty slot */

static uint32_t
ngx_ap_knocks_hash(fedi_str_t authority)
{
    uint32_t  hash;

    hash = ngx_crc32_long((u_char *) authority.data, authority.len);

    return hash ? hash : 1;
}
