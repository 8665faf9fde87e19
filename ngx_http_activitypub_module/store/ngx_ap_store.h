
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the module asks the database, typed.  One store per worker: a pipeline
 * connection for documents, a lazily opened bulk connection for sets, keys
 * and declarations, and, where asked for, a connection that listens.
 *
 * Every call answers its callback exactly once, later; the bytes it is shown
 * live during the callback.  rc is NGX_OK; NGX_DECLINED: the database has no
 * such thing, or refused (logged); NGX_ERROR: the database cannot be asked.
 */

#ifndef NGX_AP_STORE_H
#define NGX_AP_STORE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_activity.h"
#include "fedi_document.h"
#include "fedi_fetched.h"
#include "ngx_ap_pg.h"


typedef struct ngx_ap_store_s  ngx_ap_store_t;


typedef struct {
    /* the pipeline connection came or went; "reason" is for one log line */
    void                      (*changed)(void *data, ngx_uint_t up,
                                    ngx_str_t *reason);

    /* LISTEN is in force from now on; only when listening */
    void                      (*listening)(void *data);

    /* the listening connection is lost: notifications may be missed */
    void                      (*deaf)(void *data);

    /* payload of a NOTIFY on channel "activitypub_changed" */
    void                      (*notified)(void *data, ngx_str_t *payload);

    /* payload of a NOTIFY on channel "activitypub_work" */
    void                      (*work)(void *data, ngx_str_t *payload);

    void                       *data;
    unsigned                    listen:1;
} ngx_ap_store_events_t;


/*
 * In init_process; "conninfo" must outlive the store, "events" is copied.
 * NULL: no memory.
 */
ngx_ap_store_t *ngx_ap_store_create(const ngx_ap_pg_conninfo_t *conninfo,
    const ngx_ap_store_events_t *events, ngx_log_t *log);

/* in exit_process; calls that are not answered are dropped, not called back */
void ngx_ap_store_destroy(ngx_ap_store_t *store);

/* the pipeline connection is usable now */
ngx_uint_t ngx_ap_store_ready(ngx_ap_store_t *store);

/* somebody would ask if the store were ready: a long pause ends sooner */
void ngx_ap_store_hurry(ngx_ap_store_t *store);

/*
 * A last round trip on the listening connection: what was sent has arrived.
 * When the connection is lost instead, "deaf" comes first.
 */
void ngx_ap_store_listen_flush(ngx_ap_store_t *store,
    void (*flushed)(void *data), void *data);

/* a worker that exits needs to hear nothing any more */
void ngx_ap_store_listen_end(ngx_ap_store_t *store);


/* forget the callback of a call that was started */
void ngx_ap_store_cancel(ngx_ap_pg_query_t *call);


/*
 * The document at origin + path + query; etag is left empty.  NGX_DECLINED
 * means that there is none: a refusal is NGX_ERROR here.  NGX_AGAIN: it is an
 * actor that has no key yet, of which "uri" alone is told.  "slow": on the
 * bulk connection.
 */

typedef void (*ngx_ap_store_document_pt)(void *data, ngx_int_t rc,
    const fedi_document_t *document);

ngx_ap_pg_query_t *ngx_ap_store_document(ngx_ap_store_t *store,
    ngx_str_t *origin, ngx_str_t *path, ngx_str_t *query, ngx_uint_t slow,
    ngx_ap_store_document_pt handler, void *data);


/* declares an origin and its actors; every verdict row in turn, then NULL */

typedef struct {
    ngx_str_t                   verdict;    /* ok conflict vanished keyless */
    ngx_str_t                   subject;    /* what it is about: a URI */
    ngx_str_t                   detail;     /* a sentence */
} ngx_ap_store_verdict_t;

typedef void (*ngx_ap_store_declared_pt)(void *data, ngx_int_t rc,
    const ngx_ap_store_verdict_t *verdicts, ngx_uint_t n);

ngx_ap_pg_query_t *ngx_ap_store_declare(ngx_ap_store_t *store,
    ngx_str_t *node, ngx_str_t *declaration,
    ngx_ap_store_declared_pt handler, void *data);


/* gives an actor its key unless it has one by now */

typedef void (*ngx_ap_store_done_pt)(void *data, ngx_int_t rc);

ngx_ap_pg_query_t *ngx_ap_store_key_set(ngx_ap_store_t *store,
    ngx_str_t *actor, ngx_str_t *private_pem, ngx_str_t *public_pem,
    ngx_ap_store_done_pt handler, void *data);


/* members of a set: pages that have a document, actors, others' actors */
typedef struct {
    int64_t                     id;
    ngx_str_t                   origin;
    ngx_str_t                   path;       /* of an actor this is empty, */
    ngx_str_t                   query;      /* ... this, */
    ngx_str_t                   actor;
    u_char                      object[16]; /* ... and this is zeros */
    unsigned                    gone:1;     /* others': fetched lately */
} ngx_ap_store_member_t;

typedef void (*ngx_ap_store_members_pt)(void *data, ngx_int_t rc,
    const ngx_ap_store_member_t *members, ngx_uint_t n);

/* NGX_AP_STORE_MEMBERS at most, ascending by id, those above "after" */
#define NGX_AP_STORE_MEMBERS  1000

ngx_ap_pg_query_t *ngx_ap_store_twins(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data);
ngx_ap_pg_query_t *ngx_ap_store_actors(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data);

ngx_ap_pg_query_t *ngx_ap_store_remote_actors(ngx_ap_store_t *store,
    int64_t after, ngx_ap_store_members_pt handler, void *data);
/* those of the given keys (JSON: the payload of a NOTIFY) that exist now */
ngx_ap_pg_query_t *ngx_ap_store_twins_at(ngx_ap_store_t *store,
    ngx_str_t *keys, ngx_ap_store_members_pt handler, void *data);
ngx_ap_pg_query_t *ngx_ap_store_actors_at(ngx_ap_store_t *store,
    ngx_str_t *keys, ngx_ap_store_members_pt handler, void *data);


/* keys of others */

typedef struct {
    ngx_str_t                   actor;
    ngx_str_t                   text;       /* for fedi_key_text_parse() */
    int64_t                     fetched;    /* epoch seconds */
    int64_t                     expires;    /* the same; 0: it does not */
} ngx_ap_store_key_t;

typedef void (*ngx_ap_store_remote_key_pt)(void *data, ngx_int_t rc,
    const ngx_ap_store_key_t *key);

ngx_ap_pg_query_t *ngx_ap_store_remote_key(ngx_ap_store_t *store,
    ngx_str_t *key_id, ngx_ap_store_remote_key_pt handler, void *data);

/* NGX_OK: the actor is known; NGX_DECLINED: it is not */
ngx_ap_pg_query_t *ngx_ap_store_remote_known(ngx_ap_store_t *store,
    ngx_str_t *actor, ngx_ap_store_done_pt handler, void *data);

/*
 * What an actor's document said: only what came through the gate.  NGX_OK:
 * "other" is empty, or the actor who has the key by now; then nothing was
 * kept.  "over" is the one whose key it was and is not any more, or empty.
 * NGX_DECLINED: it will not do.
 */

typedef void (*ngx_ap_store_kept_pt)(void *data, ngx_int_t rc,
    const ngx_str_t *other);

ngx_ap_pg_query_t *ngx_ap_store_remote_actor_keep(ngx_ap_store_t *store,
    const fedi_fetched_row_t *row, const ngx_str_t *over,
    ngx_ap_store_kept_pt handler, void *data);


/* the private key of an actor of ours */

typedef void (*ngx_ap_store_signing_key_pt)(void *data, ngx_int_t rc,
    const ngx_str_t *key_id, const ngx_str_t *private_pem);

ngx_ap_pg_query_t *ngx_ap_store_signing_key(ngx_ap_store_t *store,
    ngx_str_t *actor, ngx_ap_store_signing_key_pt handler, void *data);


/*
 * A row of receive().  Nobody but the store can fill one, and it takes what
 * the authoriser has made: there is no other way for an activity into the
 * database.  In the pool; the rest is borrowed.  NULL: no memory.
 */

typedef struct ngx_ap_store_activity_s  ngx_ap_store_activity_t;

const ngx_ap_store_activity_t *ngx_ap_store_activity(ngx_pool_t *pool,
    const ngx_str_t *origin, const fedi_authorised_t *authorised);

/* by their actors, in which order receive() has to be called */
ngx_int_t ngx_ap_store_activity_compare(const ngx_ap_store_activity_t *one,
    const ngx_ap_store_activity_t *two);


typedef struct {
    ngx_int_t                   rc;
    ngx_str_t                   verdict;
} ngx_ap_store_outcome_t;

typedef void (*ngx_ap_store_received_pt)(void *data,
    const ngx_ap_store_outcome_t *outcomes, ngx_uint_t n);

/* most rows of one transaction */
#define NGX_AP_STORE_BATCH  128

/*
 * All of them or, when one is not NGX_OK, none: see ngx_ap_pg_batch().  A
 * row at fault is not logged: that is for who asks for it alone.
 */
ngx_ap_pg_query_t *ngx_ap_store_receive(ngx_ap_store_t *store,
    const ngx_ap_store_activity_t *const *activities, ngx_uint_t n,
    ngx_ap_store_received_pt handler, void *data);


/* what is to be delivered */

typedef struct {
    int64_t                     waiting;
    int64_t                     leased;
    int64_t                     dead;
    int64_t                     oldest;     /* seconds */
    int64_t                     fanouts;
} ngx_ap_store_queue_t;

typedef void (*ngx_ap_store_queue_pt)(void *data, ngx_int_t rc,
    const ngx_ap_store_queue_t *queue);

ngx_ap_pg_query_t *ngx_ap_store_queue_state(ngx_ap_store_t *store,
    ngx_ap_store_queue_pt handler, void *data);


#endif
