
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_host.h"


#define LABEL_63  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


static void
test_check(void **state)
{
    size_t  i;

    static const struct {
        const char  *host;
        fedi_err_e   err;
    } rows[] = {
        { "acme.example", FEDI_OK },
        { "ACME.Example", FEDI_OK },
        { "localhost", FEDI_OK },
        { "a", FEDI_OK },
        { "a-b.c--d.e9", FEDI_OK },
        { "9.example", FEDI_OK },
        { "0x7f.example", FEDI_OK },
        { "xn--bcher-kva.example", FEDI_OK },
        { LABEL_63 ".example", FEDI_OK },
        { LABEL_63 "." LABEL_63 "." LABEL_63 "." "aaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FEDI_OK },
        { "127.0.0.1", FEDI_OK },
        { "127.1", FEDI_OK },
        { "[::1]", FEDI_OK },

        { LABEL_63 "a.example", FEDI_ETOOLONG },
        { LABEL_63 "." LABEL_63 "." LABEL_63 "." "aaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FEDI_ETOOLONG },

        { "", FEDI_EHOST },
        { ".", FEDI_EHOST },
        { "acme.example.", FEDI_EHOST },
        { ".acme.example", FEDI_EHOST },
        { "acme..example", FEDI_EHOST },
        { "-acme.example", FEDI_EHOST },
        { "acme-.example", FEDI_EHOST },
        { "acme.example-", FEDI_EHOST },
        { "acme.-example", FEDI_EHOST },
        { "ac_me.example", FEDI_EHOST },
        { "ac me.example", FEDI_EHOST },
        { "acme.example/", FEDI_EHOST },
        { "acme.example:80", FEDI_EHOST },
        { "b\xc3\xbc" "cher.example", FEDI_EHOST },
        { "a%2eb", FEDI_EHOST },
        { "1.2.3.256", FEDI_EHOST },
        { "1.2.3.4.5", FEDI_EHOST },
        { "acme.08", FEDI_EHOST },
        { "acme.0x1f", FEDI_EHOST },
        { "acme.1", FEDI_EHOST },
        { "[::1", FEDI_EHOST },
        { "[acme.example]", FEDI_EHOST },
        { "[::1%25lo]", FEDI_EHOST }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].host,
                      fedi_host_check(fedi_test_view(rows[i].host)),
                      rows[i].err);
    }

    assert_int_equal(fedi_host_check(fedi_null_str), FEDI_EHOST);
    assert_int_equal(fedi_host_check(fedi_str("a\0b")), FEDI_EHOST);
}


static void
test_split(void **state)
{
    size_t      i;
    uint16_t    port;
    fedi_str_t  host;

    static const struct {
        const char  *text;
        const char  *host;
        uint16_t     port;
    } rows[] = {
        { "acme.example", "acme.example", 0 },
        { "acme.example:1", "acme.example", 1 },
        { "acme.example:65535", "acme.example", 65535 },
        { "[::1]", "[::1]", 0 },
        { "[::1]:8080", "[::1]", 8080 },
        { "", "", 0 }
    };

    static const char *const  bad[] = {
        ":", "a:", "a:0", "a:01", "a:65536", "a:99999", "a:100000", "a:-1",
        "a:+1", "a:1 ", "a:x", "a:8o", "[::1]:"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].text,
                      fedi_host_split(fedi_test_view(rows[i].text), &host,
                                      &port),
                      FEDI_OK);
        fedi_test_eq(rows[i].text, host, rows[i].host);
        assert_int_equal(port, rows[i].port);
    }

    for (i = 0; i < FEDI_N(bad); i++) {
        fedi_test_err(bad[i],
                      fedi_host_split(fedi_test_view(bad[i]), &host, &port),
                      FEDI_EURL);
    }
}


static void
test_normalize(void **state)
{
    size_t       i;
    fedi_str_t   normal, again;
    fedi_heap_t  heap;

    static const struct {
        const char  *host;
        const char  *normal;
    } rows[] = {
        { "acme.example", "acme.example" },
        { "ACME.Example", "acme.example" },
        { "127.0.0.1", "127.0.0.1" },
        { "0x7F.1", "127.0.0.1" },
        { "[::FFFF:7f00:1]", "[::ffff:127.0.0.1]" },
        { "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
        { "B\xc3\x9c" "CHER.Example", "xn--bcher-kva.example" },
        { "bu\xcc\x88" "cher.example", "xn--bcher-kva.example" },
        { "XN--BCHER-KVA.example", "xn--bcher-kva.example" },

        /* non-transitional: not "fass" */
        { "fa\xc3\x9f.de", "xn--fa-hia.de" },

        /* full-width letters, ideographic full stops */
        { "\xef\xbd\x81" "cme\xe3\x80\x82" "example", "acme.example" },
        { "127\xe3\x80\x82" "0\xe3\x80\x82" "0\xe3\x80\x82" "1",
          "127.0.0.1" },

        /* Cyrillic a: another name, and seen to be */
        { "\xd0\xb0" "cme.example", "xn--cme-5cd.example" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].host,
                      fedi_host_normalize(&heap.arena,
                                          fedi_test_view(rows[i].host),
                                          &normal),
                      FEDI_OK);
        fedi_test_eq(rows[i].host, normal, rows[i].normal);

        assert_int_equal(fedi_host_normalize(&heap.arena, normal, &again),
                         FEDI_OK);
        fedi_test_eq(rows[i].host, again, rows[i].normal);
    }

    fedi_heap_free(&heap);
}


static void
test_normalize_refuses(void **state)
{
    char         text[4 * FEDI_HOST_MAX + 1];
    size_t       i;
    fedi_str_t   normal;
    fedi_heap_t  heap;

    static const struct {
        const char  *host;
        fedi_err_e   err;
    } rows[] = {
        { "", FEDI_EHOST },
        { "acme.example.", FEDI_EHOST },
        { "ac_me.example", FEDI_EHOST },
        { "acme.1", FEDI_EHOST },
        { "xn--a.example", FEDI_EHOST },
        { "xn--.example", FEDI_EHOST },
        { "xn--lsh.example", FEDI_EHOST },
        { "xn--zzzzzz---.example", FEDI_EHOST },
        { "\xc3", FEDI_EUTF8 },
        { "\xc3\xbc.\xed\xa0\x80", FEDI_EUTF8 },

        /* what libidn2 would drop when asked for STD3 rules */
        { "ac_me.\xc3\xbc.de", FEDI_EHOST },
        { "ac me.\xc3\xbc.de", FEDI_EHOST },
        { "acme\xe2\x84\x80.example", FEDI_EHOST },
        { "\xc3\xbc/.example", FEDI_EHOST },
        { "\xc3\xbc@acme.example", FEDI_EHOST },
        { "xn--bcher-kva.ac_me", FEDI_EHOST },
        { "\xc3\xbc.example:80", FEDI_EHOST },

        /* an address that is none, a number behind a name */
        { "1\xe3\x80\x82" "2\xe3\x80\x82" "3\xe3\x80\x82" "256",
          FEDI_EHOST },
        { "\xc3\xbc.0x7f", FEDI_EHOST },

        /* right-to-left override, zero width joiner */
        { "\xe2\x80\xae" "a.example", FEDI_EHOST },
        { "a\xe2\x80\x8d.example", FEDI_EHOST },
        { "\xc3\xbc..example", FEDI_EHOST },
        { "\xc3\xbc.example.", FEDI_EHOST },
        { "[\xc3\xbc]", FEDI_EHOST }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].host,
                      fedi_host_normalize(&heap.arena,
                                          fedi_test_view(rows[i].host),
                                          &normal),
                      rows[i].err);
    }

    assert_int_equal(fedi_host_normalize(&heap.arena,
                                         fedi_str("\xc3\xbc\0.example"),
                                         &normal),
                     FEDI_EHOST);

    memset(text, 'a', sizeof(text));
    assert_int_equal(fedi_host_normalize(&heap.arena,
                                         (fedi_str_t) { text, sizeof(text) },
                                         &normal),
                     FEDI_ETOOLONG);

    for (i = 0; i < sizeof(text) - 1; i += 2) {
        memcpy(text + i, "\xc3\xbc", 2);
    }

    assert_int_equal(fedi_host_normalize(&heap.arena,
                                         (fedi_str_t) { text, sizeof(text) },
                                         &normal),
                     FEDI_ETOOLONG);

    fedi_heap_free(&heap);
}


static void
test_kinds(void **state)
{
    size_t      i;
    fedi_str_t  host;

    static const struct {
        const char  *host;
        bool         address;
        bool         local;
    } rows[] = {
        { "acme.example", false, false },
        { "arpa.example", false, false },
        { "mylocal", false, true },
        { "acme.mylocal", false, false },
        { "localhost", false, true },
        { "LOCALHOST.", false, true },
        { "a.localhost", false, true },
        { "a.local", false, true },
        { "a.LOCAL", false, true },
        { "a.local.", false, true },
        { "a.internal", false, true },
        { "a.onion", false, true },
        { "a.i2p", false, true },
        { "a.alt", false, true },
        { "a.home.arpa", false, true },
        { "1.0.0.127.in-addr.arpa", false, true },
        { "a.test", false, true },
        { "a.invalid", false, true },
        { "", false, true },
        { "127.0.0.1", true, false },
        { "0x7f.1", true, false },
        { "2130706433", true, true },
        { "[::1]", true, true },
        { "[fe80::1%eth0]", true, true }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        host = fedi_test_view(rows[i].host);

        if (fedi_host_is_address(host) != rows[i].address) {
            fail_msg("\"%s\": an address or not", rows[i].host);
        }

        if (fedi_host_is_local(host) != rows[i].local) {
            fail_msg("\"%s\": local or not", rows[i].host);
        }
    }

    assert_false(fedi_host_is_address(fedi_null_str));
    assert_true(fedi_host_is_local(fedi_null_str));
}


static void
test_domain(void **state)
{
    size_t      i;
    fedi_str_t  domain;

    static const struct {
        const char  *host;
        const char  *domain;
    } rows[] = {
        { "acme.example", "acme.example" },
        { "www.acme.example", "acme.example" },
        { "a.b.c.acme.example", "acme.example" },
        { "acme.co.uk", "acme.co.uk" },
        { "a.b.acme.co.uk", "acme.co.uk" },
        { "co.uk", "co.uk" },
        { "a.acme.uk", "acme.uk" },
        { "a.bbc.uk", "a.bbc.uk" },
        { "localhost", "localhost" },
        { "", "" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        domain = fedi_host_domain(fedi_test_view(rows[i].host));

        if (!fedi_str_eq(domain, fedi_test_view(rows[i].domain))) {
            fail_msg("the domain of \"%s\"", rows[i].host);
        }
    }
}


static fedi_err_e
normalize_ascii(fedi_arena_t *arena)
{
    fedi_str_t  normal;

    return fedi_host_normalize(arena, fedi_str("acme.example"), &normal);
}


static fedi_err_e
normalize_idn(fedi_arena_t *arena)
{
    fedi_str_t  normal;

    return fedi_host_normalize(arena, fedi_str("\xc3\xbc.example"), &normal);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(normalize_ascii), 1);
    assert_int_equal(fedi_test_dry(normalize_idn), 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_normalize_refuses),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_domain),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_host", tests, NULL, NULL);
}
