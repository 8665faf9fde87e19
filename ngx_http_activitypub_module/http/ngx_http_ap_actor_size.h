
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How long a profile is when others read it.
 */

#ifndef NGX_HTTP_AP_ACTOR_SIZE_H
#define NGX_HTTP_AP_ACTOR_SIZE_H

#include "ngx_http_ap_actor_conf.h"


/*
 * An activity that every server takes has 60 KiB, an Update of an actor too;
 * 8 KiB are for what is not in the configuration: context, ids, key.
 */
#define NGX_HTTP_AP_PROFILE_MAX  (52 * 1024)


/*
 * At least as many bytes as all that the block says has in the document,
 * where it is escaped, and where the URL of a field stands twice.
 */
size_t ngx_http_ap_actor_size(ngx_http_ap_actor_conf_t *actor);


#endif
