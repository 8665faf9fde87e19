
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection of the client to a host: in use by one request, or kept.
 */

#ifndef NGX_AP_CLIENT_PEER_H
#define NGX_AP_CLIENT_PEER_H

#include "ngx_ap_client.h"


typedef struct ngx_ap_client_host_s  ngx_ap_client_host_t;
typedef struct ngx_ap_client_peer_s  ngx_ap_client_peer_t;


typedef struct {
    ngx_sockaddr_t              sockaddr;
    socklen_t                   socklen;
} ngx_ap_client_address_t;


struct ngx_ap_client_peer_s {
    ngx_ap_client_t            *client;
    ngx_ap_client_host_t       *host;
    ngx_ap_client_request_t    *request;    /* NULL: kept */
    ngx_connection_t           *connection;
    ngx_pool_t                 *pool;

    ngx_ap_client_address_t     address;
    ngx_str_t                   name;       /* the address as text */
    u_char                      text[NGX_SOCKADDR_STRLEN];

    ngx_queue_t                 queue;      /* in client->kept */
    ngx_queue_t                 host_queue; /* in host->kept */

    ngx_log_t                   log;
    ngx_str_t                   said;       /* by OpenSSL, of a failure */
    u_char                      said_buf[80];

    unsigned                    verified:1;
    unsigned                    kept:1;
};


/* ngx_ap_client_peer.c */

/* counts for its host at once; NULL: no memory */
ngx_ap_client_peer_t *ngx_ap_client_peer_create(
    ngx_ap_client_request_t *request, ngx_ap_client_address_t *address);

/*
 * NGX_OK, NGX_AGAIN; NGX_DECLINED: it did not work, errno says why;
 * NGX_ERROR: we have no socket
 */
ngx_int_t ngx_ap_client_peer_connect(ngx_ap_client_peer_t *peer);

/* the only place that closes; its host may be gone then */
void ngx_ap_client_peer_close(ngx_ap_client_peer_t *peer);

/* a handler for events that mean nothing at this step */
void ngx_ap_client_ignore(ngx_event_t *ev);


/* ngx_ap_client_keep.c */

/* the kept connections to this address become candidates of the request */
void ngx_ap_client_kept(ngx_ap_client_request_t *request,
    struct sockaddr *sockaddr, socklen_t socklen);

/*
 * Gives the request a candidate.  NGX_DECLINED: it has none, or all have been
 * closed or taken since they were seen.
 */
ngx_int_t ngx_ap_client_reuse(ngx_ap_client_request_t *request);

/* takes the connection of a request that is done with it */
void ngx_ap_client_keep(ngx_ap_client_peer_t *peer);

/* before another connection is made: those that wait make room for it */
void ngx_ap_client_make_room(ngx_ap_client_t *client,
    ngx_ap_client_host_t *host);


/* ngx_ap_client_log.c */

void ngx_ap_client_log_init(ngx_ap_client_peer_t *peer);


#endif
