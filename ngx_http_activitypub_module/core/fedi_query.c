
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_query.h"


static bool fedi_query_is_tracker(fedi_str_t parameter);


/*
 * What analytics, advertising and mailing lists add, under names that hardly
 * any site gives a meaning of its own ("ref" and "source" are not here).  In
 * lower case; the same names stand in the SQL function page_query().
 */

static const fedi_str_t  fedi_query_trackers[] = {
    fedi_string("__s"),
    fedi_string("_ga"),
    fedi_string("_gl"),
    fedi_string("_hsenc"),
    fedi_string("_hsmi"),
    fedi_string("_ke"),
    fedi_string("_kx"),
    fedi_string("_openstat"),
    fedi_string("dclid"),
    fedi_string("ef_id"),
    fedi_string("epik"),
    fedi_string("fbclid"),
    fedi_string("gad_campaignid"),
    fedi_string("gad_source"),
    fedi_string("gbraid"),
    fedi_string("gclid"),
    fedi_string("gclsrc"),
    fedi_string("hsctatracking"),
    fedi_string("igsh"),
    fedi_string("igshid"),
    fedi_string("li_fat_id"),
    fedi_string("mc_cid"),
    fedi_string("mc_eid"),
    fedi_string("mibextid"),
    fedi_string("mkt_tok"),
    fedi_string("ml_subscriber"),
    fedi_string("ml_subscriber_hash"),
    fedi_string("msclkid"),
    fedi_string("oly_anon_id"),
    fedi_string("oly_enc_id"),
    fedi_string("rb_clickid"),
    fedi_string("s_cid"),
    fedi_string("s_kwcid"),
    fedi_string("srsltid"),
    fedi_string("sscid"),
    fedi_string("ttclid"),
    fedi_string("twclid"),
    fedi_string("vero_conv"),
    fedi_string("vero_id"),
    fedi_string("wbraid"),
    fedi_string("wickedid"),
    fedi_string("yclid"),
    fedi_string("ysclid")
};


/* of these the whole family */

static const fedi_str_t  fedi_query_families[] = {
    fedi_string("__hs"),
    fedi_string("hsa_"),
    fedi_string("mtm_"),
    fedi_string("pk_"),
    fedi_string("utm_")
};


fedi_err_e
fedi_query_strip(fedi_arena_t *arena, fedi_str_t query, fedi_str_t *stripped)
{
    char        *copy;
    fedi_str_t   kept, next;

    copy = NULL;
    kept = fedi_null_str;

    for ( ;; ) {
        next = query;
        next.len = fedi_str_before(query, '&');

        if (next.len == 0 || fedi_query_is_tracker(next)) {
            /* goes */

        } else if (kept.len == 0) {
            kept = next;

        } else if (copy == NULL && kept.data + kept.len + 1 == next.data) {
            kept.len += 1 + next.len;

        } else {

            if (copy == NULL) {
                copy = fedi_alloc(arena, kept.len + 1 + query.len);
                if (copy == NULL) {
                    return FEDI_ENOMEM;
                }

                memcpy(copy, kept.data, kept.len);
                kept.data = copy;
            }

            copy[kept.len++] = '&';
            memcpy(copy + kept.len, next.data, next.len);
            kept.len += next.len;
        }

        if (next.len == query.len) {
            break;
        }

        query = fedi_str_from(query, next.len + 1);
    }

    *stripped = kept;

    return FEDI_OK;
}


static bool
fedi_query_is_tracker(fedi_str_t parameter)
{
    char        first;
    size_t      i;
    fedi_str_t  name;

    first = fedi_lower(parameter.data[0]);

    for (i = 0; i < sizeof(fedi_query_families) / sizeof(fedi_str_t); i++) {
        name = parameter;

        if (name.len > fedi_query_families[i].len) {
            name.len = fedi_query_families[i].len;
        }

        if (fedi_str_eq_nocase(name, fedi_query_families[i])) {
            return true;
        }
    }

    name = parameter;
    name.len = fedi_str_before(parameter, '=');

    for (i = 0; i < sizeof(fedi_query_trackers) / sizeof(fedi_str_t); i++) {

        if (fedi_query_trackers[i].data[0] == first
            && fedi_str_eq_nocase(name, fedi_query_trackers[i]))
        {
            return true;
        }
    }

    return false;
}
