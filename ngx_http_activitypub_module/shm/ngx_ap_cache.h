
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The zone: what all workers of a node share and keep over a reload.
 *
 *   documents   rendered bytes by key, least recently used go first
 *   twins       the complete set of pages that have a document
 *   actors      the complete set of those that no configuration names
 *   states      what became of the origins and actors of the configuration
 *
 * Every function takes the zone's mutex for a lookup or a copy and releases
 * it before it returns; nothing in the zone is pointed to from outside.
 * Only shpool->mutex is used: the master releases it after a killed worker.
 */

#ifndef NGX_AP_CACHE_H
#define NGX_AP_CACHE_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_document.h"
#include "fedi_siphash.h"


typedef struct ngx_ap_cache_s  ngx_ap_cache_t;


/* a URL of ours: its origin, its decoded path, its raw query or empty */

typedef struct {
    ngx_str_t                   origin;
    ngx_str_t                   path;
    ngx_str_t                   query;
} ngx_ap_cache_key_t;


/*
 * Proof of when a fill began: taken before the query, compared at the store.
 * An invalidation in between makes the fill worthless.
 */

typedef struct {
    uint64_t                    epoch;
    uint64_t                    generation;
} ngx_ap_cache_stamp_t;


typedef struct {
    u_char                      object[16];  /* UUID; zeros: actor's page */
    uint64_t                    actor;       /* ngx_ap_cache_name_hash() */
    unsigned                    gone:1;      /* a Tombstone stands there */
} ngx_ap_cache_twin_t;


/* a-z, 0-9 and "_" */
#define NGX_AP_CACHE_NAME_LEN  30

typedef struct {
    u_char                      name[NGX_AP_CACHE_NAME_LEN];
    size_t                      len;
    unsigned                    gone:1;      /* for ever */
} ngx_ap_cache_actor_t;


typedef enum {
    NGX_AP_SET_TWINS = 0,
    NGX_AP_SET_ACTORS,
    NGX_AP_SET_REMOTE,
    NGX_AP_SET_POLICIES,    /* see ngx_ap_cache_policies.h */
    NGX_AP_SETS
} ngx_ap_set_e;


typedef enum {
    NGX_AP_STATE_UNKNOWN = 0,       /* not declared yet */
    NGX_AP_STATE_READY,
    NGX_AP_STATE_CONFLICT           /* identity pinned otherwise: 503 */
} ngx_ap_cache_state_e;


/*
 * Adds the zone at configuration time.  "tag" is the module (another's zone
 * by this name is an [emerg]), "key" is random, for a new zone.  NULL: logged.
 */
ngx_ap_cache_t *ngx_ap_cache_add(ngx_conf_t *cf, ngx_str_t *name,
    size_t size, void *tag, const fedi_siphash_key_t *key);


/*
 * NGX_OK: fresh.  NGX_AGAIN: it may have changed while nobody listened, or
 * is a collection that nobody asked for lately; fit to be served when the
 * database cannot be asked.  NGX_DECLINED: absent, or
 * known to have changed.  NGX_ERROR: no memory.  The bytes of "document" are
 * copied into the pool.
 */
ngx_int_t ngx_ap_cache_find(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, ngx_pool_t *pool,
    fedi_document_t *document);

/* before the query whose answer is to be stored */
ngx_ap_cache_stamp_t ngx_ap_cache_stamp(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key);

/*
 * Silently does nothing when the generation moved or the document is too
 * large.  Of an earlier epoch it is kept for when the database is away, if
 * there is nothing newer.
 */
void ngx_ap_cache_store(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key,
    ngx_ap_cache_stamp_t stamp, const fedi_document_t *document);

/* the key with every query: a collection goes with all its pages */
void ngx_ap_cache_drop(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key);

/* everything may have changed */
void ngx_ap_cache_drop_all(ngx_ap_cache_t *cache);


/*
 * One worker of the node asks the database for a document, and the others
 * wait for what it stores.  0: this worker is to ask, and settles what it has
 * claimed.  Else the claim of the one who asks: the document is in the zone
 * when it is no longer awaited, or will not come there: there is none, it is
 * too large, it has changed meanwhile, or the other one is dead.
 */
ngx_uint_t ngx_ap_cache_fill_claim(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, ngx_ap_cache_stamp_t stamp);
ngx_uint_t ngx_ap_cache_fill_awaited(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, ngx_uint_t claim);
void ngx_ap_cache_fill_settle(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key);


/*
 * A fill is begin, many adds, complete.  Between begin and complete lookups
 * answer NGX_AGAIN.  After completion add and remove keep the set true.
 * Add answers NGX_ERROR when the zone is full; the set is then incomplete
 * for good until the next begin.  A set of which not all changes were heard
 * is in doubt, until it is complete again.
 */
void ngx_ap_cache_set_begin(ngx_ap_cache_t *cache, ngx_ap_set_e set);
void ngx_ap_cache_set_doubt(ngx_ap_cache_t *cache, ngx_ap_set_e set);
void ngx_ap_cache_set_complete(ngx_ap_cache_t *cache, ngx_ap_set_e set);
ngx_uint_t ngx_ap_cache_set_ready(ngx_ap_cache_t *cache, ngx_ap_set_e set);

/*
 * NGX_DECLINED: not in the set.  NGX_AGAIN: the set is not complete, or in
 * doubt.  With "doubtful" one in doubt answers: what it last knew.
 */
ngx_int_t ngx_ap_cache_twin_find(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, ngx_ap_cache_twin_t *twin,
    ngx_uint_t doubtful);
ngx_int_t ngx_ap_cache_twin_add(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, const ngx_ap_cache_twin_t *twin);
void ngx_ap_cache_twin_remove(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key);

/* by the hash of a name: the one in "actor" is to be compared */
ngx_int_t ngx_ap_cache_actor_find(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, uint64_t hash, ngx_ap_cache_actor_t *actor,
    ngx_uint_t doubtful);
ngx_int_t ngx_ap_cache_actor_add(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, const ngx_str_t *name, ngx_uint_t gone);
void ngx_ap_cache_actor_remove(ngx_ap_cache_t *cache,
    const ngx_str_t *origin, const ngx_str_t *name);

/* of an actor's name: 63 bits */
uint64_t ngx_ap_cache_name_hash(const ngx_str_t *name);


/* by a hash of its URL; NGX_ERROR: the zone is full, it stays UNKNOWN */
ngx_ap_cache_state_e ngx_ap_cache_state(ngx_ap_cache_t *cache, uint64_t name);
ngx_int_t ngx_ap_cache_state_set(ngx_ap_cache_t *cache, uint64_t name,
    ngx_ap_cache_state_e state);


/*
 * One line per change of state for the whole node: true for the worker that
 * is to write it, because it is the first to see the database go or return.
 */
ngx_uint_t ngx_ap_cache_database_changed(ngx_ap_cache_t *cache,
    ngx_uint_t up);

/* how many reloads the zone was kept over; the master counts before it forks */
ngx_uint_t ngx_ap_cache_cycle(ngx_ap_cache_t *cache);

/*
 * Who listens for invalidations.  Claiming answers the pid of the worker
 * that listened until now, or 0: then notifications may have been missed.
 */
ngx_pid_t ngx_ap_cache_listener_claim(ngx_ap_cache_t *cache);

/*
 * Which database the listener listens to, as a hash; true: it is another one
 * than until now, and nothing in the zone is of it.
 */
ngx_uint_t ngx_ap_cache_source_changed(ngx_ap_cache_t *cache,
    uint64_t source);
ngx_pid_t ngx_ap_cache_listener(ngx_ap_cache_t *cache);

/*
 * A worker that is going to listen announces itself, so that the one that
 * listens now stays until it has claimed.  The heir is the worker that has
 * announced itself and lives, but did not claim yet; or 0.
 */
void ngx_ap_cache_listener_announce(ngx_ap_cache_t *cache);
ngx_pid_t ngx_ap_cache_listener_heir(ngx_ap_cache_t *cache);

/*
 * Ends what this worker had: as the listener, the next one to claim has
 * missed something; as an heir, it will not come.
 */
void ngx_ap_cache_listener_release(ngx_ap_cache_t *cache);

/*
 * The same, and it has done all that it had heard of.  Others ask whether it
 * has: who is killed, or ends in any other way, has not.
 */
void ngx_ap_cache_listener_leave(ngx_ap_cache_t *cache);
ngx_uint_t ngx_ap_cache_listener_left(ngx_ap_cache_t *cache, ngx_pid_t pid);


/* what workers are woken for */

typedef enum {
    NGX_AP_WORK_FANOUT = 0,
    NGX_AP_WORK_DELIVERY,
    NGX_AP_WORK_JOB,
    NGX_AP_WORK_REVIEW,
    NGX_AP_WORKS
} ngx_ap_work_e;

/* "woken" moves in every worker; neither takes a lock */
void ngx_ap_cache_wake(ngx_ap_cache_t *cache, ngx_ap_work_e work);
ngx_uint_t ngx_ap_cache_woken(ngx_ap_cache_t *cache, ngx_ap_work_e work);

/*
 * With the key of the zone: to be told all that makes a request, or a limit,
 * what it is.  Its value is the name.
 */
fedi_siphash_t ngx_ap_cache_hash(ngx_ap_cache_t *cache);


#endif
