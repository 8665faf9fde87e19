
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a notification says has changed: a JSON array of the triples origin,
 * path, query; or "*": everything.  A triple that is not about a document of
 * ours has a word in place of the origin: "remote" and the id of somebody
 * else's actor.
 */

#ifndef NGX_AP_CHANGES_H
#define NGX_AP_CHANGES_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>

#include "ngx_ap_cache.h"


#define NGX_AP_CHANGES_REMOTE  "remote"


typedef struct {
    json_t                     *list;       /* NULL: everything */
    ngx_uint_t                  n;
} ngx_ap_changes_t;


/*
 * NGX_OK: "changes" is filled, and closed by its user.  NGX_DECLINED: not a
 * payload of ours, nothing to close.
 */
ngx_int_t ngx_ap_changes_open(ngx_ap_changes_t *changes, ngx_str_t *payload);

/* key number i < n; its bytes live until the close */
void ngx_ap_changes_key(const ngx_ap_changes_t *changes, ngx_uint_t i,
    ngx_ap_cache_key_t *key);

/* of a document of ours, not of a word */
ngx_uint_t ngx_ap_changes_is_url(const ngx_ap_cache_key_t *key);

void ngx_ap_changes_close(ngx_ap_changes_t *changes);


#endif
