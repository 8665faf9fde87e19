
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What strangers send is taken apart here as far as it can be, so that of
 * OpenSSL's decoders only the one for a PKCS#1 RSA public key sees it: no
 * other type of key, no parameters, no encryption.
 */

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "fedi_base64.h"
#include "fedi_pem.h"


static fedi_str_t fedi_pem_trim(fedi_str_t text);
static bool fedi_pem_is_space(char c);
static bool fedi_pem_skip(fedi_str_t *text, const char *word);
static bool fedi_pem_cut(fedi_str_t *text, const char *word);
static bool fedi_pem_element(fedi_str_t *der, int tag, fedi_str_t *content);


fedi_err_e
fedi_pem_decode(fedi_arena_t *arena, fedi_str_t text, const char *label,
    fedi_str_t *der)
{
    bool            ok;
    char           *packed;
    size_t          i, n;
    unsigned char  *out;

    if (text.len > FEDI_PEM_MAX) {
        return FEDI_EKEY;
    }

    text = fedi_pem_trim(text);

    if (!fedi_pem_skip(&text, "-----BEGIN ")
        || !fedi_pem_skip(&text, label)
        || !fedi_pem_skip(&text, "-----")
        || !fedi_pem_cut(&text, "-----")
        || !fedi_pem_cut(&text, label)
        || !fedi_pem_cut(&text, "-----END "))
    {
        return FEDI_EKEY;
    }

    packed = fedi_alloc(arena, text.len);
    out = fedi_alloc(arena, fedi_base64_decoded_max(text.len));

    if (packed == NULL || out == NULL) {
        return FEDI_ENOMEM;
    }

    for (n = 0, i = 0; i < text.len; i++) {
        if (!fedi_pem_is_space(text.data[i])) {
            packed[n++] = text.data[i];
        }
    }

    ok = fedi_base64_decode((fedi_str_t) { packed, n }, out,
                            fedi_base64_decoded_max(text.len), &der->len);

    /* an arena only grows: what stays in it must not be a key, or most of it */

    OPENSSL_cleanse(packed, n);

    if (!ok) {
        OPENSSL_cleanse(out, fedi_base64_decoded_max(text.len));
        return FEDI_EKEY;
    }

    der->data = (const char *) out;

    return FEDI_OK;
}


static fedi_str_t
fedi_pem_trim(fedi_str_t text)
{
    while (text.len != 0 && fedi_pem_is_space(text.data[0])) {
        text = fedi_str_from(text, 1);
    }

    while (text.len != 0 && fedi_pem_is_space(text.data[text.len - 1])) {
        text.len--;
    }

    return text;
}


static bool
fedi_pem_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


static bool
fedi_pem_skip(fedi_str_t *text, const char *word)
{
    size_t  len;

    len = strlen(word);

    if (text->len < len || memcmp(text->data, word, len) != 0) {
        return false;
    }

    *text = fedi_str_from(*text, len);

    return true;
}


/* the same at its end */

static bool
fedi_pem_cut(fedi_str_t *text, const char *word)
{
    size_t  len;

    len = strlen(word);

    if (text->len < len
        || memcmp(text->data + text->len - len, word, len) != 0)
    {
        return false;
    }

    text->len -= len;

    return true;
}


/* RFC 8017 appendix C, RFC 5280 section 4.1 */

fedi_str_t
fedi_pem_rsa(fedi_str_t der)
{
    fedi_str_t               info, algorithm, oid, null, key;
    static const fedi_str_t  rsa =
        fedi_string("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");

    if (!fedi_pem_element(&der, V_ASN1_SEQUENCE, &info) || der.len != 0
        || !fedi_pem_element(&info, V_ASN1_SEQUENCE, &algorithm)
        || !fedi_pem_element(&algorithm, V_ASN1_OBJECT, &oid)
        || !fedi_str_eq(oid, rsa)
        || !fedi_pem_element(&algorithm, V_ASN1_NULL, &null)
        || null.len != 0 || algorithm.len != 0
        || !fedi_pem_element(&info, V_ASN1_BIT_STRING, &key)
        || info.len != 0 || key.len == 0 || key.data[0] != 0)
    {
        return fedi_null_str;
    }

    return fedi_str_from(key, 1);
}


/* takes one element of definite length off the front */

static bool
fedi_pem_element(fedi_str_t *der, int tag, fedi_str_t *content)
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
