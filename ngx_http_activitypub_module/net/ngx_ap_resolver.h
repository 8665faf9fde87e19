
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Which name servers the client asks, by nginx's resolver.
 */

#ifndef NGX_AP_RESOLVER_H
#define NGX_AP_RESOLVER_H

#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_AP_RESOLV_CONF  "/etc/resolv.conf"


/*
 * As "resolver" has it: addresses with ports, and its parameters.  Names are
 * refused: they would be resolved at configuration time.  NULL: an [emerg]
 * is written.
 */
ngx_resolver_t *ngx_ap_resolver_create(ngx_conf_t *cf, ngx_str_t *args,
    ngx_uint_t n);

/* of the servers in /etc/resolv.conf; 127.0.0.1 where it names none */
ngx_resolver_t *ngx_ap_resolver_system(ngx_conf_t *cf);


#endif
