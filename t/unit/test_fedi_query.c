
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_query.h"


static void
test_stripped(void **state)
{
    size_t       i;
    fedi_str_t   text;
    fedi_heap_t  heap;

    static const struct {
        const char  *query;
        const char  *stripped;
    } rows[] = {
        { "", "" },
        { "p=123", "p=123" },
        { "p=123&q=1", "p=123&q=1" },
        { "utm_source=x", "" },
        { "utm_source=x&fbclid=y", "" },
        { "fbclid", "" },
        { "fbclid=", "" },
        { "utm_", "" },
        { "p=123&utm_source=x", "p=123" },
        { "utm_source=x&p=123", "p=123" },
        { "p=1&utm_source=x&q=2", "p=1&q=2" },
        { "p=1&gclid=x&q=2&_ga=3&r=4&s=5", "p=1&q=2&r=4&s=5" },
        { "b=1&fbclid=x&a=2", "b=1&a=2" },
        { "a=1&a=1&yclid=&a=1", "a=1&a=1&a=1" },
        { "UTM_Source=x&FBCLID=y&p=1", "p=1" },
        { "hsCtaTracking=1&__hstc=2", "" },
        { "&", "" },
        { "&&&", "" },
        { "p=1&", "p=1" },
        { "&p=1", "p=1" },
        { "p=1&&q=2", "p=1&q=2" },
        { "=", "=" },
        { "=x&p", "=x&p" },
        { "p=utm_source", "p=utm_source" },
        { "xutm_source=x", "xutm_source=x" },
        { "utm=x", "utm=x" },
        { "utm%5fsource=x", "utm%5fsource=x" },
        { "fbclid%3dx", "fbclid%3dx" },
        { "fbclidx=1", "fbclidx=1" },
        { "xfbclid=1", "xfbclid=1" },
        { "fbcli=1", "fbcli=1" },
        { "ref=x&amp;utm_id=z", "ref=x&amp;utm_id=z" },
        { "p=1;utm_source=x", "p=1;utm_source=x" },
        { "p=a+b%26utm_source=x", "p=a+b%26utm_source=x" },
        { "p=\xff&utm_source=\xff", "p=\xff" }
    };

    (void) state;

    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_err(rows[i].query,
                      fedi_query_strip(&heap.arena,
                                       fedi_test_view(rows[i].query), &text),
                      FEDI_OK);
        fedi_test_eq(rows[i].query, text, rows[i].stripped);
    }

    fedi_heap_free(&heap);
}


/* most queries cost no memory: what remains lies in them */

static void
test_views(void **state)
{
    size_t           i;
    fedi_str_t       text;
    fedi_test_dry_t  dry;

    static const char *const  rows[] = {
        "p=1", "p=1&q=2", "utm_source=x", "p=1&utm_source=x",
        "utm_source=x&p=1", "&&p=1&q=2&&", "gclid=x&p=1&q=2&fbclid=y"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_test_dry_init(&dry, 0);

        assert_int_equal(fedi_query_strip(&dry.arena,
                                          fedi_test_view(rows[i]), &text),
                         FEDI_OK);

        fedi_heap_free(&dry.heap);
    }
}


static fedi_err_e
strip_middle(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return fedi_query_strip(arena, fedi_str("p=1&utm_source=x&q=2&gclid=y&r=3"),
                            &text);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(strip_middle), 1);
}


/* 8 KiB of parameters, every other one a tracker */

static void
test_long(void **state)
{
    char         query[8192];
    size_t       len, kept;
    fedi_str_t   text;
    fedi_heap_t  heap;

    (void) state;

    kept = 0;

    for (len = 0; len + 16 <= sizeof(query); len += 16) {
        memcpy(query + len, "a=1&utm_term=x1&", 16);
        kept += 4;
    }

    fedi_heap_init(&heap);

    assert_int_equal(fedi_query_strip(&heap.arena,
                                      (fedi_str_t) { query, len }, &text),
                     FEDI_OK);
    assert_int_equal(text.len, kept - 1);

    fedi_heap_free(&heap);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_stripped),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_long)
    };

    return cmocka_run_group_tests_name("fedi_query", tests, NULL, NULL);
}
