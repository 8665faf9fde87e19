
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A key as the database keeps it, and as OpenSSL uses it.
 */

#ifndef NGX_AP_KEY_PARSE_H
#define NGX_AP_KEY_PARSE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/evp.h>

#include "fedi_err.h"


/*
 * A public key of somebody, a PEM or a Multikey.  NGX_OK: "key" is to be
 * freed.  NGX_ABORT: not one that we use.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_ap_key_parse(const ngx_str_t *text, EVP_PKEY **key);

/* a private key of ours; on FEDI_OK "key" is to be freed, else it is NULL */
fedi_err_e ngx_ap_key_parse_private(const ngx_str_t *pem, EVP_PKEY **key);


#endif
