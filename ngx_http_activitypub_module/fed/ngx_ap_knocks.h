
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who takes which kind of signature on a GET: draft-cavage, unless a server
 * has refused that and taken RFC 9421.  Remembered by a worker, a hash for a
 * server: who is forgotten is asked twice once more.
 */

#ifndef NGX_AP_KNOCKS_H
#define NGX_AP_KNOCKS_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_signature.h"


#define NGX_AP_KNOCKS  256

/* all zero to begin with */

typedef struct {
    uint32_t                    hashes[NGX_AP_KNOCKS];
} ngx_ap_knocks_t;


fedi_scheme_e ngx_ap_knocks_scheme(const ngx_ap_knocks_t *knocks,
    fedi_str_t authority);

void ngx_ap_knocks_learn(ngx_ap_knocks_t *knocks, fedi_str_t authority,
    fedi_scheme_e scheme);


#endif
