
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of a connection share.
 *
 *   ngx_ap_pg.c          life of a connection
 *   ngx_ap_pg_query.c    queries: wait, send, deadline, answer
 *   ngx_ap_pg_connect.c  hosts: connect, lose, try the next one
 *   ngx_ap_pg_greet.c    what is said before the first query
 *   ngx_ap_pg_pause.c    when all hosts are tried again
 *   ngx_ap_pg_io.c       the socket: nginx's events on libpq's descriptor
 *   ngx_ap_pg_results.c  what the server says
 *   ngx_ap_pg_reason.c   why it failed
 *
 * Callbacks run from our event handlers only: ngx_ap_pg_query() sends or
 * queues, and leaves what goes wrong to the "work" event.  So all that a
 * callback can do to us is to append a query, or to take away one that is
 * not sent.
 */

#ifndef NGX_AP_PG_INTERNAL_H
#define NGX_AP_PG_INTERNAL_H

#include "ngx_ap_pg.h"


typedef enum {
    NGX_AP_PG_CLOSED = 0,   /* on purpose: not needed, or not any more */
    NGX_AP_PG_PAUSED,       /* every host failed; the timer tries again */
    NGX_AP_PG_CONNECTING,
    NGX_AP_PG_GREETING,
    NGX_AP_PG_PREPARING,
    NGX_AP_PG_UP
} ngx_ap_pg_state_e;


/* what the owner was told last */

typedef enum {
    NGX_AP_PG_TOLD_NOTHING = 0,
    NGX_AP_PG_TOLD_UP,
    NGX_AP_PG_TOLD_DOWN,
    NGX_AP_PG_TOLD_UNUSABLE
} ngx_ap_pg_told_e;


/* statements that are not prepared: the greeting, and what goes before it */
#define NGX_AP_PG_GREETINGS  2


typedef enum {
    NGX_AP_PG_QUEUED = 0,   /* in "waiting", or about to fail */
    NGX_AP_PG_SENT,         /* in "flight" */
    NGX_AP_PG_ANSWERING     /* its callback runs */
} ngx_ap_pg_place_e;


/*
 * Both structures are the data of timers, and nginx's debug log reads the
 * descriptor of a connection there: "ident" must follow three pointers.
 */

struct ngx_ap_pg_query_s {
    ngx_ap_pg_t                *pg;
    ngx_ap_pg_answered_pt       answered;   /* NULL: cancelled */
    void                       *data;
    ngx_int_t                   ident;

    ngx_queue_t                 queue;
    ngx_event_t                 timer;
    ngx_ap_pg_place_e           place;

    ngx_uint_t                  statement;
    ngx_uint_t                  n;          /* how often, in one Sync */
    ngx_uint_t                  nvalues;    /* each time */
    const char                **values;

    ngx_uint_t                  nresults;
    ngx_ap_pg_result_t         *results;
};


struct ngx_ap_pg_s {
    const ngx_ap_pg_conninfo_t *conninfo;
    PGconn                     *conn;
    ngx_connection_t           *connection;
    ngx_int_t                   ident;

    ngx_ap_pg_options_t         options;
    ngx_log_t                  *log;
    ngx_ap_pg_state_e           state;
    ngx_ap_pg_told_e            told;
    uint32_t                    told_crc;   /* why it is unusable */

    ngx_queue_t                 waiting;
    ngx_queue_t                 flight;     /* in the order of their answers */
    ngx_queue_t                 failed;

    ngx_event_t                 work;
    ngx_event_t                 timer;      /* of the state */

    ngx_uint_t                  host;
    ngx_uint_t                  tried;      /* hosts, since the last pause */
    ngx_msec_t                  backoff;
    ngx_msec_t                  since;      /* not usable, or UP, since then */
    ngx_msec_t                  paused;     /* since then */

    ngx_msec_t                  used;       /* last query was sent then */

    ngx_uint_t                  greetings;  /* answers */
    PGresult                   *greeting;
    ngx_int_t                   greeting_rc;
    ngx_uint_t                  prepared;

    ngx_str_t                   reason;     /* of the loss to come */
    u_char                      reason_buf[512];
    uint32_t                   *logged;     /* reasons, by host */

    unsigned                    broken:1;       /* lost, "work" will see */
    unsigned                    explained:1;    /* reason by the server */
    unsigned                    elsewhere:1;    /* this host is no use */
    unsigned                    unusable:1;     /* connected, yet no use */
    unsigned                    unfinished:1;   /* somebody is at work on it */
};


/* ngx_ap_pg.c */

void ngx_ap_pg_post(ngx_ap_pg_t *pg);


/* ngx_ap_pg_query.c */

ngx_int_t ngx_ap_pg_send_waiting(ngx_ap_pg_t *pg);
void ngx_ap_pg_result(ngx_ap_pg_t *pg, PGresult *result, ngx_int_t rc);
ngx_int_t ngx_ap_pg_synced(ngx_ap_pg_t *pg);
void ngx_ap_pg_fail(ngx_ap_pg_t *pg, ngx_queue_t *queue);
void ngx_ap_pg_forget(ngx_queue_t *queue);


/* ngx_ap_pg_connect.c */

void ngx_ap_pg_connect(ngx_ap_pg_t *pg);
void ngx_ap_pg_poll(ngx_ap_pg_t *pg);
ngx_int_t ngx_ap_pg_up(ngx_ap_pg_t *pg);

/* the connection is no use any more, "reason" says why; queries fail */
void ngx_ap_pg_lose(ngx_ap_pg_t *pg);

/* on purpose; whatever is still asked fails */
void ngx_ap_pg_close(ngx_ap_pg_t *pg);


/* the one timer of a state; of a step that may not take longer */
void ngx_ap_pg_timer(ngx_ap_pg_t *pg, ngx_msec_t msec,
    ngx_event_handler_pt handler);
void ngx_ap_pg_step(ngx_ap_pg_t *pg, ngx_msec_t msec);


/* ngx_ap_pg_greet.c */

void ngx_ap_pg_connected(ngx_ap_pg_t *pg);
ngx_int_t ngx_ap_pg_greeted(ngx_ap_pg_t *pg);


/* ngx_ap_pg_pause.c */

/* until the timer, or closed when nobody needs the connection */
void ngx_ap_pg_pause(ngx_ap_pg_t *pg);

/* the next pause is a short one again */
void ngx_ap_pg_rested(ngx_ap_pg_t *pg);


/* ngx_ap_pg_io.c */

ngx_int_t ngx_ap_pg_attach(ngx_ap_pg_t *pg, ngx_uint_t write);
void ngx_ap_pg_detach(ngx_ap_pg_t *pg);
ngx_int_t ngx_ap_pg_flush(ngx_ap_pg_t *pg);
void ngx_ap_pg_finish(ngx_ap_pg_t *pg);

/* closes in a worker that exits, unless somebody waits for an answer */
void ngx_ap_pg_settle(ngx_ap_pg_t *pg);


/* ngx_ap_pg_results.c */

ngx_int_t ngx_ap_pg_results(ngx_ap_pg_t *pg);
void ngx_ap_pg_notifications(ngx_ap_pg_t *pg);


/* ngx_ap_pg_reason.c */

void ngx_ap_pg_because(ngx_ap_pg_t *pg, const char *fmt, ...);
void ngx_ap_pg_because_libpq(ngx_ap_pg_t *pg, const char *message);
void ngx_ap_pg_log_reason(ngx_ap_pg_t *pg);
void ngx_ap_pg_notice(void *arg, const PGresult *notice);


#endif
