
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_id.h"


static const fedi_id_rules_t  strict = { false, false };
static const fedi_id_rules_t  http = { true, false };
static const fedi_id_rules_t  relaxed = { true, true };


static void
test_spelling(void **state)
{
    size_t       i;
    fedi_id_t    id;
    fedi_heap_t  heap;

    static const struct {
        const char  *text;
        const char  *spelling;
        const char  *origin;
    } rows[] = {
        { "https://acme.example/u/a", "https://acme.example/u/a",
          "https://acme.example" },
        { "HTTPS://ACME.Example:443/U/A?B=c%2f#K",
          "https://acme.example/U/A?B=c%2f#K", "https://acme.example" },
        { "https://acme.example", "https://acme.example",
          "https://acme.example" },
        { "https://acme.example?author=1#main-key",
          "https://acme.example?author=1#main-key", "https://acme.example" },

        /* ORG-09, ORG-10: U-label and A-label are one host, a homograph is
           another */
        { "https://b\xc3\xbc" "cher.example/u",
          "https://xn--bcher-kva.example/u",
          "https://xn--bcher-kva.example" },
        { "https://vict\xd1\x96m.example/u", "https://xn--victm-q2e.example/u",
          "https://xn--victm-q2e.example" },

        /* ORG-16: paths are bytes */
        { "https://acme.example//n/%31/./x", "https://acme.example//n/%31/./x",
          "https://acme.example" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].text,
                      fedi_id_parse_fragment(&heap.arena, &strict,
                                             fedi_test_view(rows[i].text),
                                             &id),
                      FEDI_OK);
        fedi_test_eq(rows[i].text, id.text, rows[i].spelling);
        fedi_test_eq(rows[i].text, id.origin, rows[i].origin);
        fedi_test_eq(rows[i].text, id.authority, rows[i].origin + 8);
        fedi_test_within(rows[i].text, id.url.host, id.text);
    }

    fedi_heap_free(&heap);
}


/* R1: https alone; R2: no port, no IP literal, no single label ...; SSR-23 */

static void
test_r1_r2_refused(void **state)
{
    size_t       i;
    fedi_id_t    id;
    fedi_heap_t  heap;

    static const char *const  rows[] = {
        "", "1", "/u/a", "//acme.example/u", "acct:a@acme.example",
        "data:,x", "ftp://acme.example/", "javascript:alert(1)",
        "http://acme.example/u", "https:/acme.example/u",
        "https://acme.example:8443/u", "https://acme.example:80/u",
        "https://acme.example:/u", "https://acme.example:0443/u",
        "https://a@acme.example/u", "https://acme.example@evil.example/u",
        "https://acme.example\\@evil.example/u",
        "https://acme.example./u", "https://acme/u", "https:///u",
        "https://127.0.0.1/u", "https://127.1/u", "https://2130706433/u",
        "https://0x7f000001/u", "https://0177.0.0.1/u",
        "https://[::ffff:7f00:1]/u", "https://[::1]/u", "https://8.8.8.8/u",
        "https://localhost/u", "https://LOCALHOST/u", "https://localhost./u",
        "https://a.localhost/u", "https://a.local/u", "https://a.internal/u",
        "https://a.onion/u", "https://a.i2p/u", "https://a.home.arpa/u",
        "https://a.test/u", "https://a.invalid/u",
        "https://acme.example/a b", "https://acme.example/a\tb",
        "https://acme.example/a\r\nb", "https://acme.example/\xc3\xbc",
        "https://acme.example/%zz", "https://acme_x.example/",
        " https://acme.example/", "https://acme.example/ ",
        "https://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1/u"
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        if (fedi_id_parse(&heap.arena, &strict, fedi_test_view(rows[i]), &id)
            == FEDI_OK)
        {
            fail_msg("\"%s\" is no id", rows[i]);
        }
    }

    fedi_heap_free(&heap);
}


/* each fault by its name, whichever part of the URL it is in */

static void
test_faults(void **state)
{
    size_t       i;
    fedi_id_t    id;
    fedi_heap_t  heap;

    static const struct {
        const char  *text;
        fedi_err_e   err;
    } rows[] = {
        { "ftp://acme.example/", FEDI_EURL },
        { "https://acme.example:x/u", FEDI_EURL },
        { "https://acme.example:/u", FEDI_EURL },
        { "https://acme_.example/u", FEDI_EHOST },
        { "https://a\xff.example/u", FEDI_EUTF8 },
        { "https://acme.example/\xc3\xbc", FEDI_EURL },
        { "https://acme.example/a b", FEDI_EURL }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].text,
                      fedi_id_parse(&heap.arena, &strict,
                                    fedi_test_view(rows[i].text), &id),
                      rows[i].err);

        /* development relaxes nothing of that */

        fedi_test_err(rows[i].text,
                      fedi_id_parse(&heap.arena, &relaxed,
                                    fedi_test_view(rows[i].text), &id),
                      rows[i].err);
    }

    fedi_heap_free(&heap);
}


static void
test_r2_fragment(void **state)
{
    fedi_id_t    id;
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(fedi_id_parse(&heap.arena, &strict,
                                   fedi_str("https://acme.example/u#k"), &id),
                     FEDI_EURL);
    assert_int_equal(fedi_id_parse(&heap.arena, &strict,
                                   fedi_str("https://acme.example/u#"), &id),
                     FEDI_EURL);

    /* ORG-12 */

    assert_int_equal(
        fedi_id_parse(&heap.arena, &strict,
                      fedi_str("https://evil.example#@acme.example/"), &id),
        FEDI_EURL);

    assert_int_equal(
        fedi_id_parse_fragment(&heap.arena, &strict,
                               fedi_str("https://acme.example/u?q#k"), &id),
        FEDI_OK);
    fedi_test_eq("document", fedi_id_document(&id),
                 "https://acme.example/u?q");

    assert_int_equal(fedi_id_parse(&heap.arena, &strict,
                                   fedi_str("https://acme.example/u"), &id),
                     FEDI_OK);
    fedi_test_eq("document", fedi_id_document(&id), "https://acme.example/u");

    memset(&id, 0, sizeof(id));
    assert_int_equal(fedi_id_document(&id).len, 0);

    fedi_heap_free(&heap);
}


static void
test_r2_length(void **state)
{
    char         text[2050];
    fedi_id_t    id;
    fedi_heap_t  heap;

    (void) state;

    memset(text, 'a', sizeof(text));
    memcpy(text, "https://acme.example/", 21);

    fedi_heap_init(&heap);

    assert_int_equal(fedi_id_parse(&heap.arena, &strict,
                                   (fedi_str_t) { text, 2048 }, &id),
                     FEDI_OK);
    assert_int_equal(fedi_id_parse(&heap.arena, &strict,
                                   (fedi_str_t) { text, 2049 }, &id),
                     FEDI_ETOOLONG);

    /* as it is written, not as it would be spelled */

    memcpy(text, "https://acme.example:443/", 25);

    assert_int_equal(fedi_id_parse(&heap.arena, &strict,
                                   (fedi_str_t) { text, 2049 }, &id),
                     FEDI_ETOOLONG);

    fedi_heap_free(&heap);
}


static void
test_development(void **state)
{
    fedi_id_t    id;
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(fedi_id_parse(&heap.arena, &http,
                                   fedi_str("http://acme.example:80/u"), &id),
                     FEDI_OK);
    fedi_test_eq("http", id.text, "http://acme.example/u");
    assert_int_equal(
        fedi_id_parse(&heap.arena, &http,
                      fedi_str("https://acme.example:80/u"), &id),
        FEDI_OK);
    fedi_test_eq("port", id.origin, "https://acme.example:80");
    assert_int_equal(fedi_id_parse(&heap.arena, &http,
                                   fedi_str("http://localhost:80/u"), &id),
                     FEDI_EURL);
    assert_int_equal(fedi_id_parse(&heap.arena, &relaxed,
                                   fedi_str("http://127.1:8080/u"), &id),
                     FEDI_OK);
    fedi_test_eq("address", id.authority, "127.0.0.1:8080");
    assert_int_equal(id.url.port, 8080);
    assert_int_equal(fedi_id_parse(&heap.arena, &relaxed,
                                   fedi_str("http://localhost/u"), &id),
                     FEDI_OK);

    fedi_heap_free(&heap);
}


/* R3: whole hosts, never a prefix or suffix */

static void
test_r3_compare(void **state)
{
    size_t       i;
    fedi_id_t    a, b, none;
    fedi_heap_t  heap;

    static const struct {
        const char  *a;
        const char  *b;
        bool         origin;
        bool         eq;
    } rows[] = {
        { "https://v.example/u", "https://V.EXAMPLE:443/u", true, true },
        { "https://v.example/u", "https://v.example/U", true, false },
        { "https://v.example/u", "https://v.example/u/", true, false },
        { "https://v.example/u", "https://v.example/u?", true, false },
        { "https://v.example", "https://v.example.evil.example", false,
          false },
        { "https://v.example/u", "https://www.v.example/u", false, false },
        { "https://v.example/u", "http://v.example/u", false, false },
        { "https://v.example/u", "https://v.example:444/u", false, false }
    };

    (void) state;

    fedi_heap_init(&heap);
    memset(&none, 0, sizeof(none));

    for (i = 0; i < FEDI_N(rows); i++) {
        assert_int_equal(fedi_id_parse(&heap.arena, &http,
                                       fedi_test_view(rows[i].a), &a),
                         FEDI_OK);
        assert_int_equal(fedi_id_parse(&heap.arena, &http,
                                       fedi_test_view(rows[i].b), &b),
                         FEDI_OK);

        if (fedi_id_same_origin(&a, &b) != rows[i].origin
            || fedi_id_eq(&a, &b) != rows[i].eq)
        {
            fail_msg("\"%s\" and \"%s\"", rows[i].a, rows[i].b);
        }

        assert_false(fedi_id_eq(&none, &a));
    }

    /* two that were not given are not the same */

    assert_false(fedi_id_eq(&none, &none));
    assert_false(fedi_id_same_origin(&none, &none));

    fedi_heap_free(&heap);
}


static fedi_err_e
parse_one(fedi_arena_t *arena)
{
    fedi_id_t  id;

    return fedi_id_parse(arena, &strict, fedi_str("https://acme.example/u"),
                         &id);
}


static fedi_err_e
parse_another(fedi_arena_t *arena)
{
    fedi_id_t  id;

    return fedi_id_parse(arena, &strict, fedi_str("https://Acme.example/u"),
                         &id);
}


/* what is plain is read by a short way; "HTTPS" is not, and means the same */

static void
test_short_way(void **state)
{
    char         text[48], loud[48];
    size_t       i, n, len;
    uint32_t     x;
    fedi_id_t    a, b;
    fedi_heap_t  heap;
    fedi_err_e   err;

    static const char  signs[] = "abcxn019.....---///##?%:@_~AZ\x80 ";

    (void) state;

    x = 2463534242U;

    for (n = 0; n < 200000; n++) {
        fedi_heap_init(&heap);

        memcpy(text, "https://xn.example", 18);
        len = 8 + n % 30;

        for (i = n % 3 == 0 ? 18 : 8; i < len; i++) {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            text[i] = signs[x % (sizeof(signs) - 1)];
        }

        memcpy(loud, text, sizeof(loud));
        memcpy(loud, "HTTPS", 5);

        err = fedi_id_parse_fragment(&heap.arena, &strict,
                                     (fedi_str_t) { text, len }, &a);

        assert_int_equal(fedi_id_parse_fragment(&heap.arena, &strict,
                                                (fedi_str_t) { loud, len },
                                                &b), err);

        if (err == FEDI_OK) {
            assert_true(fedi_id_eq(&a, &b));
            assert_true(fedi_str_eq(a.origin, b.origin));
            assert_true(fedi_str_eq(a.authority, b.authority));
            assert_true(fedi_str_eq(a.url.host, b.url.host));
            assert_true(fedi_str_eq(a.url.path, b.url.path));
            assert_true(fedi_str_eq(a.url.query, b.url.query));
            assert_true(fedi_str_eq(a.url.fragment, b.url.fragment));
            assert_int_equal(a.text.data[a.text.len], '\0');
        }

        fedi_heap_free(&heap);
    }
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(parse_one), 1);
    assert_int_equal(fedi_test_dry(parse_another), 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_r1_r2_refused),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_r2_fragment),
        cmocka_unit_test(test_r2_length),
        cmocka_unit_test(test_development),
        cmocka_unit_test(test_r3_compare),
        cmocka_unit_test(test_short_way),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_id", tests, NULL, NULL);
}
