
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

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


static fedi_err_e
render_full(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return fedi_jrd_render(arena, &full, &text);
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


static void
test_no_memory(void **state)
{
    unsigned     n;
    fedi_err_e   err;
    fedi_heap_t  heap;

    (void) state;

    assert_int_equal(fedi_test_dry(render_full), 2);

    /* jansson's own: every one may fail, and nothing leaks */

    fedi_heap_init(&heap);
    json_set_alloc_funcs(json_dry_malloc, free);

    for (n = 0; n < 1000; n++) {
        json_left = n;

        err = render_full(&heap.arena);
        if (err == FEDI_OK) {
            break;
        }

        assert_int_equal(err, FEDI_ENOMEM);
    }

    json_set_alloc_funcs(malloc, free);
    fedi_heap_free(&heap);

    assert_in_range(n, 20, 999);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_escaped),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_jrd", tests, NULL, NULL);
}
