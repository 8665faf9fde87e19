
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a worker of nginx does for us, who have no network.
 */

#ifndef APCTL_JOB_H
#define APCTL_JOB_H

#include <jansson.h>

#include "apctl_context.h"


/*
 * Asks for a job and waits for its result, an object, which the caller
 * releases.  "origin" may be NULL when there is one only; "args" is taken.
 * "doing" is for a person who waits.  Else the exit code, after a sentence on
 * stderr: APCTL_UNAVAILABLE when no worker takes it.
 */
apctl_exit_e apctl_job(apctl_t *ap, const char *kind, const char *origin,
    json_t *args, const char *doing, json_t **result);

/* a member that is a text, or NULL */
const char *apctl_job_text(const json_t *result, const char *name);

/* a member that is a number, or 0 */
long long apctl_job_number(const json_t *result, const char *name);


#endif
