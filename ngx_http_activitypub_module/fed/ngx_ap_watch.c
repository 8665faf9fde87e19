
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who listens, and how it passes from worker to worker:
 *
 *     old: ... listening ........ told -> wait -> flush -> flushed -> leave
 *     new:     announce -> listening (claims) -> hold ........... -> let go
 *
 * The old worker stays until the new one has claimed, so that one of the two
 * hears every notification, and flushes: what was sent before the new one
 * listened has arrived and was applied when it leaves.  Documents are
 * dropped by both, which does no harm.  The complete sets have one writer: the
 * new worker holds its changes until the old one is gone.
 *
 * Who claims from nobody has missed something, and so has who claimed from
 * one that was killed before it left: everything may have changed.  So it may
 * when the configuration names another database.
 */

#include "ngx_ap_cache_repeats.h"
#include "ngx_ap_changes.h"
#include "ngx_ap_shutdown.h"
#include "ngx_ap_sets.h"
#include "ngx_ap_watch.h"


/* how long a document is believed while nobody listens, milliseconds */
#define NGX_AP_WATCH_DEAF     1000

/* how often a worker looks what became of its heir or predecessor */
#define NGX_AP_WATCH_LOOK     20

/* how long a worker that is told to exit waits for its heir */
#define NGX_AP_WATCH_HEIR     5000

/* ... that has not announced itself yet, but must be on its way */
#define NGX_AP_WATCH_UNBORN   1000

/* ... and then for the flush and its last changes */
#define NGX_AP_WATCH_FLUSH    2000

/* longer than both, for the heir: the other has left for certain */
#define NGX_AP_WATCH_HOLD     10000

/* how often the listening connection is asked whether it still does, ms */
#define NGX_AP_WATCH_BEAT     5000

/* how often a foreign notification is worth a line of the log, seconds */
#define NGX_AP_WATCH_SAY      60


struct ngx_ap_watch_s {
    ngx_ap_worker_t            *worker;
    ngx_ap_cache_t             *cache;
    ngx_ap_sets_t               sets;
    ngx_ap_shutdown_t          *shutdown;

    ngx_event_t                 deaf;       /* while nobody listens */
    ngx_event_t                 hold;       /* while the predecessor lives */
    ngx_event_t                 leave;      /* keeps the worker */
    ngx_event_t                 beat;       /* while it listens */

    ngx_uint_t                  cycle;      /* of the zone, at our start */
    ngx_pid_t                   predecessor;
    ngx_msec_t                  until;      /* end of hold, or of leave */
    time_t                      foreign;    /* when one was said last */

    unsigned                    listening:1;
    unsigned                    leaving:1;
    unsigned                    heir:1;     /* was seen */
    unsigned                    claimed:1;  /* by the heir */
    unsigned                    flushed:1;
    unsigned                    left:1;
};


static void ngx_ap_watch_timer(ngx_ap_watch_t *watch, ngx_event_t *ev,
    ngx_event_handler_pt handler, ngx_uint_t cancelable);
static void ngx_ap_watch_stop_timer(ngx_event_t *ev);
static void ngx_ap_watch_foreign(ngx_ap_watch_t *watch, ngx_str_t *payload);
static ngx_uint_t ngx_ap_watch_alive(ngx_pid_t pid);
static void ngx_ap_watch_doubt(ngx_event_t *ev);
static void ngx_ap_watch_hold(ngx_event_t *ev);
static void ngx_ap_watch_beat(ngx_event_t *ev);
static void ngx_ap_watch_heard(void *data);
static void ngx_ap_watch_told(void *data);
static void ngx_ap_watch_wait(ngx_event_t *ev);
static void ngx_ap_watch_flushed(void *data);
static void ngx_ap_watch_leave(ngx_ap_watch_t *watch);


ngx_ap_watch_t *
ngx_ap_watch_create(ngx_ap_worker_t *worker)
{
    ngx_ap_watch_t  *watch;

    watch = ngx_calloc(sizeof(ngx_ap_watch_t), worker->log);
    if (watch == NULL) {
        return NULL;
    }

    watch->worker = worker;
    watch->cache = worker->conf->cache;
    watch->cycle = ngx_ap_cache_cycle(watch->cache);

    ngx_ap_watch_timer(watch, &watch->deaf, ngx_ap_watch_doubt, 1);
    ngx_ap_watch_timer(watch, &watch->hold, ngx_ap_watch_hold, 1);
    ngx_ap_watch_timer(watch, &watch->leave, ngx_ap_watch_wait, 0);
    ngx_ap_watch_timer(watch, &watch->beat, ngx_ap_watch_beat, 1);

    watch->shutdown = ngx_ap_shutdown_create(ngx_ap_watch_told, watch,
                                             worker->log);

    if (ngx_ap_sets_create(&watch->sets, worker) != NGX_OK
        || watch->shutdown == NULL)
    {
        ngx_ap_watch_destroy(watch);
        return NULL;
    }

    ngx_ap_cache_listener_announce(watch->cache);
    ngx_add_timer(&watch->deaf, NGX_AP_WATCH_DEAF);

    return watch;
}


void
ngx_ap_watch_destroy(ngx_ap_watch_t *watch)
{
    ngx_ap_watch_stop_timer(&watch->deaf);
    ngx_ap_watch_stop_timer(&watch->hold);
    ngx_ap_watch_stop_timer(&watch->leave);
    ngx_ap_watch_stop_timer(&watch->beat);

    if (watch->shutdown) {
        ngx_ap_shutdown_destroy(watch->shutdown);
    }

    ngx_ap_sets_destroy(&watch->sets);

    ngx_ap_cache_listener_release(watch->cache);
    ngx_free(watch);
}


void
ngx_ap_watch_listening(ngx_ap_watch_t *watch)
{
    ngx_pid_t   predecessor;
    ngx_uint_t  changed;

    /* a worker on its way out takes nothing from its heir */

    if (ngx_exiting) {
        return;
    }

    watch->listening = 1;
    ngx_ap_watch_stop_timer(&watch->deaf);
    ngx_add_timer(&watch->beat, NGX_AP_WATCH_BEAT);

    predecessor = ngx_ap_cache_listener_claim(watch->cache);
    changed = ngx_ap_cache_source_changed(watch->cache,
                                          watch->worker->conf->source);

    if (changed) {
        ngx_ap_cache_repeats_clear(watch->cache);
    }

    ngx_ap_sets_start(&watch->sets);

    if (predecessor != 0 && predecessor != ngx_pid) {
        watch->predecessor = predecessor;
        watch->until = ngx_current_msec + NGX_AP_WATCH_HOLD;

        ngx_ap_sets_hold(&watch->sets, 1);
        ngx_add_timer(&watch->hold, NGX_AP_WATCH_LOOK);

        if (!changed) {
            return;
        }

        /* it heard another database */

        ngx_ap_sets_clear(&watch->sets);
    }

    ngx_ap_cache_drop_all(watch->cache);
    ngx_ap_sets_fill(&watch->sets);
}


ngx_uint_t
ngx_ap_watch_filling(ngx_ap_watch_t *watch)
{
    return ngx_ap_sets_filling(&watch->sets);
}


void
ngx_ap_watch_deaf(ngx_ap_watch_t *watch)
{
    watch->listening = 0;
    ngx_ap_watch_stop_timer(&watch->beat);

    if (watch->leaving) {
        ngx_ap_watch_leave(watch);
        return;
    }

    ngx_ap_watch_stop_timer(&watch->hold);
    ngx_ap_sets_stop(&watch->sets);
    ngx_ap_sets_deaf(&watch->sets);
    ngx_ap_cache_listener_release(watch->cache);

    if (!ngx_exiting && !watch->deaf.timer_set) {
        ngx_add_timer(&watch->deaf, NGX_AP_WATCH_DEAF);
    }
}


void
ngx_ap_watch_notified(ngx_ap_watch_t *watch, ngx_str_t *payload)
{
    ngx_uint_t          i;
    ngx_ap_changes_t    changes;
    ngx_ap_cache_key_t  key;

    if (ngx_ap_changes_open(&changes, payload) != NGX_OK) {

        /* what it means is unknown, so believe nothing any more */

        ngx_ap_watch_foreign(watch, payload);

        changes.list = NULL;
        changes.n = 0;
    }

    if (changes.list == NULL) {
        ngx_ap_cache_drop_all(watch->cache);

        if (!watch->left) {
            ngx_ap_sets_fill(&watch->sets);
        }

        return;
    }

    for (i = 0; i < changes.n; i++) {
        ngx_ap_changes_key(&changes, i, &key);

        if (ngx_ap_changes_is_url(&key)) {
            ngx_ap_cache_drop(watch->cache, &key);
        }
    }

    if (!watch->left) {
        ngx_ap_sets_change(&watch->sets, &changes, payload);
    }

    ngx_ap_changes_close(&changes);
}


/* whoever may connect to the database may notify, and must not fill a disk */

static void
ngx_ap_watch_foreign(ngx_ap_watch_t *watch, ngx_str_t *payload)
{
    if (watch->foreign && ngx_time() - watch->foreign < NGX_AP_WATCH_SAY) {
        return;
    }

    watch->foreign = ngx_time();

    ngx_log_error(NGX_LOG_WARN, watch->worker->log, 0,
                  "activitypub: a notification of %uz bytes is not in the "
                  "form of this module's, everything is read anew",
                  payload->len);
}


static void
ngx_ap_watch_timer(ngx_ap_watch_t *watch, ngx_event_t *ev,
    ngx_event_handler_pt handler, ngx_uint_t cancelable)
{
    ev->handler = handler;
    ev->data = watch;
    ev->log = watch->worker->log;
    ev->cancelable = cancelable;
}


static void
ngx_ap_watch_stop_timer(ngx_event_t *ev)
{
    if (ev->timer_set) {
        ngx_del_timer(ev);
    }
}


static ngx_uint_t
ngx_ap_watch_alive(ngx_pid_t pid)
{
    return kill(pid, 0) == 0 || ngx_errno == NGX_EPERM;
}


/*
 * Nobody listens, but the database can be asked: documents are asked for
 * again each time, and stay in the zone for when it cannot.
 */

static void
ngx_ap_watch_doubt(ngx_event_t *ev)
{
    ngx_ap_watch_t *watch = ev->data;

    ngx_pid_t  listener;

    if (ngx_exiting) {
        return;
    }

    listener = ngx_ap_cache_listener(watch->cache);

    if ((listener == 0 || !ngx_ap_watch_alive(listener))
        && ngx_ap_store_ready(watch->worker->store))
    {
        ngx_ap_cache_drop_all(watch->cache);
        ngx_ap_sets_doubt(&watch->sets);
    }

    ngx_add_timer(ev, NGX_AP_WATCH_DEAF);
}


static void
ngx_ap_watch_hold(ngx_event_t *ev)
{
    ngx_ap_watch_t *watch = ev->data;

    ngx_uint_t  alive, left;

    /* in this order: it may leave and end in between */

    alive = ngx_ap_watch_alive(watch->predecessor);
    left = ngx_ap_cache_listener_left(watch->cache, watch->predecessor);

    if (!left && alive
        && (ngx_msec_int_t) (watch->until - ngx_current_msec) > 0)
    {
        ngx_add_timer(ev, NGX_AP_WATCH_LOOK);
        return;
    }

    /* who was killed, or hangs, may have heard what it did not do */

    if (!left) {
        ngx_ap_cache_drop_all(watch->cache);
        ngx_ap_sets_doubt(&watch->sets);
    }

    ngx_ap_sets_hold(&watch->sets, 0);
}


/*
 * A connection whose other end is gone without a word, or whose server
 * hangs, looks like one on which nothing happens.  The statement's timer
 * tells the difference.
 */

static void
ngx_ap_watch_beat(ngx_event_t *ev)
{
    ngx_ap_watch_t *watch = ev->data;

    if (watch->listening && !watch->leaving && !watch->left && !ngx_exiting) {
        ngx_ap_store_listen_flush(watch->worker->store, ngx_ap_watch_heard,
                                  watch);
    }
}


static void
ngx_ap_watch_heard(void *data)
{
    ngx_ap_watch_t *watch = data;

    if (watch->listening && !watch->leaving && !watch->left && !ngx_exiting
        && !watch->beat.timer_set)
    {
        ngx_add_timer(&watch->beat, NGX_AP_WATCH_BEAT);
    }
}


static void
ngx_ap_watch_told(void *data)
{
    ngx_ap_watch_t *watch = data;

    ngx_ap_watch_stop_timer(&watch->deaf);

    if (!watch->listening) {
        ngx_ap_cache_listener_release(watch->cache);
        return;
    }

    /* without an heir nginx stops, and nobody needs what is heard */

    if (ngx_ap_cache_listener(watch->cache) == ngx_pid
        && ngx_ap_cache_cycle(watch->cache) == watch->cycle
        && ngx_ap_cache_listener_heir(watch->cache) == 0)
    {
        ngx_ap_watch_leave(watch);
        return;
    }

    watch->leaving = 1;
    watch->until = ngx_current_msec + NGX_AP_WATCH_UNBORN;

    ngx_ap_sets_leave(&watch->sets);
    ngx_ap_watch_wait(&watch->leave);
}


static void
ngx_ap_watch_wait(ngx_event_t *ev)
{
    ngx_ap_watch_t *watch = ev->data;

    if (!watch->heir && ngx_ap_cache_listener_heir(watch->cache) != 0) {
        watch->heir = 1;
        watch->until = ngx_current_msec + NGX_AP_WATCH_HEIR;
    }

    if (!watch->claimed
        && ngx_ap_cache_listener(watch->cache) != ngx_pid)
    {
        watch->claimed = 1;
        watch->until = ngx_current_msec + NGX_AP_WATCH_FLUSH;

        ngx_ap_store_listen_flush(watch->worker->store, ngx_ap_watch_flushed,
                                  watch);
    }

    if ((watch->flushed && ngx_ap_sets_idle(&watch->sets))
        || (ngx_msec_int_t) (watch->until - ngx_current_msec) <= 0)
    {
        ngx_ap_watch_leave(watch);
        return;
    }

    ngx_add_timer(ev, NGX_AP_WATCH_LOOK);
}


static void
ngx_ap_watch_flushed(void *data)
{
    ngx_ap_watch_t *watch = data;

    watch->flushed = 1;
}


static void
ngx_ap_watch_leave(ngx_ap_watch_t *watch)
{
    ngx_ap_watch_stop_timer(&watch->hold);
    ngx_ap_watch_stop_timer(&watch->leave);
    ngx_ap_watch_stop_timer(&watch->beat);

    /* what this worker did not hear or do, its heir must make good */

    if (watch->leaving && !watch->flushed) {
        ngx_ap_cache_drop_all(watch->cache);
        ngx_ap_sets_fill(&watch->sets);

    } else if (watch->leaving && !ngx_ap_sets_idle(&watch->sets)) {
        ngx_ap_sets_fill(&watch->sets);
    }

    ngx_ap_sets_stop(&watch->sets);
    ngx_ap_cache_listener_leave(watch->cache);
    ngx_ap_store_listen_end(watch->worker->store);

    watch->leaving = 0;
    watch->left = 1;
}
