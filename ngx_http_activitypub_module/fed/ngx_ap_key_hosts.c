
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A server is in the tree while it is asked, and after that while it has
 * failures to its name; of those the oldest are forgotten first.
 *
 * Whoever owns a domain has as many servers in it as it likes, so turns are
 * shared out by domain.  But anybody can name servers in it that there are
 * not: what is called as the domain itself, and what had a key for us before,
 * is not held up by those.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include "fedi_host.h"
#include "ngx_ap_arena.h"
#include "ngx_ap_key_domains.h"
#include "ngx_ap_key_hosts.h"

#include <openssl/rand.h>


#define NGX_AP_KEY_HOSTS_TURNS     8
#define NGX_AP_KEY_HOSTS_DOMAIN    4

#define NGX_AP_KEY_HOSTS_FAILURES  5

/* how long it is left alone, and remembered, seconds */
#define NGX_AP_KEY_HOSTS_PAUSE     60
#define NGX_AP_KEY_HOSTS_MEMORY    600

#define NGX_AP_KEY_HOSTS_FAILED    512


struct ngx_ap_key_host_s {
    ngx_str_node_t              node;       /* the name: bytes behind this */
    ngx_queue_t                 queue;      /* of "busy", or of "failed" */
    ngx_uint_t                  turns;
    ngx_uint_t                  failures;   /* in a row */
    time_t                      failed;
};


struct ngx_ap_key_hosts_s {
    ngx_log_t                  *log;
    ngx_rbtree_t                tree;
    ngx_rbtree_node_t           sentinel;
    ngx_queue_t                 busy;       /* so few that they are read */
    ngx_queue_t                 failed;     /* idle ones, the newest last */
    ngx_uint_t                  nfailed;
    ngx_uint_t                  turns;
    ngx_ap_key_domains_t        domains;
};


static ngx_ap_key_host_t *ngx_ap_key_hosts_get(ngx_ap_key_hosts_t *hosts,
    const ngx_str_t *name);
static ngx_int_t ngx_ap_key_hosts_may(ngx_ap_key_hosts_t *hosts,
    ngx_ap_key_host_t *host, ngx_uint_t known);
static ngx_uint_t ngx_ap_key_hosts_turns(ngx_ap_key_hosts_t *hosts,
    ngx_ap_key_host_t *host);
static void ngx_ap_key_hosts_settle(ngx_ap_key_hosts_t *hosts,
    ngx_ap_key_host_t *host);
static void ngx_ap_key_hosts_free(ngx_ap_key_hosts_t *hosts,
    ngx_ap_key_host_t *host);
static ngx_str_t ngx_ap_key_hosts_name(const ngx_str_t *id);
static ngx_uint_t ngx_ap_key_hosts_kin(const ngx_str_t *name,
    const ngx_str_t *other);
static ngx_str_t ngx_ap_key_hosts_domain(const ngx_str_t *name);


ngx_ap_key_hosts_t *
ngx_ap_key_hosts_create(ngx_log_t *log)
{
    ngx_ap_key_hosts_t  *hosts;

    hosts = ngx_calloc(sizeof(ngx_ap_key_hosts_t), log);
    if (hosts == NULL) {
        return NULL;
    }

    hosts->log = log;

    if (RAND_bytes((u_char *) &hosts->domains.key, sizeof(fedi_siphash_key_t))
        != 1)
    {
        ngx_log_error(NGX_LOG_ERR, log, 0, "RAND_bytes() failed");
        ngx_free(hosts);
        return NULL;
    }

    ngx_rbtree_init(&hosts->tree, &hosts->sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_queue_init(&hosts->busy);
    ngx_queue_init(&hosts->failed);

    return hosts;
}


void
ngx_ap_key_hosts_destroy(ngx_ap_key_hosts_t *hosts)
{
    ngx_queue_t        *q;
    ngx_ap_key_host_t  *host;

    while (!ngx_queue_empty(&hosts->failed)) {
        q = ngx_queue_head(&hosts->failed);
        host = ngx_queue_data(q, ngx_ap_key_host_t, queue);

        ngx_queue_remove(q);
        ngx_ap_key_hosts_free(hosts, host);
    }

    ngx_free(hosts);
}


ngx_int_t
ngx_ap_key_hosts_enter(ngx_ap_key_hosts_t *hosts, const ngx_str_t *id,
    ngx_uint_t known, ngx_ap_key_host_t **host)
{
    ngx_int_t           rc;
    ngx_str_t           name, domain;
    ngx_ap_key_host_t  *found;

    if (hosts->turns == NGX_AP_KEY_HOSTS_TURNS) {
        return NGX_AGAIN;
    }

    name = ngx_ap_key_hosts_name(id);
    found = ngx_ap_key_hosts_get(hosts, &name);

    if (found == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_ap_key_hosts_may(hosts, found, known);

    domain = ngx_ap_key_hosts_domain(&name);

    if (rc == NGX_OK && !known && domain.len != name.len) {
        rc = ngx_ap_key_domains_may(&hosts->domains, &domain, &name);
    }

    if (rc != NGX_OK) {

        if (found->turns == 0 && found->failures == 0) {
            ngx_ap_key_hosts_free(hosts, found);
        }

        return rc;
    }

    if (found->turns == 0) {

        /* nobody forgets it while it is asked */

        if (found->failures) {
            ngx_queue_remove(&found->queue);
            hosts->nfailed--;
        }

        ngx_queue_insert_tail(&hosts->busy, &found->queue);
    }

    found->turns++;
    hosts->turns++;

    *host = found;

    return NGX_OK;
}


void
ngx_ap_key_hosts_leave(ngx_ap_key_hosts_t *hosts, ngx_ap_key_host_t *host,
    ngx_int_t rc)
{
    host->turns--;
    hosts->turns--;

    if (rc == NGX_OK) {
        host->failures = 0;
        ngx_ap_key_domains_met(&hosts->domains, &host->node.str);

    } else if (rc == NGX_ERROR) {
        host->failures++;
        host->failed = ngx_time();
    }

    if (host->turns == 0) {
        ngx_queue_remove(&host->queue);
        ngx_ap_key_hosts_settle(hosts, host);
    }
}


static ngx_ap_key_host_t *
ngx_ap_key_hosts_get(ngx_ap_key_hosts_t *hosts, const ngx_str_t *name)
{
    uint32_t            hash;
    ngx_str_t           text;
    ngx_ap_key_host_t  *host;

    text = *name;
    hash = ngx_crc32_short(text.data, text.len);

    host = (ngx_ap_key_host_t *) ngx_str_rbtree_lookup(&hosts->tree, &text,
                                                       hash);
    if (host) {
        return host;
    }

    host = ngx_calloc(sizeof(ngx_ap_key_host_t) + text.len, hosts->log);
    if (host == NULL) {
        return NULL;
    }

    host->node.node.key = hash;
    host->node.str.len = text.len;
    host->node.str.data = (u_char *) (host + 1);
    ngx_memcpy(host->node.str.data, text.data, text.len);

    ngx_rbtree_insert(&hosts->tree, &host->node.node);

    return host;
}


static ngx_int_t
ngx_ap_key_hosts_may(ngx_ap_key_hosts_t *hosts, ngx_ap_key_host_t *host,
    ngx_uint_t known)
{
    time_t  since;

    since = ngx_time() - host->failed;

    if (host->failures < NGX_AP_KEY_HOSTS_FAILURES
        || since >= NGX_AP_KEY_HOSTS_MEMORY
        || (host->turns == 0
            && (known || since >= NGX_AP_KEY_HOSTS_PAUSE)))
    {
        return ngx_ap_key_hosts_turns(hosts, host) < NGX_AP_KEY_HOSTS_DOMAIN
               ? NGX_OK : NGX_AGAIN;
    }

    return NGX_DECLINED;
}


static ngx_uint_t
ngx_ap_key_hosts_turns(ngx_ap_key_hosts_t *hosts, ngx_ap_key_host_t *host)
{
    ngx_uint_t          turns;
    ngx_queue_t        *q;
    ngx_ap_key_host_t  *busy;

    turns = 0;

    for (q = ngx_queue_head(&hosts->busy);
         q != ngx_queue_sentinel(&hosts->busy);
         q = ngx_queue_next(q))
    {
        busy = ngx_queue_data(q, ngx_ap_key_host_t, queue);

        if (ngx_ap_key_hosts_kin(&busy->node.str, &host->node.str)) {
            turns += busy->turns;
        }
    }

    return turns;
}


static void
ngx_ap_key_hosts_settle(ngx_ap_key_hosts_t *hosts, ngx_ap_key_host_t *host)
{
    ngx_queue_t  *q;

    if (host->failures == 0) {
        ngx_ap_key_hosts_free(hosts, host);
        return;
    }

    ngx_queue_insert_tail(&hosts->failed, &host->queue);
    hosts->nfailed++;

    if (hosts->nfailed > NGX_AP_KEY_HOSTS_FAILED) {
        q = ngx_queue_head(&hosts->failed);

        ngx_queue_remove(q);
        hosts->nfailed--;

        ngx_ap_key_hosts_free(hosts, ngx_queue_data(q, ngx_ap_key_host_t,
                                                    queue));
    }
}


static void
ngx_ap_key_hosts_free(ngx_ap_key_hosts_t *hosts, ngx_ap_key_host_t *host)
{
    ngx_rbtree_delete(&hosts->tree, &host->node.node);
    ngx_free(host);
}


ngx_uint_t
ngx_ap_key_hosts_near(const ngx_str_t *id, const ngx_str_t *other)
{
    ngx_str_t  name, another;

    name = ngx_ap_key_hosts_name(id);
    another = ngx_ap_key_hosts_name(other);

    return ngx_ap_key_hosts_kin(&name, &another);
}


/* "acme.example" of "https://acme.example/u/bob#main-key" */

static ngx_str_t
ngx_ap_key_hosts_name(const ngx_str_t *id)
{
    size_t     i;
    ngx_str_t  name;

    name = *id;

    for (i = 0; i + 2 < name.len; i++) {
        if (ngx_strncmp(name.data + i, "://", 3) == 0) {
            name.data += i + 3;
            name.len -= i + 3;
            break;
        }
    }

    for (i = 0; i < name.len; i++) {
        if (ngx_strchr("/?#", name.data[i]) != NULL) {
            break;
        }
    }

    name.len = i;

    return name;
}


static ngx_uint_t
ngx_ap_key_hosts_kin(const ngx_str_t *name, const ngx_str_t *other)
{
    ngx_str_t  one, two;

    one = ngx_ap_key_hosts_domain(name);
    two = ngx_ap_key_hosts_domain(other);

    return one.len == two.len
           && ngx_memcmp(one.data, two.data, one.len) == 0;
}


/* "acme.example" of "www.acme.example"; a port is a part of it */

static ngx_str_t
ngx_ap_key_hosts_domain(const ngx_str_t *name)
{
    fedi_str_t  domain;

    domain = fedi_host_domain(ngx_ap_view(name));

    return (ngx_str_t) { domain.len, (u_char *) domain.data };
}
