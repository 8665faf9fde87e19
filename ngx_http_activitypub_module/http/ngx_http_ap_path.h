
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Paths below the prefix: which may be ours, and whose they would be.  By the
 * configuration and the set of actors alone.
 */

#ifndef NGX_HTTP_AP_PATH_H
#define NGX_HTTP_AP_PATH_H

#include "ngx_http_ap_lookup.h"


#define NGX_HTTP_AP_PATH_SEGMENTS  3


/*
 * Of a path without the prefix, views into it; NGX_HTTP_AP_PATH_SEGMENTS at
 * most.  0: more than anything of ours has.
 */
ngx_uint_t ngx_http_ap_path_split(ngx_str_t *path, ngx_str_t *segments);

/* these take the segments, and how many there are; 0 will do */

ngx_uint_t ngx_http_ap_path_is_inbox(ngx_str_t *s, ngx_uint_t n);
ngx_uint_t ngx_http_ap_path_is_nodeinfo(ngx_str_t *s, ngx_uint_t n);

/* whose it would be; the origin's own are always there */
ngx_http_ap_who_e ngx_http_ap_path_who(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, ngx_str_t *s, ngx_uint_t n);

/*
 * Whether the database may know a path below the prefix; without a query, and
 * as it is written.
 */
ngx_uint_t ngx_http_ap_path_is_known(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, ngx_str_t *path);

/*
 * What of a query means something: only a page of a collection has one.
 * "last" is the last segment; the answer is "query" itself, or empty.
 */
ngx_str_t ngx_http_ap_path_query(ngx_str_t *last, ngx_str_t *query);


#endif
