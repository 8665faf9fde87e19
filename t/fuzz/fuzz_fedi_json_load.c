
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is loaded is an object within its limits and without the keywords, and
 * is the same after it was written and loaded again; and jansson never sees
 * more than the limits.
 */

#include "fedi_fuzz.h"

#include "fedi_json_load.h"

#define FUZZ_DEPTH   8
#define FUZZ_VALUES  64


static const fedi_json_limits_t  fuzz_limits = {
    4096, FUZZ_DEPTH, FUZZ_VALUES
};


/* counts what is in "json", and asserts that it is not too deep */

static size_t
fuzz_walk(json_t *json, unsigned depth)
{
    size_t       i, n;
    json_t      *value;
    const char  *name;

    if (!json_is_object(json) && !json_is_array(json)) {
        return 1;
    }

    fedi_fuzz_assert(depth <= FUZZ_DEPTH);

    n = 1;

    json_object_foreach(json, name, value) {
        fedi_fuzz_assert(strcmp(name, "@graph") != 0
                         && strcmp(name, "@included") != 0
                         && strcmp(name, "@reverse") != 0);
        n += fuzz_walk(value, depth + 1);
    }

    json_array_foreach(json, i, value) {
        n += fuzz_walk(value, depth + 1);
    }

    return n;
}



int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                *text;
    json_t              *json, *again;
    fedi_str_t           view;
    fedi_heap_t          heap;
    fedi_json_limits_t   limits = { 65536, FUZZ_DEPTH, FUZZ_VALUES };

    fedi_heap_init(&heap);

    view = fedi_fuzz_view(&heap.arena, data, size);

    if (fedi_json_load(view, &fuzz_limits, &json) == FEDI_OK) {
        fedi_fuzz_assert(json_is_object(json));

        /* a value at most for each bracket and comma, and those in it */

        fedi_fuzz_assert(fuzz_walk(json, 1) <= 2 * FUZZ_VALUES + 1);

        text = json_dumps(json, JSON_COMPACT);
        fedi_fuzz_assert(text != NULL);

        view.data = text;
        view.len = strlen(text);

        fedi_fuzz_assert(fedi_json_load(view, &limits, &again) == FEDI_OK);
        fedi_fuzz_assert(json_equal(json, again));

        json_decref(again);
        free(text);
        json_decref(json);
    }

    fedi_heap_free(&heap);

    return 0;
}
