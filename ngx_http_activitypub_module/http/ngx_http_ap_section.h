
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The field "section": pages below it are the actor's posts.
 */

#ifndef NGX_HTTP_AP_SECTION_H
#define NGX_HTTP_AP_SECTION_H

#include "ngx_http_ap_actor_conf.h"


/* the field's setter */
char *ngx_http_ap_section(ngx_conf_t *cf, ngx_http_ap_actor_conf_t *actor,
    ngx_uint_t offset);


#endif
