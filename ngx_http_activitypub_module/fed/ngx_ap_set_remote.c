
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_cache_remote.h"
#include "ngx_ap_origin.h"
#include "ngx_ap_set_remote.h"
#include "ngx_ap_store_jobs.h"
#include "ngx_ap_str.h"


static ngx_int_t ngx_ap_set_remote_add(ngx_ap_worker_t *worker,
    ngx_str_t *uri, ngx_uint_t recent, ngx_ap_set_doubts_t *doubts);
static void ngx_ap_set_remote_doubted(void *data, ngx_int_t rc);


ngx_uint_t
ngx_ap_set_remote_concern(const ngx_ap_changes_t *changes)
{
    ngx_uint_t          i;
    ngx_ap_cache_key_t  key;

    for (i = 0; i < changes->n; i++) {
        ngx_ap_changes_key(changes, i, &key);

        if (ngx_ap_str_is(&key.origin, NGX_AP_CHANGES_REMOTE)) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_ap_set_remote_fill(ngx_ap_worker_t *worker,
    const ngx_ap_store_member_t *rows, ngx_uint_t n,
    ngx_ap_set_doubts_t *doubts)
{
    ngx_str_t   uri;
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        uri = rows[i].actor;

        if (ngx_ap_set_remote_add(worker, &uri, rows[i].gone, doubts)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_ap_set_remote_heard(ngx_ap_worker_t *worker, ngx_str_t *payload,
    ngx_ap_set_doubts_t *doubts)
{
    ngx_int_t           rc;
    ngx_uint_t          i;
    ngx_ap_changes_t    changes;
    ngx_ap_cache_key_t  key;

    if (ngx_ap_changes_open(&changes, payload) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = NGX_OK;

    for (i = 0; i < changes.n && rc == NGX_OK; i++) {
        ngx_ap_changes_key(&changes, i, &key);

        if (ngx_ap_str_is(&key.origin, NGX_AP_CHANGES_REMOTE)) {
            rc = ngx_ap_set_remote_add(worker, &key.path, 1, doubts);
        }
    }

    ngx_ap_changes_close(&changes);

    return rc;
}


/*
 * Who was learned long ago was not called unknown lately: there was no set
 * that did not have him.  So of a filter that is full, by a flood, nobody is
 * asked for no reason but those who have just come.
 */

static ngx_int_t
ngx_ap_set_remote_add(ngx_ap_worker_t *worker, ngx_str_t *uri,
    ngx_uint_t recent, ngx_ap_set_doubts_t *doubts)
{
    ngx_int_t          rc;
    ngx_ap_origin_t  **origin;

    rc = ngx_ap_cache_remote_add(worker->conf->cache, uri);

    if (rc != NGX_DONE) {
        return rc;
    }

    if (!recent || worker->conf->origins.nelts == 0) {
        return NGX_OK;
    }

    origin = worker->conf->origins.elts;
    doubts->n++;

    if (ngx_ap_store_doubt_actor(worker->store, uri, &origin[0]->url,
                                 ngx_ap_set_remote_doubted, doubts)
        == NULL)
    {
        ngx_ap_set_remote_doubted(doubts, NGX_ERROR);
    }

    return NGX_OK;
}


static void
ngx_ap_set_remote_doubted(void *data, ngx_int_t rc)
{
    ngx_ap_set_doubts_t *doubts = data;

    doubts->n--;
    doubts->handler(doubts->data, rc);
}
