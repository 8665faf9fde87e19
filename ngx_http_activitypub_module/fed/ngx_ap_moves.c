
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     seen -> judged -> (ask) -> redirected -> (ask) -> arrived -> moved
 *
 * Each arrow ends in ngx_ap_move_free() when there is nothing more to do.  A
 * move lives in a pool of its own.
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_cache_redirects.h"
#include "ngx_ap_client.h"
#include "ngx_ap_move_answer.h"
#include "ngx_ap_moves.h"
#include "ngx_ap_store_moves.h"
#include "ngx_ap_str.h"


/* under way in one worker; others are seen again */
#define NGX_AP_MOVES_MOST   8

/* the longest time for which a redirect that was told of is no news */
#define NGX_AP_MOVES_PAUSE  1800

/* of a page */
#define NGX_AP_MOVES_BODY   (2 * 1024 * 1024)


struct ngx_ap_moves_s {
    ngx_ap_worker_t            *worker;
    ngx_queue_t                 queue;
    ngx_uint_t                  n;
};


typedef struct {
    ngx_queue_t                 queue;
    ngx_ap_moves_t             *moves;
    ngx_pool_t                 *pool;
    ngx_ap_origin_t            *origin;
    ngx_ap_store_redirect_t     redirect;

    ngx_ap_pg_query_t          *query;      /* under way, one of them */
    ngx_ap_client_request_t    *request;
} ngx_ap_move_t;


static ngx_ap_move_t *ngx_ap_move_create(ngx_ap_moves_t *moves,
    ngx_ap_origin_t *origin, const ngx_ap_cache_key_t *key,
    const ngx_str_t *location);
static ngx_int_t ngx_ap_move_copy(ngx_ap_move_t *move,
    const ngx_ap_cache_key_t *key);
static ngx_int_t ngx_ap_move_resolve(ngx_ap_move_t *move, fedi_str_t location,
    fedi_id_t *id);
static void ngx_ap_move_judged(void *data, ngx_int_t rc,
    const ngx_str_t *verdict, const ngx_str_t *url);
static ngx_int_t ngx_ap_move_ask(ngx_ap_move_t *move, const ngx_str_t *url,
    ngx_ap_client_answered_pt answered);
static void ngx_ap_move_redirected(void *data,
    const ngx_ap_client_result_t *result);
static ngx_uint_t ngx_ap_move_leads(ngx_ap_move_t *move,
    const ngx_ap_client_result_t *result);
static void ngx_ap_move_arrived(void *data,
    const ngx_ap_client_result_t *result);
static void ngx_ap_move_moved(void *data, ngx_int_t rc,
    const ngx_str_t *verdict, const ngx_str_t *url);
static void ngx_ap_move_stays(ngx_ap_move_t *move, const char *reason);
static void ngx_ap_move_free(ngx_ap_move_t *move);


ngx_ap_moves_t *
ngx_ap_moves_create(ngx_ap_worker_t *worker)
{
    ngx_ap_moves_t  *moves;

    moves = ngx_calloc(sizeof(ngx_ap_moves_t), worker->log);
    if (moves == NULL) {
        return NULL;
    }

    moves->worker = worker;
    ngx_queue_init(&moves->queue);

    return moves;
}


void
ngx_ap_moves_destroy(ngx_ap_moves_t *moves)
{
    ngx_queue_t  *q, *next;

    for (q = ngx_queue_head(&moves->queue);
         q != ngx_queue_sentinel(&moves->queue);
         q = next)
    {
        next = ngx_queue_next(q);

        ngx_ap_move_free(ngx_queue_data(q, ngx_ap_move_t, queue));
    }

    ngx_free(moves);
}


void
ngx_ap_moves_seen(ngx_ap_moves_t *moves, ngx_ap_origin_t *origin,
    const ngx_ap_cache_key_t *key, const ngx_str_t *location, time_t seconds)
{
    time_t            pause;
    ngx_ap_move_t    *move;
    ngx_ap_worker_t  *worker;

    worker = moves->worker;

    if (ngx_exiting
        || moves->n == NGX_AP_MOVES_MOST
        || location->len > FEDI_URL_MAX
        || !ngx_ap_store_ready(worker->store))
    {
        return;
    }

    pause = ngx_max(ngx_min(seconds / 2, NGX_AP_MOVES_PAUSE), 1);

    if (!ngx_ap_cache_redirect_is_news(worker->conf->cache, key, location,
                                       pause))
    {
        return;
    }

    move = ngx_ap_move_create(moves, origin, key, location);
    if (move == NULL) {
        return;
    }

    move->query = ngx_ap_store_redirect_seen(worker->store, &move->redirect,
                                             seconds, ngx_ap_move_judged,
                                             move);
    if (move->query == NULL) {
        ngx_ap_move_free(move);
    }
}


/* NULL: no memory, or it leads to somebody else */

static ngx_ap_move_t *
ngx_ap_move_create(ngx_ap_moves_t *moves, ngx_ap_origin_t *origin,
    const ngx_ap_cache_key_t *key, const ngx_str_t *location)
{
    fedi_id_t       id;
    ngx_pool_t     *pool;
    fedi_str_t      text;
    ngx_ap_move_t  *move;

    pool = ngx_create_pool(4096, moves->worker->log);
    if (pool == NULL) {
        return NULL;
    }

    move = ngx_pcalloc(pool, sizeof(ngx_ap_move_t));
    if (move == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    move->moves = moves;
    move->pool = pool;
    move->origin = origin;

    ngx_queue_insert_tail(&moves->queue, &move->queue);
    moves->n++;

    text.data = (const char *) location->data;
    text.len = location->len;

    if (ngx_ap_move_copy(move, key) != NGX_OK
        || ngx_ap_move_resolve(move, text, &id) != NGX_OK)
    {
        ngx_ap_move_free(move);
        return NULL;
    }

    move->redirect.target.data = (u_char *) id.text.data;
    move->redirect.target.len = id.text.len;

    return move;
}


static ngx_int_t
ngx_ap_move_copy(ngx_ap_move_t *move, const ngx_ap_cache_key_t *key)
{
    u_char                   *p;
    ngx_ap_store_redirect_t  *redirect;

    redirect = &move->redirect;
    redirect->origin = move->origin->url;

    p = ngx_pnalloc(move->pool, key->path.len + key->query.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    redirect->path.data = p;
    redirect->path.len = key->path.len;

    p = ngx_cpymem(p, key->path.data, key->path.len);

    redirect->query.data = p;
    redirect->query.len = key->query.len;

    ngx_memcpy(p, key->query.data, key->query.len);

    return NGX_OK;
}


/* an absolute URL or a path; NGX_DECLINED: not of this very origin */

static ngx_int_t
ngx_ap_move_resolve(ngx_ap_move_t *move, fedi_str_t location, fedi_id_t *id)
{
    fedi_str_t    origin, parts[2];
    fedi_arena_t  arena;

    arena = ngx_ap_arena(move->pool);

    origin.data = (const char *) move->origin->url.data;
    origin.len = move->origin->url.len;

    if (location.len != 0 && location.data[0] == '/'
        && (location.len == 1 || location.data[1] != '/'))
    {
        parts[0] = origin;
        parts[1] = location;

        location = fedi_join(&arena, parts, 2);
    }

    if (location.data == NULL
        || fedi_id_parse(&arena, &move->moves->worker->conf->rules, location,
                         id)
           != FEDI_OK
        || !fedi_str_eq(id->origin, origin))
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static void
ngx_ap_move_judged(void *data, ngx_int_t rc, const ngx_str_t *verdict,
    const ngx_str_t *url)
{
    ngx_ap_move_t *move = data;

    move->query = NULL;

    if (rc == NGX_OK) {
        ngx_log_debug3(NGX_LOG_DEBUG_EVENT, move->moves->worker->log, 0,
                       "activitypub: \"%V\" leads to \"%V\": %V",
                       &move->redirect.path, &move->redirect.target, verdict);
    }

    if (rc != NGX_OK || ngx_exiting || !ngx_ap_str_is(verdict, "confirm")) {
        ngx_ap_move_free(move);
        return;
    }

    if (ngx_ap_move_ask(move, url, ngx_ap_move_redirected) != NGX_OK) {
        ngx_ap_move_stays(move, "its page cannot be asked for");
    }
}


/* as a stranger would who reads HTML */

static ngx_int_t
ngx_ap_move_ask(ngx_ap_move_t *move, const ngx_str_t *url,
    ngx_ap_client_answered_pt answered)
{
    fedi_str_t           text;
    ngx_ap_client_ask_t  ask;

    ngx_memzero(&ask, sizeof(ngx_ap_client_ask_t));

    text.data = (const char *) url->data;
    text.len = url->len;

    if (ngx_ap_move_resolve(move, text, &ask.id) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&ask.headers, "Accept: text/html\r\n");

    ask.origin = move->origin->url;
    ask.own = 1;
    ask.body_max = NGX_AP_MOVES_BODY;
    ask.answered = answered;
    ask.data = move;

    move->request = ngx_ap_client_request(move->moves->worker->client, &ask);

    return move->request ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_move_redirected(void *data, const ngx_ap_client_result_t *result)
{
    ngx_ap_move_t *move = data;

    move->request = NULL;

    if (!ngx_ap_move_leads(move, result)) {
        ngx_ap_move_stays(move, "its page does not lead there when we ask");
        return;
    }

    if (ngx_ap_move_ask(move, &move->redirect.target, ngx_ap_move_arrived)
        != NGX_OK)
    {
        ngx_ap_move_stays(move, "that cannot be asked for");
    }
}


static ngx_uint_t
ngx_ap_move_leads(ngx_ap_move_t *move, const ngx_ap_client_result_t *result)
{
    fedi_id_t   id;
    fedi_str_t  location, target;

    if (result->rc != NGX_OK
        || (result->status != 301 && result->status != 308)
        || ngx_ap_move_answer_is_personal(result->response)
        || !fedi_http_response_header(result->response, "location", &location)
        || ngx_ap_move_resolve(move, location, &id) != NGX_OK)
    {
        return 0;
    }

    target.data = (const char *) move->redirect.target.data;
    target.len = move->redirect.target.len;

    return fedi_str_eq(id.text, target);
}


static void
ngx_ap_move_arrived(void *data, const ngx_ap_client_result_t *result)
{
    ngx_ap_move_t *move = data;

    move->request = NULL;

    if (!ngx_ap_move_answer_is_page(result)) {
        ngx_ap_move_stays(move, "no page answers there");
        return;
    }

    move->query = ngx_ap_store_move_post(move->moves->worker->store,
                                         &move->redirect, ngx_ap_move_moved,
                                         move);
    if (move->query == NULL) {
        ngx_ap_move_free(move);
    }
}


static void
ngx_ap_move_moved(void *data, ngx_int_t rc, const ngx_str_t *verdict,
    const ngx_str_t *url)
{
    ngx_ap_move_t *move = data;

    move->query = NULL;

    if (rc == NGX_OK && ngx_ap_str_is(verdict, "moved")) {
        ngx_log_error(NGX_LOG_NOTICE, move->moves->worker->log, 0,
                      "activitypub: the post at \"%V%V\" has moved to \"%V\"",
                      &move->origin->url, &move->redirect.path,
                      &move->redirect.target);

        ngx_ap_move_free(move);
        return;
    }

    ngx_ap_move_stays(move, "the database has its reasons");
}


static void
ngx_ap_move_stays(ngx_ap_move_t *move, const char *reason)
{
    ngx_log_error(NGX_LOG_INFO, move->moves->worker->log, 0,
                  "activitypub: the post at \"%V%V\" does not move to "
                  "\"%V\": %s", &move->origin->url, &move->redirect.path,
                  &move->redirect.target, reason);

    ngx_ap_move_free(move);
}


static void
ngx_ap_move_free(ngx_ap_move_t *move)
{
    if (move->query) {
        ngx_ap_store_cancel(move->query);
    }

    if (move->request) {
        ngx_ap_client_cancel(move->request);
    }

    ngx_queue_remove(&move->queue);
    move->moves->n--;

    ngx_destroy_pool(move->pool);
}
