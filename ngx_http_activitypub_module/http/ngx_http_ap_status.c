
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_status.h"

#include "fedi_json.h"
#include "ngx_ap_cache_usage.h"
#include "ngx_ap_counts.h"
#include "ngx_ap_store.h"
#include "ngx_http_ap_answer.h"
#include "ngx_http_ap_counters.h"
#include "ngx_http_ap_metrics.h"
#include "ngx_http_ap_own.h"
#include "ngx_http_ap_refuse.h"


typedef struct {
    ngx_http_request_t         *request;
    ngx_ap_pg_query_t          *call;
} ngx_http_ap_status_t;


typedef struct {
    const char                 *name;
    ngx_uint_t                  counter;
} ngx_http_ap_status_count_t;


static ngx_int_t ngx_http_ap_status_handler(ngx_http_request_t *r);
static ngx_http_ap_ctx_t *ngx_http_ap_status_ctx(ngx_http_request_t *r);
static void ngx_http_ap_status_asked(void *data, ngx_int_t rc,
    const ngx_ap_store_queue_t *queue);
static ngx_int_t ngx_http_ap_status_answer(ngx_http_request_t *r,
    const ngx_ap_store_queue_t *queue);
static json_t *ngx_http_ap_status_json(ngx_http_request_t *r,
    const ngx_ap_store_queue_t *queue, ngx_uint_t all);
static json_t *ngx_http_ap_status_reasons(ngx_ap_cache_t *cache,
    ngx_uint_t received, ngx_uint_t all);
static json_t *ngx_http_ap_status_counts(ngx_ap_cache_t *cache,
    const ngx_http_ap_status_count_t *counts);
static json_t *ngx_http_ap_status_zone(ngx_ap_cache_t *cache);
static json_t *ngx_http_ap_status_queue(const ngx_ap_store_queue_t *queue);
static void ngx_http_ap_status_cleanup(void *data);


static const ngx_http_ap_status_count_t  ngx_http_ap_status_keys[] = {
    { "held", NGX_AP_COUNT_KEYS_HELD },
    { "absent", NGX_AP_COUNT_KEYS_ABSENT },
    { "database", NGX_AP_COUNT_KEYS_DATABASE },
    { "fetched", NGX_AP_COUNT_KEYS_FETCHED },
    { "refused", NGX_AP_COUNT_KEYS_REFUSED },
    { "failed", NGX_AP_COUNT_KEYS_FAILED },
    { "breaker", NGX_AP_COUNT_KEYS_BREAKER },
    { "crowded", NGX_AP_COUNT_KEYS_CROWDED },
    { NULL, 0 }
};


static const ngx_http_ap_status_count_t  ngx_http_ap_status_deliveries[] = {
    { "sent", NGX_AP_COUNT_DELIVERIES_SENT },
    { "retried", NGX_AP_COUNT_DELIVERIES_RETRIED },
    { "failed", NGX_AP_COUNT_DELIVERIES_FAILED },
    { NULL, 0 }
};


char *
ngx_http_ap_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_main_conf_t *amcf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 prometheus;
    ngx_http_ap_loc_conf_t    *alcf;
    ngx_http_core_loc_conf_t  *clcf;

    value = cf->args->elts;

    prometheus = (ngx_strcmp(value[1].data, "prometheus") == 0);

    if (!prometheus && ngx_strcmp(value[1].data, "json") != 0) {
        return "takes \"json\" or \"prometheus\"";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == ngx_http_ap_status_handler) {
        return "is duplicate";
    }

    alcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_activitypub_module);

    alcf->prometheus = prometheus;
    clcf->handler = ngx_http_ap_status_handler;

    if (ngx_http_ap_own_locate(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (amcf->status_place.line == 0) {
        amcf->status_place = ngx_http_ap_place(cf);
    }

    return NGX_CONF_OK;
}


ngx_uint_t
ngx_http_ap_status_is(ngx_http_request_t *r)
{
    return r->content_handler == ngx_http_ap_status_handler;
}


static ngx_int_t
ngx_http_ap_status_handler(ngx_http_request_t *r)
{
    ngx_ap_worker_t       *worker;
    ngx_pool_cleanup_t    *cln;
    ngx_http_ap_status_t  *status;

    if (ngx_http_ap_status_ctx(r) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_ap_refuse(r, FEDI_REFUSAL_READ_ONLY);
    }

    worker = ngx_ap_worker();
    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_ap_status_t));

    if (worker == NULL || cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    status = cln->data;
    status->request = r;

    status->call = ngx_ap_store_queue_state(worker->store,
                                            ngx_http_ap_status_asked, status);
    if (status->call == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln->handler = ngx_http_ap_status_cleanup;

    r->main->count++;

    return NGX_DONE;
}


/* a server block without actors has no context for its requests */

static ngx_http_ap_ctx_t *
ngx_http_ap_status_ctx(ngx_http_request_t *r)
{
    ngx_http_ap_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_activitypub_module);

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_ap_ctx_t));
        ngx_http_set_ctx(r, ctx, ngx_http_activitypub_module);
    }

    return ctx;
}


static void
ngx_http_ap_status_asked(void *data, ngx_int_t rc,
    const ngx_ap_store_queue_t *queue)
{
    ngx_http_ap_status_t *status = data;

    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    status->call = NULL;

    r = status->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ngx_http_finalize_request(r, ngx_http_ap_status_answer(r,
                                                 rc == NGX_OK ? queue : NULL));
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_ap_status_answer(ngx_http_request_t *r,
    const ngx_ap_store_queue_t *queue)
{
    json_t                  *json;
    fedi_err_e               err;
    fedi_str_t               text;
    fedi_arena_t             arena;
    ngx_http_ap_answer_t     answer;
    ngx_http_ap_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_activitypub_module);
    arena = ngx_http_ap_arena(r->pool);

    ngx_memzero(&answer, sizeof(ngx_http_ap_answer_t));

    answer.status = NGX_HTTP_OK;

    json = ngx_http_ap_status_json(r, queue, alcf->prometheus);

    if (alcf->prometheus) {
        err = ngx_http_ap_metrics_render(&arena, json, &text);
        ngx_str_set(&answer.type, NGX_HTTP_AP_METRICS_TYPE);

    } else {
        err = fedi_json_render(&arena, json, &text);
        ngx_str_set(&answer.type, "application/json");
    }

    if (err != FEDI_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer.body = ngx_http_ap_string(text);

    return ngx_http_ap_answer(r, &answer);
}


/* both formats say the same; "all": reasons that never were, too */

static json_t *
ngx_http_ap_status_json(ngx_http_request_t *r,
    const ngx_ap_store_queue_t *queue, ngx_uint_t all)
{
    ngx_ap_cache_t           *cache;
    ngx_http_ap_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_activitypub_module);
    cache = amcf->cache;

    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o}",
                     "version", NGX_HTTP_AP_VERSION,
                     "database", queue ? "available" : "unavailable",
                     "received", ngx_http_ap_status_reasons(cache, 1, all),
                     "refused", ngx_http_ap_status_reasons(cache, 0, all),
                     "keys", ngx_http_ap_status_counts(cache,
                                                    ngx_http_ap_status_keys),
                     "deliveries", ngx_http_ap_status_counts(cache,
                                              ngx_http_ap_status_deliveries),
                     "connections",
                     (json_int_t) ngx_ap_cache_counted(cache,
                                                    NGX_AP_COUNT_CONNECTIONS),
                     "queue", ngx_http_ap_status_queue(queue),
                     "zone", ngx_http_ap_status_zone(cache));
}


/*
 * "received": each of the database's verdicts, and what was accepted but not
 * believed; else what was refused.
 */
static json_t *
ngx_http_ap_status_reasons(ngx_ap_cache_t *cache, ngx_uint_t received,
    ngx_uint_t all)
{
    json_t                *json;
    ngx_uint_t             i, n;
    ngx_http_ap_reason_t   reason;

    json = json_object();

    for (i = 0; json != NULL && i < NGX_HTTP_AP_COUNTERS; i++) {
        n = ngx_ap_cache_counted(cache, i);

        if ((n == 0 && i >= NGX_HTTP_AP_RECEIVED && !all)
            || ngx_http_ap_reason(i, &reason) != NGX_OK
            || (reason.status == NGX_HTTP_ACCEPTED) != received)
        {
            continue;
        }

        /* what is right with a request is no reason: the database has it */

        if (i == NGX_HTTP_AP_SIGNATURES + FEDI_SIGNATURE_VALID
            || i == NGX_HTTP_AP_VERDICTS + FEDI_VERDICT_ACCEPTED)
        {
            continue;
        }

        (void) json_object_set_new(json, reason.code.data, json_integer(n));
    }

    return json;
}


static json_t *
ngx_http_ap_status_counts(ngx_ap_cache_t *cache,
    const ngx_http_ap_status_count_t *counts)
{
    json_t  *json;

    json = json_object();

    for (/* void */; json != NULL && counts->name; counts++) {
        (void) json_object_set_new(json, counts->name,
            json_integer(ngx_ap_cache_counted(cache, counts->counter)));
    }

    return json;
}


static json_t *
ngx_http_ap_status_zone(ngx_ap_cache_t *cache)
{
    ngx_ap_cache_usage_t  usage;

    ngx_ap_cache_usage(cache, &usage);

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b}",
                     "size", (json_int_t) usage.size,
                     "free", (json_int_t) usage.free,
                     "pages", (json_int_t) usage.members[NGX_AP_SET_TWINS],
                     "actors", (json_int_t) usage.members[NGX_AP_SET_ACTORS],
                     "remote_actors",
                     (json_int_t) usage.members[NGX_AP_SET_REMOTE],
                     "policies",
                     (json_int_t) usage.members[NGX_AP_SET_POLICIES],
                     "complete", (int) usage.complete);
}


static json_t *
ngx_http_ap_status_queue(const ngx_ap_store_queue_t *queue)
{
    if (queue == NULL) {
        return json_null();
    }

    return json_pack("{s:I, s:I, s:I, s:I, s:I}",
                     "waiting", (json_int_t) queue->waiting,
                     "leased", (json_int_t) queue->leased,
                     "dead", (json_int_t) queue->dead,
                     "oldest_seconds", (json_int_t) queue->oldest,
                     "fanouts", (json_int_t) queue->fanouts);
}


static void
ngx_http_ap_status_cleanup(void *data)
{
    ngx_http_ap_status_t *status = data;

    if (status->call != NULL) {
        ngx_ap_store_cancel(status->call);
        status->call = NULL;
    }
}
