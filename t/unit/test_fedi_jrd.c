
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <stdio.h>

#include <jansson.h>

#include "fedi_jrd.h"


static const fedi_jrd_t  full = {
    fedi_string("news@acme.example"),
    fedi_string("https://acme.example/activitypub/news"),
    fedi_string("https://acme.example/"),
    fedi_string("https://acme.example/img/logo.png"),
    fedi_string("image/png")
};


static void
test_bytes(void **state)
{
    fedi_jrd_t   jrd;
    fedi_str_t   text;
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(fedi_jrd_render(&heap.arena, &full, &text), FEDI_OK);

    fedi_test_eq("full", text,
        "{\"subject\":\"acct:news@acme.example\","
        "\"aliases\":[\"https://acme.example/activitypub/news\","
        "\"https://acme.example/\"],"
        "\"links\":[{\"rel\":\"self\","
        "\"type\":\"application/activity+json\","
        "\"href\":\"https://acme.example/activitypub/news\"},"
        "{\"rel\":\"http://webfinger.net/rel/profile-page\","
        "\"type\":\"text/html\",\"href\":\"https://acme.example/\"},"
        "{\"rel\":\"http://webfinger.net/rel/avatar\","
        "\"type\":\"image/png\","
        "\"href\":\"https://acme.example/img/logo.png\"}]}");

    jrd = full;
    jrd.page = fedi_null_str;
    jrd.icon_type = fedi_null_str;

    assert_int_equal(fedi_jrd_render(&heap.arena, &jrd, &text), FEDI_OK);

    fedi_test_eq("no page, an icon of an unknown type", text,
        "{\"subject\":\"acct:news@acme.example\","
        "\"aliases\":[\"https://acme.example/activitypub/news\"],"
        "\"links\":[{\"rel\":\"self\","
        "\"type\":\"application/activity+json\","
        "\"href\":\"https://acme.example/activitypub/news\"},"
        "{\"rel\":\"http://webfinger.net/rel/avatar\","
        "\"href\":\"https://acme.example/img/logo.png\"}]}");

    jrd.icon = fedi_null_str;
    jrd.page = jrd.uri;

    assert_int_equal(fedi_jrd_render(&heap.arena, &jrd, &text), FEDI_OK);

    fedi_test_eq("its id is its page", text,
        "{\"subject\":\"acct:news@acme.example\","
        "\"aliases\":[\"https://acme.example/activitypub/news\"],"
        "\"links\":[{\"rel\":\"self\","
        "\"type\":\"application/activity+json\","
        "\"href\":\"https://acme.example/activitypub/news\"},"
        "{\"rel\":\"http://webfinger.net/rel/profile-page\","
        "\"type\":\"text/html\","
        "\"href\":\"https://acme.example/activitypub/news\"}]}");

    jrd.handle = fedi_null_str;
    jrd.page = full.page;

    assert_int_equal(fedi_jrd_render(&heap.arena, &jrd, &text), FEDI_OK);

    fedi_test_eq("no actor", text,
        "{\"subject\":\"https://acme.example/activitypub/news\","
        "\"aliases\":[\"https://acme.example/activitypub/news\","
        "\"https://acme.example/\"],"
        "\"links\":[{\"rel\":\"self\","
        "\"type\":\"application/activity+json\","
        "\"href\":\"https://acme.example/activitypub/news\"},"
        "{\"rel\":\"alternate\","
        "\"type\":\"text/html\",\"href\":\"https://acme.example/\"}]}");

    fedi_heap_free(&heap);
}


/* any UTF-8 comes back as it went in */

static void
test_escaped(void **state)
{
    json_t       *root;
    fedi_jrd_t    jrd;
    fedi_str_t    text;
    fedi_heap_t   heap;
    static const char  hostile[] = "\"},\\\b\n\x1f</script>\xc3\xbc"
                                   "\xf0\x9f\x98\x80";

    (void) state;

    fedi_heap_init(&heap);

    jrd = full;
    jrd.icon = fedi_str(hostile);

    assert_int_equal(fedi_jrd_render(&heap.arena, &jrd, &text), FEDI_OK);

    root = json_loadb(text.data, text.len, 0, NULL);
    assert_non_null(root);

    assert_string_equal(
        json_string_value(json_object_get(
            json_array_get(json_object_get(root, "links"), 2), "href")),
        hostile);

    json_decref(root);
    fedi_heap_free(&heap);
}


static void
test_not_utf8(void **state)
{
    size_t       i;
    fedi_jrd_t   jrd;
    fedi_str_t   text, *member[5];
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    member[0] = &jrd.handle;
    member[1] = &jrd.uri;
    member[2] = &jrd.page;
    member[3] = &jrd.icon;
    member[4] = &jrd.icon_type;

    for (i = 0; i < FEDI_N(member); i++) {
        jrd = full;
        *member[i] = fedi_str("a\xff");

        assert_int_equal(fedi_jrd_render(&heap.arena, &jrd, &text),
                         FEDI_EUTF8);
    }

    fedi_heap_free(&heap);
}


/* the actor of "full", whose own icon is not looked at, in a document */

static fedi_err_e
of_document(fedi_arena_t *arena, fedi_str_t document, fedi_str_t *text)
{
    fedi_jrd_t  jrd;

    jrd = full;
    jrd.page = fedi_null_str;

    return fedi_jrd_of_document(arena, &jrd, document, text);
}


static void
test_icon(void **state)
{
    char         want[512];
    size_t       i;
    fedi_str_t   text;
    fedi_heap_t  heap;

    static const struct {
        const char  *document;
        const char  *link;
    } rows[] = {
        { "{\"icon\":{\"mediaType\":\"image/webp\",\"url\":\"i\"}}",
          "\"type\":\"image/webp\",\"href\":\"i\"" },
        { "{\"icon\":{\"url\":\"\\u00e9\\\"\"}}",
          "\"href\":\"\xc3\xa9\\\"\"" },
        { "{\"icon\":{\"url\":\"i\",\"mediaType\":null}}",
          "\"href\":\"i\"" },
        { "{\"icon\":{\"url\":\"i\",\"mediaType\":7}}",
          "\"href\":\"i\"" },
        { "{}", NULL },
        { "{\"url\":\"i\",\"mediaType\":\"image/png\"}", NULL },
        { "{\"image\":{\"url\":\"i\"}}", NULL },
        { "{\"icon\":null}", NULL },
        { "{\"icon\":\"i\"}", NULL },
        { "{\"icon\":[]}", NULL },
        { "{\"icon\":[{\"url\":\"i\"}]}", NULL },
        { "{\"icon\":{\"mediaType\":\"image/png\"}}", NULL },
        { "{\"icon\":{\"url\":\"\"}}", NULL },
        { "{\"icon\":{\"url\":[\"i\"]}}", NULL },
        { "{\"icon\":{\"url\":{\"href\":\"i\"}}}", NULL }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        snprintf(want, sizeof(want),
                 "{\"subject\":\"acct:news@acme.example\","
                 "\"aliases\":[\"https://acme.example/activitypub/news\"],"
                 "\"links\":[{\"rel\":\"self\","
                 "\"type\":\"application/activity+json\","
                 "\"href\":\"https://acme.example/activitypub/news\"}"
                 "%s%s%s]}",
                 rows[i].link == NULL ? "" :
                     ",{\"rel\":\"http://webfinger.net/rel/avatar\",",
                 rows[i].link == NULL ? "" : rows[i].link,
                 rows[i].link == NULL ? "" : "}");

        fedi_test_err(rows[i].document,
                      of_document(&heap.arena,
                                  fedi_test_view(rows[i].document), &text),
                      FEDI_OK);

        fedi_test_eq(rows[i].document, text, want);
    }

    fedi_heap_free(&heap);
}


static void
test_no_document(void **state)
{
    char         large[65537];
    size_t       i;
    fedi_jrd_t   jrd;
    fedi_str_t   text;
    fedi_heap_t  heap;

    static const struct {
        const char  *document;
        fedi_err_e   err;
    } rows[] = {
        { "", FEDI_EJSON },
        { "[]", FEDI_EJSON },
        { "\"{}\"", FEDI_EJSON },
        { "{\"icon\":", FEDI_EJSON },
        { "{}{}", FEDI_EJSON },
        { "{\"icon\":{\"url\":\"\xff\"}}", FEDI_EJSON },
        { "{\"icon\":{\"url\":\"\\u0000\"}}", FEDI_EJSON },
        { "{\"icon\":1,\"icon\":2}", FEDI_EJSON },
        { "{\"@graph\":[]}", FEDI_EKEYWORD }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].document,
                      of_document(&heap.arena,
                                  fedi_test_view(rows[i].document), &text),
                      rows[i].err);
    }

    memset(large, ' ', sizeof(large));
    large[0] = '{';
    large[1] = '}';

    fedi_test_err("65536 bytes",
                  of_document(&heap.arena, (fedi_str_t) { large, 65536 },
                              &text),
                  FEDI_OK);

    fedi_test_err("65537 bytes",
                  of_document(&heap.arena, (fedi_str_t) { large, 65537 },
                              &text),
                  FEDI_ETOOLONG);

    memset(large + 1, '[', 1000);

    fedi_test_err("too deep",
                  of_document(&heap.arena, (fedi_str_t) { large, 1001 },
                              &text),
                  FEDI_ELIMIT);

    jrd = full;
    jrd.uri = fedi_str("a\xff");

    fedi_test_err("a part that is no text",
                  fedi_jrd_of_document(&heap.arena, &jrd, fedi_str("{}"),
                                       &text),
                  FEDI_EUTF8);

    fedi_heap_free(&heap);
}


static fedi_err_e
render_full(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return fedi_jrd_render(arena, &full, &text);
}


static fedi_err_e
render_document(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return of_document(arena,
                       fedi_str("{\"icon\":{\"mediaType\":\"image/png\","
                                "\"url\":\"https://acme.example/i\"}}"),
                       &text);
}


static unsigned  json_left;

static void *
json_dry_malloc(size_t size)
{
    if (json_left == 0) {
        return NULL;
    }

    json_left--;

    return malloc(size);
}


/*
 * jansson's own allocations: every one may fail, and nothing leaks.  It does
 * not always tell of no memory from bad JSON while it reads: then "either".
 */

static unsigned
json_dry(fedi_test_render_pt render, fedi_err_e either)
{
    unsigned     n;
    fedi_err_e   err;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);
    json_set_alloc_funcs(json_dry_malloc, free);

    for (n = 0; n < 1000; n++) {
        json_left = n;

        err = render(&heap.arena);
        if (err == FEDI_OK) {
            break;
        }

        if (err != either) {
            assert_int_equal(err, FEDI_ENOMEM);
        }
    }

    json_set_alloc_funcs(malloc, free);
    fedi_heap_free(&heap);

    return n;
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(render_full), 2);
    assert_int_equal(fedi_test_dry(render_document), 2);

    assert_in_range(json_dry(render_full, FEDI_ENOMEM), 20, 999);
    assert_in_range(json_dry(render_document, FEDI_EJSON), 30, 999);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_escaped),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_icon),
        cmocka_unit_test(test_no_document),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_jrd", tests, NULL, NULL);
}
