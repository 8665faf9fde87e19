
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The same is understood whatever the case, the order and the number of
 * lines; no wish for ActivityPub escapes the test without parsing; and the
 * time is that of a scan.
 */

#include <time.h>

#include "fedi_fuzz.h"

#include "fedi_accept.h"


/*
 * The longest line of repetitions of a short input takes half a millisecond
 * with sanitizers; were it quadratic it would take a hundred.
 */
#define FUZZ_LINE      FEDI_ACCEPT_MAX
#define FUZZ_PATTERN   24
#define FUZZ_NANOSECS  30000000


static fedi_accept_t
fuzz_accept(fedi_str_t first, fedi_str_t second)
{
    fedi_accept_t  accept;

    fedi_accept_init(&accept);
    fedi_accept_add(&accept, first);
    fedi_accept_add(&accept, second);

    return accept;
}


static bool
fuzz_same(const fedi_accept_t *a, const fedi_accept_t *b)
{
    return memcmp(a->ranges, b->ranges, sizeof(a->ranges)) == 0;
}


static void
fuzz_bounds(const fedi_accept_t *accept, fedi_str_t value)
{
    size_t  i;

    for (i = 0; i < FEDI_ACCEPT_RANGES; i++) {
        fedi_fuzz_assert(accept->ranges[i] >= -1
                         && accept->ranges[i] <= 1000);
    }

    if (fedi_accept_activity(accept) != -1) {
        fedi_fuzz_assert(fedi_accept_may_want_activity(value));
    }

    if (fedi_accept_wants_activity(accept)) {
        fedi_fuzz_assert(fedi_accept_activity(accept) > 0);
        fedi_fuzz_assert(!fedi_accept_wants_html(accept));
    }

    if (fedi_accept_html(accept) != -1) {
        fedi_fuzz_assert(fedi_accept_may_want_html(value));
    }

    if (fedi_accept_wants_html(accept)) {
        fedi_fuzz_assert(fedi_accept_html(accept) > 0);
    }
}


/* in the other case; said twice; with a word about HTML before or after */

static void
fuzz_variants(fedi_arena_t *arena, const fedi_accept_t *accept,
    fedi_str_t value)
{
    char           *p;
    size_t          i;
    fedi_str_t      parts[2], html;
    fedi_accept_t   a, b;

    p = fedi_alloc(arena, value.len);
    fedi_fuzz_assert(p != NULL);

    for (i = 0; i < value.len; i++) {
        p[i] = fedi_is_alnum(value.data[i]) && !fedi_is_digit(value.data[i])
               ? (char) (value.data[i] ^ 0x20) : value.data[i];
    }

    a = fuzz_accept((fedi_str_t) { p, value.len }, fedi_null_str);
    fedi_fuzz_assert(fuzz_same(&a, accept));

    a = fuzz_accept(value, value);
    fedi_fuzz_assert(fuzz_same(&a, accept));

    html = fedi_str("text/html;q=0.5,");

    a = fuzz_accept(html, value);
    b = fuzz_accept(value, html);
    fedi_fuzz_assert(fuzz_same(&a, &b));

    if (html.len + value.len <= FEDI_ACCEPT_MAX) {
        parts[0] = html;
        parts[1] = value;

        b = fuzz_accept(fedi_join(arena, parts, 2), fedi_null_str);
        fedi_fuzz_assert(fuzz_same(&a, &b));
    }
}


static void
fuzz_time(fedi_str_t value)
{
    size_t           i;
    int64_t          spent;
    fedi_accept_t    accept;
    static char      line[FUZZ_LINE];
    struct timespec  start, end;

    for (i = 0; i < sizeof(line); i++) {
        line[i] = value.data[i % value.len];
    }

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);

    accept = fuzz_accept((fedi_str_t) { line, sizeof(line) }, fedi_null_str);

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);

    spent = (int64_t) (end.tv_sec - start.tv_sec) * 1000000000
            + (end.tv_nsec - start.tv_nsec);

    fedi_fuzz_assert(spent < FUZZ_NANOSECS);
    fuzz_bounds(&accept, (fedi_str_t) { line, sizeof(line) });
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_str_t      value;
    fedi_heap_t     heap;
    fedi_accept_t   accept;

    fedi_heap_init(&heap);

    value = fedi_fuzz_view(&heap.arena, data, size);
    accept = fuzz_accept(value, fedi_null_str);

    fuzz_bounds(&accept, value);
    fuzz_variants(&heap.arena, &accept, value);

    if (value.len != 0 && value.len <= FUZZ_PATTERN) {
        fuzz_time(value);
    }

    fedi_heap_free(&heap);

    return 0;
}
