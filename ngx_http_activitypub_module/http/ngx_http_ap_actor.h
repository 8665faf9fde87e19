
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The actors of an origin: their ids, handles, JRDs, and the declaration by
 * which the database learns of them.
 */

#ifndef NGX_HTTP_AP_ACTOR_H
#define NGX_HTTP_AP_ACTOR_H

#include "ngx_http_ap_module.h"


/*
 * Fills origin->actors, instance and declaration from ascf->actors, and the
 * server's host-meta and NodeInfo.  NGX_ERROR: an [emerg] is written.
 */
ngx_int_t ngx_http_ap_actors_build(ngx_conf_t *cf,
    ngx_http_ap_srv_conf_t *ascf, ngx_ap_origin_t *origin);


#endif
