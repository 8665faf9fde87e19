
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A run of "apctl verify", and its steps.  Each says what it has seen, and
 * returns whether there is more to look at; else "exit" is set, and "code"
 * unless a sentence went to stderr.
 */

#ifndef APCTL_VERIFY_RUN_H
#define APCTL_VERIFY_RUN_H

#include "apctl_verify_key.h"
#include "apctl_verify_origin.h"
#include "apctl_verify_report.h"
#include "fedi_reading.h"
#include "fedi_refusal.h"
#include "fedi_signature_check.h"


typedef struct {
    apctl_t                *ap;
    apctl_report_t          report;
    apctl_saved_t           saved;
    apctl_verify_origin_t   origin;
    fedi_signed_request_t   request;
    fedi_signature_t        signature;
    fedi_digest_t           digest;
    fedi_reading_t          reading;
    fedi_id_t               key_id;
    fedi_id_t               owner;
    apctl_verify_key_t      key;
    int64_t                 now;
    bool                    post;
    bool                    is_signed;
    bool                    is_own;     /* the instance actor's */

    /* the end of it; "code" NULL: there is none yet */
    apctl_exit_e            exit;
    unsigned                status;
    const char             *code;
    const char             *text;
} apctl_verify_t;


bool apctl_verify_body(apctl_verify_t *v);

/* what needs no key to be refused */
bool apctl_verify_early(apctl_verify_t *v);

bool apctl_verify_find_key(apctl_verify_t *v);
bool apctl_verify_match(apctl_verify_t *v);
bool apctl_verify_owner(apctl_verify_t *v);
bool apctl_verify_authorise(apctl_verify_t *v);

/* what the database says of a domain */
bool apctl_verify_policy(apctl_verify_t *v, const fedi_id_t *id);

/* the end: a line for the step that does not hold; false */

bool apctl_verify_signed(apctl_verify_t *v, const char *step,
    fedi_signature_e reason);
bool apctl_verify_verdict(apctl_verify_t *v, const char *step,
    fedi_verdict_e verdict);
bool apctl_verify_refused(apctl_verify_t *v, const char *step,
    fedi_refusal_e refusal);
bool apctl_verify_failed(apctl_verify_t *v, const char *step, unsigned status,
    fedi_str_t code, fedi_str_t text);


#endif
