
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is to be said of the header of a signature: fedi_signature_read() is
 * one step of nginx, and several for who wonders where it ended.
 */

#ifndef APCTL_VERIFY_HEADER_H
#define APCTL_VERIFY_HEADER_H

#include "apctl_verify_report.h"
#include "fedi_signature_check.h"


/* when the request says that it was made; else "now" */
int64_t apctl_header_time(apctl_t *ap, const fedi_signed_request_t *request,
    int64_t now);

/* as RFC 3339 writes it */
const char *apctl_header_date(apctl_t *ap, int64_t time);

/*
 * A line for each step that holds, by what fedi_signature_read() said, and
 * returns the name of the one that does not.  "signature" was all zero before
 * it was read.
 */
const char *apctl_header_report(apctl_t *ap, apctl_report_t *report,
    const fedi_signed_request_t *request, const fedi_signature_t *signature,
    int64_t now, fedi_signature_e reason);


#endif
