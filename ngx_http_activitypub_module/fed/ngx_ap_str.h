
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Comparing ngx_str_t, of which an empty one may point nowhere.
 */

#ifndef NGX_AP_STR_H
#define NGX_AP_STR_H

#include <ngx_config.h>
#include <ngx_core.h>


static ngx_inline ngx_uint_t
ngx_ap_str_eq(const ngx_str_t *one, const ngx_str_t *two)
{
    return one->len == two->len
           && (one->len == 0
               || ngx_memcmp(one->data, two->data, one->len) == 0);
}


static ngx_inline ngx_uint_t
ngx_ap_str_is(const ngx_str_t *s, const char *text)
{
    return s->len == ngx_strlen(text)
           && (s->len == 0 || ngx_memcmp(s->data, text, s->len) == 0);
}


#endif
