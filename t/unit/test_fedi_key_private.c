
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys of ours, and what becomes of any when OpenSSL has no memory.
 */

#include "fedi_test.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "fedi_key.h"


static void
pem_of(EVP_PKEY *key, bool pkcs1_form, char *out, size_t size)
{
    int   len;
    BIO  *bio;

    bio = BIO_new(BIO_s_mem());

    if (pkcs1_form) {
        assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, key, NULL,
                                                              NULL, 0, NULL,
                                                              NULL), 1);
    } else {
        assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL,
                                                       0, NULL, NULL), 1);
    }

    len = BIO_read(bio, out, (int) size - 1);
    assert_true(len > 0);
    out[len] = '\0';
    BIO_free(bio);
}


static void
pem_public(EVP_PKEY *key, char *out, size_t size)
{
    int   len;
    BIO  *bio;

    bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);

    len = BIO_read(bio, out, (int) size - 1);
    assert_true(len > 0);
    out[len] = '\0';
    BIO_free(bio);
}


static EVP_PKEY *
pss_gen(void)
{
    EVP_PKEY      *key;
    EVP_PKEY_CTX  *ctx;

    key = NULL;
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);

    assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048), 1);
    assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
    EVP_PKEY_CTX_free(ctx);

    return key;
}


static void
test_private(void **state)
{
    char         text[4096];
    int          form;
    EVP_PKEY    *key, *again;
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    key = EVP_RSA_gen(2048);
    assert_non_null(key);

    for (form = 0; form < 2; form++) {
        pem_of(key, form == 1, text, sizeof(text));

        assert_int_equal(fedi_key_parse_private(&heap.arena,
                                                fedi_test_view(text), &again),
                         FEDI_OK);
        assert_int_equal(EVP_PKEY_eq(key, again), 1);
        EVP_PKEY_free(again);

        /* KEY-07: it is no public key, and a public key is no private one */

        assert_int_equal(fedi_key_parse(&heap.arena, fedi_test_view(text),
                                        &again),
                         FEDI_EKEY);
    }

    pem_public(key, text, sizeof(text));
    assert_int_equal(fedi_key_parse_private(&heap.arena,
                                            fedi_test_view(text), &again),
                     FEDI_EKEY);

    EVP_PKEY_free(key);

    key = EVP_RSA_gen(1024);
    pem_of(key, false, text, sizeof(text));
    assert_int_equal(fedi_key_parse_private(&heap.arena, fedi_test_view(text),
                                            &again),
                     FEDI_EKEY);
    EVP_PKEY_free(key);

    key = EVP_EC_gen("P-256");
    pem_of(key, false, text, sizeof(text));
    assert_int_equal(fedi_key_parse_private(&heap.arena, fedi_test_view(text),
                                            &again),
                     FEDI_EKEY);
    EVP_PKEY_free(key);

    /* the numbers of an RSA key, and signs in another way */

    key = pss_gen();
    pem_of(key, false, text, sizeof(text));
    assert_int_equal(fedi_key_parse_private(&heap.arena, fedi_test_view(text),
                                            &again),
                     FEDI_EKEY);
    EVP_PKEY_free(key);

    fedi_heap_free(&heap);
}


/* OpenSSL's memory: after so many allocations there is no more */

static size_t  crypto_left = SIZE_MAX;


static void *
crypto_malloc(size_t size, const char *file, int line)
{
    (void) file;
    (void) line;

    if (crypto_left == 0) {
        return NULL;
    }

    crypto_left -= (crypto_left != SIZE_MAX);

    return malloc(size);
}


static void *
crypto_realloc(void *p, size_t size, const char *file, int line)
{
    (void) file;
    (void) line;

    return realloc(p, size);
}


static void
crypto_free(void *p, const char *file, int line)
{
    (void) file;
    (void) line;

    free(p);
}


/* never a signature, and never a word about the peer's, without memory */

static void
test_no_crypto_memory(void **state)
{
    size_t         i, len, n;
    EVP_PKEY      *key;
    fedi_err_e     err;
    unsigned char  signature[FEDI_KEY_SIGNATURE_MAX];

    (void) state;

    key = EVP_RSA_gen(2048);
    n = 0;

    assert_int_equal(fedi_key_sign(key, fedi_str("text"), signature, &len),
                     FEDI_OK);
    assert_int_equal(fedi_key_verify(key, NULL, fedi_str("text"), signature,
                                     len),
                     FEDI_OK);

    for (i = 0; i < 2; i++) {
        crypto_left = i;
        err = fedi_key_sign(key, fedi_str("text"), signature, &len);
        crypto_left = SIZE_MAX;

        assert_int_equal(err, i == 0 ? FEDI_ENOMEM : FEDI_ECRYPTO);
    }

    assert_int_equal(fedi_key_sign(key, fedi_str("text"), signature, &len),
                     FEDI_OK);

    do {
        crypto_left = n;
        err = fedi_key_verify(key, NULL, fedi_str("text"), signature, len);
        crypto_left = SIZE_MAX;

        if (err != FEDI_OK) {
            assert_int_equal(err, FEDI_ECRYPTO);
        }

        n++;

    } while (err != FEDI_OK && n < 1000);

    assert_in_range(n, 2, 999);

    EVP_PKEY_free(key);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_private),
        cmocka_unit_test(test_no_crypto_memory)
    };

    /* before it allocates anything */

    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free)
        != 1)
    {
        return 1;
    }

    return cmocka_run_group_tests_name("fedi_key_private", tests, NULL, NULL);
}
