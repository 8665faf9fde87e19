
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a profile refers to elsewhere: images, and other names of the actor.
 */

#ifndef NGX_HTTP_AP_PROFILE_H
#define NGX_HTTP_AP_PROFILE_H

#include "ngx_http_ap_declaration.h"


/*
 * Sets declared->icon and image: absolute URLs.  An image that others do not
 * show is a [warn].  NGX_ERROR: an [emerg] is written.
 */
ngx_int_t ngx_http_ap_profile_images(ngx_conf_t *cf, ngx_ap_origin_t *origin,
    ngx_http_ap_declared_t *declared);

/*
 * The aliases of the block, each in the one spelling of ids.  After the actor
 * got its own id.  NGX_ERROR: an [emerg] is written.
 */
ngx_int_t ngx_http_ap_profile_aliases(ngx_conf_t *cf,
    ngx_http_ap_declared_t *declared);

/* actor->me, if the block wants it; after the actor got its own id */
ngx_int_t ngx_http_ap_profile_me(ngx_conf_t *cf,
    ngx_http_ap_declared_t *declared);


#endif
