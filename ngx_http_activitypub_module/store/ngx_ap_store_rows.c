
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_store_rows.h"


static fedi_str_t ngx_ap_store_view(const PGresult *rows, int row,
    int column);
static ngx_int_t ngx_ap_store_uuid(const ngx_str_t *text, u_char *uuid);


/* columns by their place in ngx_ap_statements.c */

enum {
    DOCUMENT_STATUS = 0,
    DOCUMENT_KIND,
    DOCUMENT_URI,
    DOCUMENT_URL,
    DOCUMENT_ACTOR,
    DOCUMENT_UPDATED,
    DOCUMENT_BODY,
    DOCUMENT_COLUMNS
};

enum {
    VERDICT_VERDICT = 0,
    VERDICT_SUBJECT,
    VERDICT_DETAIL,
    VERDICT_COLUMNS
};

enum {
    MEMBER_ID = 0,
    MEMBER_ORIGIN,
    MEMBER_PATH,
    MEMBER_QUERY,
    MEMBER_ACTOR,
    MEMBER_OBJECT,
    MEMBER_GONE,
    MEMBER_COLUMNS
};


ngx_int_t
ngx_ap_store_row_document(const PGresult *rows, fedi_document_t *document)
{
    if (PQnfields(rows) != DOCUMENT_COLUMNS) {
        return NGX_ERROR;
    }

    if (PQntuples(rows) == 0) {
        return NGX_DECLINED;
    }

    ngx_memzero(document, sizeof(fedi_document_t));

    document->status = (unsigned) ngx_ap_store_int(rows, 0, DOCUMENT_STATUS);

    if (document->status == 503) {
        document->uri = ngx_ap_store_view(rows, 0, DOCUMENT_URI);
        return NGX_AGAIN;
    }

    if (document->status != 200 && document->status != 410) {
        return NGX_ERROR;
    }

    if (!fedi_document_kind_parse(ngx_ap_store_view(rows, 0, DOCUMENT_KIND),
                                  &document->kind))
    {
        return NGX_ERROR;
    }

    document->updated = ngx_ap_store_int(rows, 0, DOCUMENT_UPDATED);
    document->uri = ngx_ap_store_view(rows, 0, DOCUMENT_URI);
    document->url = ngx_ap_store_view(rows, 0, DOCUMENT_URL);
    document->actor = ngx_ap_store_view(rows, 0, DOCUMENT_ACTOR);
    document->body = ngx_ap_store_view(rows, 0, DOCUMENT_BODY);

    return NGX_OK;
}


ngx_int_t
ngx_ap_store_row_verdicts(const PGresult *rows,
    ngx_ap_store_verdict_t **verdicts, ngx_uint_t *n, ngx_log_t *log)
{
    int                      i;
    ngx_ap_store_verdict_t  *verdict;

    if (PQnfields(rows) != VERDICT_COLUMNS) {
        return NGX_ERROR;
    }

    *n = PQntuples(rows);

    verdict = ngx_calloc((*n + 1) * sizeof(ngx_ap_store_verdict_t), log);
    if (verdict == NULL) {
        return NGX_ERROR;
    }

    *verdicts = verdict;

    for (i = 0; i < (int) *n; i++) {
        verdict[i].verdict = ngx_ap_store_text(rows, i, VERDICT_VERDICT);
        verdict[i].subject = ngx_ap_store_text(rows, i, VERDICT_SUBJECT);
        verdict[i].detail = ngx_ap_store_text(rows, i, VERDICT_DETAIL);
    }

    return NGX_OK;
}


ngx_int_t
ngx_ap_store_row_members(const PGresult *rows, ngx_ap_store_member_t **members,
    ngx_uint_t *n, ngx_log_t *log)
{
    int                   i;
    ngx_str_t             object;
    ngx_ap_store_member_t  *member;

    if (PQnfields(rows) != MEMBER_COLUMNS) {
        return NGX_ERROR;
    }

    *n = PQntuples(rows);

    member = ngx_calloc((*n + 1) * sizeof(ngx_ap_store_member_t), log);
    if (member == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < (int) *n; i++) {
        member[i].id = ngx_ap_store_int(rows, i, MEMBER_ID);
        member[i].origin = ngx_ap_store_text(rows, i, MEMBER_ORIGIN);
        member[i].path = ngx_ap_store_text(rows, i, MEMBER_PATH);
        member[i].query = ngx_ap_store_text(rows, i, MEMBER_QUERY);
        member[i].actor = ngx_ap_store_text(rows, i, MEMBER_ACTOR);
        member[i].gone = (PQgetvalue(rows, i, MEMBER_GONE)[0] == 't');

        object = ngx_ap_store_text(rows, i, MEMBER_OBJECT);

        if (ngx_ap_store_uuid(&object, member[i].object) != NGX_OK) {
            ngx_free(member);
            return NGX_ERROR;
        }
    }

    *members = member;

    return NGX_OK;
}


ngx_str_t
ngx_ap_store_text(const PGresult *rows, int row, int column)
{
    ngx_str_t  text;

    text.data = (u_char *) PQgetvalue(rows, row, column);
    text.len = PQgetlength(rows, row, column);

    return text;
}


static fedi_str_t
ngx_ap_store_view(const PGresult *rows, int row, int column)
{
    fedi_str_t  view;

    view.data = PQgetvalue(rows, row, column);
    view.len = PQgetlength(rows, row, column);

    return view;
}


int64_t
ngx_ap_store_int(const PGresult *rows, int row, int column)
{
    return strtoll(PQgetvalue(rows, row, column), NULL, 10);
}


/* an empty text is the profile page of an actor: zeros */

static ngx_int_t
ngx_ap_store_uuid(const ngx_str_t *text, u_char *uuid)
{
    size_t      i;
    ngx_int_t   value;
    ngx_uint_t  n;

    if (text->len == 0) {
        ngx_memzero(uuid, 16);
        return NGX_OK;
    }

    n = 0;

    for (i = 0; i < text->len && n < 16; i++) {

        if (text->data[i] == '-') {
            continue;
        }

        if (i + 1 == text->len) {
            return NGX_ERROR;
        }

        value = ngx_hextoi(&text->data[i++], 2);
        if (value == NGX_ERROR) {
            return NGX_ERROR;
        }

        uuid[n++] = (u_char) value;
    }

    return (n == 16 && i == text->len) ? NGX_OK : NGX_ERROR;
}
