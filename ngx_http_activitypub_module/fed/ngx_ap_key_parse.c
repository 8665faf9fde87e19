
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_arena.h"
#include "ngx_ap_key_parse.h"

#include "fedi_multikey.h"


ngx_int_t
ngx_ap_key_parse(const ngx_str_t *text, EVP_PKEY **key)
{
    fedi_err_e   err;
    fedi_heap_t  heap;

    *key = NULL;

    fedi_heap_init(&heap);
    err = fedi_key_text_parse(&heap.arena, ngx_ap_view(text), key);
    fedi_heap_free(&heap);

    if (err == FEDI_ENOMEM || err == FEDI_ECRYPTO) {
        return NGX_ERROR;
    }

    return err == FEDI_OK ? NGX_OK : NGX_ABORT;
}


fedi_err_e
ngx_ap_key_parse_private(const ngx_str_t *pem, EVP_PKEY **key)
{
    fedi_err_e   err;
    fedi_heap_t  heap;

    *key = NULL;

    fedi_heap_init(&heap);
    err = fedi_key_parse_private(&heap.arena, ngx_ap_view(pem), key);
    fedi_heap_free(&heap);

    return err;
}
