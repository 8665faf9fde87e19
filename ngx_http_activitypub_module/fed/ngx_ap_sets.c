
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_sets.h"


ngx_int_t
ngx_ap_sets_create(ngx_ap_sets_t *sets, ngx_ap_worker_t *worker)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        sets->set[i] = ngx_ap_set_create(worker, (ngx_ap_set_e) i);

        if (sets->set[i] == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
ngx_ap_sets_destroy(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {

        if (sets->set[i]) {
            ngx_ap_set_destroy(sets->set[i]);
        }
    }
}


void
ngx_ap_sets_start(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_start(sets->set[i]);
    }
}


void
ngx_ap_sets_stop(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_stop(sets->set[i]);
    }
}


void
ngx_ap_sets_clear(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_clear(sets->set[i]);
    }
}


void
ngx_ap_sets_doubt(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_doubt(sets->set[i]);
    }
}


void
ngx_ap_sets_deaf(ngx_ap_sets_t *sets)
{
    ngx_ap_set_doubt(sets->set[NGX_AP_SET_REMOTE]);
}


void
ngx_ap_sets_fill(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_fill(sets->set[i]);
    }
}


void
ngx_ap_sets_change(ngx_ap_sets_t *sets, const ngx_ap_changes_t *changes,
    ngx_str_t *payload)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_change(sets->set[i], changes, payload);
    }
}


void
ngx_ap_sets_hold(ngx_ap_sets_t *sets, ngx_uint_t hold)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_hold(sets->set[i], hold);
    }
}


void
ngx_ap_sets_leave(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {
        ngx_ap_set_leave(sets->set[i]);
    }
}


ngx_uint_t
ngx_ap_sets_idle(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {

        if (!ngx_ap_set_idle(sets->set[i])) {
            return 0;
        }
    }

    return 1;
}


ngx_uint_t
ngx_ap_sets_filling(ngx_ap_sets_t *sets)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_AP_SETS; i++) {

        if (ngx_ap_set_filling(sets->set[i])) {
            return 1;
        }
    }

    return 0;
}
