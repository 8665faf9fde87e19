
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The document of an actor, or of a key, that somebody else's server sent.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_reader_internal.h"


static ngx_int_t ngx_ap_reader_actor_work(ngx_ap_reader_job_t *job);
static void ngx_ap_reader_actor_answer(ngx_ap_reader_job_t *job);


ngx_ap_reader_job_t *
ngx_ap_reader_read_actor(ngx_ap_reader_t *reader, fedi_str_t url,
    fedi_str_t body, ngx_ap_read_actor_pt handler, void *data)
{
    ngx_ap_reader_job_t  *job;

    job = ngx_ap_reader_job(reader, body.len);
    if (job == NULL) {
        return NULL;
    }

    job->work = ngx_ap_reader_actor_work;
    job->answer = ngx_ap_reader_actor_answer;
    job->actor_handler = handler;
    job->data = data;

    ngx_memcpy(job->bytes, body.data, body.len);

    job->url = fedi_strdup(&job->heap.arena, url);

    if (job->url.data == NULL) {
        ngx_ap_reader_free(job);
        return NULL;
    }

    ngx_ap_reader_begin(job);

    return job;
}


static ngx_int_t
ngx_ap_reader_actor_work(ngx_ap_reader_job_t *job)
{
    fedi_actor_reading_take(&job->heap.arena, job->rules, job->url, job->body,
                            &job->actor);

    return NGX_OK;
}


static void
ngx_ap_reader_actor_answer(ngx_ap_reader_job_t *job)
{
    job->actor_handler(job->data, job->rc, &job->actor);
}
