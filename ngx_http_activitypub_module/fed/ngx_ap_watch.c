
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Who listens, and what is believed while nobody does.
 *
 * Who claims from nobody has missed something, and so has who claimed from
 * one that was killed before it left: everything may have changed.  So it may
 * when the configuration names another database.
 */

#include "ngx_ap_changes.h"
#include "ngx_ap_watch_internal.h"


/* how long a document is believed while nobody listens, milliseconds */
#define NGX_AP_WATCH_DEAF     1000

/* how often the listening connection is asked whether it still does, ms */
#define NGX_AP_WATCH_BEAT     5000

/* how often a foreign notification is worth a line of the log, seconds */
#define NGX_AP_WATCH_SAY      60


static void ngx_ap_watch_timer(ngx_ap_watch_t *watch, ngx_event_t *ev,
    ngx_event_handler_pt handler, ngx_uint_t cancelable);
static void ngx_ap_watch_foreign(ngx_ap_watch_t *watch, ngx_str_t *payload);
static void ngx_ap_watch_doubt(ngx_event_t *ev);
static void ngx_ap_watch_beat(ngx_event_t *ev);
static void ngx_ap_watch_heard(void *data);


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

    ngx_ap_sets_start(&watch->sets);

    if (predecessor != 0 && predecessor != ngx_pid) {
        ngx_ap_watch_follow(watch, predecessor);

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


void
ngx_ap_watch_stop_timer(ngx_event_t *ev)
{
    if (ev->timer_set) {
        ngx_del_timer(ev);
    }
}


ngx_uint_t
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
