
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_move_answer.h"


static ngx_uint_t ngx_ap_move_answer_varies(fedi_str_t value);


ngx_uint_t
ngx_ap_move_answer_is_personal(const fedi_http_response_t *response)
{
    size_t                i;
    const fedi_header_t  *header;

    for (i = 0; i < response->nheaders; i++) {
        header = &response->headers[i];

        if (fedi_str_eq_nocase(header->name, fedi_str("set-cookie"))
            || (fedi_str_eq_nocase(header->name, fedi_str("vary"))
                && ngx_ap_move_answer_varies(header->value)))
        {
            return 1;
        }
    }

    return 0;
}


/* by more than the form in which it is sent */

static ngx_uint_t
ngx_ap_move_answer_varies(fedi_str_t value)
{
    fedi_str_t  name;

    for ( ;; ) {
        name = value;
        name.len = fedi_str_before(value, ',');

        value = fedi_str_from(value, name.len);
        name = fedi_str_trim(name);

        if (name.len != 0
            && !fedi_str_eq_nocase(name, fedi_str("accept"))
            && !fedi_str_eq_nocase(name, fedi_str("accept-encoding")))
        {
            return 1;
        }

        if (value.len == 0) {
            return 0;
        }

        value = fedi_str_from(value, 1);
    }
}


ngx_uint_t
ngx_ap_move_answer_is_page(const ngx_ap_client_result_t *result)
{
    fedi_str_t  type;

    if (result->rc != NGX_OK || result->status != 200
        || !fedi_http_response_header(result->response, "content-type",
                                      &type))
    {
        return 0;
    }

    type.len = fedi_str_before(type, ';');
    type = fedi_str_trim(type);

    return fedi_str_eq_nocase(type, fedi_str("text/html"))
           || fedi_str_eq_nocase(type, fedi_str("application/xhtml+xml"));
}
