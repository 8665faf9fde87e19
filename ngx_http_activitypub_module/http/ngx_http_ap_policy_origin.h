
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * From what the directives say of domains to what an origin goes by, and
 * tells the database.
 */

#ifndef NGX_HTTP_AP_POLICY_ORIGIN_H
#define NGX_HTTP_AP_POLICY_ORIGIN_H

#include "ngx_http_ap_module.h"


/*
 * Gives every origin what its server block and the http block say, after
 * their names are known.  NGX_ERROR: [emerg], or no memory.
 */
ngx_int_t ngx_http_ap_policies_build(ngx_conf_t *cf);


#endif
