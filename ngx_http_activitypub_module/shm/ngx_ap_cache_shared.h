
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What lies in the zone.  For the files of this folder only.
 */

#ifndef NGX_AP_CACHE_SHARED_H
#define NGX_AP_CACHE_SHARED_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_hash.h"
#include "ngx_ap_cache_counters.h"
#include "ngx_ap_table.h"


/*
 * A document is true as long as the generation of its URL has not moved
 * since its fill began.  URLs share these counters by hash: to drop one is
 * one increment, and a neighbour that is dropped with it is only refilled.
 */
#define NGX_AP_CACHE_GENERATIONS  4096

/* documents that are asked for at once, before two share a place */
#define NGX_AP_CACHE_FILLS  256

/* workers that are remembered to have left: their heirs ask soon */
#define NGX_AP_CACHE_LEFT  8

/* of the zone; a larger document is served but not kept */
#define NGX_AP_CACHE_LARGEST  8


typedef struct {
    uint64_t                    name;       /* 0: nobody asks */
    ngx_ap_cache_stamp_t        stamp;
    ngx_msec_t                  since;
    ngx_uint_t                  claim;      /* another for each, never 0 */
    ngx_pid_t                   pid;
} ngx_ap_cache_fill_t;


/* places for redirects that the database was told of */
#define NGX_AP_CACHE_REDIRECTS  256

/* of which it is told in a second, however many there are */
#define NGX_AP_CACHE_REDIRECTS_RATE  20


typedef struct {
    uint64_t                    name;       /* 0: the place is free */
    time_t                      until;
} ngx_ap_cache_redirect_t;


typedef struct {
    ngx_ap_cache_redirect_t     places[NGX_AP_CACHE_REDIRECTS];
    time_t                      second;
    ngx_uint_t                  n;          /* told in it */
} ngx_ap_cache_redirects_t;


/* a filter is no more of the zone than one part of so many */
#define NGX_AP_CACHE_UNKNOWN_SHARE  128

/*
 * Three filters of 1 << bits bits each, one behind the other: who was called
 * unknown, in the two that take turns; and who is in the set, so that most who
 * are not are found out in a part of the zone that the processor has at hand.
 */
#define NGX_AP_CACHE_FILTERS       3
#define NGX_AP_CACHE_FILTER_KNOWN  2

typedef struct {
    uint64_t                   *words;
    ngx_uint_t                  bits;
    ngx_uint_t                  which;      /* of the two is written */
    time_t                      turned;
} ngx_ap_cache_unknown_t;


/* of the zone, as above; and of each name */
#define NGX_AP_CACHE_REPEATS_SHARE   32
#define NGX_AP_CACHE_REPEATS_PLACES  8


typedef struct {
    uint64_t                    name;       /* 0: the place is free */
    uint32_t                    mark;       /* others may have it, too */
    uint32_t                    until;
} ngx_ap_cache_repeat_t;


typedef struct {
    ngx_ap_cache_repeat_t      *places;
    ngx_uint_t                  n;          /* a power of two */
} ngx_ap_cache_repeats_t;


/* the same of how much was done lately, in thousandths */
#define NGX_AP_CACHE_LIMITS_SHARE   128
#define NGX_AP_CACHE_LIMITS_PLACES  4

typedef struct {
    uint64_t                    name;       /* 0: the place is free */
    ngx_msec_t                  last;
    uint64_t                    excess;
} ngx_ap_cache_limit_t;


typedef struct {
    ngx_ap_cache_limit_t       *places;
    ngx_uint_t                  n;          /* a power of two */
} ngx_ap_cache_limits_t;


typedef struct {
    ngx_ap_table_t              table;
    unsigned                    ready:1;
    unsigned                    lost:1;     /* one did not fit */
    unsigned                    doubt:1;
} ngx_ap_cache_set_t;


typedef struct {
    fedi_siphash_key_t          key;        /* of this zone alone */

    ngx_rbtree_t                documents;
    ngx_rbtree_node_t           sentinel;
    ngx_queue_t                 recent;     /* most recently used first */

    uint64_t                    epoch;
    uint64_t                    generations[NGX_AP_CACHE_GENERATIONS];

    ngx_ap_cache_fill_t         fills[NGX_AP_CACHE_FILLS];

    ngx_ap_cache_set_t          sets[NGX_AP_SETS];
    uint64_t                    policies;   /* the last stamp of one */
    ngx_ap_table_t              states;

    uint64_t                    source;     /* the listener's database */
    ngx_uint_t                  cycle;      /* reloads it was kept over */
    ngx_pid_t                   listener;
    ngx_pid_t                   heir;
    ngx_pid_t                   left[NGX_AP_CACHE_LEFT];
    ngx_uint_t                  nleft;      /* since the zone was made */
    ngx_uint_t                  database;   /* NGX_AP_CACHE_DATABASE_* */

    ngx_atomic_t                work[NGX_AP_WORKS];

    ngx_ap_cache_redirects_t    redirects;

    ngx_ap_cache_unknown_t      unknown;    /* others' actors, lately */
    ngx_ap_cache_repeats_t      repeats;
    ngx_ap_cache_limits_t       limits;

    ngx_atomic_t                counters[NGX_AP_CACHE_COUNTERS];
} ngx_ap_cache_shared_t;


#define NGX_AP_CACHE_DATABASE_UNKNOWN  0
#define NGX_AP_CACHE_DATABASE_UP       1
#define NGX_AP_CACHE_DATABASE_DOWN     2


struct ngx_ap_cache_s {
    ngx_ap_cache_shared_t      *shared;
    ngx_slab_pool_t            *shpool;
    ngx_shm_zone_t             *zone;
    fedi_siphash_key_t          key;        /* for the zone, if it is new */
};


/*
 * A key without its query, of which all pages of a collection are, and with
 * it: the name of one document.  Either may be NULL.  A stranger chooses
 * paths, and authors choose pages: nobody must find two of one name.
 */
void ngx_ap_cache_key_names(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key, uint64_t *url, uint64_t *name);
uint64_t ngx_ap_cache_key_name(ngx_ap_cache_t *cache,
    const ngx_ap_cache_key_t *key);

static ngx_inline fedi_str_t
ngx_ap_cache_view(const ngx_str_t *s)
{
    return (fedi_str_t) { (const char *) s->data, s->len };
}

/* with a new zone.  NGX_ERROR: it is too small */
ngx_int_t ngx_ap_cache_unknown_create(ngx_ap_cache_t *cache);
ngx_int_t ngx_ap_cache_limits_create(ngx_ap_cache_t *cache);
ngx_int_t ngx_ap_cache_repeats_create(ngx_ap_cache_t *cache);

/*
 * Memory of the zone, with the mutex held.  Documents make room, the least
 * recently used first.  NULL: the zone is too small.
 */
void *ngx_ap_cache_alloc_locked(ngx_ap_cache_t *cache, size_t size);

/*
 * The entry of that name, made and zeroed if new, with the mutex held.  NULL:
 * the zone is too small.
 */
ngx_ap_table_entry_t *ngx_ap_cache_entry_locked(ngx_ap_cache_t *cache,
    ngx_ap_table_t *table, uint64_t name);

/*
 * Gives all of a table back, with the mutex not held: it is taken for some
 * of it at a time.  A table that nobody finds anything in meanwhile.
 */
void ngx_ap_cache_table_empty(ngx_ap_cache_t *cache, ngx_ap_table_t *table);


/*
 * Places of "size" bytes in a part of the zone, a power of two, "ways" next
 * to each other for each name; and the first of those that a name may have.
 */

static ngx_inline ngx_uint_t
ngx_ap_cache_places(ngx_ap_cache_t *cache, ngx_uint_t share, size_t size,
    ngx_uint_t ways)
{
    ngx_uint_t  n, most;

    most = cache->zone->shm.size / share / size;

    for (n = ways; n * 2 <= most; n *= 2) { /* void */ }

    return n;
}

static ngx_inline ngx_uint_t
ngx_ap_cache_place(uint64_t name, ngx_uint_t n, ngx_uint_t ways)
{
    return name & (n - 1) & ~(uint64_t) (ways - 1);
}


#endif
