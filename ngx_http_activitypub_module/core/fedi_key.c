
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "fedi_digest.h"
#include "fedi_key.h"
#include "fedi_pem.h"


#define FEDI_KEY_EXPONENT_MIN  65537UL
#define FEDI_KEY_EXPONENT_MAX  4294967296UL

/* with 65537 alone: verification is on the event loop, and has to be short */
#define FEDI_KEY_BITS_LARGE    4096

/* beside what OpenSSL says of a signature: nothing was verified */
#define FEDI_KEY_NOT_READY  (-2)


static fedi_err_e fedi_key_from_ed25519(fedi_str_t bytes, EVP_PKEY **key);
static bool fedi_key_acceptable(const EVP_PKEY *key);
static int fedi_key_verify_rsa(EVP_PKEY *key, EVP_PKEY_CTX **kept,
    fedi_str_t text, const unsigned char *signature, size_t len);
static EVP_PKEY_CTX *fedi_key_ready(EVP_PKEY *key);
static int fedi_key_verify_ed25519(EVP_PKEY *key, fedi_str_t text,
    const unsigned char *signature, size_t len);
static bool fedi_key_no_memory(void);


fedi_err_e
fedi_key_parse(fedi_arena_t *arena, fedi_str_t pem, EVP_PKEY **key)
{
    fedi_err_e  err;
    fedi_str_t  der;

    err = fedi_pem_decode(arena, pem, "PUBLIC KEY", &der);

    if (err == FEDI_OK) {
        der = fedi_pem_rsa(der);

    } else if (err == FEDI_EKEY) {
        err = fedi_pem_decode(arena, pem, "RSA PUBLIC KEY", &der);
    }

    return err == FEDI_OK ? fedi_key_from_der(der, key) : err;
}


fedi_err_e
fedi_key_parse_private(fedi_arena_t *arena, fedi_str_t pem, EVP_PKEY **key)
{
    EVP_PKEY             *parsed;
    fedi_err_e            err;
    fedi_str_t            der;
    const unsigned char  *p;

    err = fedi_pem_decode(arena, pem, "PRIVATE KEY", &der);

    if (err == FEDI_EKEY) {
        err = fedi_pem_decode(arena, pem, "RSA PRIVATE KEY", &der);
    }

    if (err != FEDI_OK) {
        return err;
    }

    p = (const unsigned char *) der.data;

    ERR_clear_error();
    parsed = d2i_AutoPrivateKey(NULL, &p, (long) der.len);
    ERR_clear_error();

    /* an arena only grows: what stays in it must not be the key */

    OPENSSL_cleanse((char *) (uintptr_t) der.data, der.len);

    if (parsed == NULL
        || p != (const unsigned char *) der.data + der.len
        || !fedi_key_acceptable(parsed))
    {
        EVP_PKEY_free(parsed);
        return FEDI_EKEY;
    }

    *key = parsed;

    return FEDI_OK;
}


fedi_err_e
fedi_key_from_der(fedi_str_t der, EVP_PKEY **key)
{
    EVP_PKEY             *parsed;
    const unsigned char  *p;

    if (der.len == FEDI_KEY_ED25519_LEN) {
        return fedi_key_from_ed25519(der, key);
    }

    p = (const unsigned char *) der.data;

    ERR_clear_error();
    parsed = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long) der.len);
    ERR_clear_error();

    if (parsed == NULL
        || p != (const unsigned char *) der.data + der.len
        || !fedi_key_acceptable(parsed))
    {
        EVP_PKEY_free(parsed);
        return FEDI_EKEY;
    }

    *key = parsed;

    return FEDI_OK;
}


static fedi_err_e
fedi_key_from_ed25519(fedi_str_t bytes, EVP_PKEY **key)
{
    EVP_PKEY  *parsed;

    ERR_clear_error();
    parsed = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                         (const unsigned char *) bytes.data,
                                         bytes.len);
    ERR_clear_error();

    if (parsed == NULL) {
        return FEDI_ECRYPTO;
    }

    *key = parsed;

    return FEDI_OK;
}


bool
fedi_key_is_rsa(const EVP_PKEY *key)
{
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
}


static bool
fedi_key_acceptable(const EVP_PKEY *key)
{
    int       bits;
    bool      ok;
    BIGNUM   *n, *e;
    BN_ULONG  exponent;

    if (!fedi_key_is_rsa(key)) {
        return false;
    }

    bits = EVP_PKEY_get_bits(key);

    if (bits < FEDI_KEY_BITS_MIN || bits > FEDI_KEY_BITS_MAX) {
        return false;
    }

    n = NULL;
    e = NULL;
    ok = false;

    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1
        && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1)
    {
        /* one that does not fit is the largest there is */

        exponent = BN_get_word(e);

        ok = BN_is_odd(n) && BN_is_odd(e) && !BN_is_negative(e)
             && exponent >= FEDI_KEY_EXPONENT_MIN
             && exponent <= (bits > FEDI_KEY_BITS_LARGE ? FEDI_KEY_EXPONENT_MIN
                                                  : FEDI_KEY_EXPONENT_MAX);
    }

    BN_free(n);
    BN_free(e);
    ERR_clear_error();

    return ok;
}


fedi_err_e
fedi_key_sign(EVP_PKEY *key, fedi_str_t text, unsigned char *signature,
    size_t *len)
{
    bool         ok;
    EVP_MD_CTX  *ctx;

    if (!fedi_key_is_rsa(key)
        || EVP_PKEY_get_size(key) > FEDI_KEY_SIGNATURE_MAX)
    {
        return FEDI_EKEY;
    }

    ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return FEDI_ENOMEM;
    }

    *len = FEDI_KEY_SIGNATURE_MAX;

    ERR_clear_error();

    ok = EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1
         && EVP_DigestSign(ctx, signature, len,
                           (const unsigned char *) text.data, text.len)
            == 1;

    EVP_MD_CTX_free(ctx);

    /* a thread of a pool serves others after us */

    ERR_clear_error();

    return ok ? FEDI_OK : FEDI_ECRYPTO;
}


fedi_err_e
fedi_key_verify(EVP_PKEY *key, EVP_PKEY_CTX **kept, fedi_str_t text,
    const unsigned char *signature, size_t len)
{
    int         rc;
    fedi_err_e  err;

    ERR_clear_error();

    if (fedi_key_is_rsa(key)) {
        rc = fedi_key_verify_rsa(key, kept, text, signature, len);

    } else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
        rc = fedi_key_verify_ed25519(key, text, signature, len);

    } else {
        return FEDI_EKEY;
    }

    if (rc == FEDI_KEY_NOT_READY || (rc != 1 && fedi_key_no_memory())) {
        err = FEDI_ECRYPTO;

    } else {
        err = (rc == 1) ? FEDI_OK : FEDI_EMISMATCH;
    }

    ERR_clear_error();

    return err;
}


static int
fedi_key_verify_rsa(EVP_PKEY *key, EVP_PKEY_CTX **kept, fedi_str_t text,
    const unsigned char *signature, size_t len)
{
    int             rc;
    EVP_PKEY_CTX   *ctx;
    unsigned char   sha256[FEDI_SHA256_LEN];

    if (!fedi_sha256(text, sha256)) {
        return FEDI_KEY_NOT_READY;
    }

    ctx = (kept != NULL) ? *kept : NULL;

    if (ctx == NULL) {
        ctx = fedi_key_ready(key);

        if (ctx == NULL) {
            return FEDI_KEY_NOT_READY;
        }
    }

    rc = EVP_PKEY_verify(ctx, signature, len, sha256, FEDI_SHA256_LEN);

    if (kept != NULL) {
        *kept = ctx;

    } else {
        EVP_PKEY_CTX_free(ctx);
    }

    return rc;
}


/* names are looked up and locks taken: an eighth of a verification more */

static EVP_PKEY_CTX *
fedi_key_ready(EVP_PKEY *key)
{
    EVP_PKEY_CTX  *ctx;

    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

    if (ctx == NULL
        || EVP_PKEY_verify_init(ctx) != 1
        || EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1
        || EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) != 1)
    {
        EVP_PKEY_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


/* it has a hash of its own */

static int
fedi_key_verify_ed25519(EVP_PKEY *key, fedi_str_t text,
    const unsigned char *signature, size_t len)
{
    int          rc;
    EVP_MD_CTX  *ctx;

    ctx = EVP_MD_CTX_new();
    rc = FEDI_KEY_NOT_READY;

    if (ctx != NULL
        && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1)
    {
        rc = EVP_DigestVerify(ctx, signature, len,
                              (const unsigned char *) text.data, text.len);
    }

    EVP_MD_CTX_free(ctx);

    return rc;
}


/* OpenSSL says the same of a wrong signature and of one it could not check */

static bool
fedi_key_no_memory(void)
{
    unsigned long  err;

    while ((err = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(err) == ERR_R_MALLOC_FAILURE) {
            return true;
        }
    }

    return false;
}
