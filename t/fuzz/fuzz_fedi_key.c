
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A key that is taken has a size and an exponent that may be, comes back from
 * its DER, and verifies nothing by chance.
 */

#include "fedi_fuzz.h"

#include "fedi_multikey.h"

static void
fuzz_key(EVP_PKEY *key)
{
    int                         bits, len;
    EVP_PKEY                   *again;
    fedi_str_t                  der;
    unsigned char              *p;
    static const unsigned char  none[256];

    if (fedi_key_is_rsa(key)) {
        bits = EVP_PKEY_get_bits(key);
        fedi_fuzz_assert(bits >= FEDI_KEY_BITS_MIN
                         && bits <= FEDI_KEY_BITS_MAX);

    } else {
        fedi_fuzz_assert(EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519);
        return;
    }

    p = NULL;
    len = i2d_PublicKey(key, &p);
    fedi_fuzz_assert(len > 0);

    der.data = (const char *) p;
    der.len = (size_t) len;

    fedi_fuzz_assert(fedi_key_from_der(der, &again) == FEDI_OK);
    fedi_fuzz_assert(EVP_PKEY_eq(key, again) == 1);

    EVP_PKEY_free(again);
    OPENSSL_free(p);

    fedi_fuzz_assert(fedi_key_verify(key, NULL, fedi_str("text"), none,
                                     sizeof(none))
                     == FEDI_EMISMATCH);
}



int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EVP_PKEY    *key;
    fedi_str_t   text;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    if (fedi_key_parse(&heap.arena, text, &key) == FEDI_OK) {
        fuzz_key(key);
        EVP_PKEY_free(key);
    }

    if (fedi_key_from_der(text, &key) == FEDI_OK) {
        fuzz_key(key);
        EVP_PKEY_free(key);
    }

    if (fedi_multikey_parse(&heap.arena, text, &key) == FEDI_OK) {
        fuzz_key(key);
        EVP_PKEY_free(key);
    }

    if (fedi_key_parse_private(&heap.arena, text, &key) == FEDI_OK) {
        EVP_PKEY_free(key);
    }

    fedi_heap_free(&heap);

    return 0;
}
