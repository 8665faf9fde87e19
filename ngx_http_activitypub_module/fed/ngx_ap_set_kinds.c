
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_set_kinds.h"
#include "ngx_ap_set_rows.h"
#include "ngx_ap_store_policies.h"


/* in the order of ngx_ap_set_e */

const ngx_ap_set_kind_t  ngx_ap_set_kinds[NGX_AP_SETS] = {

    { NGX_AP_SET_TWINS, ngx_ap_store_twins, ngx_ap_store_twins_at,
      "the zone is too small for all pages that have a document, each "
      "request asks the database" },

    { NGX_AP_SET_ACTORS, ngx_ap_store_actors, ngx_ap_store_actors_at,
      "the zone is too small for all actors of the database, each request "
      "for one that is not configured asks it" },

    /* of these a notification says all there is to know */

    { NGX_AP_SET_REMOTE, ngx_ap_store_remote_actors, NULL,
      "the zone is too small for all actors of other servers, each one that "
      "is deleted there asks the database" },

    { NGX_AP_SET_POLICIES, ngx_ap_store_policies, ngx_ap_store_policies_at,
      "the zone is too small for all rules about domains, what is posted is "
      "judged by the database, other signed requests are answered 503" }
};


ngx_uint_t
ngx_ap_set_kind_concerned(const ngx_ap_set_kind_t *kind,
    ngx_ap_worker_t *worker, const ngx_ap_changes_t *changes)
{
    return kind->at
           ? ngx_ap_set_rows_concern(worker->conf, kind->set, changes)
           : ngx_ap_set_remote_concern(changes);
}


ngx_int_t
ngx_ap_set_kind_add(const ngx_ap_set_kind_t *kind, ngx_ap_worker_t *worker,
    const ngx_ap_store_member_t *rows, ngx_uint_t n,
    ngx_ap_set_doubts_t *doubts)
{
    return kind->at
           ? ngx_ap_set_rows_add(worker->conf->cache, kind->set, rows, n)
           : ngx_ap_set_remote_fill(worker, rows, n, doubts);
}
