
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A libpq connection string, read at configuration time and taken apart into
 * the hosts to try one by one: libpq itself resolves names with a blocking
 * getaddrinfo() and ignores connect_timeout when asynchronous.
 */

#ifndef NGX_AP_PG_CONNINFO_H
#define NGX_AP_PG_CONNINFO_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    const char                **keywords;   /* NULL-terminated, for libpq */
    const char                **values;
    ngx_str_t                   name;       /* for logs: "db1:5432" or path */
} ngx_ap_pg_host_t;


typedef struct {
    ngx_array_t                 hosts;      /* ngx_ap_pg_host_t, >= 1 */
    ngx_msec_t                  timeout;    /* of a statement */
} ngx_ap_pg_conninfo_t;


/*
 * "text" is keyword=value pairs or a postgresql:// URI.  "password" may be
 * empty.  Adds gssencmode=disable, statement_timeout and UTF-8; and, where
 * not given, application_name, keepalives and, for several hosts,
 * target_session_attrs=read-write.  A host that is a name without hostaddr is
 * refused, as are parameters that make a worker read other people's files.
 * Everything is in the pool; NGX_ERROR leaves a lower-case text for an
 * [emerg] in "error", which never holds the password.
 */
ngx_int_t ngx_ap_pg_conninfo_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *password, ngx_msec_t timeout, ngx_ap_pg_conninfo_t *conninfo,
    ngx_str_t *error);


#endif
