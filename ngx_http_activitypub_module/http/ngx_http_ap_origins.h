
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * All origins of a configuration: what they must not share, and which server
 * block answers for which host.
 */

#ifndef NGX_HTTP_AP_ORIGINS_H
#define NGX_HTTP_AP_ORIGINS_H

#include "ngx_http_ap_module.h"


/*
 * What origins must not share: themselves, handles.  And which server block
 * answers WebFinger for which host.  After all are built.  NGX_ERROR: an
 * [emerg] is written.
 */
ngx_int_t ngx_http_ap_origins_link(ngx_conf_t *cf);

/* a name that the server block has by a wildcard or a regular expression */
ngx_uint_t ngx_http_ap_server_alias(ngx_http_ap_srv_conf_t *ascf,
    ngx_str_t *host);

/* a host's name, without wildcards; not for one by regular expression */
ngx_uint_t ngx_http_ap_server_name_plain(ngx_str_t *name);


#endif
