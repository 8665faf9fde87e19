
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Payload of a notification.
 */

#include "ngx_ap_changes.h"


/*
 * PostgreSQL's own limit.  Whoever may connect to the database may notify:
 * so much text cannot nest deeper than jansson itself allows to.
 */
#define NGX_AP_CHANGES_LARGEST  8000


static ngx_uint_t ngx_ap_changes_is_key(json_t *key);
static void ngx_ap_changes_part(json_t *key, size_t i, ngx_str_t *part);


ngx_int_t
ngx_ap_changes_open(ngx_ap_changes_t *changes, ngx_str_t *payload)
{
    size_t   i;
    json_t  *list;

    changes->list = NULL;
    changes->n = 0;

    if (payload->len == 1 && payload->data[0] == '*') {
        return NGX_OK;
    }

    if (payload->len > NGX_AP_CHANGES_LARGEST) {
        return NGX_DECLINED;
    }

    list = json_loadb((char *) payload->data, payload->len, 0, NULL);

    if (!json_is_array(list)) {
        goto declined;
    }

    for (i = 0; i < json_array_size(list); i++) {

        if (!ngx_ap_changes_is_key(json_array_get(list, i))) {
            goto declined;
        }
    }

    changes->list = list;
    changes->n = json_array_size(list);

    return NGX_OK;

declined:

    json_decref(list);

    return NGX_DECLINED;
}


void
ngx_ap_changes_key(const ngx_ap_changes_t *changes, ngx_uint_t i,
    ngx_ap_cache_key_t *key)
{
    json_t  *triple;

    triple = json_array_get(changes->list, i);

    ngx_ap_changes_part(triple, 0, &key->origin);
    ngx_ap_changes_part(triple, 1, &key->path);
    ngx_ap_changes_part(triple, 2, &key->query);
}


ngx_uint_t
ngx_ap_changes_is_url(const ngx_ap_cache_key_t *key)
{
    return ngx_strlchr(key->origin.data, key->origin.data + key->origin.len,
                       ':')
           != NULL;
}


void
ngx_ap_changes_close(ngx_ap_changes_t *changes)
{
    json_decref(changes->list);

    changes->list = NULL;
    changes->n = 0;
}


static ngx_uint_t
ngx_ap_changes_is_key(json_t *key)
{
    return json_array_size(key) == 3
           && json_is_string(json_array_get(key, 0))
           && json_is_string(json_array_get(key, 1))
           && json_is_string(json_array_get(key, 2));
}


static void
ngx_ap_changes_part(json_t *key, size_t i, ngx_str_t *part)
{
    json_t  *text;

    text = json_array_get(key, i);

    part->data = (u_char *) json_string_value(text);
    part->len = json_string_length(text);
}
