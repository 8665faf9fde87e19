
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"


static void
test_alloc(void **state)
{
    void         *a, *b;
    fedi_heap_t   heap;

    (void) state;

    fedi_heap_init(&heap);

    a = fedi_alloc(&heap.arena, 1);
    b = fedi_alloc(&heap.arena, 100);

    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    assert_int_equal((uintptr_t) a % _Alignof(max_align_t), 0);
    assert_int_equal((uintptr_t) b % _Alignof(max_align_t), 0);

    memset(a, 1, 1);
    memset(b, 2, 100);

    /* nothing asked for is not "no memory" */

    assert_non_null(fedi_alloc(&heap.arena, 0));

    /* a header and this do not fit into a size_t */

    assert_null(fedi_alloc(&heap.arena, SIZE_MAX));

    fedi_heap_free(&heap);
    assert_null(heap.blocks);

    /* it may be used again */

    assert_non_null(fedi_alloc(&heap.arena, 1));
    fedi_heap_free(&heap);
}


/* what is lent may take a size of 0 for a mistake */

static void *
picky_alloc(void *data, size_t size)
{
    (void) data;

    assert_int_equal(size, 1);

    return NULL;
}


static void
test_size(void **state)
{
    fedi_arena_t  arena = { picky_alloc, NULL };

    (void) state;

    assert_null(fedi_alloc(&arena, 0));
    assert_null(fedi_alloc(&arena, 1));
}


static void
test_copies(void **state)
{
    char             text[] = "acme";
    fedi_str_t       copy, parts[3];
    fedi_heap_t      heap;
    fedi_test_dry_t  dry;

    (void) state;

    fedi_heap_init(&heap);

    copy = fedi_strdup(&heap.arena, (fedi_str_t) { text, 4 });
    text[0] = 'x';

    assert_int_equal(copy.len, 4);
    assert_string_equal(copy.data, "acme");

    copy = fedi_strdup(&heap.arena, fedi_null_str);
    assert_int_equal(copy.len, 0);
    assert_string_equal(copy.data, "");

    parts[0] = fedi_str("ac");
    parts[1] = fedi_null_str;
    parts[2] = fedi_str("me");

    copy = fedi_join(&heap.arena, parts, 3);
    assert_int_equal(copy.len, 4);
    assert_string_equal(copy.data, "acme");

    /* lengths that wrap around */

    parts[0].len = SIZE_MAX - 2;
    parts[2].len = 2;
    assert_null(fedi_join(&heap.arena, parts, 3).data);

    fedi_heap_free(&heap);

    fedi_test_dry_init(&dry, 0);
    assert_null(fedi_strdup(&dry.arena, fedi_str("acme")).data);
    assert_int_equal(fedi_strdup(&dry.arena, fedi_str("acme")).len, 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_alloc),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_copies)
    };

    return cmocka_run_group_tests_name("fedi_arena", tests, NULL, NULL);
}
