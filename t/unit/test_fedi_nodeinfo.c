
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_nodeinfo.h"


static const fedi_nodeinfo_t  sample = {
    fedi_string("2.1"), fedi_string("nginx-activitypub"),
    fedi_string("0.1.0")
};


static void
test_bytes(void **state)
{
    fedi_str_t       text;
    fedi_heap_t      heap;
    fedi_nodeinfo_t  nodeinfo;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(fedi_nodeinfo_render(&heap.arena, &sample, &text),
                     FEDI_OK);

    fedi_test_eq("2.1", text,
        "{\"version\":\"2.1\",\"software\":{\"name\":\"nginx-activitypub\","
        "\"version\":\"0.1.0\"},\"protocols\":[\"activitypub\"],"
        "\"services\":{\"inbound\":[],\"outbound\":[]},"
        "\"openRegistrations\":false,\"usage\":");

    nodeinfo = sample;
    nodeinfo.version = fedi_str("2.0");

    assert_int_equal(fedi_nodeinfo_render(&heap.arena, &nodeinfo, &text),
                     FEDI_OK);

    fedi_test_eq("2.0", text,
        "{\"version\":\"2.0\",\"software\":{\"name\":\"nginx-activitypub\","
        "\"version\":\"0.1.0\"},\"protocols\":[\"activitypub\"],"
        "\"services\":{\"inbound\":[],\"outbound\":[]},"
        "\"openRegistrations\":false,\"usage\":");

    fedi_heap_free(&heap);
}


static void
test_links(void **state)
{
    fedi_str_t   text;
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(
        fedi_nodeinfo_links_render(&heap.arena,
            fedi_str("https://acme.example/activitypub/nodeinfo/"),
            fedi_str("https://acme.example/activitypub/actor"), &text),
        FEDI_OK);

    fedi_test_eq("links", text,
        "{\"links\":["
        "{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.0\","
        "\"href\":\"https://acme.example/activitypub/nodeinfo/2.0\"},"
        "{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.1\","
        "\"href\":\"https://acme.example/activitypub/nodeinfo/2.1\"},"
        "{\"rel\":\"https://www.w3.org/ns/activitystreams#Application\","
        "\"href\":\"https://acme.example/activitypub/actor\"}]}");

    fedi_heap_free(&heap);
}


static void
test_not_utf8(void **state)
{
    fedi_str_t       bad, good, text;
    fedi_heap_t      heap;
    fedi_nodeinfo_t  nodeinfo;

    (void) state;

    fedi_heap_init(&heap);

    bad = fedi_str("\xc3");
    good = fedi_str("a");

    nodeinfo = sample;
    nodeinfo.version = bad;
    assert_int_equal(fedi_nodeinfo_render(&heap.arena, &nodeinfo, &text),
                     FEDI_EUTF8);

    nodeinfo = sample;
    nodeinfo.software = bad;
    assert_int_equal(fedi_nodeinfo_render(&heap.arena, &nodeinfo, &text),
                     FEDI_EUTF8);

    nodeinfo = sample;
    nodeinfo.software_version = bad;
    assert_int_equal(fedi_nodeinfo_render(&heap.arena, &nodeinfo, &text),
                     FEDI_EUTF8);

    assert_int_equal(fedi_nodeinfo_links_render(&heap.arena, bad, good,
                                                &text),
                     FEDI_EUTF8);
    assert_int_equal(fedi_nodeinfo_links_render(&heap.arena, good, bad,
                                                &text),
                     FEDI_EUTF8);

    fedi_heap_free(&heap);
}


static fedi_err_e
render_one(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return fedi_nodeinfo_render(arena, &sample, &text);
}


static fedi_err_e
render_links(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return fedi_nodeinfo_links_render(arena, fedi_str("a"), fedi_str("b"),
                                      &text);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(render_one), 2);
    assert_int_equal(fedi_test_dry(render_links), 3);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_nodeinfo", tests, NULL, NULL);
}
