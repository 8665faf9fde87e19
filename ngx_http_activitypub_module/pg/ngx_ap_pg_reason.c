
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Why a connection failed: one line, without control characters and without
 * the password, for the log and for who is told of the change.
 */

#include "ngx_ap_pg_internal.h"


void
ngx_ap_pg_because(ngx_ap_pg_t *pg, const char *fmt, ...)
{
    u_char            *p, *last, *end;
    va_list            args;
    ngx_ap_pg_host_t  *hosts;

    /* the server's own last words are better than what we conclude */

    if (pg->explained) {
        return;
    }

    hosts = pg->conninfo->hosts.elts;
    end = pg->reason_buf + sizeof(pg->reason_buf);

    va_start(args, fmt);
    last = ngx_vslprintf(pg->reason_buf, end, fmt, args);
    va_end(args);

    for (p = pg->reason_buf; p < last; p++) {
        if (*p < ' ') {
            *p = ' ';
        }
    }

    last = ngx_slprintf(last, end, ", host: \"%V\"", &hosts[pg->host].name);

    pg->reason.data = pg->reason_buf;
    pg->reason.len = last - pg->reason_buf;
}


/* one line of libpq's, without the address, which we name ourselves */

void
ngx_ap_pg_because_libpq(ngx_ap_pg_t *pg, const char *message)
{
    size_t       len;
    const char  *failed;

    len = strcspn(message, "\n");
    failed = strstr(message, " failed: ");

    if (strncmp(message, "connection to server ", 21) == 0
        && failed != NULL
        && failed < message + len)
    {
        failed += sizeof(" failed: ") - 1;
        len -= failed - message;
        message = failed;
    }

    if (strncmp(message, "FATAL:  ", 8) == 0) {
        message += 8;
        len -= 8;
    }

    ngx_ap_pg_because(pg, "%*s", len, message);
}


/* the same failure again and again is worth one line */

void
ngx_ap_pg_log_reason(ngx_ap_pg_t *pg)
{
    uint32_t    crc;
    ngx_uint_t  level;

    crc = ngx_crc32_short(pg->reason.data, pg->reason.len);
    level = (crc == pg->logged[pg->host]) ? NGX_LOG_DEBUG : NGX_LOG_INFO;

    pg->logged[pg->host] = crc;

    ngx_log_error(level, pg->log, 0, "database %s connection failed: %V",
                  pg->options.label, &pg->reason);
}


/* without a receiver libpq would print to stderr */

void
ngx_ap_pg_notice(void *arg, const PGresult *notice)
{
    ngx_ap_pg_t  *pg = arg;

    const char  *severity, *message;

    severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);

    if (severity == NULL || message == NULL) {
        return;
    }

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, pg->log, 0,
                   "database %s: %s: %s", pg->options.label, severity,
                   message);

    /* an idle connection is told this way why it ends */

    if (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0) {
        ngx_ap_pg_because_libpq(pg, message);
        pg->explained = 1;
    }
}


const char *
ngx_ap_pg_message(const PGresult *result)
{
    const char  *message;

    message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    return message ? message : "no message";
}
