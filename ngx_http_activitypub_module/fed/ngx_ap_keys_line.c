
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * When many of one server begin to follow at once, each has a key that
 * nobody knows.  They are fetched in turn, and who waits is not sent away
 * as long as the line is short enough to be served in time.
 */

#include "ngx_ap_keys_internal.h"


#define NGX_AP_KEYS_LINE         128
#define NGX_AP_KEYS_LINE_DOMAIN  64


ngx_int_t
ngx_ap_keys_line_join(ngx_ap_keys_entry_t *entry)
{
    ngx_uint_t            n;
    ngx_queue_t          *q;
    ngx_ap_keys_t        *keys;
    ngx_ap_keys_entry_t  *other;

    keys = entry->keys;

    if (keys->nline == NGX_AP_KEYS_LINE) {
        return NGX_DECLINED;
    }

    n = 0;

    for (q = ngx_queue_head(&keys->line);
         q != ngx_queue_sentinel(&keys->line);
         q = ngx_queue_next(q))
    {
        other = ngx_queue_data(q, ngx_ap_keys_entry_t, line);
        n += ngx_ap_key_hosts_near(&other->node.str, &entry->node.str);
    }

    if (n >= NGX_AP_KEYS_LINE_DOMAIN) {
        return NGX_DECLINED;
    }

    ngx_queue_insert_tail(&keys->line, &entry->line);
    keys->nline++;
    entry->in_line = 1;

    return NGX_OK;
}


void
ngx_ap_keys_line_leave(ngx_ap_keys_entry_t *entry)
{
    ngx_queue_remove(&entry->line);
    entry->keys->nline--;
    entry->in_line = 0;
}


ngx_ap_keys_entry_t *
ngx_ap_keys_line_next(ngx_ap_keys_t *keys, ngx_int_t *rc)
{
    ngx_queue_t          *q;
    ngx_ap_keys_entry_t  *entry;

    for (q = ngx_queue_head(&keys->line);
         q != ngx_queue_sentinel(&keys->line);
         q = ngx_queue_next(q))
    {
        entry = ngx_queue_data(q, ngx_ap_keys_entry_t, line);

        /* who asked may have gone away */

        *rc = ngx_queue_empty(&entry->waits)
              ? NGX_DECLINED
              : ngx_ap_key_hosts_enter(keys->hosts, &entry->node.str,
                                       entry->key != NULL, &entry->host);

        if (*rc != NGX_AGAIN) {
            ngx_ap_keys_line_leave(entry);
            return entry;
        }
    }

    return NULL;
}
