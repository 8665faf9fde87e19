
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A rendered ActivityPub document as it travels from the database through
 * the zone to the answer.  Plain data; whoever fills it says who owns the
 * bytes.
 */

#ifndef FEDI_DOCUMENT_H
#define FEDI_DOCUMENT_H

#include <stdint.h>

#include "fedi_http_date.h"


typedef enum {
    FEDI_DOCUMENT_ACTOR = 0,
    FEDI_DOCUMENT_OBJECT,
    FEDI_DOCUMENT_ACTIVITY,
    FEDI_DOCUMENT_COLLECTION,
    FEDI_DOCUMENT_USAGE         /* numbers of NodeInfo: true for a while */
} fedi_document_kind_e;


/* the longest ETag: quotes and 32 hexadecimal digits */
#define FEDI_ETAG_LEN  34


typedef struct {
    unsigned              status;       /* 200, or 410 for a Tombstone */
    fedi_document_kind_e  kind;
    int64_t               updated;      /* seconds since the epoch */
    char                  date[FEDI_HTTP_DATE_LEN];  /* the same, of HTTP */
    char                  etag[FEDI_ETAG_LEN];       /* with its quotes */
    fedi_str_t            uri;          /* its id */
    fedi_str_t            url;          /* its page, or empty */
    fedi_str_t            actor;        /* whose it is; empty: the instance */
    fedi_str_t            body;         /* JSON, byte-stable */
} fedi_document_t;


/* parses "actor", "object", ..., "usage"; false: none of them */
bool fedi_document_kind_parse(fedi_str_t text, fedi_document_kind_e *kind);

/*
 * Fills "date" and "etag", a strong one of the body (SHA-256, 128 bits), once
 * for all who are answered with it.  False: neither can be said.
 */
bool fedi_document_stamp(fedi_document_t *document);

/* the bytes that a copy takes, and the copy: "p" has room for them */
size_t fedi_document_len(const fedi_document_t *document);
void fedi_document_copy(fedi_document_t *to, const fedi_document_t *from,
    char *p);


#endif
