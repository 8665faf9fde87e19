
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <openssl/err.h>

#include "fedi_test.h"

#include "fedi_multikey.h"


/* FEP-521a and the examples of did:key */

static const char  ed25519[] =
    "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

static const char  rsa[] =
    "z4MXj1wBzi9jUstyPMS4jQqB6KdJaiatPkAtVtGc6bQEQEEsKTic4G7Rou3iBf9vPmT5dbk"
    "m9qsZsuVNjq8HCuW1w24nhBFGkRE4cd2Uf2tfrB3N7h4mnyPp1BF3ZttHTYv3DLUPi1zMdk"
    "ULiow3M1GfXkoC6DoxDUm1jmN6GBj22SjVsr6dxezRVQc7aj9TxE7JLbMH1wh5X3kA58H3D"
    "FW8rnYMakFGbca5CB2Jf6CnGQZmL7o5uJAdTwXfy2iiiyPxXEGerMhHwhjTA1mKYobyk2Cp"
    "eEcmvynADfNZ5MBvcCS7m3XkFCMNUYBS9NQ3fze6vMSUPsNa6GVYmKx2x6JrdEjCk3qRMMm"
    "yjnjCMfR4pXbRMZa3i";

static const char  rsa_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsbX82NTV6IylxCh7MfV4\n"
    "hlyvaniCajuP97GyOqSvTmoEdBOflFvZ06kR/9D6ctt45Fk6hskfnag2GG69NALV\n"
    "H2o4RCR6tQiLRpKcMRtDYE/thEmfBvDzm/VVkOIYfxu+Ipuo9J/S5XDNDjczx2v+\n"
    "3oDh5+CIHkU46hvFeCvpUS+L8TJSbgX0kjVk/m4eIb9wh63rtmD6Uz/KBtCo5mmR\n"
    "4TEtcLZKYdqMp3wCjN+TlgHiz/4oVXWbHUefCEe8rFnX1iQnpDHU49/SaXQoud1j\n"
    "CaexFn25n+Aa8f8bc5Vm+5SeRwidHa6ErvEhTvf1dz6GoNPp2iRvm+wJ1gxwWJEY\n"
    "PQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";


static fedi_err_e
parse(const char *text, fedi_str_t want)
{
    size_t          len;
    EVP_PKEY       *key;
    fedi_err_e      err;
    fedi_heap_t     heap;
    unsigned char   bytes[FEDI_KEY_ED25519_LEN];

    fedi_heap_init(&heap);

    err = fedi_multikey_parse(&heap.arena, fedi_test_view(text), &key);

    if (err == FEDI_OK) {
        assert_int_equal(fedi_key_is_rsa(key), want.len == 0);

        if (want.len != 0) {
            len = sizeof(bytes);
            assert_int_equal(EVP_PKEY_get_raw_public_key(key, bytes, &len), 1);
            assert_int_equal(len, want.len);
            assert_memory_equal(bytes, want.data, len);
        }

        EVP_PKEY_free(key);
    }

    fedi_heap_free(&heap);

    return err;
}


static void
test_keys(void **state)
{
    (void) state;

    assert_int_equal(
        parse(ed25519,
              fedi_str("\x2e\x6f\xcc\xe3\x67\x01\xdc\x79"
                       "\x14\x88\xe0\xd0\xb1\x74\x5c\xc1"
                       "\xe3\x3a\x4c\x1c\x9f\xcc\x41\xc6"
                       "\x3b\xd3\x43\xdb\xbe\x09\x70\xe6")),
        FEDI_OK);

    assert_int_equal(
        parse("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
              fedi_str("\xb0\x0d\x8d\x93\x8e\x7f\x77\x3d"
                       "\x51\x56\x5a\xad\x36\xa6\x23\xf5"
                       "\x34\x4f\x7f\x5d\x19\x60\xf9\xcf"
                       "\x3e\x8e\x12\x62\x0e\xa2\x81\x0f")),
        FEDI_OK);

    assert_int_equal(parse(rsa, fedi_null_str), FEDI_OK);
    assert_int_equal(ERR_peek_error(), 0);
}


/* one key, and two ways to write it */

static void
test_same_key(void **state)
{
    EVP_PKEY     *multikey, *pem;
    fedi_heap_t   heap;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(fedi_multikey_parse(&heap.arena, fedi_str(rsa),
                                         &multikey),
                     FEDI_OK);
    assert_int_equal(fedi_key_parse(&heap.arena, fedi_str(rsa_pem), &pem),
                     FEDI_OK);
    assert_int_equal(EVP_PKEY_eq(multikey, pem), 1);

    EVP_PKEY_free(pem);
    EVP_PKEY_free(multikey);
    fedi_heap_free(&heap);
}


static void
test_refused(void **state)
{
    size_t  i;
    char    text[FEDI_MULTIKEY_MAX + 2];

    static const char *const  rows[] = {
        "", "z", "z1", "z6Mk", "6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2",
        /* another base, a letter that base58 has not, one too few and many */
        "u7QEub8zjZwHceRSI4NCxdFzB4zpMHJ_MQcY700PbvglwQg",
        "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2do0",
        "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2do ",
        "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2do",
        "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doKK",
        "z16MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        /* P-256 and secp256k1 */
        "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
        "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i], parse(rows[i], fedi_null_str), FEDI_EKEY);
    }

    memset(text, '1', sizeof(text) - 1);
    text[0] = 'z';
    text[FEDI_MULTIKEY_MAX] = '\0';
    assert_int_equal(parse(text, fedi_null_str), FEDI_EKEY);

    text[FEDI_MULTIKEY_MAX] = '1';
    text[FEDI_MULTIKEY_MAX + 1] = '\0';
    assert_int_equal(parse(text, fedi_null_str), FEDI_EKEY);
}


static fedi_err_e
parse_dry(fedi_arena_t *arena)
{
    EVP_PKEY    *key;
    fedi_err_e   err;

    err = fedi_multikey_parse(arena, fedi_test_view(ed25519), &key);

    if (err == FEDI_OK) {
        EVP_PKEY_free(key);
    }

    return err;
}


static void
test_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(parse_dry), 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_same_key),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_memory)
    };

    return cmocka_run_group_tests_name("fedi_multikey", tests, NULL, NULL);
}
