
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows in text format to the store's types.  Strings are views into the
 * rows.  Arrays are allocated; the caller frees them, also when n is 0.
 */

#ifndef NGX_AP_STORE_ROWS_H
#define NGX_AP_STORE_ROWS_H

#include "ngx_ap_store.h"


/*
 * NGX_OK; NGX_DECLINED: no row; NGX_AGAIN: it is not ready yet (an actor
 * without a key), and only its "uri" is set; NGX_ERROR: not what the schema
 * promises.
 */
ngx_int_t ngx_ap_store_row_document(const PGresult *rows,
    fedi_document_t *document);

/* NGX_OK, or NGX_ERROR: no memory, or not what the schema promises */
ngx_int_t ngx_ap_store_row_verdicts(const PGresult *rows,
    ngx_ap_store_verdict_t **verdicts, ngx_uint_t *n, ngx_log_t *log);
ngx_int_t ngx_ap_store_row_members(const PGresult *rows,
    ngx_ap_store_member_t **members, ngx_uint_t *n, ngx_log_t *log);


/* one field; a null is an empty string, and 0 */
ngx_str_t ngx_ap_store_text(const PGresult *rows, int row, int column);
int64_t ngx_ap_store_int(const PGresult *rows, int row, int column);


#endif
