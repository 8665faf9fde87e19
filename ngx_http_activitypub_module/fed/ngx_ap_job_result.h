
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The results of jobs, as apctl reads them.  NULL: no memory.
 *
 *     url, status, address, content_type, location, date, bytes
 *                 of the last answer; null or 0: there is none
 *     hops        an array of url, status, address
 *     error       null, or why not, for people
 *     step        null, or where it ended: see ngx_ap_fetch.h; "document"
 *                 is one that is no text
 *     later       the same may work later
 *     msec, now   how long it took, and the clock of this machine
 *     body        a text, of what was fetched
 */

#ifndef NGX_AP_JOB_RESULT_H
#define NGX_AP_JOB_RESULT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>

#include "ngx_ap_delivery.h"
#include "ngx_ap_fetch.h"


/* "url" as it was asked for, which need not be one */
json_t *ngx_ap_job_result_error(fedi_str_t url, const char *error);

json_t *ngx_ap_job_result_fetch(const ngx_ap_fetch_result_t *result,
    ngx_msec_t msec);

json_t *ngx_ap_job_result_post(const ngx_ap_delivery_t *delivery,
    ngx_msec_t msec);


#endif
