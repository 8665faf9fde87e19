
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A fresh RSA-2048 key as two PEM texts.  May run in any thread: knows no
 * pool, no log and no event.
 */

#ifndef NGX_AP_KEY_PAIR_H
#define NGX_AP_KEY_PAIR_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_str_t                   private_pem;    /* PKCS#8 */
    ngx_str_t                   public_pem;     /* SubjectPublicKeyInfo */
    unsigned long               error;          /* OpenSSL's, when failed */
} ngx_ap_key_pair_t;


/* NGX_OK, or NGX_ERROR with both texts empty */
ngx_int_t ngx_ap_key_pair_generate(ngx_ap_key_pair_t *pair);

/* overwrites and frees; harmless when empty */
void ngx_ap_key_pair_cleanse(ngx_ap_key_pair_t *pair);


#endif
