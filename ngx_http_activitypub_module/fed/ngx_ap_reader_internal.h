
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A job as those who know what is read see it; for ngx_ap_reader*.c alone.
 */

#ifndef NGX_AP_READER_INTERNAL_H
#define NGX_AP_READER_INTERNAL_H

#include "ngx_ap_reader.h"


typedef enum {
    NGX_AP_READER_READY = 0,
    NGX_AP_READER_BUSY,         /* in a thread */
    NGX_AP_READER_FAILED,       /* about to be answered */
    NGX_AP_READER_DONE
} ngx_ap_reader_state_e;


struct ngx_ap_reader_job_s {
    ngx_queue_t                 queue;
    ngx_ap_reader_t            *reader;
    ngx_ap_reader_state_e       state;
    ngx_thread_task_t           task;
    ngx_event_t                 failed;     /* posted */

    /* in a thread, which has the job from here on for itself */
    ngx_int_t                 (*work)(ngx_ap_reader_job_t *job);

    /* in the event loop, with "rc"; may release the job */
    void                      (*answer)(ngx_ap_reader_job_t *job);
    void                       *data;

    const fedi_id_rules_t      *rules;
    ngx_int_t                   rc;
    fedi_heap_t                 heap;
    fedi_str_t                  body;
    u_char                     *bytes;      /* of the body */

    unsigned                    awaited:1;  /* counted as such */
    unsigned                    released:1;

    /* of the body of a request */
    ngx_ap_read_pt              handler;
    const fedi_digest_t        *digest;     /* "said", or NULL */
    fedi_digest_t               said;
    ngx_fd_t                    fd;         /* or NGX_INVALID_FILE */
    off_t                       from;       /* in the file ... */
    off_t                       rest;       /* ... so much behind memory's */
    fedi_reading_t              reading;

    /* of a body whose digest alone matters */
    ngx_ap_read_digest_pt       digest_handler;
    fedi_digest_e               verdict;

    /* of the document of an actor */
    ngx_ap_read_actor_pt        actor_handler;
    fedi_answer_t               answered;
    fedi_fetched_t             *document;
    fedi_id_t                   elsewhere;
    fedi_actor_e                reason;
};


/* NULL: no memory; with "len" bytes for a body, to be filled, and waiting */
ngx_ap_reader_job_t *ngx_ap_reader_job(ngx_ap_reader_t *reader, size_t len);

/* now or when it is its turn; and the worker stays */
void ngx_ap_reader_begin(ngx_ap_reader_job_t *job);

/* one that no thread has; of others' use before it is begun */
void ngx_ap_reader_free(ngx_ap_reader_job_t *job);

/* copies those to the job, and takes a descriptor of the file of the rest */
ngx_int_t ngx_ap_reader_body_take(ngx_ap_reader_job_t *job,
    ngx_chain_t *body);

/* in a thread: of the file; 0 or less: it ends too soon, or cannot be read */
ssize_t ngx_ap_reader_body_piece(ngx_ap_reader_job_t *job, u_char *p,
    size_t len);


#endif
