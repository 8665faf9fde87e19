
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_pem.h"
#include "fedi_test_key.h"


static fedi_err_e
decode(fedi_heap_t *heap, const char *text, fedi_str_t *der)
{
    return fedi_pem_decode(&heap->arena, fedi_test_view(text), "PUBLIC KEY",
                           der);
}


static void
test_label(void **state)
{
    size_t       i;
    fedi_str_t   der;
    fedi_heap_t  heap;

    static const char *const  bad[] = {
        "",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY----",
        "-----BEGIN PUBLIC KEY----AAAA-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----AAAA-----END RSA PUBLIC KEY-----",
        "-----BEGIN RSA PUBLIC KEY-----AAAA-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nX: y\n\nAAAA-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----AAAAA-----END PUBLIC KEY-----",
        "x-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----x"
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(bad); i++) {
        if (decode(&heap, bad[i], &der) != FEDI_EKEY) {
            fail_msg("\"%s\"", bad[i]);
        }
    }

    assert_int_equal(decode(&heap, " \n-----BEGIN PUBLIC KEY-----A A\r\nBC\t"
                                   "-----END PUBLIC KEY----- ", &der),
                     FEDI_OK);
    assert_int_equal(der.len, 3);
    assert_memory_equal(der.data, "\0\0\102", 3);

    fedi_heap_free(&heap);
}


static void
test_r14_pem_size(void **state)
{
    char         *text;
    size_t        len;
    fedi_str_t    pem, der;
    fedi_heap_t   heap;

    (void) state;

    fedi_heap_init(&heap);

    text = fedi_alloc(&heap.arena, FEDI_PEM_MAX + 1);
    assert_non_null(text);

    len = strlen(fedi_test_spki);
    memset(text, '\n', FEDI_PEM_MAX + 1);
    memcpy(text + FEDI_PEM_MAX + 1 - len, fedi_test_spki, len);

    pem.data = text + 1;
    pem.len = FEDI_PEM_MAX;

    assert_int_equal(fedi_pem_decode(&heap.arena, pem, "PUBLIC KEY", &der),
                     FEDI_OK);

    pem.data = text;
    pem.len = FEDI_PEM_MAX + 1;

    assert_int_equal(fedi_pem_decode(&heap.arena, pem, "PUBLIC KEY", &der),
                     FEDI_EKEY);

    fedi_heap_free(&heap);
}


/* a private key that is broken at its end leaves nothing of itself behind */

static char    memory[1024];
static size_t  taken;


static void *
take(void *data, size_t size)
{
    void  *p;

    (void) data;

    p = memory + taken;
    taken += (size + 7) / 8 * 8;

    return taken <= sizeof(memory) ? p : NULL;
}


static void
test_nothing_left(void **state)
{
    size_t        i;
    fedi_str_t    der;
    fedi_arena_t  arena = { take, NULL };

    (void) state;

    assert_int_equal(fedi_pem_decode(&arena, fedi_str(
                         "-----BEGIN PRIVATE KEY-----c2VjcmV0c2VjcmV0!"
                         "-----END PRIVATE KEY-----"), "PRIVATE KEY", &der),
                     FEDI_EKEY);
    assert_true(taken != 0);

    for (i = 0; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], 0);
    }
}


/* SubjectPublicKeyInfo around the PKCS#1 key, spoiled in one place */

static void
test_rsa_strict(void **state)
{
    char         bad[512];
    size_t       i;
    fedi_str_t   der, key;
    fedi_heap_t  heap;

    static const struct {
        size_t         at;
        unsigned char  value;
    } rows[] = {
        { 0, 0x31 }, { 1, 0x80 }, { 3, 0x21 }, { 3, 0x23 }, { 4, 0x31 },
        { 5, 0x0c }, { 6, 0x05 }, { 16, 0x07 }, { 17, 0x04 }, { 18, 0x01 },
        { 19, 0x04 }, { 22, 0x0e }, { 23, 0x01 }
    };

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(decode(&heap, fedi_test_spki, &der), FEDI_OK);
    assert_true(der.len < sizeof(bad));

    key = fedi_pem_rsa(der);
    assert_ptr_equal(key.data, der.data + 24);
    assert_int_equal(key.len, der.len - 24);

    for (i = 0; i < FEDI_N(rows); i++) {
        memcpy(bad, der.data, der.len);
        bad[rows[i].at] = (char) rows[i].value;

        if (fedi_pem_rsa((fedi_str_t) { bad, der.len }).len != 0) {
            fail_msg("byte %zu", rows[i].at);
        }
    }

    assert_int_equal(fedi_pem_rsa(fedi_null_str).len, 0);

    fedi_heap_free(&heap);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_label),
        cmocka_unit_test(test_r14_pem_size),
        cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_rsa_strict)
    };

    return cmocka_run_group_tests_name("fedi_pem", tests, NULL, NULL);
}
