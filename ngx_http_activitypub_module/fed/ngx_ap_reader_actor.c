
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
static ngx_int_t ngx_ap_reader_actor_copy(ngx_ap_reader_job_t *job,
    const fedi_answer_t *answer);


ngx_ap_reader_job_t *
ngx_ap_reader_read_actor(ngx_ap_reader_t *reader, const fedi_answer_t *answer,
    ngx_ap_read_actor_pt handler, void *data)
{
    ngx_ap_reader_job_t  *job;

    job = ngx_ap_reader_job(reader, answer->body.len);
    if (job == NULL) {
        return NULL;
    }

    job->work = ngx_ap_reader_actor_work;
    job->answer = ngx_ap_reader_actor_answer;
    job->actor_handler = handler;
    job->data = data;

    ngx_memcpy(job->bytes, answer->body.data, answer->body.len);

    if (ngx_ap_reader_actor_copy(job, answer) != NGX_OK) {
        ngx_ap_reader_free(job);
        return NULL;
    }

    ngx_ap_reader_begin(job);

    return job;
}


static ngx_int_t
ngx_ap_reader_actor_copy(ngx_ap_reader_job_t *job,
    const fedi_answer_t *answer)
{
    ngx_uint_t   i;
    fedi_str_t  *texts[3];

    job->answered = *answer;

    texts[0] = &job->answered.url;
    texts[1] = &job->answered.content_type;
    texts[2] = &job->answered.encoding;

    for (i = 0; i < 3; i++) {

        if (texts[i]->len == 0) {
            continue;
        }

        *texts[i] = fedi_strdup(&job->heap.arena, *texts[i]);

        if (texts[i]->data == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_reader_actor_work(ngx_ap_reader_job_t *job)
{
    job->answered.body = job->body;

    job->reason = fedi_fetched_accept(&job->heap.arena, job->rules,
                                      &job->answered, &job->document,
                                      &job->elsewhere);

    return NGX_OK;
}


static void
ngx_ap_reader_actor_answer(ngx_ap_reader_job_t *job)
{
    job->actor_handler(job->data, job->rc, job->reason, job->document,
                       &job->elsewhere);
}
