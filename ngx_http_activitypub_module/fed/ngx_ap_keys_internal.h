
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the keys share: ngx_ap_keys.c asks for them,
 * ngx_ap_keys_held.c has them, ngx_ap_keys_line.c is where those stand that
 * will be fetched when others are, and ngx_ap_keys_wait.c where their readers
 * do.
 */

#ifndef NGX_AP_KEYS_INTERNAL_H
#define NGX_AP_KEYS_INTERNAL_H

#include "ngx_ap_key_fetch.h"
#include "ngx_ap_key_hosts.h"
#include "ngx_ap_keys.h"
#include "ngx_ap_store.h"


/* how many of our origins may have a key looked for that is absent */
#define NGX_AP_KEYS_ORIGINS  5


/* most recently used first */

typedef struct {
    ngx_queue_t                 queue;
    ngx_uint_t                  n;
} ngx_ap_keys_lru_t;


/* "ident" after three pointers: this is the data of a timer */

typedef struct {
    ngx_ap_keys_t              *keys;
    ngx_ap_origin_t            *origin;
    ngx_ap_key_host_t          *host;       /* while it is fetched */
    ngx_int_t                   ident;

    ngx_str_node_t              node;       /* the id: bytes behind this */
    ngx_queue_t                 queue;      /* of "lru", or of "asked" */
    ngx_ap_keys_lru_t          *lru;        /* NULL: asked for */
    ngx_queue_t                 line;       /* if in_line */
    ngx_queue_t                 waits;
    ngx_event_t                 timer;      /* of their patience */
    ngx_ap_pg_query_t          *call;       /* under way, one of them */
    ngx_ap_key_fetch_t         *fetch;

    ngx_int_t                   rc;         /* of the last answer */
    ngx_int_t                   missed;     /* of the last try to fetch it */
    EVP_PKEY                   *key;
    EVP_PKEY_CTX               *kept;       /* of it, to verify with */
    ngx_str_t                   actor;      /* malloc()ed */
    time_t                      fetched;
    time_t                      expires;    /* the key itself; 0: never */
    time_t                      until;      /* believed until then */
    time_t                      newer;      /* what is asked for */
    time_t                      tried;      /* to fetch it, the last time */
    ngx_ap_origin_t            *origins[NGX_AP_KEYS_ORIGINS];
    ngx_uint_t                  norigins;   /* that asked since it is absent */

    unsigned                    asked:1;
    unsigned                    in_line:1;  /* and asked */
    unsigned                    late:1;     /* patience has ended */
} ngx_ap_keys_entry_t;


struct ngx_ap_keys_wait_s {
    ngx_queue_t                 queue;
    ngx_ap_keys_entry_t        *entry;      /* NULL: does not wait */
    ngx_ap_origin_t            *origin;
    ngx_ap_keys_pt              handler;
    void                       *data;
    time_t                      newer;
};


struct ngx_ap_keys_s {
    ngx_ap_worker_t            *worker;
    ngx_rbtree_t                tree;
    ngx_rbtree_node_t           sentinel;
    ngx_ap_keys_lru_t           held;       /* that have a key */
    ngx_ap_keys_lru_t           absent;     /* that have none */
    ngx_queue_t                 asked;
    ngx_queue_t                 line;       /* to be fetched, in turn */
    ngx_uint_t                  nline;
    ngx_ap_key_hosts_t         *hosts;
};


/* of that id, found or made; the most recently used now.  NULL: no memory */
ngx_ap_keys_entry_t *ngx_ap_keys_entry(ngx_ap_keys_t *keys,
    const ngx_str_t *key_id);

/* while it is asked for, nothing takes it away */
void ngx_ap_keys_ask_begin(ngx_ap_keys_entry_t *entry);

/* then one that was not used for longest may have to go in its place */
void ngx_ap_keys_ask_end(ngx_ap_keys_entry_t *entry);

/* an answer as of ngx_ap_keys_get(); NGX_AGAIN: what is known is not enough */
ngx_int_t ngx_ap_keys_believed(ngx_ap_keys_entry_t *entry, time_t newer,
    ngx_ap_key_t *key);

/* NGX_OK, NGX_ABORT or NGX_ERROR; then the entry is as it was */
ngx_int_t ngx_ap_keys_take(ngx_ap_keys_entry_t *entry,
    const ngx_ap_store_key_t *row);

/* waits for its turn to be fetched.  NGX_DECLINED: too many do */
ngx_int_t ngx_ap_keys_line_join(ngx_ap_keys_entry_t *entry);

void ngx_ap_keys_line_leave(ngx_ap_keys_entry_t *entry);

/*
 * The first whose turn it is, and no more in the line.  NGX_OK: with a host;
 * else it is not to be fetched.  NULL: all go on waiting.
 */
ngx_ap_keys_entry_t *ngx_ap_keys_line_next(ngx_ap_keys_t *keys,
    ngx_int_t *rc);

/* NGX_AGAIN, or NGX_ERROR: no memory.  The end of the pool ends the wait. */
ngx_int_t ngx_ap_keys_wait(ngx_ap_keys_entry_t *entry, ngx_pool_t *pool,
    ngx_ap_origin_t *origin, time_t newer, ngx_ap_keys_pt handler, void *data);

/*
 * Whether "rc" is not for this origin.  Each asks as itself, and by its own
 * rules: what one was refused, another may be shown.  Whoever comes for one
 * that is asking waits with it.
 */
ngx_uint_t ngx_ap_keys_is_of_other(const ngx_ap_keys_entry_t *entry,
    const ngx_ap_origin_t *origin, ngx_int_t rc);

/* the first such of those who wait; NULL: there is none */
ngx_ap_origin_t *ngx_ap_keys_wants_other(const ngx_ap_keys_entry_t *entry,
    ngx_int_t rc);

/*
 * Those who get what they asked for; the others go on waiting: all who want a
 * newer one with NGX_AGAIN, those of other origins with a refusal.  A handler
 * may ask again, and so make this entry wait again.
 */
void ngx_ap_keys_answer(ngx_ap_keys_entry_t *entry, ngx_int_t rc);

/* when a handler of its timer is due: in ngx_ap_keys.c */
void ngx_ap_keys_late_handler(ngx_event_t *ev);


#endif
