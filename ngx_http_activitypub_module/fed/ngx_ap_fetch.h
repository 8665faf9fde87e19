
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A document of somebody else, asked for with the signature of the instance
 * actor of an origin of ours.  Redirects are followed, a few, each of them
 * checked and signed like the first request; our own origins are never asked
 * but for somebody who wants to see how they answer.  Who answers a document's
 * URL with 401 or 400 is asked once more, with the other kind of signature.
 */

#ifndef NGX_AP_FETCH_H
#define NGX_AP_FETCH_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_fetched.h"
#include "fedi_http_response.h"
#include "fedi_id.h"
#include "ngx_ap_origin.h"
#include "ngx_ap_worker.h"


/* of an actor or an object */
#define NGX_AP_FETCH_MAX  (1024 * 1024)

/*
 * Of an actor whom a stranger makes us ask for: a MiB takes a thread 30 ms.
 * Most have a few KiB; the longest profile that Akkoma's defaults allow, ten
 * fields of 2.5 K characters and a text of 5 K, has 180 KiB where each
 * character is written as "\u1234".
 */
#define NGX_AP_FETCH_KEY_MAX  (256 * 1024)

/* of a JRD, a NodeInfo or a host-meta */
#define NGX_AP_FETCH_JRD_MAX  (64 * 1024)


/* our own origins too; the address guard stays as it is */
#define NGX_AP_FETCH_OWN  1

/* any content type, a JRD being what is asked for */
#define NGX_AP_FETCH_JRD  2

/* for a key */
#define NGX_AP_FETCH_KEY  4

/* any content type, a page for people being what is asked for */
#define NGX_AP_FETCH_HTML  8

/* blocked domains too: somebody asks for it by hand */
#define NGX_AP_FETCH_BLOCKED  16


typedef struct ngx_ap_fetch_s  ngx_ap_fetch_t;


typedef struct {
    fedi_id_t                   id;
    ngx_uint_t                  status;     /* 0: no answer */
    ngx_str_t                   address;    /* that was connected to, or "" */
} ngx_ap_fetch_hop_t;


typedef struct {
    /*
     * NGX_OK: an ActivityPub document.  NGX_DECLINED: there is none, or not
     * one that we take.  NGX_ERROR: perhaps later.
     */
    ngx_int_t                   rc;
    ngx_str_t                   reason;     /* why not; for logs */
    ngx_uint_t                  status;     /* 0: no answer */

    /* of NGX_OK; not believed before it has come through the gate */
    fedi_answer_t               answer;

    unsigned                    gone:1;     /* 410 of the URL itself */

    unsigned                    ours:1;     /* of NGX_ERROR: our own trouble */

    /*
     * For those who want to know.  "step" is one of the client's, or "key",
     * "redirect", "status" or "type".
     */
    const char                 *step;       /* where it ended, or NULL */
    const ngx_ap_fetch_hop_t   *hops;       /* at least one */
    ngx_uint_t                  nhops;
    const fedi_http_response_t *response;   /* the last one, or NULL */
    size_t                      bytes;      /* of its body */
} ngx_ap_fetch_result_t;

/* "result" and all it points to are valid during the callback */
typedef void (*ngx_ap_fetched_pt)(void *data,
    const ngx_ap_fetch_result_t *result);


/*
 * "url" is of fedi_id_parse(), without a fragment; copied.  The handler is
 * called once, never from within this call.  NULL: no memory.
 */
ngx_ap_fetch_t *ngx_ap_fetch(ngx_ap_worker_t *worker, ngx_ap_origin_t *origin,
    fedi_str_t url, ngx_uint_t flags, ngx_ap_fetched_pt handler, void *data);

/*
 * There will be no callback.  Not after it was called, and before client and
 * signer are gone.
 */
void ngx_ap_fetch_cancel(ngx_ap_fetch_t *fetch);


#endif
