
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Large bodies, and those in a file, are read, hashed and parsed in the thread
 * pool, and so are large documents of others: at most as many at a time as
 * there are processors.
 */

#ifndef NGX_AP_READER_H
#define NGX_AP_READER_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_fetched.h"
#include "fedi_reading.h"
#include "ngx_ap_worker.h"


/*
 * To parse twice as many bytes takes a millisecond when they are chosen for
 * it: what is longer is a thread's, the rest is read in place.
 */
#define NGX_AP_READER_SMALL  (8 * 1024)


typedef struct ngx_ap_reader_s      ngx_ap_reader_t;
typedef struct ngx_ap_reader_job_s  ngx_ap_reader_job_t;

/*
 * NGX_OK: "reading" is what fedi_reading_take() says of "body"; both belong to
 * the job.  NGX_ERROR: the file cannot be read, or no thread.
 */
typedef void (*ngx_ap_read_pt)(void *data, ngx_int_t rc, fedi_str_t body,
    const fedi_reading_t *reading);

/* NGX_OK: "digest" is what fedi_digest_verify_pieces() says */
typedef void (*ngx_ap_read_digest_pt)(void *data, ngx_int_t rc,
    fedi_digest_e digest);

/* what fedi_fetched_accept() says; "document" is the job's */
typedef void (*ngx_ap_read_actor_pt)(void *data, ngx_int_t rc,
    fedi_actor_e reason, const fedi_fetched_t *document,
    const fedi_id_t *elsewhere);


/* in init_process; the worker outlives it.  NULL: no memory */
ngx_ap_reader_t *ngx_ap_reader_create(ngx_ap_worker_t *worker);

/*
 * In exit_process; nginx has emptied its thread pools by then.  Nobody is
 * answered, and no job is left.
 */
void ngx_ap_reader_destroy(ngx_ap_reader_t *reader);

/*
 * Whether a body of so many bytes may be read.  They stay in memory until the
 * job is released, and nobody is believed yet.
 */
ngx_uint_t ngx_ap_reader_has_room(ngx_ap_reader_t *reader, size_t len);

/*
 * Takes what it needs of "body" (in memory, or in one file) and of "digest".
 * "handler" is called once, never from within this call, unless the job is
 * released before.  NULL: no memory.
 */
ngx_ap_reader_job_t *ngx_ap_reader_read(ngx_ap_reader_t *reader,
    ngx_chain_t *body, const fedi_digest_t *digest, ngx_ap_read_pt handler,
    void *data);

/*
 * The same for a body that is nothing to us: of the file nothing stays in
 * memory, however large it is.  The first tells for how many bytes there has
 * to be room.
 */
size_t ngx_ap_reader_body_memory(ngx_chain_t *body);
ngx_ap_reader_job_t *ngx_ap_reader_digest(ngx_ap_reader_t *reader,
    ngx_chain_t *body, const fedi_digest_t *digest,
    ngx_ap_read_digest_pt handler, void *data);

/* the same for a document that was fetched; all of the answer is copied */
ngx_ap_reader_job_t *ngx_ap_reader_read_actor(ngx_ap_reader_t *reader,
    const fedi_answer_t *answer, ngx_ap_read_actor_pt handler, void *data);

/* at any time, once: a thread at work is not waited for */
void ngx_ap_reader_release(ngx_ap_reader_job_t *job);


#endif
