
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The one HTTP client of a worker, and beside libpq the only place of the
 * module that connects to anything.  HTTP/1.1 over TLS (plain only where
 * "activitypub_allow_http" is on), with the address guard in front, kept
 * connections, and deadlines for every step.  No proxies, no redirects: a
 * 3xx is an answer like any other, and the caller decides.
 *
 * At most 2 requests a host and 64 a worker are under way; others wait for
 * their turn, and their 20 seconds run meanwhile.  The timer of a request is
 * not cancelable: a worker that is told to exit finishes it first, unless
 * the worker shutdown timeout comes.
 */

#ifndef NGX_AP_CLIENT_H
#define NGX_AP_CLIENT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "fedi_http_response.h"
#include "fedi_id.h"


typedef struct ngx_ap_client_s          ngx_ap_client_t;
typedef struct ngx_ap_client_request_s  ngx_ap_client_request_t;


/* made at configuration time, by the master; one per cycle */

typedef struct {
    ngx_resolver_t             *resolver;
    ngx_ssl_t                  *ssl;
    ngx_flag_t                  ssl_verify;
    ngx_flag_t                  allow_http;
    ngx_array_t                *allow_address;  /* ngx_cidr_t; may be NULL */
    ngx_str_t                   product;        /* of User-Agent */
} ngx_ap_client_conf_t;


typedef struct {
    ngx_int_t                   rc;

    /* why there is no answer, for people: a fragment in lower case */
    ngx_str_t                   reason;

    /*
     * And where it ended: "url", "queue", "resolve", "address", "connect",
     * "tls" or "answer"; NULL of NGX_OK.
     */
    const char                 *step;

    /* of NGX_OK */
    ngx_uint_t                  status;
    const fedi_http_response_t *response;       /* its header fields */
    ngx_str_t                   body;

    ngx_str_t                   address;        /* the last one tried, or "" */

    unsigned                    reused:1;       /* on a kept connection */
    unsigned                    sent:1;         /* the peer may have seen it */
    unsigned                    too_long:1;     /* of NGX_ERROR: the body */
} ngx_ap_client_result_t;

/*
 * What "rc" says:
 *
 *   NGX_OK        a complete answer, of whatever status
 *   NGX_ERROR     trouble with the peer or on the way: may work later
 *   NGX_DECLINED  we do not talk to such a URL or address
 *   NGX_ABORT     our own trouble (memory, worker shutdown timeout), which
 *                 says nothing about the peer
 *
 * "result" and all it points to are valid during the callback.
 */
typedef void (*ngx_ap_client_answered_pt)(void *data,
    const ngx_ap_client_result_t *result);


typedef struct {
    /*
     * As fedi_id_parse() leaves it: Host is its authority.  A fragment is
     * not sent.
     */
    fedi_id_t                   id;

    /* who asks, for User-Agent: "https://acme.example" */
    ngx_str_t                   origin;

    /*
     * Whole lines, each ended by CRLF; Host, User-Agent, Accept-Encoding,
     * Connection and Content-Length are the client's.
     */
    ngx_str_t                   headers;

    ngx_str_t                   body;           /* of a POST */

    size_t                      body_max;       /* of the answer */

    unsigned                    post:1;         /* else GET */

    /*
     * The site asks itself: its own public addresses are not refused.  What
     * no public server has is refused as ever.
     */
    unsigned                    own:1;

    ngx_ap_client_answered_pt   answered;
    void                       *data;
} ngx_ap_client_ask_t;


/* in init_process; NULL: no memory.  "conf" must outlive the client. */
ngx_ap_client_t *ngx_ap_client_create(ngx_cycle_t *cycle,
    const ngx_ap_client_conf_t *conf, ngx_log_t *log);

/* "opened" grows with every connection from now on, and outlives the client */
void ngx_ap_client_count(ngx_ap_client_t *client, ngx_atomic_t *opened);

/* in exit_process; what is under way is dropped without a callback */
void ngx_ap_client_destroy(ngx_ap_client_t *client);

/*
 * Copies all of "ask".  "answered" is called exactly once, never from within
 * this call.  NULL: no memory, and no callback.
 */
ngx_ap_client_request_t *ngx_ap_client_request(ngx_ap_client_t *client,
    const ngx_ap_client_ask_t *ask);

/* the callback will not be called; harmless in the callback itself */
void ngx_ap_client_cancel(ngx_ap_client_request_t *request);


#endif
