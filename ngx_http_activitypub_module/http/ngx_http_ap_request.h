
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A request's way through nginx's phases:
 *
 *     POST_READ       a context with the URL as it was asked for
 *     SERVER_REWRITE  behind the server block's own rewrites: our own URLs
 *                     leave the site's locations
 *     PRECONTENT      behind every check, before try_files: the answer,
 *                     or nothing, and the site goes on
 */

#ifndef NGX_HTTP_AP_REQUEST_H
#define NGX_HTTP_AP_REQUEST_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_document.h"
#include "ngx_ap_documents.h"
#include "ngx_http_ap_module.h"
#include "ngx_http_ap_own.h"
#include "ngx_http_ap_verify.h"


/* a document that is asked for; apart, because most requests need none */

typedef struct {
    ngx_ap_cache_key_t          key;
    ngx_ap_documents_wait_t    *wait;
    fedi_document_t             document;
    ngx_int_t                   rc;
    unsigned                    done:1;     /* rc and document are set */
} ngx_http_ap_fetch_t;


/*
 * On the main request only.  A redirect inside nginx zeroes r->ctx, and with
 * it our right to answer: the URL that passed the checks is no longer the one
 * that was asked for.
 */

typedef struct {
    ngx_http_request_t         *request;

    /* as asked for: nginx's normalised r->uri, and the raw query */
    ngx_str_t                   path;
    ngx_str_t                   query;

    ngx_http_ap_own_e           own;

    /* WebFinger: of whom; NULL: of nobody we know */
    ngx_ap_origin_t            *origin;
    ngx_ap_actor_t             *actor;

    /* no actor of the configuration: where the document stands */
    ngx_str_t                   resource;
    ngx_str_t                   resource_query;
    ngx_ap_cache_stamp_t        stamp;      /* of its JRD */

    ngx_http_ap_fetch_t        *fetch;      /* NULL: no document is needed */
    void                       *inbox;      /* of ngx_http_ap_inbox.c */
    ngx_uint_t                  counted;    /* the last counter, and 1 */
    ngx_uint_t                  retry_after;    /* of 429, seconds */

    /* who sends it: see ngx_http_ap_gate.h; NULL: nobody has asked */
    ngx_http_ap_verify_t       *verify;
    struct ngx_http_ap_gate_s  *gate;
    ngx_str_t                   activity_type;

    unsigned                    negotiated:1;
    unsigned                    wants_activity:1;
    unsigned                    names_activity:1;   /* and nothing else */
    unsigned                    wants_html:1;
    unsigned                    counts:1;   /* what "fetch" asks for */
    unsigned                    stripped:1; /* trackers, off the query */
    unsigned                    passed:1;   /* every check of the site */
    unsigned                    answered:1; /* by us */
    unsigned                    gone:1;     /* who WebFinger is asked for */
    unsigned                    resource_own:1; /* an actor's own id */
} ngx_http_ap_ctx_t;


/* installs the phase handlers; in postconfiguration */
ngx_int_t ngx_http_ap_request_init(ngx_conf_t *cf);

/* also behind an internal redirect; NULL: not a request of ours */
ngx_http_ap_ctx_t *ngx_http_ap_ctx(ngx_http_request_t *r);

/*
 * Reads Accept, once: every request of the site asks for wants_activity, and
 * pays for a look at the header; a machine URL asks for wants_html.
 */
ngx_uint_t ngx_http_ap_wants_activity(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);
ngx_uint_t ngx_http_ap_wants_html(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx);

/*
 * Fetches the document of an origin at a path and query that live as long as
 * the request.  NGX_AGAIN: the phase will be run again
 * when the answer is there.  Else ctx->fetch->done is set, and the result is
 * ngx_ap_documents_pt's.
 */
ngx_int_t ngx_http_ap_fetch(ngx_http_request_t *r, ngx_http_ap_ctx_t *ctx,
    ngx_ap_origin_t *origin, ngx_str_t *path, ngx_str_t *query);

/* the same, of numbers: see ngx_ap_documents_count() */
ngx_int_t ngx_http_ap_fetch_counts(ngx_http_request_t *r,
    ngx_http_ap_ctx_t *ctx, ngx_ap_origin_t *origin, ngx_str_t *path);

/*
 * In a phase, while a handler is to be called: NGX_AGAIN, and a client that
 * leaves meanwhile is noticed; NGX_ERROR.  Who is asked has a deadline.
 */
ngx_int_t ngx_http_ap_wait(ngx_http_request_t *r);

/* what was waited for is there: runs the phase again, and "r" may be gone */
void ngx_http_ap_resume(ngx_http_request_t *r);


#endif
