
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "fedi_base64.h"
#include "fedi_key.h"
#include "fedi_test_key.h"


/* the key of fedi_test_spki by itself; and what is no key for us */

static const char  pkcs1[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEApgsGRS/iEpZkv5TnvDzuLDiHqxIQeZ7mstZujgjpvwwoG5inV2Ju\n"
    "stV9U7DcW+x5APFteNUwaXJZj6IudupMXUODmALpC/Xs/zyaKEpjtlUdcZClD6bd\n"
    "LfdhG8Z2c9jsVES1scqIueDAI0eJFQNUWkSd+RsbWs7cSovAz12NQ6y2lcoBZC/Y\n"
    "KxUCrwMa1RniXzS1RyOS8/Hbe5G3zKMXPNHJEUJ31MoZoOgpWylHG2c3p9DukW/m\n"
    "QqWgNUJzKJ2/4mRng3L3iDHC48DUrM78lAktOo3duhp0AMBMznQ2KyDKp9f45+Fz\n"
    "Nld3AbTWbcTuO5xoT7/8/krUw+YRKAJibwIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

static const char  ec[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwQdGqrVRT7A+ZqATAYk5ToJ0I8Px\n"
    "cLn0YX8WeHhXgidOThDxQneF9ZQRBbP1Kr4K1tn8/knVgASO43sDSgbvBg==\n"
    "-----END PUBLIC KEY-----\n";

static const char  ed25519[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEASrzZfNv/1bVDXuqKgeu1/ZGneLbw5xwtfqoUArxxneI=\n"
    "-----END PUBLIC KEY-----\n";

static const char  pss[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAKyapHMLJE2SGfye5I0SnCye\n"
    "k/BFaKIENo45uukdicCy99W4YTlol/FMTVhz3It4cU7O/Em3bSUq6LIrlNcwQ3nI\n"
    "aUNncobnThPL23eX+teKYCOmhEnqrYLs6vAawc2Uf/3YCJxTIgXKonuZiRAPeqb0\n"
    "YNqHozwQ72fWocJ2u3hiG9Ifudy5FTd9UBbtHpfiq6oeBIlgHnYUMkkhXkJWMwzi\n"
    "ep0CQFdQgHi6cEbzRMcvXODzzua1eIuYO9IKrzUKA1CAUU2XGjwj290I6j2F9D6D\n"
    "V+QQb50CiKmLYqB9Z/WbV9NMtjjzzjXkUXD4Rz8Q04qohi5CksMp1x5nR+lWJXMC\n"
    "AwEAAQ==\n"
    "-----END PUBLIC KEY-----\n";


static fedi_err_e
parse(const char *pem)
{
    EVP_PKEY    *key;
    fedi_err_e   err;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    key = NULL;
    err = fedi_key_parse(&heap.arena, fedi_test_view(pem), &key);

    assert_true((err == FEDI_OK) == (key != NULL));

    EVP_PKEY_free(key);
    fedi_heap_free(&heap);

    return err;
}


static void
test_r14_forms(void **state)
{
    char         text[1024];
    char        *to;
    const char  *p;

    (void) state;

    assert_int_equal(parse(fedi_test_spki), FEDI_OK);
    assert_int_equal(parse(pkcs1), FEDI_OK);

    /* CRLF; all in one line, with white space around */

    for (to = text, p = fedi_test_spki; *p != '\0'; p++) {
        if (*p == '\n') {
            *to++ = '\r';
        }

        *to++ = *p;
    }

    *to = '\0';
    assert_int_equal(parse(text), FEDI_OK);

    snprintf(text, sizeof(text), "\n %s\n \t", fedi_test_spki);

    for (to = text; *to != '\0'; to++) {
        if (*to == '\n') {
            *to = ' ';
        }
    }

    assert_int_equal(parse(text), FEDI_OK);
}


/* KEY-07 */

static void
test_r14_other_types(void **state)
{
    char         text[2048];
    const char  *rest;

    (void) state;

    rest = fedi_test_spki + strlen("-----BEGIN PUBLIC KEY-----");

    assert_int_equal(parse(ec), FEDI_EKEY);
    assert_int_equal(parse(ed25519), FEDI_EKEY);
    assert_int_equal(parse(pss), FEDI_EKEY);
    assert_int_equal(parse(""), FEDI_EKEY);
    assert_int_equal(parse("garbage"), FEDI_EKEY);
    assert_int_equal(parse("-----BEGIN PUBLIC KEY-----"), FEDI_EKEY);
    assert_int_equal(parse("-----BEGIN PUBLIC KEY-----"
                           "-----END PUBLIC KEY-----"), FEDI_EKEY);
    assert_int_equal(parse("-----BEGIN PUBLIC KEY-----\nMIIB\n"
                           "-----END PUBLIC KEY-----\n"), FEDI_EKEY);
    assert_int_equal(parse("-----BEGIN RSA PUBLIC KEY-----\nMIIB\n"
                           "-----END RSA PUBLIC KEY-----\n"), FEDI_EKEY);

    /* a second key, words around it, labels that do not agree, a header */

    snprintf(text, sizeof(text), "%s%s", fedi_test_spki, fedi_test_spki);
    assert_int_equal(parse(text), FEDI_EKEY);
    snprintf(text, sizeof(text), "key: %s", fedi_test_spki);
    assert_int_equal(parse(text), FEDI_EKEY);
    snprintf(text, sizeof(text), "%sx", fedi_test_spki);
    assert_int_equal(parse(text), FEDI_EKEY);
    snprintf(text, sizeof(text), "-----BEGIN RSA PUBLIC KEY-----%s", rest);
    assert_int_equal(parse(text), FEDI_EKEY);
    snprintf(text, sizeof(text), "-----BEGIN PUBLIC KEY=====%s", rest);
    assert_int_equal(parse(text), FEDI_EKEY);
    snprintf(text, sizeof(text), "=====BEGIN PUBLIC KEY-----%s", rest);
    assert_int_equal(parse(text), FEDI_EKEY);
    snprintf(text, sizeof(text), "-----BEGIN PUBLIC KEY-----\n"
             "Proc-Type: 4,ENCRYPTED\n\n%s", rest);
    assert_int_equal(parse(text), FEDI_EKEY);
}


/* a public key of such numbers, through DER */

static fedi_err_e
made(int bits, const char *exponent, bool odd)
{
    int              len;
    BIGNUM          *n, *e;
    EVP_PKEY        *key;
    fedi_err_e       err;
    OSSL_PARAM      *params;
    EVP_PKEY_CTX    *ctx;
    OSSL_PARAM_BLD  *build;
    unsigned char   *der;

    n = BN_new();
    e = NULL;
    assert_int_equal(BN_set_bit(n, bits - 1), 1);
    assert_int_equal(BN_add_word(n, odd ? 12345 : 12346), 1);
    assert_int_not_equal(BN_dec2bn(&e, exponent), 0);

    build = OSSL_PARAM_BLD_new();
    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, "n", n), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, "e", e), 1);
    params = OSSL_PARAM_BLD_to_param(build);

    key = NULL;
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY,
                                       params), 1);
    der = NULL;
    len = i2d_PublicKey(key, &der);
    assert_true(len > 0);

    EVP_PKEY_free(key);
    key = NULL;

    err = fedi_key_from_der((fedi_str_t) { (char *) der, (size_t) len },
                            &key);

    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    OPENSSL_free(der);
    BN_free(e);
    BN_free(n);

    return err;
}


static void
test_r14_numbers(void **state)
{
    (void) state;

    assert_int_equal(made(2048, "65537", true), FEDI_OK);
    assert_int_equal(made(4096, "65537", true), FEDI_OK);
    assert_int_equal(made(8192, "65537", true), FEDI_OK);
    assert_int_equal(made(2048, "4294967295", true), FEDI_OK);

    assert_int_equal(made(4096, "4294967295", true), FEDI_OK);

    /* a verification that takes longer than a millisecond */

    assert_int_equal(made(4097, "65539", true), FEDI_EKEY);
    assert_int_equal(made(8192, "4294967295", true), FEDI_EKEY);

    assert_int_equal(made(512, "65537", true), FEDI_EKEY);
    assert_int_equal(made(1024, "65537", true), FEDI_EKEY);
    assert_int_equal(made(2047, "65537", true), FEDI_EKEY);
    assert_int_equal(made(8193, "65537", true), FEDI_EKEY);
    assert_int_equal(made(16384, "65537", true), FEDI_EKEY);

    assert_int_equal(made(2048, "1", true), FEDI_EKEY);
    assert_int_equal(made(2048, "3", true), FEDI_EKEY);
    assert_int_equal(made(2048, "65535", true), FEDI_EKEY);
    assert_int_equal(made(2048, "65538", true), FEDI_EKEY);
    assert_int_equal(made(2048, "4294967297", true), FEDI_EKEY);
    assert_int_equal(made(2048, "340282366920938463463374607431768211457",
                          true), FEDI_EKEY);

    assert_int_equal(made(2048, "65537", false), FEDI_EKEY);
}


/* the key in both forms is the same, and nothing more or less */

static void
test_der(void **state)
{
    int             len;
    char            longer[512];
    EVP_PKEY       *key, *again;
    fedi_str_t      der, other;
    fedi_heap_t     heap;
    unsigned char  *p;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(fedi_key_parse(&heap.arena,
                                    fedi_test_view(fedi_test_spki), &key),
                     FEDI_OK);

    p = NULL;
    len = i2d_PublicKey(key, &p);
    assert_true(len > 0);

    der.data = (const char *) p;
    der.len = (size_t) len;

    assert_int_equal(fedi_key_from_der(der, &again), FEDI_OK);
    assert_int_equal(EVP_PKEY_eq(key, again), 1);
    EVP_PKEY_free(again);

    assert_int_equal(fedi_key_parse(&heap.arena, fedi_test_view(pkcs1),
                                    &again), FEDI_OK);
    assert_int_equal(EVP_PKEY_eq(key, again), 1);
    EVP_PKEY_free(again);

    assert_true(der.len < sizeof(longer));
    memcpy(longer, der.data, der.len);
    longer[der.len] = '\0';

    other.data = longer;
    other.len = der.len + 1;
    assert_int_equal(fedi_key_from_der(other, &again), FEDI_EKEY);
    other.len = der.len - 1;
    assert_int_equal(fedi_key_from_der(other, &again), FEDI_EKEY);
    assert_int_equal(fedi_key_from_der(fedi_null_str, &again), FEDI_EKEY);

    OPENSSL_free(p);
    EVP_PKEY_free(key);
    fedi_heap_free(&heap);
}


/* a signature of another kind by the right key */

static size_t
sign_otherwise(EVP_PKEY *key, const EVP_MD *md, int padding,
    const char *text, unsigned char *out)
{
    size_t         len;
    EVP_MD_CTX    *ctx;
    EVP_PKEY_CTX  *pctx;

    len = FEDI_KEY_SIGNATURE_MAX;
    ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(ctx, &pctx, md, NULL, key), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(pctx, padding), 1);
    assert_int_equal(EVP_DigestSign(ctx, out, &len,
                                    (const unsigned char *) text,
                                    strlen(text)), 1);
    EVP_MD_CTX_free(ctx);

    return len;
}


/* alone, and behind a good and a bad one of the same key */

static fedi_err_e
verify(EVP_PKEY *key, const char *text, const unsigned char *signature,
    size_t len)
{
    size_t          i, kept_len;
    fedi_err_e      err;
    EVP_PKEY_CTX   *kept;
    unsigned char   good[FEDI_KEY_SIGNATURE_MAX];

    err = fedi_key_verify(key, NULL, fedi_test_view(text), signature, len);
    kept = NULL;

    if (fedi_key_sign(key, fedi_str("kept"), good, &kept_len) != FEDI_OK) {
        return err;
    }

    for (i = 0; i < 3; i++) {
        assert_int_equal(fedi_key_verify(key, &kept, fedi_str("kept"), good,
                                         kept_len),
                         i != 1 ? FEDI_OK : FEDI_EMISMATCH);
        assert_non_null(kept);
        assert_int_equal(fedi_key_verify(key, &kept, fedi_test_view(text),
                                         signature, len),
                         err);
        good[0] ^= 1;
    }

    EVP_PKEY_CTX_free(kept);

    return err;
}


/* R15: the type of the key says what the signature is; SIG-21 */

static void
test_r15_sign_verify(void **state)
{
    size_t         len;
    EVP_PKEY      *key, *other;
    unsigned char  signature[FEDI_KEY_SIGNATURE_MAX];

    (void) state;

    key = EVP_RSA_gen(2048);
    other = EVP_RSA_gen(2048);

    assert_int_equal(fedi_key_sign(key, fedi_str("text"), signature, &len),
                     FEDI_OK);
    assert_int_equal(len, 256);
    assert_int_equal(verify(key, "text", signature, len), FEDI_OK);

    assert_int_equal(verify(key, "texu", signature, len), FEDI_EMISMATCH);
    assert_int_equal(verify(other, "text", signature, len), FEDI_EMISMATCH);
    assert_int_equal(verify(key, "text", signature, 0), FEDI_EMISMATCH);
    assert_int_equal(verify(key, "text", signature, len - 1), FEDI_EMISMATCH);
    signature[100] ^= 1;
    assert_int_equal(verify(key, "text", signature, len), FEDI_EMISMATCH);

    len = sign_otherwise(key, EVP_sha256(), RSA_PKCS1_PADDING, "text",
                         signature);
    assert_int_equal(verify(key, "text", signature, len), FEDI_OK);
    len = sign_otherwise(key, EVP_sha1(), RSA_PKCS1_PADDING, "text",
                         signature);
    assert_int_equal(verify(key, "text", signature, len), FEDI_EMISMATCH);
    len = sign_otherwise(key, EVP_sha512(), RSA_PKCS1_PADDING, "text",
                         signature);
    assert_int_equal(verify(key, "text", signature, len), FEDI_EMISMATCH);
    len = sign_otherwise(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, "text",
                         signature);
    assert_int_equal(verify(key, "text", signature, len), FEDI_EMISMATCH);

    EVP_PKEY_free(other);
    EVP_PKEY_free(key);

    /* no other type of key signs or verifies */

    key = EVP_EC_gen("P-256");
    assert_int_equal(fedi_key_sign(key, fedi_str("text"), signature, &len),
                     FEDI_EKEY);
    assert_int_equal(verify(key, "text", signature, 64), FEDI_EKEY);
    EVP_PKEY_free(key);
}


static fedi_err_e
parse_one(fedi_arena_t *arena)
{
    EVP_PKEY    *key;
    fedi_err_e   err;

    err = fedi_key_parse(arena, fedi_test_view(pkcs1), &key);

    if (err == FEDI_OK) {
        EVP_PKEY_free(key);
    }

    return err;
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(parse_one), 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_r14_forms),
        cmocka_unit_test(test_r14_other_types),
        cmocka_unit_test(test_r14_numbers),
        cmocka_unit_test(test_der),
        cmocka_unit_test(test_r15_sign_verify),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_key", tests, NULL, NULL);
}
