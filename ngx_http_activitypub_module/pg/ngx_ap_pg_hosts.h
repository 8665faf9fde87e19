
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection string that libpq took apart, on its way to one set of
 * parameters for each host.  For ngx_ap_pg_conninfo.c only.
 */

#ifndef NGX_AP_PG_HOSTS_H
#define NGX_AP_PG_HOSTS_H

#include "ngx_ap_pg_conninfo.h"


typedef struct {
    const char                 *keyword;
    const char                 *value;
} ngx_ap_pg_pair_t;


typedef struct {
    ngx_pool_t                 *pool;
    ngx_str_t                  *error;
    ngx_array_t                 pairs;      /* ngx_ap_pg_pair_t, all hosts' */

    ngx_str_t                   host;       /* comma-separated, as given */
    ngx_str_t                   hostaddr;
    ngx_str_t                   port;

    const char                 *options;
    unsigned                    session_attrs:1;
} ngx_ap_pg_parser_t;


/* NGX_ERROR: the text is in parser->error */
ngx_int_t ngx_ap_pg_hosts_parse(ngx_ap_pg_parser_t *parser,
    ngx_array_t *hosts);


/*
 * Shared by the two files.  "fail" formats parser->error and answers
 * NGX_ERROR; "pair" adds to parser->pairs what it is given, without a copy;
 * "copy" is NUL-terminated, in the pool, or NULL.
 */

ngx_int_t ngx_ap_pg_conninfo_fail(ngx_ap_pg_parser_t *parser,
    const char *fmt, ...);
ngx_int_t ngx_ap_pg_conninfo_pair(ngx_ap_pg_parser_t *parser,
    const char *keyword, const char *value);
char *ngx_ap_pg_conninfo_copy(ngx_pool_t *pool, const u_char *data,
    size_t len);


#endif
