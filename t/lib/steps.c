
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Those who keep the sets in the zone, step by step, for zone_steps.t: what
 * comes between two steps, and when a timer ends, is said here.
 *
 *     steps NAME
 *
 * prints "ok", or what was not as it should be.
 */

#include <stdio.h>

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_table.c"
#include "ngx_ap_cache_policies.c"
#include "ngx_ap_retry.c"
#include "ngx_ap_set_changes.c"
#include "ngx_ap_set.c"


#define steps_is(what, is, wanted)                                           \
    {                                                                        \
        long  has = (long) (is);                                             \
                                                                             \
        if (has != (long) (wanted)) {                                        \
            printf("not ok %s: %ld, not %ld\n", what, has, (long) (wanted)); \
            return 1;                                                        \
        }                                                                    \
    }


typedef struct {
    const char                 *name;
    int                       (*play)(void);
} steps_t;


static int steps_policy(void);
static int steps_doubt(void);
static int steps_doubt_between(void);
static int steps_leave(void);
static ngx_ap_set_t *steps_set(void);
static void steps_answer(ngx_uint_t n, ngx_uint_t ndoubts);
static void steps_doubted(ngx_ap_set_t *set, ngx_int_t rc);
static void steps_wait(ngx_ap_set_t *set);
static ngx_ap_pg_query_t *steps_chunk(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data);


static steps_t  steps[] = {
    { "policy", steps_policy },
    { "doubt", steps_doubt },
    { "doubt_between", steps_doubt_between },
    { "leave", steps_leave }
};

const ngx_ap_set_kind_t  ngx_ap_set_kinds[NGX_AP_SETS] = {
    [NGX_AP_SET_REMOTE] = { NGX_AP_SET_REMOTE, steps_chunk, NULL, "full" }
};

static ngx_log_t                  steps_log;
static ngx_ap_cache_shared_t      steps_shared;
static ngx_slab_pool_t            steps_pool;
static ngx_ap_cache_t             steps_cache = {
    .shared = &steps_shared,
    .shpool = &steps_pool
};

static void                     (*steps_locked)(void);
static ngx_ap_store_members_pt    steps_handler;
static void                      *steps_data;
static ngx_uint_t                 steps_asked;
static ngx_uint_t                 steps_ndoubts;
static ngx_uint_t                 steps_begun;
static ngx_uint_t                 steps_complete;


int
main(int argc, char **argv)
{
    size_t  i;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {

        if (argc == 2 && strcmp(argv[1], steps[i].name) == 0) {
            return steps[i].play();
        }
    }

    printf("not ok, no such steps\n");

    return 1;
}


/* the first rule of all comes between the look at the word and the lock */

static void
steps_rule(void)
{
    ngx_str_t            domain = ngx_string("bad.example");
    ngx_ap_cache_rule_t  rule = { ngx_null_string, FEDI_POLICY_SUSPEND };

    steps_locked = NULL;

    (void) ngx_ap_cache_policy_add(&steps_cache, &domain, &rule);
}


static int
steps_policy(void)
{
    u_char     said[FEDI_POLICY_LABELS];
    ngx_str_t  origin = ngx_string("https://site.example");

    steps_shared.sets[NGX_AP_SET_POLICIES].ready = 1;
    steps_locked = steps_rule;

    steps_is("the answer, as the first rule comes",
             ngx_ap_cache_policies_find(&steps_cache, &origin,
                                        fedi_str("www.bad.example"), 0, said),
             NGX_OK);

    steps_is("of the host", said[0], 0);
    steps_is("of its domain", said[1],
             ngx_ap_cache_severity(FEDI_POLICY_SUSPEND));

    steps_is("the answer of another",
             ngx_ap_cache_policies_find(&steps_cache, &origin,
                                        fedi_str("good.example"), 0, said),
             NGX_DECLINED);

    printf("ok\n");

    return 0;
}


/* a fill works, and each time what the database was to be told is lost */

static int
steps_doubt(void)
{
    ngx_uint_t     i;
    ngx_ap_set_t  *set;

    set = steps_set();

    for (i = 0; i < 3; i++) {
        steps_answer(1, 1);
        steps_is("complete", steps_complete, i + 1);
        steps_is("idle, with a doubt under way", ngx_ap_set_idle(set), 0);

        steps_doubted(set, NGX_ERROR);
        steps_is("the next pause", set->retry.delay,
                 NGX_AP_RETRY_FIRST << (i + 1));
        steps_wait(set);
    }

    steps_answer(1, 1);
    steps_doubted(set, NGX_OK);
    steps_is("the pause after all has worked", set->retry.delay,
             NGX_AP_RETRY_FIRST);
    steps_is("idle", ngx_ap_set_idle(set), 1);

    ngx_ap_set_destroy(set);
    printf("ok\n");

    return 0;
}


/* it is lost while the fill goes on */

static int
steps_doubt_between(void)
{
    ngx_ap_set_t  *set;

    set = steps_set();

    steps_answer(NGX_AP_STORE_MEMBERS, 1);
    steps_is("chunks", steps_asked, 2);
    steps_doubted(set, NGX_ERROR);
    steps_answer(1, 0);

    steps_is("chunks, before the pause", steps_asked, 2);
    steps_is("complete", steps_complete, 0);
    steps_wait(set);
    steps_is("chunks, after it", steps_asked, 3);

    steps_answer(1, 0);
    steps_is("complete, then", steps_complete, 1);

    ngx_ap_set_destroy(set);
    printf("ok\n");

    return 0;
}


/* a worker that exits leaves to its heir what the database was not told */

static int
steps_leave(void)
{
    ngx_ap_set_t  *set;

    set = steps_set();

    steps_answer(1, 1);
    ngx_ap_set_leave(set);
    steps_is("idle", ngx_ap_set_idle(set), 0);
    steps_is("begun", steps_begun, 1);

    steps_doubted(set, NGX_ERROR);
    steps_is("begun anew", steps_begun, 2);
    steps_is("idle, then", ngx_ap_set_idle(set), 1);

    ngx_ap_set_destroy(set);
    printf("ok\n");

    return 0;
}


/* one whose fill has begun */

static ngx_ap_set_t *
steps_set(void)
{
    ngx_ap_set_t                 *set;
    static ngx_ap_worker_t        worker;
    static ngx_ap_worker_conf_t   conf;

    conf.cache = &steps_cache;
    worker.conf = &conf;
    worker.log = &steps_log;

    set = ngx_ap_set_create(&worker, NGX_AP_SET_REMOTE);

    if (set == NULL) {
        exit(1);
    }

    ngx_ap_set_start(set);
    ngx_ap_set_fill(set);

    return set;
}


static ngx_ap_pg_query_t *
steps_chunk(ngx_ap_store_t *store, int64_t after,
    ngx_ap_store_members_pt handler, void *data)
{
    steps_asked++;
    steps_handler = handler;
    steps_data = data;

    return (ngx_ap_pg_query_t *) &steps_asked;
}


static void
steps_answer(ngx_uint_t n, ngx_uint_t ndoubts)
{
    static ngx_ap_store_member_t  rows[NGX_AP_STORE_MEMBERS];

    rows[n - 1].id = 1;
    steps_ndoubts = ndoubts;

    steps_handler(steps_data, NGX_OK, rows, n);
}


static void
steps_doubted(ngx_ap_set_t *set, ngx_int_t rc)
{
    set->doubts.n--;
    set->doubts.handler(set->doubts.data, rc);
}


static void
steps_wait(ngx_ap_set_t *set)
{
    set->retry.event.timer_set = 0;
    set->retry.event.handler(&set->retry.event);
}


/* what the other files of the module do */

ngx_int_t
ngx_ap_set_kind_add(const ngx_ap_set_kind_t *kind, ngx_ap_worker_t *worker,
    const ngx_ap_store_member_t *rows, ngx_uint_t n,
    ngx_ap_set_doubts_t *doubts)
{
    doubts->n += steps_ndoubts;

    return NGX_OK;
}


ngx_uint_t
ngx_ap_set_kind_concerned(const ngx_ap_set_kind_t *kind,
    ngx_ap_worker_t *worker, const ngx_ap_changes_t *changes)
{
    return 1;
}


ngx_int_t
ngx_ap_set_remote_heard(ngx_ap_worker_t *worker, ngx_str_t *payload,
    ngx_ap_set_doubts_t *doubts)
{
    return NGX_OK;
}


ngx_int_t
ngx_ap_set_rows_apply(ngx_ap_worker_conf_t *conf, ngx_ap_set_e set,
    ngx_str_t *payload, const ngx_ap_store_member_t *rows, ngx_uint_t n)
{
    return NGX_OK;
}


void
ngx_ap_store_cancel(ngx_ap_pg_query_t *query)
{
}


void
ngx_ap_cache_set_begin(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
    steps_begun++;
}


void
ngx_ap_cache_set_doubt(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
}


void
ngx_ap_cache_set_complete(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
    steps_complete++;
}


ngx_uint_t
ngx_ap_cache_set_ready(ngx_ap_cache_t *cache, ngx_ap_set_e set)
{
    return 1;
}


ngx_str_t *
ngx_ap_cache_name(ngx_ap_cache_t *cache)
{
    return NULL;
}


ngx_uint_t
ngx_ap_cache_wants(ngx_ap_cache_t *cache, ngx_uint_t members)
{
    return 0;
}


uint64_t
ngx_ap_cache_key_name(ngx_ap_cache_t *cache, const ngx_ap_cache_key_t *key)
{
    uint64_t  name;

    name = fedi_hash_add(FEDI_HASH_SEED, ngx_ap_cache_view(&key->origin));

    return fedi_hash_add(name, ngx_ap_cache_view(&key->path));
}


ngx_ap_table_entry_t *
ngx_ap_cache_entry_locked(ngx_ap_cache_t *cache, ngx_ap_table_t *table,
    uint64_t name)
{
    size_t       size;
    static char  pages[4][sizeof(ngx_ap_table_segment_t)];
    static int   n;

    while ((size = ngx_ap_table_wants(table, name, 4)) != 0) {

        if (n == 4 || size > sizeof(pages[0])) {
            return NULL;
        }

        ngx_ap_table_give(table, name, pages[n++]);
    }

    return ngx_ap_table_add(table, name);
}


/* and what nginx does */

volatile ngx_cycle_t   *ngx_cycle;
ngx_uint_t              ngx_exiting;
volatile ngx_msec_t     ngx_current_msec;
ngx_rbtree_t            ngx_event_timer_rbtree;


void
ngx_shmtx_lock(ngx_shmtx_t *mtx)
{
    if (steps_locked) {
        steps_locked();
    }
}


void
ngx_shmtx_unlock(ngx_shmtx_t *mtx)
{
}


void *
ngx_alloc(size_t size, ngx_log_t *log)
{
    return malloc(size);
}


void *
ngx_calloc(size_t size, ngx_log_t *log)
{
    return calloc(1, size);
}


void
ngx_rbtree_insert(ngx_rbtree_t *tree, ngx_rbtree_node_t *node)
{
}


void
ngx_rbtree_delete(ngx_rbtree_t *tree, ngx_rbtree_node_t *node)
{
}


void
ngx_log_error_core(ngx_uint_t level, ngx_log_t *log, ngx_err_t err,
    const char *fmt, ...)
{
}
