
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Notice that the worker is told to exit gracefully.  nginx tells nobody but
 * its idle connections, so this is one: a socket that nothing is sent to.
 */

#ifndef NGX_AP_SHUTDOWN_H
#define NGX_AP_SHUTDOWN_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct ngx_ap_shutdown_s  ngx_ap_shutdown_t;


/*
 * "handler" is called once, when ngx_exiting is set and before the worker
 * looks for timers: a timer that it adds (not cancelable) keeps the worker.
 * NULL: no memory or no connection left, logged.
 */
ngx_ap_shutdown_t *ngx_ap_shutdown_create(void (*handler)(void *data),
    void *data, ngx_log_t *log);

void ngx_ap_shutdown_destroy(ngx_ap_shutdown_t *shutdown);


#endif
