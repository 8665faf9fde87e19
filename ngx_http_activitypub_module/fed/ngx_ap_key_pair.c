
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Generation of RSA keys.  OpenSSL overwrites what it frees of a memory BIO
 * and of a key; the copy that is handed out is overwritten by cleanse().
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "ngx_ap_key_pair.h"


/* what every system on the wire accepts */
#define NGX_AP_KEY_PAIR_BITS  2048


static ngx_int_t ngx_ap_key_pair_write(EVP_PKEY *key, ngx_uint_t private,
    ngx_str_t *pem);


ngx_int_t
ngx_ap_key_pair_generate(ngx_ap_key_pair_t *pair)
{
    ngx_int_t   rc;
    EVP_PKEY   *key;

    ngx_memzero(pair, sizeof(ngx_ap_key_pair_t));
    ERR_clear_error();

    rc = NGX_ERROR;

    key = EVP_RSA_gen(NGX_AP_KEY_PAIR_BITS);

    if (key != NULL
        && ngx_ap_key_pair_write(key, 1, &pair->private_pem) == NGX_OK
        && ngx_ap_key_pair_write(key, 0, &pair->public_pem) == NGX_OK)
    {
        rc = NGX_OK;
    }

    EVP_PKEY_free(key);

    if (rc != NGX_OK) {
        ngx_ap_key_pair_cleanse(pair);
        pair->error = ERR_peek_last_error();
    }

    /* a thread of the pool serves others after us */

    ERR_clear_error();

    return rc;
}


void
ngx_ap_key_pair_cleanse(ngx_ap_key_pair_t *pair)
{
    OPENSSL_clear_free(pair->private_pem.data, pair->private_pem.len);
    OPENSSL_clear_free(pair->public_pem.data, pair->public_pem.len);

    ngx_str_null(&pair->private_pem);
    ngx_str_null(&pair->public_pem);
}


static ngx_int_t
ngx_ap_key_pair_write(EVP_PKEY *key, ngx_uint_t private, ngx_str_t *pem)
{
    int    ok;
    BIO   *bio;
    char  *text;
    long   len;

    bio = BIO_new(BIO_s_mem());
    if (bio == NULL) {
        return NGX_ERROR;
    }

    ok = private ? PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0,
                                                 NULL, NULL)
                 : PEM_write_bio_PUBKEY(bio, key);

    len = BIO_get_mem_data(bio, &text);

    if (ok == 1 && len > 0) {
        pem->data = OPENSSL_memdup(text, len);
        pem->len = pem->data ? (size_t) len : 0;
    }

    BIO_free(bio);

    return pem->data ? NGX_OK : NGX_ERROR;
}
