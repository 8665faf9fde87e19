
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_resource.h"


static void
test_query(void **state)
{
    size_t       i;
    fedi_str_t   text;
    fedi_heap_t  heap;

    static const struct {
        const char  *query;
        const char  *text;      /* NULL: refused */
        fedi_err_e   err;
    } rows[] = {
        { "resource=a", "a", FEDI_OK },
        { "RESOURCE=a", "a", FEDI_OK },
        { "rel=self&resource=a%40b&x", "a@b", FEDI_OK },
        { "resource=a=b", "a=b", FEDI_OK },
        { "resource=a?resource=b", "a?resource=b", FEDI_OK },
        { "&&resource=a&", "a", FEDI_OK },
        { "xresource=a&resource=b", "b", FEDI_OK },
        { "resource=", "", FEDI_OK },
        { "resource=a+b", "a+b", FEDI_OK },
        { "resource=%25", "%", FEDI_OK },
        { "", NULL, FEDI_EACCT },
        { "resource", NULL, FEDI_EACCT },
        { "a=b&resourc=a", NULL, FEDI_EACCT },
        { "resource=a&resource=a", NULL, FEDI_EACCT },
        { "resource=&Resource=a", NULL, FEDI_EACCT },
        { "resource=%zz", NULL, FEDI_EURL },
        { "resource=%4", NULL, FEDI_EURL },
        { "resource=%00", NULL, FEDI_EURL },
        { "resource=%ff", NULL, FEDI_EUTF8 }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].query,
                      fedi_resource_of_query(&heap.arena,
                                             fedi_test_view(rows[i].query),
                                             &text),
                      rows[i].err);

        if (rows[i].text != NULL) {
            fedi_test_eq(rows[i].query, text, rows[i].text);
        }
    }

    assert_int_equal(fedi_resource_of_query(&heap.arena, fedi_null_str,
                                            &text),
                     FEDI_EACCT);

    fedi_heap_free(&heap);
}


static void
test_accepted(void **state)
{
    size_t           i;
    fedi_heap_t      heap;
    fedi_resource_t  resource;

    static const struct {
        const char  *text;
        const char  *user;
        const char  *host;
        const char  *path;
    } rows[] = {
        { "acct:news@acme.example", "news", "acme.example", "" },
        { "@News@ACME.example", "News", "acme.example", "" },
        { "acct:news@acme.example.", "news", "acme.example", "" },
        { "acct:news@acme.example:443", "news", "acme.example", "" },
        { "acct:news@acme.example.:443", "news", "acme.example", "" },
        { "acct:news@acme.example:80", "news", "acme.example:80", "" },
        { "acct:n@b\xc3\xbc" "cher.example", "n", "xn--bcher-kva.example",
          "" },
        { "acct:n@XN--bcher-KVA.example", "n", "xn--bcher-kva.example", "" },
        { "acct:n@B\xc3\x9c" "CHER.example.:8443", "n",
          "xn--bcher-kva.example:8443", "" },
        { "https://acme.example", "", "acme.example", "/" },
        { "https://acme.example/", "", "acme.example", "/" },
        { "https://acme.example:443/", "", "acme.example", "/" },
        { "https://acme.example.", "", "acme.example", "/" },
        { "https://acme.example:80/", "", "acme.example:80", "/" },
        { "http://acme.example:80/", "", "acme.example", "/" },
        { "http://acme.example:443/", "", "acme.example:443", "/" },
        { "HTTPS://Acme.Example/News", "", "acme.example", "/News" },
        { "https://acme.example?a=1", "", "acme.example", "/?a=1" },
        { "https://acme.example/a?", "", "acme.example", "/a" },
        { "https://acme.example?#a", "", "acme.example", "/" },
        { "https://acme.example/a?b?", "", "acme.example", "/a?b?" },
        { "https://acme.example/a?b#c", "", "acme.example", "/a?b" },
        { "https://acme.example#c?d", "", "acme.example", "/" },
        { "https://b\xc3\xbc" "cher.example:443/@n", "",
          "xn--bcher-kva.example", "/@n" },
        { "https://acme.example/caf\xc3\xa9", "", "acme.example",
          "/caf%C3%A9" },
        { "https://acme.example/caf%c3%a9?%7e=%2f", "", "acme.example",
          "/caf%C3%A9?~=%2F" },
        { "https://acme.example/%40n%65ws", "", "acme.example", "/@news" },
        { "https://[::1]:8080/a", "", "[::1]:8080", "/a" },
        { "http://localhost:8080/", "", "localhost:8080", "/" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].text,
                      fedi_resource_parse(&heap.arena,
                                          fedi_test_view(rows[i].text),
                                          &resource),
                      FEDI_OK);

        fedi_test_eq(rows[i].text, resource.user, rows[i].user);
        fedi_test_eq(rows[i].text, resource.host, rows[i].host);
        fedi_test_eq(rows[i].text, resource.path, rows[i].path);
    }

    fedi_heap_free(&heap);
}


static void
test_refused(void **state)
{
    size_t           i;
    fedi_heap_t      heap;
    fedi_resource_t  resource;

    static const char *const  rows[] = {
        "", "acct:", "news", "acct:news", "acct:@acme.example",
        "acct:news@acme.example..", "acct:news@.", "acct:news@:443",
        "acct:news@acme.example:0443", "acct:n@\xc3\xbc..example",
        "acct:n@acme.example\xe2\x84\x80", "mailto:news@acme.example",
        "ftp://acme.example/", "https:acme.example", "https:/acme.example",
        "https://", "https:///", "https://./", "https://acme..example/",
        "https://acme.example../", "https://acme.example:/",
        "https://acme.example:x/", "https://u@acme.example/",
        "https://acme.example\\@evil.example/", "https://acme.example/a b",
        "https://acme.example/%3%309", "https://acme.example/%",
        "https://acme.example/<a>", "https://acme.example/%zz",
        "https://acme.example/a\\b", "https://acme.example/\x7f",
        "https://acme.example/\n", "https://a_b.example/"
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        resource.host = fedi_str("untouched");

        if (fedi_resource_parse(&heap.arena, fedi_test_view(rows[i]),
                                &resource)
            == FEDI_OK)
        {
            fail_msg("\"%s\" is accepted", rows[i]);
        }

        fedi_test_eq(rows[i], resource.host, "untouched");
    }

    fedi_heap_free(&heap);
}


static void
test_long(void **state)
{
    size_t           n;
    char             text[8192];
    fedi_heap_t      heap;
    fedi_resource_t  resource;

    (void) state;

    fedi_heap_init(&heap);

    /* escaped, each byte is three */

    for (n = 600; n <= 8000; n += 1200) {
        memset(text, '\xc3', sizeof(text));
        memcpy(text, "https://acme.example/", 21);

        assert_int_equal(fedi_resource_parse(&heap.arena,
                                             (fedi_str_t) { text, n },
                                             &resource),
                         n == 600 ? FEDI_OK : FEDI_ETOOLONG);
    }

    fedi_heap_free(&heap);
}


static fedi_err_e
parse_acct(fedi_arena_t *arena)
{
    fedi_resource_t  resource;

    return fedi_resource_parse(arena, fedi_str("acct:news@acme.example"),
                               &resource);
}


static fedi_err_e
parse_url(fedi_arena_t *arena)
{
    fedi_resource_t  resource;

    return fedi_resource_parse(arena, fedi_str("https://acme.example/@news"),
                               &resource);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(parse_acct), 3);
    assert_int_equal(fedi_test_dry(parse_url), 4);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_resource", tests, NULL, NULL);
}
