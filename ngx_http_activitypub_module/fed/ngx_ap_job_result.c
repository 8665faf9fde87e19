
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_job_result.h"


/* what is shown of a header field or a URL */
#define NGX_AP_JOB_RESULT_TEXT  2048


static json_t *ngx_ap_job_result_hops(const ngx_ap_fetch_result_t *result);
static json_t *ngx_ap_job_result_body(const ngx_ap_fetch_result_t *result,
    const char **step);
static json_t *ngx_ap_job_result_status(ngx_uint_t status);
static json_t *ngx_ap_job_result_header(const fedi_http_response_t *response,
    const char *name);
static json_t *ngx_ap_job_result_text(const void *data, size_t len);


json_t *
ngx_ap_job_result_error(fedi_str_t url, const char *error)
{
    return json_pack("{s:o, s:n, s:[], s:s, s:s, s:b, s:i, s:I}",
                     "url", ngx_ap_job_result_text(url.data, url.len),
                     "status", "hops", "error", error, "step", "url",
                     "later", 0, "msec", 0, "now", (json_int_t) ngx_time());
}


json_t *
ngx_ap_job_result_fetch(const ngx_ap_fetch_result_t *result, ngx_msec_t msec)
{
    json_t                    *body, *error;
    const char                *step;
    const ngx_ap_fetch_hop_t  *last;

    step = result->step;
    last = &result->hops[result->nhops - 1];

    body = ngx_ap_job_result_body(result, &step);

    if (result->rc != NGX_OK) {
        error = ngx_ap_job_result_text(result->reason.data,
                                       result->reason.len);
    } else {
        error = step ? json_string("not UTF-8") : json_null();
    }

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:s?,"
                     " s:b, s:I, s:I, s:o}",
        "url", ngx_ap_job_result_text(last->id.text.data, last->id.text.len),
        "status", ngx_ap_job_result_status(last->status),
        "address", ngx_ap_job_result_text(last->address.data,
                                          last->address.len),
        "content_type", ngx_ap_job_result_header(result->response,
                                                 "content-type"),
        "length", ngx_ap_job_result_header(result->response,
                                           "content-length"),
        "location", ngx_ap_job_result_header(result->response, "location"),
        "date", ngx_ap_job_result_header(result->response, "date"),
        "bytes", (json_int_t) result->bytes,
        "hops", ngx_ap_job_result_hops(result),
        "error", error,
        "step", step,
        "later", result->rc == NGX_ERROR,
        "msec", (json_int_t) msec,
        "now", (json_int_t) ngx_time(),
        "body", body);
}


static json_t *
ngx_ap_job_result_hops(const ngx_ap_fetch_result_t *result)
{
    json_t                    *hops;
    ngx_uint_t                 i;
    const ngx_ap_fetch_hop_t  *hop;

    hops = json_array();
    if (hops == NULL) {
        return NULL;
    }

    for (i = 0; i < result->nhops; i++) {
        hop = &result->hops[i];

        if (json_array_append_new(hops, json_pack("{s:o, s:o, s:o}",
                "url", ngx_ap_job_result_text(hop->id.text.data,
                                              hop->id.text.len),
                "status", ngx_ap_job_result_status(hop->status),
                "address", ngx_ap_job_result_text(hop->address.data,
                                                  hop->address.len)))
            != 0)
        {
            json_decref(hops);
            return NULL;
        }
    }

    return hops;
}


/* jsonb holds every text, but no NUL and nothing that is not UTF-8 */

static json_t *
ngx_ap_job_result_body(const ngx_ap_fetch_result_t *result,
    const char **step)
{
    json_t      *body;
    fedi_str_t   text;

    if (result->rc != NGX_OK) {
        return json_null();
    }

    body = NULL;
    text = result->answer.body;

    if (memchr(text.data, '\0', text.len) == NULL) {
        body = json_stringn(text.data, text.len);
    }

    if (body == NULL) {
        *step = "document";
        body = json_null();
    }

    return body;
}


static json_t *
ngx_ap_job_result_status(ngx_uint_t status)
{
    return status ? json_integer((json_int_t) status) : json_null();
}


static json_t *
ngx_ap_job_result_header(const fedi_http_response_t *response,
    const char *name)
{
    fedi_str_t  value;

    if (response == NULL || !fedi_http_response_header(response, name, &value))
    {
        return json_null();
    }

    return ngx_ap_job_result_text(value.data, value.len);
}


/* it goes to terminals: printable ASCII alone; nothing at all is null */

static json_t *
ngx_ap_job_result_text(const void *data, size_t len)
{
    u_char         c;
    char           text[NGX_AP_JOB_RESULT_TEXT];
    size_t         i;
    const u_char  *p = data;

    if (len == 0) {
        return json_null();
    }

    len = ngx_min(len, NGX_AP_JOB_RESULT_TEXT);

    for (i = 0; i < len; i++) {
        c = p[i];
        text[i] = (c < 0x20 || c > 0x7e) ? '?' : (char) c;
    }

    return json_stringn(text, len);
}


json_t *
ngx_ap_job_result_post(const ngx_ap_delivery_t *delivery, ngx_msec_t msec)
{
    json_t  *error;

    if (delivery->outcome == NULL) {
        error = json_string("it could not be signed or sent");

    } else {
        error = ngx_ap_job_result_text(delivery->error, delivery->error_len);
    }

    return json_pack("{s:o, s:o, s:o, s:b, s:I, s:I}",
        "url", ngx_ap_job_result_text(delivery->inbox.data,
                                      delivery->inbox.len),
        "status", ngx_ap_job_result_status(delivery->status),
        "error", error,
        "later", delivery->outcome == NULL
                 || ngx_strcmp(delivery->outcome, "retry") == 0,
        "msec", (json_int_t) msec,
        "now", (json_int_t) ngx_time());
}
