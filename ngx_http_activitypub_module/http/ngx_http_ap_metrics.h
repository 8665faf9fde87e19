
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * "activitypub_status prometheus": the numbers of "activitypub_status json"
 * in the text format of Prometheus.  Labels are words of ours: no request can
 * make a new one.
 */

#ifndef NGX_HTTP_AP_METRICS_H
#define NGX_HTTP_AP_METRICS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>

#include "fedi_arena.h"
#include "fedi_err.h"


#define NGX_HTTP_AP_METRICS_TYPE  "text/plain; version=0.0.4; charset=utf-8"


/* takes "status", which may be NULL.  In the arena; FEDI_ENOMEM. */
fedi_err_e ngx_http_ap_metrics_render(fedi_arena_t *arena, json_t *status,
    fedi_str_t *text);


#endif
