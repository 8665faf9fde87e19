
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Every answer of ours leaves through here.
 */

#ifndef NGX_HTTP_AP_ANSWER_H
#define NGX_HTTP_AP_ANSWER_H

#include "ngx_http_ap_request.h"


/* what a client is told to wait when the database is away, seconds */
#define NGX_HTTP_AP_RETRY_AFTER  "10"

/* nginx has no name for it */
#define NGX_HTTP_AP_STATUS_GONE  410


typedef struct {
    ngx_uint_t                  status;
    ngx_str_t                   type;       /* Content-Type, as it is */
    ngx_str_t                   body;       /* must outlive the request */
    ngx_str_t                   etag;       /* or empty: of the body */
    time_t                      modified;   /* or 0 */
    ngx_str_t                   date;       /* the same, as HTTP has it */
    ngx_str_t                   location;   /* or empty */

    unsigned                    shared:1;   /* caches may keep it */
    unsigned                    open:1;     /* to scripts of any origin */
    unsigned                    varies:1;   /* with Accept */
    unsigned                    guarded:1;  /* ... and with who signs */
    unsigned                    inbox:1;    /* POST is allowed, too */
} ngx_http_ap_answer_t;


/* sends it, once: the value is for ngx_http_finalize_request() */
ngx_int_t ngx_http_ap_answer(ngx_http_request_t *r,
    const ngx_http_ap_answer_t *answer);

/* a header of the answer; both texts must outlive the request */
ngx_table_elt_t *ngx_http_ap_header(ngx_http_request_t *r, const char *name,
    const char *value);

/*
 * NGX_OK when the origin may answer; else the value of a refusal, sent:
 * 405 for other methods than GET and HEAD, 503 for an origin that is stopped
 * or not declared yet.
 */
ngx_int_t ngx_http_ap_admit(ngx_http_request_t *r, ngx_ap_origin_t *origin);

/* the same, of any method */
ngx_int_t ngx_http_ap_admit_origin(ngx_http_request_t *r,
    ngx_ap_origin_t *origin);

/* whether the origin is declared, and not stopped */
ngx_uint_t ngx_http_ap_is_ready(ngx_http_request_t *r,
    ngx_ap_origin_t *origin);


/* the entity tag of a text, for who answers it often: see "etag" above */
ngx_int_t ngx_http_ap_etag(ngx_pool_t *pool, const ngx_str_t *body,
    ngx_str_t *etag);


#endif
