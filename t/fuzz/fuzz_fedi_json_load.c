
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is loaded is an object within its limits and without the keywords, and
 * is the same after it was written and loaded again; jansson makes the same
 * of the text, and refuses what is refused.
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


static void
fuzz_compare(fedi_str_t text, fedi_err_e err, const json_t *json)
{
    json_t        *theirs;
    json_error_t   error;

    if (err == FEDI_ETOOLONG || err == FEDI_ELIMIT) {
        return;
    }

    /* jansson 2.14 reads over a NUL behind a number or a word */

    if (text.len != 0 && memchr(text.data, '\0', text.len) != NULL) {
        fedi_fuzz_assert(err == FEDI_EJSON);
        return;
    }

    theirs = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);

    if (err == FEDI_EJSON) {
        fedi_fuzz_assert(!json_is_object(theirs));

    } else {
        fedi_fuzz_assert(theirs != NULL);
        fedi_fuzz_assert(err != FEDI_OK || json_equal(json, theirs));
    }

    json_decref(theirs);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char                *text;
    json_t              *json, *again;
    fedi_err_e           err;
    fedi_str_t           view;
    fedi_heap_t          heap;
    fedi_json_limits_t   limits = { 65536, FUZZ_DEPTH, FUZZ_VALUES };

    fedi_heap_init(&heap);

    view = fedi_fuzz_view(&heap.arena, data, size);

    json = NULL;
    err = fedi_json_load(view, &fuzz_limits, &json);

    fuzz_compare(view, err, json);

    if (err == FEDI_OK) {
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
