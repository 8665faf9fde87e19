
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "fedi_test.h"

#include "fedi_siphash.h"


#define TEXT_MAX  64


/* what OpenSSL makes of it */

static uint64_t
theirs(const fedi_siphash_key_t *key, fedi_str_t text)
{
    size_t         len, size;
    uint64_t       value;
    unsigned       compress, finalize;
    EVP_MAC       *mac;
    EVP_MAC_CTX   *ctx;
    OSSL_PARAM     params[4];

    size = sizeof(value);
    compress = 1;
    finalize = 3;

    params[0] = OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size);
    params[1] = OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &compress);
    params[2] = OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &finalize);
    params[3] = OSSL_PARAM_construct_end();

    mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    assert_non_null(mac);
    ctx = EVP_MAC_CTX_new(mac);

    assert_int_equal(EVP_MAC_init(ctx, (const unsigned char *) key,
                                  sizeof(*key), params), 1);
    assert_int_equal(EVP_MAC_update(ctx, (const unsigned char *) text.data,
                                    text.len), 1);
    assert_int_equal(EVP_MAC_final(ctx, (unsigned char *) &value, &len,
                                   sizeof(value)), 1);
    assert_int_equal(len, sizeof(value));

    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);

    return value;
}


static uint64_t
ours(const fedi_siphash_key_t *key, const fedi_str_t *parts, size_t n)
{
    size_t          i;
    fedi_siphash_t  hash;

    hash = fedi_siphash_init(key);

    for (i = 0; i < n; i++) {
        fedi_siphash_add(&hash, parts[i]);
    }

    return fedi_siphash_value(hash);
}


static void
test_paper(void **state)
{
    char        text[TEXT_MAX];
    size_t      len;
    fedi_str_t  part;

    static const fedi_siphash_key_t  key = {
        0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL
    };

    (void) state;

    for (len = 0; len < TEXT_MAX; len++) {
        text[len] = (char) (len * 7 + 0x55);

        part.data = text;
        part.len = len;

        assert_true(ours(&key, &part, 1) == theirs(&key, part));
    }
}


static void
test_parts(void **state)
{
    fedi_siphash_t             hash;
    static const fedi_str_t    one[] = { fedi_string("a"),
                                         fedi_string("bc") };
    static const fedi_str_t    two[] = { fedi_string("ab"),
                                         fedi_string("c") };
    static const fedi_str_t    whole[] = { fedi_string("abc") };
    static const fedi_siphash_key_t  key = { 1, 2 }, other = { 1, 3 };

    (void) state;

    assert_true(ours(&key, one, 2) == ours(&key, one, 2));
    assert_true(ours(&key, one, 2) != ours(&key, two, 2));
    assert_true(ours(&key, one, 2) != ours(&key, whole, 1));
    assert_true(ours(&key, one, 2) != ours(&key, one, 1));
    assert_true(ours(&key, one, 2) != ours(&other, one, 2));

    /* a value that was taken does not spoil what comes */

    hash = fedi_siphash_init(&key);
    fedi_siphash_add(&hash, one[0]);
    assert_true(fedi_siphash_value(hash) == ours(&key, one, 1));
    fedi_siphash_add(&hash, one[1]);
    assert_true(fedi_siphash_value(hash) == ours(&key, one, 2));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_paper),
        cmocka_unit_test(test_parts)
    };

    return cmocka_run_group_tests_name("fedi_siphash", tests, NULL, NULL);
}
