
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Whom strangers may make a worker ask: so many at a time, fewer of them of
 * one domain, and of one domain not many servers that are new.  A server that
 * did not answer several times in a row is left alone for a while, then asked
 * by one; only the keys that we have had from it may be asked for again
 * meanwhile, for anybody can name URLs of somebody else that do not answer.
 */

#ifndef NGX_AP_KEY_HOSTS_H
#define NGX_AP_KEY_HOSTS_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct ngx_ap_key_hosts_s  ngx_ap_key_hosts_t;
typedef struct ngx_ap_key_host_s   ngx_ap_key_host_t;


ngx_ap_key_hosts_t *ngx_ap_key_hosts_create(ngx_log_t *log);
void ngx_ap_key_hosts_destroy(ngx_ap_key_hosts_t *hosts);

/*
 * NGX_OK: "host" is a turn to ask the server of that id, an absolute URL, to
 * be given back by ngx_ap_key_hosts_leave().  "known": we have had a key by
 * this id before.  NGX_AGAIN: others have theirs.  NGX_DECLINED: the server is
 * left alone, or its domain has had too many new ones.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_ap_key_hosts_enter(ngx_ap_key_hosts_t *hosts,
    const ngx_str_t *id, ngx_uint_t known, ngx_ap_key_host_t **host);

/* whether both ids are of one domain */
ngx_uint_t ngx_ap_key_hosts_near(const ngx_str_t *id, const ngx_str_t *other);

/*
 * NGX_OK: it answered, whatever it said; NGX_ERROR: it did not; NGX_ABORT:
 * that is not known.
 */
void ngx_ap_key_hosts_leave(ngx_ap_key_hosts_t *hosts,
    ngx_ap_key_host_t *host, ngx_int_t rc);


#endif
