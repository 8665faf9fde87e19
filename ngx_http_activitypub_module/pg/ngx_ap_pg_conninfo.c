
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * libpq takes the connection string apart; we put one set of parameters
 * together for each host it names, paired as libpq itself pairs them.
 *
 * A later parameter overrides an earlier one in PQconnectStartParams(), and
 * an empty one counts as absent: so our defaults come first, then the user's
 * parameters, then what must be so.
 */

#include "ngx_ap_pg_hosts.h"

#include <libpq-fe.h>


static ngx_int_t ngx_ap_pg_conninfo_invalid(ngx_ap_pg_parser_t *parser,
    const char *text, const char *message);
static ngx_int_t ngx_ap_pg_conninfo_options(ngx_ap_pg_parser_t *parser,
    const PQconninfoOption *option, ngx_str_t *password);
static ngx_int_t ngx_ap_pg_conninfo_option(ngx_ap_pg_parser_t *parser,
    const PQconninfoOption *option, ngx_str_t *password);
static ngx_int_t ngx_ap_pg_conninfo_forced(ngx_ap_pg_parser_t *parser,
    ngx_str_t *password, ngx_msec_t timeout);


static const ngx_ap_pg_pair_t  ngx_ap_pg_defaults[] = {
    { "application_name", "nginx" },
    { "keepalives_idle", "30" },
    { "keepalives_interval", "10" },
    { "keepalives_count", "3" },
    { "tcp_user_timeout", "30000" },
    { NULL, NULL }
};


static const ngx_ap_pg_pair_t  ngx_ap_pg_refused[] = {
    { "passfile", "cannot be used: workers could not read it, "
                  "use password_file=" },
    { "service", "cannot be used: workers would read the service file, write "
                 "its parameters here and use password_file=" },
    { "replication", "cannot be used" },
    { NULL, NULL }
};


ngx_int_t
ngx_ap_pg_conninfo_parse(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *password, ngx_msec_t timeout, ngx_ap_pg_conninfo_t *conninfo,
    ngx_str_t *error)
{
    char                *copy, *message;
    ngx_int_t            rc;
    PQconninfoOption    *options;
    ngx_ap_pg_parser_t   parser;

    ngx_memzero(&parser, sizeof(ngx_ap_pg_parser_t));
    ngx_str_null(error);

    parser.pool = pool;
    parser.error = error;
    parser.options = "";

    if (timeout == 0) {
        return ngx_ap_pg_conninfo_fail(&parser, "the timeout is zero");
    }

    /* PostgreSQL counts milliseconds in an int, and refuses more */

    if (timeout > NGX_MAX_INT32_VALUE) {
        return ngx_ap_pg_conninfo_fail(&parser, "the timeout is too long");
    }

    copy = ngx_ap_pg_conninfo_copy(pool, text->data, text->len);

    if (copy == NULL
        || ngx_array_init(&parser.pairs, pool, 16, sizeof(ngx_ap_pg_pair_t))
           != NGX_OK)
    {
        return ngx_ap_pg_conninfo_fail(&parser, "no memory");
    }

    message = NULL;
    options = PQconninfoParse(copy, &message);

    if (options == NULL) {
        rc = ngx_ap_pg_conninfo_invalid(&parser, copy, message);
        PQfreemem(message);
        return rc;
    }

    rc = ngx_ap_pg_conninfo_options(&parser, options, password);

    PQconninfoFree(options);

    if (rc != NGX_OK
        || ngx_ap_pg_conninfo_forced(&parser, password, timeout) != NGX_OK)
    {
        return NGX_ERROR;
    }

    conninfo->timeout = timeout;

    return ngx_ap_pg_hosts_parse(&parser, &conninfo->hosts);
}


ngx_int_t
ngx_ap_pg_conninfo_fail(ngx_ap_pg_parser_t *parser, const char *fmt, ...)
{
    u_char   buf[NGX_MAX_CONF_ERRSTR], *last;
    va_list  args;

    va_start(args, fmt);
    last = ngx_vslprintf(buf, buf + NGX_MAX_CONF_ERRSTR, fmt, args);
    va_end(args);

    parser->error->len = last - buf;
    parser->error->data = (u_char *)
                             ngx_ap_pg_conninfo_copy(parser->pool, buf,
                                                     parser->error->len);
    if (parser->error->data == NULL) {
        ngx_str_set(parser->error, "no memory");
    }

    return NGX_ERROR;
}


/*
 * libpq's message quotes the word it stumbled over, and that may be a part of
 * the password: "password=two words" is 'missing "=" after "words"'.
 */

static ngx_int_t
ngx_ap_pg_conninfo_invalid(ngx_ap_pg_parser_t *parser, const char *text,
    const char *message)
{
    size_t  len;

    if (message == NULL) {
        return ngx_ap_pg_conninfo_fail(parser, "no memory");
    }

    if (strstr(text, "pass") != NULL || strchr(text, '@') != NULL) {
        return ngx_ap_pg_conninfo_fail(parser, "libpq cannot read it "
                                       "(details would show the password)");
    }

    len = strcspn(message, "\n");

    return ngx_ap_pg_conninfo_fail(parser, "%*s", len, message);
}


static ngx_int_t
ngx_ap_pg_conninfo_options(ngx_ap_pg_parser_t *parser,
    const PQconninfoOption *option, ngx_str_t *password)
{
    const ngx_ap_pg_pair_t  *pair;

    for (pair = ngx_ap_pg_defaults; pair->keyword != NULL; pair++) {
        if (ngx_ap_pg_conninfo_pair(parser, pair->keyword, pair->value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    for ( /* void */ ; option->keyword != NULL; option++) {
        if (option->val == NULL || option->val[0] == '\0') {
            continue;
        }

        if (ngx_ap_pg_conninfo_option(parser, option, password) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_pg_conninfo_option(ngx_ap_pg_parser_t *parser,
    const PQconninfoOption *option, ngx_str_t *password)
{
    char                    *keyword, *value;
    ngx_str_t                text;
    const ngx_ap_pg_pair_t  *pair;

    for (pair = ngx_ap_pg_refused; pair->keyword != NULL; pair++) {
        if (strcmp(option->keyword, pair->keyword) == 0) {
            return ngx_ap_pg_conninfo_fail(parser, "\"%s\" %s", pair->keyword,
                                           pair->value);
        }
    }

    if (password->len != 0 && strcmp(option->keyword, "password") == 0) {
        return ngx_ap_pg_conninfo_fail(parser, "\"password\" and "
                                       "password_file= exclude each other");
    }

    keyword = ngx_ap_pg_conninfo_copy(parser->pool,
                                      (u_char *) option->keyword,
                                      strlen(option->keyword));
    value = ngx_ap_pg_conninfo_copy(parser->pool, (u_char *) option->val,
                                    strlen(option->val));

    if (keyword == NULL || value == NULL) {
        return ngx_ap_pg_conninfo_fail(parser, "no memory");
    }

    text.data = (u_char *) value;
    text.len = strlen(value);

    if (strcmp(keyword, "host") == 0) {
        parser->host = text;

    } else if (strcmp(keyword, "hostaddr") == 0) {
        parser->hostaddr = text;

    } else if (strcmp(keyword, "port") == 0) {
        parser->port = text;

    } else if (strcmp(keyword, "options") == 0) {
        parser->options = value;

    } else {
        if (strcmp(keyword, "target_session_attrs") == 0) {
            parser->session_attrs = 1;
        }

        return ngx_ap_pg_conninfo_pair(parser, keyword, value);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ap_pg_conninfo_forced(ngx_ap_pg_parser_t *parser, ngx_str_t *password,
    ngx_msec_t timeout)
{
    char   *options, *copy;
    size_t  len;

    len = strlen(parser->options) + sizeof(" -c statement_timeout=")
          + NGX_INT64_LEN;

    options = ngx_pnalloc(parser->pool, len);
    if (options == NULL) {
        return ngx_ap_pg_conninfo_fail(parser, "no memory");
    }

    ngx_snprintf((u_char *) options, len, "%s -c statement_timeout=%M%Z",
                 parser->options, timeout);

    /* a GSSAPI handshake may block, and documents are UTF-8 */

    if (ngx_ap_pg_conninfo_pair(parser, "options", options) != NGX_OK
        || ngx_ap_pg_conninfo_pair(parser, "gssencmode", "disable") != NGX_OK
        || ngx_ap_pg_conninfo_pair(parser, "client_encoding", "UTF8")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (password->len == 0) {
        return NGX_OK;
    }

    copy = ngx_ap_pg_conninfo_copy(parser->pool, password->data,
                                   password->len);
    if (copy == NULL) {
        return ngx_ap_pg_conninfo_fail(parser, "no memory");
    }

    return ngx_ap_pg_conninfo_pair(parser, "password", copy);
}


ngx_int_t
ngx_ap_pg_conninfo_pair(ngx_ap_pg_parser_t *parser, const char *keyword,
    const char *value)
{
    ngx_ap_pg_pair_t  *pair;

    pair = ngx_array_push(&parser->pairs);
    if (pair == NULL) {
        return ngx_ap_pg_conninfo_fail(parser, "no memory");
    }

    pair->keyword = keyword;
    pair->value = value;

    return NGX_OK;
}


char *
ngx_ap_pg_conninfo_copy(ngx_pool_t *pool, const u_char *data, size_t len)
{
    char  *copy;

    copy = ngx_pnalloc(pool, len + 1);
    if (copy == NULL) {
        return NULL;
    }

    if (len) {
        ngx_memcpy(copy, data, len);
    }

    copy[len] = '\0';

    return copy;
}
