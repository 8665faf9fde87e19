
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * In one piece, byte by byte, and in pieces of some size: the same head, the
 * same body, the same end.  The first byte of the input gives the size, and
 * whether each LF is to be CR LF, so that the seeds can be read.
 */

#include "fedi_fuzz.h"

#include "fedi_http_body.h"

#define FUZZ_BODY  2048


typedef struct {
    int        head;
    int        error;       /* of the body */
    unsigned   status;
    size_t     nheaders;
    bool       keep_alive;
    bool       done;
    bool       closed;
    size_t     used;
    size_t     len;
    char       body[FUZZ_BODY];
} fuzz_result_t;


static fedi_str_t
fuzz_text(fedi_arena_t *arena, const uint8_t *data, size_t size, bool crlf)
{
    char    *text, *p;
    size_t   i;

    text = fedi_alloc(arena, 2 * size);
    fedi_fuzz_assert(text != NULL);

    for (p = text, i = 0; i < size; i++) {
        if (crlf && data[i] == '\n') {
            *p++ = '\r';
        }

        *p++ = (char) data[i];
    }

    return (fedi_str_t) { text, (size_t) (p - text) };
}


static void
fuzz_headers(const fedi_http_response_t *response, fedi_str_t text)
{
    size_t  i;

    for (i = 0; i < response->nheaders; i++) {
        fedi_fuzz_assert(fedi_header_is_token(response->headers[i].name));
        fedi_fuzz_assert(fedi_header_is_value(response->headers[i].value));
        fedi_fuzz_assert(fedi_fuzz_within(response->headers[i].name, text));
        fedi_fuzz_assert(fedi_fuzz_within(response->headers[i].value, text));
    }

    fedi_fuzz_assert(response->status >= 200 && response->status <= 999);
    fedi_fuzz_assert(response->framing != FEDI_HTTP_UNTIL_CLOSE
                     || !response->keep_alive);
}


static void
fuzz_body(const fedi_http_response_t *response, fedi_str_t text, size_t piece,
    fuzz_result_t *result)
{
    int               rc;
    fedi_str_t        input, content;
    fedi_http_body_t  body;

    result->error = fedi_http_body_init(&body, response, FUZZ_BODY);

    while (result->error == 0 && text.len != 0) {
        input.data = text.data;
        input.len = text.len < piece ? text.len : piece;

        rc = fedi_http_body_read(&body, input, &content);

        if (rc < 0) {
            result->error = rc;
            break;
        }

        if (rc == 0) {
            fedi_fuzz_assert(fedi_http_body_done(&body));
            break;
        }

        fedi_fuzz_assert((size_t) rc <= input.len);
        fedi_fuzz_assert(fedi_fuzz_within(content, input));
        fedi_fuzz_assert(content.len <= FUZZ_BODY - result->len);

        if (content.len != 0) {
            memcpy(result->body + result->len, content.data, content.len);
        }

        result->len += content.len;
        result->used += (size_t) rc;
        text = fedi_str_from(text, (size_t) rc);
    }

    result->done = fedi_http_body_done(&body);
    result->closed = fedi_http_body_closed(&body);
}


static void
fuzz_read(fedi_str_t text, size_t piece, fuzz_result_t *result)
{
    size_t                 n;
    fedi_str_t             part;
    fedi_heap_t            heap;
    fedi_http_response_t   response;

    memset(result, 0, sizeof(fuzz_result_t));
    fedi_http_response_init(&response, false);

    n = 0;

    do {
        n = text.len - n < piece ? text.len : n + piece;

        /* what comes later is not there, and what was there has moved */

        fedi_heap_init(&heap);
        part = fedi_fuzz_view(&heap.arena, (const uint8_t *) text.data, n);

        result->head = fedi_http_response_parse(&response, part);

        if (result->head > 0) {
            fedi_fuzz_assert((size_t) result->head <= n);
            fuzz_headers(&response, part);
        }

        fedi_heap_free(&heap);

    } while (result->head == FEDI_HTTP_PARTIAL && n < text.len);

    if (result->head > 0) {
        result->status = response.status;
        result->nheaders = response.nheaders;
        result->keep_alive = response.keep_alive;

        fuzz_body(&response, fedi_str_from(text, (size_t) result->head),
                  piece, result);
    }
}


static void
fuzz_same(const fuzz_result_t *a, const fuzz_result_t *b)
{
    fedi_fuzz_assert(a->head == b->head);
    fedi_fuzz_assert(a->status == b->status);
    fedi_fuzz_assert(a->nheaders == b->nheaders);
    fedi_fuzz_assert(a->keep_alive == b->keep_alive);
    fedi_fuzz_assert(a->error == b->error);
    fedi_fuzz_assert(a->done == b->done);
    fedi_fuzz_assert(a->closed == b->closed);

    if (a->error == 0) {
        fedi_fuzz_assert(a->used == b->used);
        fedi_fuzz_assert(a->len == b->len);
        fedi_fuzz_assert(memcmp(a->body, b->body, a->len) == 0);
    }
}



int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_str_t     text;
    fedi_heap_t    heap;
    fuzz_result_t  whole, bytes, pieces;

    if (size == 0) {
        return 0;
    }

    fedi_heap_init(&heap);

    text = fuzz_text(&heap.arena, data + 1, size - 1, data[0] & 1);

    fuzz_read(text, text.len + 1, &whole);
    fuzz_read(text, 1, &bytes);
    fuzz_read(text, (size_t) data[0] % 16 + 1, &pieces);

    fuzz_same(&whole, &bytes);
    fuzz_same(&whole, &pieces);

    fedi_heap_free(&heap);

    return 0;
}
