
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     start -> (fetch | post) -> ended
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_job.h"
#include "ngx_ap_job_result.h"
#include "ngx_ap_str.h"


/* of an activity that names its actor three times, a URL of 2048 bytes */
#define NGX_AP_JOB_TEXT  8192


static ngx_int_t ngx_ap_job_fetch(ngx_ap_job_t *job, const ngx_str_t *args);
static ngx_int_t ngx_ap_job_fetch_url(ngx_ap_job_t *job, fedi_str_t text,
    ngx_uint_t flags);
static void ngx_ap_job_fetched(void *data,
    const ngx_ap_fetch_result_t *result);
static ngx_int_t ngx_ap_job_post(ngx_ap_job_t *job);
static ngx_int_t ngx_ap_job_join(ngx_ap_job_t *job, ngx_str_t *to,
    const char *format, ...);
static void ngx_ap_job_posted(void *data, ngx_ap_delivery_t *delivery);


ngx_ap_job_t *
ngx_ap_job_create(ngx_ap_worker_t *worker, ngx_ap_origin_t *origin,
    int64_t id, ngx_ap_job_pt ended, void *data)
{
    ngx_pool_t    *pool;
    ngx_ap_job_t  *job;

    pool = ngx_create_pool(4096, worker->log);
    if (pool == NULL) {
        return NULL;
    }

    job = ngx_pcalloc(pool, sizeof(ngx_ap_job_t));
    if (job == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    job->pool = pool;
    job->worker = worker;
    job->origin = origin;
    job->id = id;
    job->started = ngx_current_msec;
    job->ended = ended;
    job->data = data;

    return job;
}


void
ngx_ap_job_destroy(ngx_ap_job_t *job)
{
    if (job->fetch) {
        ngx_ap_fetch_cancel(job->fetch);
    }

    if (job->post) {
        ngx_ap_delivery_destroy(job->post);
    }

    ngx_destroy_pool(job->pool);
}


void
ngx_ap_job_start(ngx_ap_job_t *job, const ngx_ap_store_job_t *claimed)
{
    ngx_int_t  rc;

    rc = ngx_ap_str_is(&claimed->kind, "fetch")
         ? ngx_ap_job_fetch(job, &claimed->args)
         : ngx_ap_job_post(job);

    if (rc != NGX_OK) {
        job->ended(job->data, job, NULL);
    }
}


/* NGX_ERROR: no memory.  Else it goes on, or has ended already. */

static ngx_int_t
ngx_ap_job_fetch(ngx_ap_job_t *job, const ngx_str_t *args)
{
    json_t      *json;
    ngx_int_t    rc;
    ngx_uint_t   flags;
    fedi_str_t   url;
    const char  *text, *as;

    json = json_loadb((const char *) args->data, args->len, 0, NULL);

    text = json_string_value(json_object_get(json, "url"));
    as = json_string_value(json_object_get(json, "as"));

    flags = NGX_AP_FETCH_OWN|NGX_AP_FETCH_BLOCKED;

    if (as != NULL && ngx_strcmp(as, "jrd") == 0) {
        flags |= NGX_AP_FETCH_JRD;
    }

    if (as != NULL && ngx_strcmp(as, "html") == 0) {
        flags |= NGX_AP_FETCH_HTML;
    }

    if (text == NULL) {
        job->ended(job->data, job,
                   ngx_ap_job_result_error(fedi_null_str, "there is no url"));
        rc = NGX_OK;

    } else {
        url.data = text;
        url.len = ngx_strlen(text);

        rc = ngx_ap_job_fetch_url(job, url, flags);
    }

    json_decref(json);

    return rc;
}


static ngx_int_t
ngx_ap_job_fetch_url(ngx_ap_job_t *job, fedi_str_t text, ngx_uint_t flags)
{
    fedi_id_t      id;
    fedi_err_e     err;
    fedi_arena_t   arena;

    arena = ngx_ap_arena(job->pool);

    err = fedi_id_parse_fragment(&arena, &job->worker->conf->rules,
                                 text, &id);

    if (err == FEDI_ENOMEM) {
        return NGX_ERROR;
    }

    if (err != FEDI_OK) {
        job->ended(job->data, job,
                   ngx_ap_job_result_error(text, fedi_strerror(err)));
        return NGX_OK;
    }

    job->fetch = ngx_ap_fetch(job->worker, job->origin,
                              fedi_id_document(&id), flags,
                              ngx_ap_job_fetched, job);

    return job->fetch ? NGX_OK : NGX_ERROR;
}


static void
ngx_ap_job_fetched(void *data, const ngx_ap_fetch_result_t *result)
{
    ngx_ap_job_t *job = data;

    job->fetch = NULL;

    /* the worker must go: another one will do it */

    if (result->ours && ngx_exiting) {
        job->ended(job->data, job, NULL);
        return;
    }

    job->ended(job->data, job,
               ngx_ap_job_result_fetch(result,
                                       ngx_current_msec - job->started));
}


/*
 * The instance actor tells its own shared inbox that it has looked at itself:
 * a signed POST like any other, over the same ways, and without effect.
 */

static ngx_int_t
ngx_ap_job_post(ngx_ap_job_t *job)
{
    ngx_str_t                *actor;
    ngx_ap_store_delivery_t   post;

    ngx_memzero(&post, sizeof(ngx_ap_store_delivery_t));

    actor = &job->origin->instance.uri;

    post.id = job->id;
    post.actor = *actor;

    if (ngx_ap_job_join(job, &post.key_id, "%V#main-key", actor) != NGX_OK
        || ngx_ap_job_join(job, &post.inbox, "%V%Vinbox", &job->origin->url,
                           &job->origin->prefix)
           != NGX_OK
        || ngx_ap_job_join(job, &post.body,
               "{\"@context\":\"https://www.w3.org/ns/activitystreams\","
               "\"id\":\"%V#check-%L-%T\",\"type\":\"View\","
               "\"actor\":\"%V\",\"object\":\"%V\"}",
               actor, job->id, ngx_time(), actor, actor)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    job->post = ngx_ap_delivery_create(job->worker, &post,
                                       ngx_ap_job_posted, job);
    if (job->post == NULL) {
        return NGX_ERROR;
    }

    job->post->own = 1;

    ngx_ap_delivery_start(job->post);

    return NGX_OK;
}


static ngx_int_t
ngx_ap_job_join(ngx_ap_job_t *job, ngx_str_t *to, const char *format, ...)
{
    u_char   *last;
    va_list   args;

    to->data = ngx_pnalloc(job->pool, NGX_AP_JOB_TEXT);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    va_start(args, format);
    last = ngx_vslprintf(to->data, to->data + NGX_AP_JOB_TEXT, format, args);
    va_end(args);

    to->len = last - to->data;

    return NGX_OK;
}


static void
ngx_ap_job_posted(void *data, ngx_ap_delivery_t *delivery)
{
    ngx_ap_job_t *job = data;

    job->ended(job->data, job,
               ngx_ap_job_result_post(delivery,
                                      ngx_current_msec - job->started));
}
