
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether an origin of ours has to do with a host: what its configuration
 * says of domains, and what the database says, by the longest domain, and of
 * one of which both say something the strictest.  policy_of() of sql/functions
 * is the same in the database.
 *
 * Of memory alone: nothing is asked, and nothing waited for.
 */

#ifndef NGX_AP_POLICY_H
#define NGX_AP_POLICY_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_ap_origin.h"
#include "ngx_ap_worker.h"


typedef enum {
    NGX_AP_POLICY_NONE = 0,         /* or explicitly allowed */
    NGX_AP_POLICY_REJECT_MEDIA,
    NGX_AP_POLICY_LIMIT,
    NGX_AP_POLICY_SUSPEND,

    /*
     * The zone does not know the database's rules: it is being filled, or is
     * too small for them.  Who goes on needs somebody behind him who knows.
     */
    NGX_AP_POLICY_UNKNOWN
} ngx_ap_policy_e;


/* "host" is in the spelling of fedi_host.h, without a port */
ngx_ap_policy_e ngx_ap_policy_of(ngx_ap_worker_t *worker,
    const ngx_ap_origin_t *origin, fedi_str_t host);

/* the same to an origin by its URL, which may be that of another node */
ngx_ap_policy_e ngx_ap_policy_of_url(ngx_ap_worker_t *worker,
    const ngx_str_t *url, fedi_str_t host);


#endif
