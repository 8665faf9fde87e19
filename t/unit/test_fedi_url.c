
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_url.h"


static void
test_parse(void **state)
{
    size_t      i;
    fedi_str_t  text;
    fedi_url_t  url;

    static const struct {
        const char  *text;
        const char  *scheme;
        const char  *host;
        unsigned     port;
        bool         port_given;
        const char  *path;
        const char  *query;
        const char  *fragment;
    } rows[] = {
        { "https://acme.example", "https", "acme.example", 443, false,
          "", "", "" },
        { "https://acme.example/", "https", "acme.example", 443, false,
          "/", "", "" },
        { "http://acme.example/a", "http", "acme.example", 80, false,
          "/a", "", "" },
        { "HTTPS://ACME.example/A", "https", "ACME.example", 443, false,
          "/A", "", "" },
        { "https://acme.example:443/", "https", "acme.example", 443, true,
          "/", "", "" },
        { "http://localhost:8080?q", "http", "localhost", 8080, true,
          "", "q", "" },
        { "https://acme.example#f", "https", "acme.example", 443, false,
          "", "", "f" },
        { "https://acme.example/a?b?c#d?e/f", "https", "acme.example", 443,
          false, "/a", "b?c", "d?e/f" },
        { "https://acme.example/?#", "https", "acme.example", 443, false,
          "/", "", "" },
        { "https://acme.example/actor#main-key", "https", "acme.example",
          443, false, "/actor", "", "main-key" },
        { "https://acme.example//a/../b", "https", "acme.example", 443,
          false, "//a/../b", "", "" },
        { "https://acme.example/%7E~-._!$&'()*+,;=:@/", "https",
          "acme.example", 443, false, "/%7E~-._!$&'()*+,;=:@/", "", "" },
        { "https://acme.example/a%2Fb%00?%25", "https", "acme.example", 443,
          false, "/a%2Fb%00", "%25", "" },
        { "https://acme.example/@news", "https", "acme.example", 443, false,
          "/@news", "", "" },
        { "http://127.0.0.1:80/", "http", "127.0.0.1", 80, true,
          "/", "", "" },
        { "http://[::1]:81/", "http", "[::1]", 81, true, "/", "", "" },
        { "http://[::1]", "http", "[::1]", 80, false, "", "", "" }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        text = fedi_test_view(rows[i].text);

        fedi_test_err(rows[i].text, fedi_url_parse(text, &url), FEDI_OK);

        fedi_test_eq(rows[i].text, url.scheme, rows[i].scheme);
        fedi_test_eq(rows[i].text, url.host, rows[i].host);
        fedi_test_eq(rows[i].text, url.path, rows[i].path);
        fedi_test_eq(rows[i].text, url.query, rows[i].query);
        fedi_test_eq(rows[i].text, url.fragment, rows[i].fragment);

        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(url.port_given, rows[i].port_given);

        /* also an empty path says where the authority ends */

        assert_non_null(url.path.data);
        assert_true(url.path.data >= url.host.data + url.host.len);

        fedi_test_within(rows[i].text, url.host, text);
        fedi_test_within(rows[i].text, url.path, text);
        fedi_test_within(rows[i].text, url.query, text);
        fedi_test_within(rows[i].text, url.fragment, text);
    }
}


static const struct {
    const char  *text;
    fedi_err_e   err;
} refused[] = {
    { "", FEDI_EURL },
    { "https", FEDI_EURL },
    { "https:", FEDI_EURL },
    { "https:/", FEDI_EURL },
    { "https:acme.example", FEDI_EURL },
    { "https:/acme.example", FEDI_EURL },
    { "https:\\\\acme.example", FEDI_EURL },
    { "//acme.example/", FEDI_EURL },
    { "/a", FEDI_EURL },
    { "acme.example", FEDI_EURL },
    { "ftp://acme.example/", FEDI_EURL },
    { "httpss://acme.example/", FEDI_EURL },
    { "javascript://acme.example/", FEDI_EURL },
    { " https://acme.example/", FEDI_EURL },

    { "https://user@acme.example/", FEDI_EURL },
    { "https://user:pass@acme.example/", FEDI_EURL },
    { "https://@acme.example/", FEDI_EURL },
    { "https://acme.example\\@evil.example/", FEDI_EURL },
    { "https://acme.example:", FEDI_EURL },
    { "https://acme.example:/", FEDI_EURL },
    { "https://acme.example:0/", FEDI_EURL },
    { "https://acme.example:0443/", FEDI_EURL },
    { "https://acme.example:65536/", FEDI_EURL },
    { "https://acme.example:80:80/", FEDI_EHOST },
    { "https://acme.example:8a/", FEDI_EURL },

    { "https://", FEDI_EHOST },
    { "https:///a", FEDI_EHOST },
    { "https://:80/", FEDI_EHOST },
    { "https://acme.example./", FEDI_EHOST },
    { "https://acme..example/", FEDI_EHOST },
    { "https://-acme.example/", FEDI_EHOST },
    { "https://ac_me.example/", FEDI_EHOST },
    { "https://acme.example\\a", FEDI_EHOST },
    { "https://ac me.example/", FEDI_EHOST },
    { "https://%61cme.example/", FEDI_EHOST },
    { "https://b\xc3\xbc" "cher.example/", FEDI_EHOST },
    { "https://1.2.3.256/", FEDI_EHOST },
    { "https://::1/", FEDI_EHOST },
    { "https://[::1/", FEDI_EHOST },
    { "https://[::1]x/", FEDI_EHOST },
    { "https://[fe80::1%25lo]/", FEDI_EHOST },
    { "https://[v1.a]/", FEDI_EHOST },

    { "https://acme.example/a b", FEDI_EURL },
    { "https://acme.example/a\tb", FEDI_EURL },
    { "https://acme.example/a\n", FEDI_EURL },
    { "https://acme.example/\x7f", FEDI_EURL },
    { "https://acme.example/\x1f", FEDI_EURL },
    { "https://acme.example/\xc3\xbc", FEDI_EURL },
    { "https://acme.example/a\\b", FEDI_EURL },
    { "https://acme.example/<", FEDI_EURL },
    { "https://acme.example/>", FEDI_EURL },
    { "https://acme.example/\"", FEDI_EURL },
    { "https://acme.example/{}", FEDI_EURL },
    { "https://acme.example/a|b", FEDI_EURL },
    { "https://acme.example/a^b", FEDI_EURL },
    { "https://acme.example/a`b", FEDI_EURL },
    { "https://acme.example/[a]", FEDI_EURL },
    { "https://acme.example/%", FEDI_EURL },
    { "https://acme.example/%4", FEDI_EURL },
    { "https://acme.example/%4g", FEDI_EURL },
    { "https://acme.example/%g4", FEDI_EURL },
    { "https://acme.example/?a b", FEDI_EURL },
    { "https://acme.example/?a[]=b", FEDI_EURL },
    { "https://acme.example/?%zz", FEDI_EURL },
    { "https://acme.example/#a#b", FEDI_EURL },
    { "https://acme.example/#a b", FEDI_EURL },
    { "https://acme.example/#%", FEDI_EURL }
};


static void
test_refused(void **state)
{
    size_t      i;
    fedi_url_t  url;

    (void) state;

    for (i = 0; i < FEDI_N(refused); i++) {
        url.port = 1;
        url.path = fedi_str("untouched");

        fedi_test_err(refused[i].text,
                      fedi_url_parse(fedi_test_view(refused[i].text), &url),
                      refused[i].err);

        assert_int_equal(url.port, 1);
        fedi_test_eq(refused[i].text, url.path, "untouched");
    }

    assert_int_equal(fedi_url_parse(fedi_null_str, &url), FEDI_EURL);
    assert_int_equal(fedi_url_parse(fedi_str("https://acme.example/\0"),
                                    &url),
                     FEDI_EURL);
    assert_int_equal(fedi_url_parse(fedi_str("https://acme\0.example/"),
                                    &url),
                     FEDI_EHOST);
}


static void
test_length(void **state)
{
    char        text[FEDI_URL_MAX + 1];
    fedi_url_t  url;

    (void) state;

    memset(text, 'a', sizeof(text));
    memcpy(text, "https://acme.example/", 21);

    assert_int_equal(fedi_url_parse((fedi_str_t) { text, FEDI_URL_MAX },
                                    &url),
                     FEDI_OK);
    assert_int_equal(fedi_url_parse((fedi_str_t) { text, FEDI_URL_MAX + 1 },
                                    &url),
                     FEDI_ETOOLONG);
}


static void
test_origin(void **state)
{
    size_t       i;
    fedi_str_t   origin;
    fedi_url_t   url;
    fedi_heap_t  heap;

    static const struct {
        const char  *text;
        const char  *origin;
    } rows[] = {
        { "https://acme.example/a?b#c", "https://acme.example" },
        { "HTTPS://ACME.Example:443", "https://acme.example" },
        { "http://acme.example:80/", "http://acme.example" },
        { "http://acme.example:443/", "http://acme.example:443" },
        { "https://acme.example:80/", "https://acme.example:80" },
        { "https://acme.example:8443/", "https://acme.example:8443" },
        { "https://acme.example:65535/", "https://acme.example:65535" },
        { "http://127.1:8080/", "http://127.0.0.1:8080" },
        { "http://[0:0::1]:8080/", "http://[::1]:8080" },
        { "https://XN--BCHER-KVA.example/",
          "https://xn--bcher-kva.example" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].text,
                      fedi_url_parse(fedi_test_view(rows[i].text), &url),
                      FEDI_OK);
        fedi_test_err(rows[i].text,
                      fedi_url_origin(&heap.arena, &url, &origin), FEDI_OK);
        fedi_test_eq(rows[i].text, origin, rows[i].origin);
    }

    /* LDH, but no punycode */

    assert_int_equal(fedi_url_parse(fedi_str("https://xn--a.example/"),
                                    &url),
                     FEDI_OK);
    assert_int_equal(fedi_url_origin(&heap.arena, &url, &origin),
                     FEDI_EHOST);

    fedi_heap_free(&heap);
}


static void
test_decode(void **state)
{
    size_t       i;
    fedi_str_t   decoded;
    fedi_heap_t  heap;

    static const struct {
        const char  *text;
        fedi_err_e   err;
        const char  *decoded;
    } rows[] = {
        { "", FEDI_OK, "" },
        { "/a/b", FEDI_OK, "/a/b" },
        { "%2Fa%2fb", FEDI_OK, "/a/b" },
        { "acct%3Anews%40acme.example", FEDI_OK, "acct:news@acme.example" },
        { "a+b", FEDI_OK, "a+b" },
        { "%2541", FEDI_OK, "%41" },
        { "%c3%BC", FEDI_OK, "\xc3\xbc" },
        { "\xc3%bc", FEDI_OK, "\xc3\xbc" },
        { "\xc3\xbc", FEDI_OK, "\xc3\xbc" },
        { "%7f%01", FEDI_OK, "\x7f\x01" },
        { "%", FEDI_EURL, NULL },
        { "a%", FEDI_EURL, NULL },
        { "a%4", FEDI_EURL, NULL },
        { "%4g", FEDI_EURL, NULL },
        { "%g4", FEDI_EURL, NULL },
        { "%%41", FEDI_EURL, NULL },
        { "%00", FEDI_EURL, NULL },
        { "a%00b", FEDI_EURL, NULL },
        { "%ff", FEDI_EUTF8, NULL },
        { "%c3", FEDI_EUTF8, NULL },
        { "%c0%af", FEDI_EUTF8, NULL },
        { "\xff", FEDI_EUTF8, NULL }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        decoded = fedi_str("untouched");

        fedi_test_err(rows[i].text,
                      fedi_url_decode(&heap.arena,
                                      fedi_test_view(rows[i].text),
                                      &decoded),
                      rows[i].err);

        fedi_test_eq(rows[i].text, decoded,
                     rows[i].err == FEDI_OK ? rows[i].decoded : "untouched");
    }

    assert_int_equal(fedi_url_decode(&heap.arena, fedi_str("a\0b"), &decoded),
                     FEDI_EURL);
    /* the second digit is behind the end of the view */

    assert_int_equal(fedi_url_decode(&heap.arena,
                                     (fedi_str_t) { "%41 is not there", 2 },
                                     &decoded),
                     FEDI_EURL);
    assert_int_equal(fedi_url_decode(&heap.arena, fedi_null_str, &decoded),
                     FEDI_OK);
    assert_int_equal(decoded.len, 0);

    fedi_heap_free(&heap);
}


static fedi_err_e
origin_one(fedi_arena_t *arena)
{
    fedi_str_t  origin;
    fedi_url_t  url;

    assert_int_equal(fedi_url_parse(fedi_str("https://acme.example/"), &url),
                     FEDI_OK);

    return fedi_url_origin(arena, &url, &origin);
}


static fedi_err_e
decode_one(fedi_arena_t *arena)
{
    fedi_str_t  decoded;

    return fedi_url_decode(arena, fedi_str("a"), &decoded);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(origin_one), 2);
    assert_int_equal(fedi_test_dry(decode_one), 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_origin),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_url", tests, NULL, NULL);
}
