
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What strangers send is taken apart here as far as it can be, so that of
 * OpenSSL's decoders only the one for a PKCS#1 RSA public key sees it: no
 * other type of key, no parameters, no encryption.
 */

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "fedi_base64.h"
#include "fedi_digest.h"
#include "fedi_key.h"


#define FEDI_KEY_EXPONENT_MIN  65537UL
#define FEDI_KEY_EXPONENT_MAX  4294967296UL

/* with 65537 alone: verification is on the event loop, and has to be short */
#define FEDI_KEY_BITS_LARGE    4096

/* beside what OpenSSL says of a signature: nothing was verified */
#define FEDI_KEY_NOT_READY  (-2)


static fedi_err_e fedi_key_pem(fedi_arena_t *arena, fedi_str_t text,
    const char *label, fedi_str_t *der);
static fedi_str_t fedi_key_trim(fedi_str_t text);
static bool fedi_key_is_space(char c);
static bool fedi_key_skip(fedi_str_t *text, const char *word);
static fedi_str_t fedi_key_spki(fedi_str_t der);
static bool fedi_key_element(fedi_str_t *der, int tag, fedi_str_t *content);
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

    err = fedi_key_pem(arena, pem, "PUBLIC KEY-----", &der);

    if (err == FEDI_OK) {
        der = fedi_key_spki(der);

    } else if (err == FEDI_EKEY) {
        err = fedi_key_pem(arena, pem, "RSA PUBLIC KEY-----", &der);
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

    err = fedi_key_pem(arena, pem, "PRIVATE KEY-----", &der);

    if (err == FEDI_EKEY) {
        err = fedi_key_pem(arena, pem, "RSA PRIVATE KEY-----", &der);
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


/* the bytes of a PEM text that is one block and has no header lines */

static fedi_err_e
fedi_key_pem(fedi_arena_t *arena, fedi_str_t text, const char *label,
    fedi_str_t *der)
{
    char           *packed;
    size_t          i, n, len, end;
    unsigned char  *out;

    if (text.len > FEDI_KEY_PEM_MAX) {
        return FEDI_EKEY;
    }

    text = fedi_key_trim(text);
    end = strlen("-----END ") + strlen(label);

    if (!fedi_key_skip(&text, "-----BEGIN ") || !fedi_key_skip(&text, label)
        || text.len < end
        || memcmp(text.data + text.len - end, "-----END ", 9) != 0
        || memcmp(text.data + text.len - end + 9, label, end - 9) != 0)
    {
        return FEDI_EKEY;
    }

    text.len -= end;

    packed = fedi_alloc(arena, text.len);
    out = fedi_alloc(arena, fedi_base64_decoded_max(text.len));

    if (packed == NULL || out == NULL) {
        return FEDI_ENOMEM;
    }

    for (n = 0, i = 0; i < text.len; i++) {
        if (!fedi_key_is_space(text.data[i])) {
            packed[n++] = text.data[i];
        }
    }

    if (!fedi_base64_decode((fedi_str_t) { packed, n }, out,
                            fedi_base64_decoded_max(text.len), &len))
    {
        return FEDI_EKEY;
    }

    OPENSSL_cleanse(packed, n);

    der->data = (const char *) out;
    der->len = len;

    return FEDI_OK;
}


static fedi_str_t
fedi_key_trim(fedi_str_t text)
{
    while (text.len != 0 && fedi_key_is_space(text.data[0])) {
        text = fedi_str_from(text, 1);
    }

    while (text.len != 0 && fedi_key_is_space(text.data[text.len - 1])) {
        text.len--;
    }

    return text;
}


static bool
fedi_key_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


static bool
fedi_key_skip(fedi_str_t *text, const char *word)
{
    size_t  len;

    len = strlen(word);

    if (text->len < len || memcmp(text->data, word, len) != 0) {
        return false;
    }

    *text = fedi_str_from(*text, len);

    return true;
}


/*
 * The PKCS#1 key of a SubjectPublicKeyInfo whose algorithm is rsaEncryption
 * (RFC 8017 appendix C, RFC 5280 section 4.1); empty: it is no such thing.
 */
static fedi_str_t
fedi_key_spki(fedi_str_t der)
{
    fedi_str_t               info, algorithm, oid, null, key;
    static const fedi_str_t  rsa =
        fedi_string("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");

    if (!fedi_key_element(&der, V_ASN1_SEQUENCE, &info) || der.len != 0
        || !fedi_key_element(&info, V_ASN1_SEQUENCE, &algorithm)
        || !fedi_key_element(&algorithm, V_ASN1_OBJECT, &oid)
        || !fedi_str_eq(oid, rsa)
        || !fedi_key_element(&algorithm, V_ASN1_NULL, &null)
        || null.len != 0 || algorithm.len != 0
        || !fedi_key_element(&info, V_ASN1_BIT_STRING, &key)
        || info.len != 0 || key.len == 0 || key.data[0] != 0)
    {
        return fedi_null_str;
    }

    return fedi_str_from(key, 1);
}


/* takes one element of definite length off the front */

static bool
fedi_key_element(fedi_str_t *der, int tag, fedi_str_t *content)
{
    int                   found, class, rc;
    long                  len;
    size_t                head;
    const unsigned char  *p;

    p = (const unsigned char *) der->data;

    ERR_clear_error();
    rc = ASN1_get_object(&p, &len, &found, &class, (long) der->len);
    ERR_clear_error();

    /* 0x80: an error; 0x01: of no definite length */

    if ((rc & 0x81) != 0 || class != V_ASN1_UNIVERSAL || found != tag) {
        return false;
    }

    head = (size_t) (p - (const unsigned char *) der->data);

    content->data = der->data + head;
    content->len = (size_t) len;

    *der = fedi_str_from(*der, head + (size_t) len);

    return true;
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
