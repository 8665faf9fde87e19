
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_http_ap_site.h"


static ngx_uint_t ngx_http_ap_site_tree_has(
    ngx_http_location_tree_node_t *node, ngx_str_t *path);


ngx_uint_t
ngx_http_ap_site_has(ngx_http_core_srv_conf_t *cscf, ngx_str_t *path)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = cscf->ctx->loc_conf[ngx_http_core_module.ctx_index];

    return ngx_http_ap_site_tree_has(clcf->static_locations, path);
}


/* as nginx looks for a location: a node has what its parents left over */

static ngx_uint_t
ngx_http_ap_site_tree_has(ngx_http_location_tree_node_t *node,
    ngx_str_t *path)
{
    u_char     *p;
    size_t      n, len;
    ngx_int_t   rc;

    p = path->data;
    len = path->len;

    while (node) {

        n = ngx_min(len, (size_t) node->len);
        rc = ngx_filename_cmp(p, node->name, n);

        if (rc != 0) {
            node = rc < 0 ? node->left : node->right;
            continue;
        }

        if (len == (size_t) node->len) {
            return 1;
        }

        if (len < (size_t) node->len) {
            node = node->left;
            continue;
        }

        if (node->inclusive == NULL) {
            node = node->right;
            continue;
        }

        /* a prefix of it: what is longer, and what is nested in it */

        if (ngx_http_ap_site_tree_has(node->inclusive->static_locations,
                                      path))
        {
            return 1;
        }

        p += n;
        len -= n;
        node = node->tree;
    }

    return 0;
}
