
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the unit tests share: cmocka with the headers it wants before it,
 * views from literals, and an arena that runs dry.
 */

#ifndef FEDI_TEST_H
#define FEDI_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fedi_arena.h"
#include "fedi_err.h"


#define FEDI_N(array)  (sizeof(array) / sizeof((array)[0]))


static inline fedi_str_t
fedi_test_view(const char *text)
{
    return (fedi_str_t) { text, strlen(text) };
}


/* "what" names the row of a table */

static inline void
fedi_test_eq(const char *what, fedi_str_t got, const char *want)
{
    if (!fedi_str_eq(got, fedi_test_view(want))) {
        fail_msg("\"%s\": got \"%.*s\", want \"%s\"", what, (int) got.len,
                 got.len != 0 ? got.data : "", want);
    }
}


static inline void
fedi_test_err(const char *what, fedi_err_e got, fedi_err_e want)
{
    if (got != want) {
        fail_msg("\"%s\": got \"%s\", want \"%s\"", what,
                 fedi_strerror(got), fedi_strerror(want));
    }
}


/* "inner" is a part of "outer", or empty */

static inline void
fedi_test_within(const char *what, fedi_str_t inner, fedi_str_t outer)
{
    if (inner.len != 0
        && (inner.data < outer.data
            || inner.data + inner.len > outer.data + outer.len))
    {
        fail_msg("\"%s\": a part does not point into the text", what);
    }
}


/* an arena that gives "left" times, then never again */

typedef struct {
    fedi_arena_t  arena;
    fedi_heap_t   heap;
    unsigned      left;
} fedi_test_dry_t;


static inline void *
fedi_test_dry_alloc(void *data, size_t size)
{
    fedi_test_dry_t  *dry = data;

    if (dry->left == 0) {
        return NULL;
    }

    dry->left--;

    return fedi_alloc(&dry->heap.arena, size);
}


static inline void
fedi_test_dry_init(fedi_test_dry_t *dry, unsigned left)
{
    dry->arena.alloc = fedi_test_dry_alloc;
    dry->arena.data = dry;
    dry->left = left;

    fedi_heap_init(&dry->heap);
}


/*
 * Calls "render" with ever more memory until it has enough: FEDI_ENOMEM each
 * time before.  The number of allocations it took.
 */

typedef fedi_err_e (*fedi_test_render_pt)(fedi_arena_t *arena);

static inline unsigned
fedi_test_dry(fedi_test_render_pt render)
{
    unsigned         n;
    fedi_err_e       err;
    fedi_test_dry_t  dry;

    for (n = 0; n < 100; n++) {
        fedi_test_dry_init(&dry, n);

        err = render(&dry.arena);

        fedi_heap_free(&dry.heap);

        if (err == FEDI_OK) {
            break;
        }

        assert_int_equal(err, FEDI_ENOMEM);
    }

    return n;
}


#endif
