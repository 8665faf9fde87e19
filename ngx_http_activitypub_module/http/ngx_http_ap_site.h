
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the site keeps for itself of the URLs that would be ours.
 */

#ifndef NGX_HTTP_AP_SITE_H
#define NGX_HTTP_AP_SITE_H

#include "ngx_http_ap_module.h"


/*
 * Whether the server block has a location of exactly this path, with "=" or
 * without: who writes one has an answer of his own.  When the locations are
 * sorted, as in postconfiguration.
 */
ngx_uint_t ngx_http_ap_site_has(ngx_http_core_srv_conf_t *cscf,
    ngx_str_t *path);


#endif
