
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What "apctl verify" says: a line for each step, as far as it came.
 */

#ifndef APCTL_VERIFY_REPORT_H
#define APCTL_VERIFY_REPORT_H

#include <jansson.h>

#include "apctl_context.h"


typedef enum {
    APCTL_STEP_OK = 0,
    APCTL_STEP_FAILED,
    APCTL_STEP_OPEN             /* not looked at, or nothing to look at */
} apctl_step_e;


typedef struct {
    apctl_t  *ap;
    json_t   *steps;
    json_t   *bases;
} apctl_report_t;


void apctl_report_begin(apctl_report_t *report, apctl_t *ap);

void apctl_report_step(apctl_report_t *report, apctl_step_e state,
    const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* a text that the signature may be of; shown with --base */
void apctl_report_base(apctl_report_t *report, fedi_str_t base);

/* the last line, or all of the JSON; "code" and "text" are nginx's */
void apctl_report_end(apctl_report_t *report, unsigned status,
    const char *code, const char *text, const char *at, const char *origin);

void apctl_report_free(apctl_report_t *report);


#endif
