
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "fedi_base64.h"
#include "fedi_digest.h"
#include "fedi_sf.h"


static bool fedi_digest_add(fedi_str_t item, fedi_digest_t *digest);
static fedi_digest_e fedi_content_digest_bytes(
    const fedi_sf_dictionary_t *dictionary, fedi_str_t name,
    unsigned char *out, size_t size, bool *has);
static bool fedi_digest_pieces(EVP_MD_CTX *sha256, EVP_MD_CTX *sha512,
    fedi_digest_read_pt read, void *data);
static bool fedi_digest_hash(fedi_str_t text, const EVP_MD *md,
    unsigned char *out);


fedi_digest_e
fedi_digest_parse(fedi_str_t value, fedi_digest_t *digest)
{
    size_t      len;
    fedi_str_t  item;

    if (value.len > FEDI_DIGEST_VALUE_MAX) {
        return FEDI_DIGEST_MALFORMED;
    }

    digest->has_sha256 = false;
    digest->has_sha512 = false;

    for ( ;; ) {
        len = fedi_str_before(value, ',');

        item.data = value.data;
        item.len = len;

        if (!fedi_digest_add(fedi_str_trim(item), digest)) {
            return FEDI_DIGEST_MALFORMED;
        }

        if (len == value.len) {
            break;
        }

        value = fedi_str_from(value, len + 1);
    }

    return digest->has_sha256 ? FEDI_DIGEST_OK : FEDI_DIGEST_UNKNOWN;
}


static bool
fedi_digest_add(fedi_str_t item, fedi_digest_t *digest)
{
    bool           *has;
    size_t          i, len, size;
    fedi_str_t      name;
    unsigned char  *out;

    i = fedi_str_before(item, '=');

    if (i == 0 || i == item.len) {
        return false;
    }

    name.data = item.data;
    name.len = i;

    if (fedi_str_eq_nocase(name, fedi_str("sha-256"))) {
        has = &digest->has_sha256;
        out = digest->sha256;
        size = FEDI_SHA256_LEN;

    } else if (fedi_str_eq_nocase(name, fedi_str("sha-512"))) {
        has = &digest->has_sha512;
        out = digest->sha512;
        size = FEDI_SHA512_LEN;

    } else {
        return true;
    }

    if (*has) {
        return false;
    }

    *has = true;

    return fedi_base64_decode(fedi_str_from(item, i + 1), out, size, &len)
           && len == size;
}


fedi_digest_e
fedi_content_digest_parse(fedi_arena_t *arena, fedi_str_t value,
    fedi_digest_t *digest)
{
    fedi_err_e            err;
    fedi_digest_e         rc;
    fedi_sf_dictionary_t  dictionary;

    if (value.len > FEDI_DIGEST_VALUE_MAX) {
        return FEDI_DIGEST_MALFORMED;
    }

    err = fedi_sf_parse(arena, value, &dictionary);

    if (err != FEDI_OK || dictionary.repeated) {
        return err == FEDI_ENOMEM ? FEDI_DIGEST_FAILED
                                  : FEDI_DIGEST_MALFORMED;
    }

    rc = fedi_content_digest_bytes(&dictionary, fedi_str("sha-256"),
                                   digest->sha256, FEDI_SHA256_LEN,
                                   &digest->has_sha256);

    if (rc == FEDI_DIGEST_OK) {
        rc = fedi_content_digest_bytes(&dictionary, fedi_str("sha-512"),
                                       digest->sha512, FEDI_SHA512_LEN,
                                       &digest->has_sha512);
    }

    if (rc != FEDI_DIGEST_OK) {
        return rc;
    }

    return digest->has_sha256 || digest->has_sha512 ? FEDI_DIGEST_OK
                                                    : FEDI_DIGEST_UNKNOWN;
}


static fedi_digest_e
fedi_content_digest_bytes(const fedi_sf_dictionary_t *dictionary,
    fedi_str_t name, unsigned char *out, size_t size, bool *has)
{
    const fedi_sf_member_t  *member;

    member = fedi_sf_member(dictionary, name);
    *has = (member != NULL);

    if (member == NULL) {
        return FEDI_DIGEST_OK;
    }

    if (member->list || member->value.kind != FEDI_SF_BYTES
        || member->value.text.len != size)
    {
        return FEDI_DIGEST_MALFORMED;
    }

    memcpy(out, member->value.text.data, size);

    return FEDI_DIGEST_OK;
}


fedi_digest_e
fedi_digest_verify(const fedi_digest_t *digest, const unsigned char *sha256,
    const unsigned char *sha512)
{
    if (!digest->has_sha256 && !digest->has_sha512) {
        return FEDI_DIGEST_MISMATCH;
    }

    if (digest->has_sha256
        && CRYPTO_memcmp(digest->sha256, sha256, FEDI_SHA256_LEN) != 0)
    {
        return FEDI_DIGEST_MISMATCH;
    }

    if (digest->has_sha512
        && (sha512 == NULL
            || CRYPTO_memcmp(digest->sha512, sha512, FEDI_SHA512_LEN) != 0))
    {
        return FEDI_DIGEST_MISMATCH;
    }

    return FEDI_DIGEST_OK;
}


fedi_digest_e
fedi_digest_verify_body(const fedi_digest_t *digest, fedi_str_t body)
{
    unsigned char  sha256[FEDI_SHA256_LEN], sha512[FEDI_SHA512_LEN];

    if (!fedi_sha256(body, sha256)
        || (digest->has_sha512
            && !fedi_digest_hash(body, EVP_sha512(), sha512)))
    {
        return FEDI_DIGEST_MISMATCH;
    }

    return fedi_digest_verify(digest, sha256,
                              digest->has_sha512 ? sha512 : NULL);
}


fedi_digest_e
fedi_digest_verify_pieces(const fedi_digest_t *digest,
    fedi_digest_read_pt read, void *data)
{
    EVP_MD_CTX     *sha256, *sha512;
    fedi_digest_e   rc;
    unsigned char   is256[FEDI_SHA256_LEN], is512[FEDI_SHA512_LEN];

    sha256 = EVP_MD_CTX_new();
    sha512 = EVP_MD_CTX_new();
    rc = FEDI_DIGEST_FAILED;

    if (sha256 != NULL && sha512 != NULL
        && EVP_DigestInit_ex(sha256, EVP_sha256(), NULL) == 1
        && EVP_DigestInit_ex(sha512, EVP_sha512(), NULL) == 1
        && fedi_digest_pieces(sha256, digest->has_sha512 ? sha512 : NULL,
                              read, data)
        && EVP_DigestFinal_ex(sha256, is256, NULL) == 1
        && EVP_DigestFinal_ex(sha512, is512, NULL) == 1)
    {
        rc = fedi_digest_verify(digest, is256,
                                digest->has_sha512 ? is512 : NULL);
    }

    EVP_MD_CTX_free(sha256);
    EVP_MD_CTX_free(sha512);

    return rc;
}


static bool
fedi_digest_pieces(EVP_MD_CTX *sha256, EVP_MD_CTX *sha512,
    fedi_digest_read_pt read, void *data)
{
    fedi_str_t  bytes;

    for ( ;; ) {
        if (!read(data, &bytes)) {
            return false;
        }

        if (bytes.len == 0) {
            return true;
        }

        if (EVP_DigestUpdate(sha256, bytes.data, bytes.len) != 1
            || (sha512 != NULL
                && EVP_DigestUpdate(sha512, bytes.data, bytes.len) != 1))
        {
            return false;
        }
    }
}


void
fedi_digest_render(const unsigned char *sha256, char *out)
{
    memcpy(out, "SHA-256=", 8);
    fedi_base64_encode(sha256, FEDI_SHA256_LEN, out + 8);
}


void
fedi_content_digest_render(const unsigned char *sha256, char *out)
{
    memcpy(out, "sha-256=:", 9);
    fedi_base64_encode(sha256, FEDI_SHA256_LEN, out + 9);
    out[FEDI_CONTENT_DIGEST_LEN - 1] = ':';
}


bool
fedi_sha256(fedi_str_t text, unsigned char *sha256)
{
    return fedi_digest_hash(text, EVP_sha256(), sha256);
}


static bool
fedi_digest_hash(fedi_str_t text, const EVP_MD *md, unsigned char *out)
{
    return EVP_Digest(text.len != 0 ? text.data : "", text.len, out, NULL,
                      md, NULL)
           == 1;
}
