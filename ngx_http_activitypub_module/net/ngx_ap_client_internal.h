
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the client share.  A request goes
 *
 *     request -> queue -> resolve -> connect -> tls -> send -> read -> finish
 *                              \                      /
 *                               `--- kept connection -
 *
 *   ngx_ap_client.c          life of the client, requests, the one exit
 *   ngx_ap_client_message.c  the bytes of a request
 *   ngx_ap_client_queue.c    hosts, their turns and limits
 *   ngx_ap_client_resolve.c  names into addresses that the guard lets pass
 *   ngx_ap_client_connect.c  one address after the other
 *   ngx_ap_client_tls.c      handshakes, names, sessions
 *   ngx_ap_client_send.c     the request on the wire
 *   ngx_ap_client_read.c     the answer
 *   ngx_ap_client_peer.c     a connection: made, named, closed
 *   ngx_ap_client_keep.c     connections between two requests
 *   ngx_ap_client_log.c      what nginx says of a connection
 *   ngx_ap_client_exit.c     the worker's exit
 *
 * Every step starts the next one or calls ngx_ap_client_fail(); after either
 * it touches nothing, for the callback may do as it likes.  Callbacks run
 * from our own events only, never from a resolver's: while that one walks
 * over those who wait for a name, none of them may be taken away.
 */

#ifndef NGX_AP_CLIENT_INTERNAL_H
#define NGX_AP_CLIENT_INTERNAL_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_http_body.h"
#include "ngx_ap_client.h"
#include "ngx_ap_client_peer.h"
#include "ngx_ap_guard.h"


/* milliseconds; the last one is for all steps together */
#define NGX_AP_CLIENT_DNS           5000
#define NGX_AP_CLIENT_CONNECT       5000
#define NGX_AP_CLIENT_TLS           5000
#define NGX_AP_CLIENT_FIRST_BYTE    10000
#define NGX_AP_CLIENT_TOTAL         20000

/* a silent address must not use up the time of the next one */
#define NGX_AP_CLIENT_CONNECT_NEXT  2000

#define NGX_AP_CLIENT_IDLE          30000

#define NGX_AP_CLIENT_PER_HOST      2
#define NGX_AP_CLIENT_PER_WORKER    64

/* hosts that are remembered for their TLS session only */
#define NGX_AP_CLIENT_COLD_HOSTS    512

#define NGX_AP_CLIENT_POOL          8192

/* two of each family */
#define NGX_AP_CLIENT_ADDRESSES     4


typedef enum {
    NGX_AP_CLIENT_QUEUED = 0,
    NGX_AP_CLIENT_RESOLVING,
    NGX_AP_CLIENT_RESOLVED,         /* "event" connects */
    NGX_AP_CLIENT_CONNECTING,
    NGX_AP_CLIENT_HANDSHAKING,
    NGX_AP_CLIENT_WAITING,          /* sending, or for the first byte */
    NGX_AP_CLIENT_READING,
    NGX_AP_CLIENT_FAILING,          /* "event" finishes */
    NGX_AP_CLIENT_FINISHED
} ngx_ap_client_step_e;


struct ngx_ap_client_s {
    const ngx_ap_client_conf_t *conf;
    ngx_ap_guard_t             *guard;
    ngx_connection_t           *exit;
    ngx_int_t                   ident;

    ngx_log_t                  *log;

    ngx_rbtree_t                tree;       /* hosts */
    ngx_rbtree_node_t           sentinel;
    ngx_queue_t                 cold;       /* hosts, the newest last */
    ngx_uint_t                  ncold;
    ngx_queue_t                 ready;      /* hosts whose turn it is */

    ngx_queue_t                 requests;   /* all of them */
    ngx_uint_t                  active;     /* those that have a turn */

    ngx_queue_t                 kept;       /* peers, the newest last */
    ngx_uint_t                  peers;      /* kept or in use */
    ngx_atomic_t               *opened;     /* NULL: nobody counts */

    ngx_event_t                 work;       /* gives turns */

    unsigned                    aborted:1;  /* the worker has to end */
};


struct ngx_ap_client_host_s {
    ngx_str_node_t              node;       /* "https://acme.example:443" */
    ngx_queue_t                 queue;      /* in "cold" or "ready" */
    ngx_queue_t                 waiting;
    ngx_uint_t                  active;
    ngx_queue_t                 kept;
    ngx_uint_t                  peers;
    ngx_ssl_session_t          *session;

    unsigned                    ready:1;
    unsigned                    cold:1;
};


/*
 * The data of timers, and nginx's debug log reads the descriptor of a
 * connection there: "ident" must follow three pointers.
 */

struct ngx_ap_client_request_s {
    ngx_ap_client_t            *client;
    ngx_ap_client_host_t       *host;       /* NULL: refused at once */
    ngx_ap_client_peer_t       *peer;
    ngx_int_t                   ident;

    ngx_pool_t                 *pool;
    ngx_queue_t                 queue;      /* in client->requests */
    ngx_queue_t                 wait;       /* in host->waiting */
    ngx_event_t                 timer;
    ngx_event_t                 event;
    ngx_msec_t                  deadline;
    ngx_ap_client_step_e        step;

    ngx_str_t                   name;       /* of the host; ends with NUL */
    ngx_str_t                   authority;  /* Host */
    in_port_t                   port;
    size_t                      body_max;
    ngx_ap_client_answered_pt   answered;
    void                       *data;

    ngx_resolver_ctx_t         *resolving;
    ngx_int_t                   unresolved; /* what the resolver said */
    ngx_ap_client_address_t     addresses[NGX_AP_CLIENT_ADDRESSES];
    ngx_uint_t                  naddresses;
    ngx_uint_t                  tried;      /* addresses */

    /* kept, when last seen */
    ngx_ap_client_peer_t       *candidates[NGX_AP_CLIENT_PER_HOST];
    ngx_uint_t                  ncandidates;

    ngx_str_t                   message;
    size_t                      sent;

    fedi_http_response_t       *response;
    fedi_http_body_t            body;
    ngx_buf_t                   head;       /* "response" points into it */
    ngx_buf_t                   part;       /* of the body, as it came */
    ngx_buf_t                   content;    /* the body so far */
    ngx_ap_client_result_t      result;

    unsigned                    post:1;
    unsigned                    https:1;
    unsigned                    own:1;
    unsigned                    waits:1;    /* in host->waiting */
    unsigned                    turn:1;     /* counted as active */
    unsigned                    retried:1;
    unsigned                    unsendable:1;
    unsigned                    headed:1;   /* the head is whole */
};


/* ngx_ap_client.c */

void ngx_ap_client_fail(ngx_ap_client_request_t *request, ngx_int_t rc,
    const char *format, ...);
void ngx_ap_client_finish(ngx_ap_client_request_t *request);
void ngx_ap_client_step(ngx_ap_client_request_t *request,
    ngx_ap_client_step_e step, ngx_msec_t timeout);
void ngx_ap_client_drop(ngx_ap_client_request_t *request);


/* ngx_ap_client_message.c */

ngx_int_t ngx_ap_client_message(ngx_ap_client_request_t *request,
    const ngx_ap_client_ask_t *ask);


/* ngx_ap_client_queue.c */

ngx_ap_client_host_t *ngx_ap_client_host_get(ngx_ap_client_t *client,
    ngx_str_t *key);
void ngx_ap_client_enqueue(ngx_ap_client_request_t *request);
void ngx_ap_client_leave(ngx_ap_client_request_t *request);
void ngx_ap_client_host_settle(ngx_ap_client_t *client,
    ngx_ap_client_host_t *host);
void ngx_ap_client_hosts_free(ngx_ap_client_t *client);
void ngx_ap_client_work_handler(ngx_event_t *ev);


/* ngx_ap_client_resolve.c */

void ngx_ap_client_resolve(ngx_ap_client_request_t *request);
void ngx_ap_client_resolved(ngx_ap_client_request_t *request);


/* ngx_ap_client_connect.c */

void ngx_ap_client_connect(ngx_ap_client_request_t *request);


/* ngx_ap_client_tls.c */

void ngx_ap_client_tls(ngx_ap_client_request_t *request);


/* ngx_ap_client_send.c */

void ngx_ap_client_send(ngx_ap_client_request_t *request);


/* ngx_ap_client_read.c */

void ngx_ap_client_read_handler(ngx_event_t *ev);
void ngx_ap_client_read(ngx_ap_client_request_t *request);


/* ngx_ap_client_exit.c */

ngx_int_t ngx_ap_client_exit_init(ngx_ap_client_t *client);
void ngx_ap_client_exit_close(ngx_ap_client_t *client);


#endif
