
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A body that is not ours to understand: an upload, of any size.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_reader_internal.h"


#define NGX_AP_READER_PIECE  (32 * 1024)


/* in a thread, on its stack */

typedef struct {
    ngx_ap_reader_job_t        *job;
    size_t                      memory;     /* still to be read of it */
    u_char                      piece[NGX_AP_READER_PIECE];
} ngx_ap_reader_pieces_t;


static ngx_int_t ngx_ap_reader_digest_work(ngx_ap_reader_job_t *job);
static bool ngx_ap_reader_digest_piece(void *data, fedi_str_t *bytes);
static void ngx_ap_reader_digest_answer(ngx_ap_reader_job_t *job);


ngx_ap_reader_job_t *
ngx_ap_reader_digest(ngx_ap_reader_t *reader, ngx_chain_t *body,
    const fedi_digest_t *digest, ngx_ap_read_digest_pt handler, void *data)
{
    ngx_ap_reader_job_t  *job;

    job = ngx_ap_reader_job(reader, ngx_ap_reader_body_memory(body));
    if (job == NULL) {
        return NULL;
    }

    job->work = ngx_ap_reader_digest_work;
    job->answer = ngx_ap_reader_digest_answer;
    job->digest_handler = handler;
    job->data = data;
    job->said = *digest;

    if (ngx_ap_reader_body_take(job, body) != NGX_OK) {
        ngx_ap_reader_free(job);
        return NULL;
    }

    ngx_ap_reader_begin(job);

    return job;
}


static ngx_int_t
ngx_ap_reader_digest_work(ngx_ap_reader_job_t *job)
{
    ngx_ap_reader_pieces_t  pieces;

    pieces.job = job;
    pieces.memory = job->body.len;

    job->verdict = fedi_digest_verify_pieces(&job->said,
                                             ngx_ap_reader_digest_piece,
                                             &pieces);

    return job->verdict == FEDI_DIGEST_FAILED ? NGX_ERROR : NGX_OK;
}


static bool
ngx_ap_reader_digest_piece(void *data, fedi_str_t *bytes)
{
    ngx_ap_reader_pieces_t *pieces = data;

    ssize_t               n;
    ngx_ap_reader_job_t  *job;

    job = pieces->job;

    if (pieces->memory) {
        *bytes = job->body;
        pieces->memory = 0;

        return true;
    }

    *bytes = fedi_str("");

    if (job->rest == 0) {
        return true;
    }

    n = ngx_ap_reader_body_piece(job, pieces->piece,
                                 (size_t) ngx_min(job->rest,
                                                  NGX_AP_READER_PIECE));
    if (n <= 0) {
        return false;
    }

    bytes->data = (const char *) pieces->piece;
    bytes->len = (size_t) n;

    return true;
}


static void
ngx_ap_reader_digest_answer(ngx_ap_reader_job_t *job)
{
    job->digest_handler(job->data, job->rc, job->verdict);
}
