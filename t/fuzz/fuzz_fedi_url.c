
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is taken is made of parts of the input and nothing else, and has one
 * origin that is its own origin.
 */

#include "fedi_fuzz.h"

#include "fedi_url.h"
#include "fedi_utf8.h"


static void
fuzz_parts(fedi_str_t text, const fedi_url_t *url)
{
    size_t  i;

    fedi_fuzz_assert(text.len <= FEDI_URL_MAX);

    fedi_fuzz_assert(fedi_fuzz_within(url->host, text));
    fedi_fuzz_assert(fedi_fuzz_within(url->path, text));
    fedi_fuzz_assert(fedi_fuzz_within(url->query, text));
    fedi_fuzz_assert(fedi_fuzz_within(url->fragment, text));

    fedi_fuzz_assert(url->port != 0);
    fedi_fuzz_assert(url->path.len == 0 || url->path.data[0] == '/');
    fedi_fuzz_assert(fedi_host_check(url->host) == FEDI_OK);

    for (i = 0; i < text.len; i++) {
        fedi_fuzz_assert(text.data[i] > ' ' && text.data[i] < 0x7f
                         && text.data[i] != '\\');
    }
}


/* put together again from its parts it is the input */

static void
fuzz_round_trip(fedi_arena_t *arena, fedi_str_t text, const fedi_url_t *url)
{
    size_t      n;
    fedi_str_t  parts[3], joined, end;

    parts[0] = url->scheme;
    parts[1] = fedi_str("://");
    parts[2] = url->host;

    joined = fedi_join(arena, parts, 3);
    fedi_fuzz_assert(joined.len <= text.len);
    fedi_fuzz_assert(fedi_str_eq_nocase(joined,
                         (fedi_str_t) { text.data, joined.len }));

    n = joined.len;

    if (url->port_given) {
        fedi_fuzz_assert(n < text.len && text.data[n] == ':');

        for (n++; n < text.len && fedi_is_digit(text.data[n]); n++) {
            /* void */
        }
    }

    end = fedi_str_from(text, n);

    fedi_fuzz_assert(end.len >= url->path.len + url->query.len
                                + url->fragment.len);
    fedi_fuzz_assert(end.len <= url->path.len + url->query.len
                                + url->fragment.len + 2);
    fedi_fuzz_assert(url->path.len == 0 || url->path.data == end.data);
}


static void
fuzz_origin(fedi_arena_t *arena, const fedi_url_t *url)
{
    fedi_str_t  origin, again;
    fedi_url_t  parsed;

    if (fedi_url_origin(arena, url, &origin) != FEDI_OK) {
        return;
    }

    fedi_fuzz_assert(fedi_url_parse(origin, &parsed) == FEDI_OK);
    fedi_fuzz_assert(fedi_str_eq(parsed.scheme, url->scheme));
    fedi_fuzz_assert(parsed.port == url->port);
    fedi_fuzz_assert(parsed.path.len == 0 && parsed.query.len == 0
                     && parsed.fragment.len == 0);
    fedi_fuzz_assert(fedi_host_is_address(parsed.host)
                     == fedi_host_is_address(url->host));

    fedi_fuzz_assert(fedi_url_origin(arena, &parsed, &again) == FEDI_OK);
    fedi_fuzz_assert(fedi_str_eq(origin, again));
}


static void
fuzz_decode(fedi_arena_t *arena, fedi_str_t text)
{
    fedi_str_t  decoded, again;

    if (fedi_url_decode(arena, text, &decoded) != FEDI_OK) {
        return;
    }

    fedi_fuzz_assert(decoded.len <= text.len);
    fedi_fuzz_assert(fedi_utf8_valid(decoded));
    fedi_fuzz_assert(decoded.data[decoded.len] == '\0');
    fedi_fuzz_assert(strlen(decoded.data) == decoded.len);

    if (decoded.len == 0 || memchr(decoded.data, '%', decoded.len) == NULL) {
        fedi_fuzz_assert(fedi_url_decode(arena, decoded, &again) == FEDI_OK);
        fedi_fuzz_assert(fedi_str_eq(decoded, again));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_str_t   text;
    fedi_url_t   url;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    if (fedi_url_parse(text, &url) == FEDI_OK) {
        fuzz_parts(text, &url);
        fuzz_round_trip(&heap.arena, text, &url);
        fuzz_origin(&heap.arena, &url);
    }

    fuzz_decode(&heap.arena, text);

    fedi_heap_free(&heap);

    return 0;
}
