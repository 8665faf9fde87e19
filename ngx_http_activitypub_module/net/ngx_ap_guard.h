
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the client may go.  Before a name is resolved: https, the usual
 * port, a public name and no address in any spelling.  Before a socket is
 * made: the very sockaddr that it will connect to must be public
 * (fedi_guard) and not this machine's own.
 */

#ifndef NGX_AP_GUARD_H
#define NGX_AP_GUARD_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_url.h"


typedef struct ngx_ap_guard_s  ngx_ap_guard_t;


/*
 * In init_process.  The machine's own addresses are those of its listeners and
 * of its interfaces, which are looked at again every ten seconds of use.
 * "allow" (ngx_cidr_t; may be NULL) is let pass before anything else is asked.
 * NULL: no memory.
 */
ngx_ap_guard_t *ngx_ap_guard_create(ngx_cycle_t *cycle, ngx_array_t *allow,
    ngx_uint_t allow_http, ngx_log_t *log);

void ngx_ap_guard_destroy(ngx_ap_guard_t *guard);

/* NGX_DECLINED with a static reason */
ngx_int_t ngx_ap_guard_url(ngx_ap_guard_t *guard, const fedi_url_t *url,
    ngx_str_t *reason);

/* the same; "own": this machine's public addresses may be connected to */
ngx_int_t ngx_ap_guard_address(ngx_ap_guard_t *guard,
    struct sockaddr *sockaddr, socklen_t socklen, ngx_uint_t own,
    ngx_str_t *reason);


#endif
