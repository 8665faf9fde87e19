
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <stdio.h>

#include "fedi_host_meta.h"


static void
test_bytes(void **state)
{
    size_t       i;
    char         want[512];
    fedi_str_t   text;
    fedi_heap_t  heap;

    static const struct {
        const char  *origin;
        const char  *escaped;
    } rows[] = {
        { "https://acme.example", "https://acme.example" },
        { "&<>\"'", "&amp;&lt;&gt;&quot;'" },
        { "\xc3\xbc\xef\xbf\xbd", "\xc3\xbc\xef\xbf\xbd" },
        { "", "" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].origin,
                      fedi_host_meta_render(&heap.arena,
                                            fedi_test_view(rows[i].origin),
                                            &text),
                      FEDI_OK);

        snprintf(want, sizeof(want),
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n"
                 "  <Link rel=\"lrdd\" type=\"application/jrd+json\""
                 " template=\"%s/.well-known/webfinger?resource={uri}\"/>\n"
                 "</XRD>\n", rows[i].escaped);

        fedi_test_eq(rows[i].origin, text, want);
    }

    fedi_heap_free(&heap);
}


static void
test_json(void **state)
{
    fedi_str_t   text;
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(fedi_host_meta_render_json(&heap.arena,
                         fedi_str("https://acme.example"), &text),
                     FEDI_OK);

    fedi_test_eq("JSON", text,
        "{\"links\":[{\"rel\":\"lrdd\",\"type\":\"application/jrd+json\","
        "\"template\":\"https://acme.example/.well-known/webfinger"
        "?resource={uri}\"}]}");

    assert_int_equal(fedi_host_meta_render_json(&heap.arena,
                                                fedi_str("\xff"), &text),
                     FEDI_EUTF8);

    fedi_heap_free(&heap);
}


static void
test_refused(void **state)
{
    size_t       i;
    fedi_str_t   text;
    fedi_heap_t  heap;

    static const char *const  rows[] = {
        "\xff", "a\x01", "\x1f", "a\n", "\xef\xbf\xbe", "a\xef\xbf\xbf"
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        assert_int_equal(fedi_host_meta_render(&heap.arena,
                                               fedi_test_view(rows[i]),
                                               &text),
                         FEDI_EUTF8);
    }

    assert_int_equal(fedi_host_meta_render(&heap.arena, fedi_str("\0"),
                                           &text),
                     FEDI_EUTF8);

    fedi_heap_free(&heap);
}


static fedi_err_e
render_one(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return fedi_host_meta_render(arena, fedi_str("https://acme.example"),
                                 &text);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(render_one), 2);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_host_meta", tests, NULL, NULL);
}
