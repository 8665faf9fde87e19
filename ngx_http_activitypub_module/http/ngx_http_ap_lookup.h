
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who is who on an origin: actors of the configuration, and those that the
 * database keeps itself, of which the zone has a complete set.  None of this
 * costs more for many.
 */

#ifndef NGX_HTTP_AP_LOOKUP_H
#define NGX_HTTP_AP_LOOKUP_H

#include "ngx_http_ap_request.h"


typedef enum {
    NGX_HTTP_AP_NOBODY = 0,
    NGX_HTTP_AP_CONFIGURED,
    NGX_HTTP_AP_KEPT,           /* by the database */
    NGX_HTTP_AP_GONE,           /* for ever, whoever names it */
    NGX_HTTP_AP_PERHAPS         /* the set is not complete: ask */
} ngx_http_ap_who_e;


/* of a name as it is written in ids; not of the instance actor */
ngx_http_ap_who_e ngx_http_ap_who(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, fedi_str_t name);

/*
 * To whom a twin belongs.  "name", of NGX_AP_CACHE_NAME_LEN bytes, is set for
 * those that are CONFIGURED or KEPT; of anybody else the page is just a page.
 */
ngx_http_ap_who_e ngx_http_ap_twin_who(ngx_http_request_t *r,
    ngx_ap_origin_t *origin, const ngx_ap_cache_twin_t *twin,
    ngx_str_t *name);

/*
 * The twin of a page.  NGX_DECLINED: it has none.  NGX_AGAIN: the set is not
 * complete.  While the database is away, what the set last knew.
 */
ngx_int_t ngx_http_ap_twin(ngx_http_request_t *r,
    const ngx_ap_cache_key_t *key, ngx_ap_cache_twin_t *twin);


#endif
