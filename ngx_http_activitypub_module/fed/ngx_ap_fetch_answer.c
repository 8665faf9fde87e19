
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_fetch_answer.h"


static fedi_str_t ngx_ap_fetch_encoding(const fedi_http_response_t *response);


ngx_int_t
ngx_ap_fetch_answer_note(ngx_pool_t *pool, ngx_ap_fetch_hop_t *hop,
    const ngx_ap_client_result_t *answer, ngx_ap_fetch_result_t *result)
{
    hop->address.data = ngx_pstrdup(pool, (ngx_str_t *) &answer->address);

    if (hop->address.data) {
        hop->address.len = answer->address.len;
    }

    if (answer->rc != NGX_OK) {
        result->rc = (answer->rc == NGX_DECLINED || answer->too_long)
                     ? NGX_DECLINED : NGX_ERROR;
        result->status = 0;
        result->reason = answer->reason;
        result->step = answer->step;
        result->ours = (answer->rc == NGX_ABORT);

        return NGX_ERROR;
    }

    hop->status = answer->status;

    result->status = answer->status;
    result->response = answer->response;
    result->bytes = answer->body.len;

    return NGX_OK;
}


fedi_actor_e
ngx_ap_fetch_answer_take(const ngx_ap_client_result_t *answer,
    const fedi_id_t *id, ngx_uint_t any, fedi_answer_t *taken)
{
    fedi_actor_e  reason;

    taken->url = id->text;
    taken->status = (unsigned) answer->status;
    taken->encoding = ngx_ap_fetch_encoding(answer->response);
    taken->body.data = (const char *) answer->body.data;
    taken->body.len = answer->body.len;

    if (!fedi_http_response_header(answer->response, "content-type",
                                   &taken->content_type))
    {
        taken->content_type = fedi_null_str;
    }

    reason = fedi_fetched_envelope(taken);

    if (any && reason == FEDI_ACTOR_CONTENT_TYPE) {
        return taken->encoding.len ? FEDI_ACTOR_ENCODING : FEDI_ACTOR_OK;
    }

    return reason;
}


/* empty: as it is; of several lines no one is right */

static fedi_str_t
ngx_ap_fetch_encoding(const fedi_http_response_t *response)
{
    size_t      n;
    fedi_str_t  coding;

    coding = fedi_null_str;

    n = fedi_header_find(response->headers, response->nheaders,
                         fedi_str("content-encoding"), &coding);

    if (n > 1) {
        return fedi_str("several");
    }

    return n == 1 && !fedi_str_eq_nocase(coding, fedi_str("identity"))
           ? coding.len ? coding : fedi_str("none") : fedi_null_str;
}
