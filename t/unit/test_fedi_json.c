
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_json.h"


static void
test_render(void **state)
{
    fedi_str_t   text;
    fedi_heap_t  heap;

    (void) state;

    fedi_heap_init(&heap);

    /* compact, in the order of making, nothing escaped that need not be */

    assert_int_equal(
        fedi_json_render(&heap.arena,
            json_pack("{s:o, s:[i, b], s:o}",
                      "z", fedi_json_string(fedi_str("\"/\\\n\xc3\xbc")),
                      "m", 1, 1,
                      "a", fedi_json_string(fedi_null_str)),
            &text),
        FEDI_OK);

    fedi_test_eq("json", text,
                 "{\"z\":\"\\\"/\\\\\\n\xc3\xbc\",\"m\":[1,true],\"a\":\"\"}");

    assert_int_equal(fedi_json_render(&heap.arena, NULL, &text),
                     FEDI_ENOMEM);

    fedi_heap_free(&heap);
}


static fedi_err_e
render_one(fedi_arena_t *arena)
{
    fedi_str_t  text;

    return fedi_json_render(arena, json_array(), &text);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(render_one), 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_render),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_json", tests, NULL, NULL);
}
