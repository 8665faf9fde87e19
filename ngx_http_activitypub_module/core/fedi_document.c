
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <openssl/evp.h>

#include "fedi_document.h"


#define FEDI_ETAG_BYTES  16


static char *fedi_document_place(fedi_str_t *text, char *p);


static const struct {
    fedi_str_t            name;
    fedi_document_kind_e  kind;

} fedi_document_kinds[] = {
    { fedi_string("actor"),      FEDI_DOCUMENT_ACTOR },
    { fedi_string("object"),     FEDI_DOCUMENT_OBJECT },
    { fedi_string("activity"),   FEDI_DOCUMENT_ACTIVITY },
    { fedi_string("collection"), FEDI_DOCUMENT_COLLECTION },
    { fedi_string("usage"),      FEDI_DOCUMENT_USAGE }
};


bool
fedi_document_kind_parse(fedi_str_t text, fedi_document_kind_e *kind)
{
    size_t  i;

    for (i = 0;
         i < sizeof(fedi_document_kinds) / sizeof(fedi_document_kinds[0]);
         i++)
    {
        if (fedi_str_eq(text, fedi_document_kinds[i].name)) {
            *kind = fedi_document_kinds[i].kind;
            return true;
        }
    }

    return false;
}


bool
fedi_document_stamp(fedi_document_t *document)
{
    char              *etag;
    size_t             i;
    fedi_str_t         body;
    unsigned char      digest[EVP_MAX_MD_SIZE];
    static const char  hex[] = "0123456789abcdef";

    body = document->body;

    if (!fedi_http_date_format(document->updated, document->date)
        || EVP_Digest(body.len != 0 ? body.data : "", body.len, digest, NULL,
                      EVP_sha256(), NULL)
           != 1)
    {
        return false;
    }

    etag = document->etag;

    *etag++ = '"';

    for (i = 0; i < FEDI_ETAG_BYTES; i++) {
        *etag++ = hex[digest[i] >> 4];
        *etag++ = hex[digest[i] & 0xf];
    }

    *etag = '"';

    return true;
}


size_t
fedi_document_len(const fedi_document_t *document)
{
    return document->uri.len + document->url.len + document->actor.len
           + document->body.len;
}


void
fedi_document_copy(fedi_document_t *to, const fedi_document_t *from, char *p)
{
    *to = *from;

    p = fedi_document_place(&to->uri, p);
    p = fedi_document_place(&to->url, p);
    p = fedi_document_place(&to->actor, p);

    (void) fedi_document_place(&to->body, p);
}


static char *
fedi_document_place(fedi_str_t *text, char *p)
{
    if (text->len != 0) {
        memcpy(p, text->data, text->len);
    }

    text->data = p;

    return p + text->len;
}
