
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_database_conf.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "fedi_hash.h"


#define NGX_HTTP_AP_TIMEOUT       3000
#define NGX_HTTP_AP_PASSWORD_MAX  1024


static ngx_ap_cache_t *ngx_http_ap_zone_add(ngx_conf_t *cf, ngx_str_t *name,
    size_t size);
static ngx_int_t ngx_http_ap_password(ngx_conf_t *cf, ngx_str_t *file,
    ngx_str_t *password);


char *
ngx_http_ap_database(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_main_conf_t  *amcf = conf;

    ngx_str_t   *value, text, password, error;
    ngx_uint_t   i;
    ngx_msec_t   timeout;

    if (amcf->conninfo.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ngx_str_null(&password);
    timeout = NGX_HTTP_AP_TIMEOUT;

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "timeout=", 8) == 0) {
            text.data = value[i].data + 8;
            text.len = value[i].len - 8;

            timeout = ngx_parse_time(&text, 0);

            if (timeout != (ngx_msec_t) NGX_ERROR) {
                continue;
            }

        } else if (ngx_strncmp(value[i].data, "password_file=", 14) == 0
                   && value[i].len > 14)
        {
            text.data = value[i].data + 14;
            text.len = value[i].len - 14;

            if (ngx_http_ap_password(cf, &text, &password) != NGX_OK) {
                return NGX_CONF_ERROR;
            }

            continue;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid database parameter \"%V\"", &value[i]);
        return NGX_CONF_ERROR;
    }

    ngx_str_null(&error);

    if (ngx_ap_pg_conninfo_parse(cf->pool, &value[1], &password, timeout,
                                 &amcf->database, &error)
        != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid database connection string: %V", &error);
        return NGX_CONF_ERROR;
    }

    amcf->conninfo = value[1];

    return NGX_CONF_OK;
}


/*
 * The first line of the file.  The master reads it, as root: workers have
 * no PG* environment and cannot read root's .pgpass.
 */

static ngx_int_t
ngx_http_ap_password(ngx_conf_t *cf, ngx_str_t *file, ngx_str_t *password)
{
    u_char     buf[NGX_HTTP_AP_PASSWORD_MAX + 1];
    ssize_t    n;
    ngx_fd_t   fd;
    ngx_str_t  name;
    ngx_uint_t len;

    name = *file;

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    fd = ngx_open_file(name.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", &name);
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, buf, sizeof(buf));

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", &name);
    }

    for (len = 0; n > 0 && len < (ngx_uint_t) n; len++) {
        if (buf[len] == '\n' || buf[len] == '\r') {
            break;
        }
    }

    if (n < 0 || len == 0 || len > NGX_HTTP_AP_PASSWORD_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "password file \"%V\" must hold one line of at "
                           "most %d bytes", &name, NGX_HTTP_AP_PASSWORD_MAX);
        OPENSSL_cleanse(buf, sizeof(buf));
        return NGX_ERROR;
    }

    password->data = ngx_pnalloc(cf->pool, len);

    if (password->data) {
        ngx_memcpy(password->data, buf, len);
        password->len = len;
    }

    OPENSSL_cleanse(buf, sizeof(buf));

    return password->data ? NGX_OK : NGX_ERROR;
}


char *
ngx_http_ap_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_main_conf_t  *amcf = conf;

    u_char     *colon;
    ssize_t     size;
    ngx_str_t  *value, name, text;

    if (amcf->cache) {
        return "is duplicate";
    }

    value = cf->args->elts;
    colon = NULL;

    if (ngx_strncmp(value[1].data, "zone=", 5) == 0) {
        colon = (u_char *) ngx_strchr(value[1].data, ':');
    }

    if (colon == NULL || colon == value[1].data + 5) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone \"%V\": it must be zone=NAME:SIZE",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    name.data = value[1].data + 5;
    name.len = colon - name.data;

    text.data = colon + 1;
    text.len = value[1].data + value[1].len - text.data;

    size = ngx_parse_size(&text);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone size \"%V\"", &text);
        return NGX_CONF_ERROR;
    }

    if (size < NGX_HTTP_AP_ZONE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is too small: 256k at least", &name);
        return NGX_CONF_ERROR;
    }

    amcf->cache = ngx_http_ap_zone_add(cf, &name, size);

    return amcf->cache ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_ap_cache_t *
ngx_http_ap_zone_add(ngx_conf_t *cf, ngx_str_t *name, size_t size)
{
    fedi_siphash_key_t  key;

    if (RAND_bytes((u_char *) &key, sizeof(fedi_siphash_key_t)) != 1) {
        ngx_log_error(NGX_LOG_ALERT, cf->log, 0, "RAND_bytes() failed");
        return NULL;
    }

    return ngx_ap_cache_add(cf, name, size, &ngx_http_activitypub_module,
                            &key);
}


char *
ngx_http_ap_allow_address(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ap_main_conf_t  *amcf = conf;

    ngx_str_t   *value;
    ngx_int_t    rc;
    ngx_cidr_t  *cidr;
    ngx_uint_t   i;

    if (amcf->allow_address) {
        return "is duplicate";
    }

    value = cf->args->elts;

    amcf->allow_address = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                           sizeof(ngx_cidr_t));
    if (amcf->allow_address == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        cidr = ngx_array_push(amcf->allow_address);
        if (cidr == NULL) {
            return NGX_CONF_ERROR;
        }

        rc = ngx_ptocidr(&value[i], cidr);

        if (rc == NGX_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid address range \"%V\"", &value[i]);
            return NGX_CONF_ERROR;
        }

        if (rc == NGX_DONE) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "low address bits of %V are meaningless",
                               &value[i]);
        }
    }

    ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                       "\"activitypub_allow_address\" is for development "
                       "only: it opens inner networks to strangers");

    return NGX_CONF_OK;
}


char *
ngx_http_ap_allow_http_warn(ngx_conf_t *cf, void *post, void *data)
{
    ngx_flag_t  *allow = data;

    if (*allow) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"activitypub_allow_http\" is for development "
                           "only: other servers refuse http");
    }

    return NGX_CONF_OK;
}


ngx_ap_worker_conf_t *
ngx_http_ap_worker_conf(ngx_conf_t *cf, ngx_http_ap_main_conf_t *amcf)
{
    u_char                *p;
    ngx_str_t             *host, *file;
    ngx_ap_worker_conf_t  *worker;

    static ngx_str_t  zone = ngx_string("activitypub");

    worker = ngx_pcalloc(cf->pool, sizeof(ngx_ap_worker_conf_t));
    if (worker == NULL) {
        return NULL;
    }

    if (amcf->cache == NULL) {
        amcf->cache = ngx_http_ap_zone_add(cf, &zone, NGX_HTTP_AP_ZONE_SIZE);
        if (amcf->cache == NULL) {
            return NULL;
        }
    }

    worker->cache = amcf->cache;
    worker->conninfo = amcf->database;
    worker->source = fedi_hash_add(FEDI_HASH_SEED,
                                   ngx_http_ap_view(&amcf->conninfo));
    worker->rules.http = amcf->allow_http;
    worker->rules.local = (amcf->allow_address != NULL);
    worker->client = &amcf->client;

    worker->thread_pool = ngx_thread_pool_add(cf, NULL);
    if (worker->thread_pool == NULL) {
        return NULL;
    }

    if (ngx_array_init(&worker->origins, cf->pool, 4,
                       sizeof(ngx_ap_origin_t *))
        != NGX_OK)
    {
        return NULL;
    }

    /* the same host may run several nginx, each with its own file */

    host = &cf->cycle->hostname;
    file = &cf->cycle->conf_file;

    worker->node.len = host->len + 1 + file->len;
    worker->node.data = ngx_pnalloc(cf->pool, worker->node.len);
    if (worker->node.data == NULL) {
        return NULL;
    }

    p = ngx_cpymem(worker->node.data, host->data, host->len);
    *p++ = ':';
    ngx_memcpy(p, file->data, file->len);

    return worker;
}
