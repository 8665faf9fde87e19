
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The header, then the checks and the texts, over headers that are the other
 * lines of the input.  What passes the policy covers what it has to, with no
 * line of a singleton twice, and has texts; and a header that we render says
 * what we meant.
 */

#include "fedi_fuzz.h"

#include "fedi_signature_check.h"

#define FUZZ_HEADERS  16


static fedi_str_t
fuzz_line(fedi_str_t *text)
{
    fedi_str_t  line;

    line.data = text->data;
    line.len = fedi_str_before(*text, '\n');
    *text = fedi_str_from(*text, line.len + (line.len < text->len));

    return line;
}


static void
fuzz_covered(const fedi_signature_t *signature, fedi_str_t value)
{
    size_t  i, k;

    fedi_fuzz_assert(signature->ncovered != 0);
    fedi_fuzz_assert(signature->len != 0
                     && signature->len <= FEDI_KEY_SIGNATURE_MAX);
    fedi_fuzz_assert(fedi_fuzz_within(signature->key_id, value));

    for (i = 0; i < signature->ncovered; i++) {
        for (k = 0; k < i; k++) {
            fedi_fuzz_assert(!fedi_str_eq_nocase(signature->covered[i],
                                                 signature->covered[k]));
        }
    }
}


static void
fuzz_request(fedi_arena_t *arena, const fedi_signed_request_t *request,
    const fedi_signature_t *signature)
{
    unsigned                 i;
    fedi_str_t               value;
    fedi_digest_t            digest;
    fedi_signature_t         read;
    fedi_signature_e         rc, based;
    fedi_signature_bases_t   bases;
    fedi_signature_policy_t  policy = { 1388957500, FEDI_SIGNATURE_WINDOW,
                                        FEDI_SIGNATURE_LIFETIME, true,
                                        NULL, NULL };

    rc = fedi_signature_read(arena, request, &policy, &read, &digest);

    if (rc == FEDI_SIGNATURE_VALID) {
        signature = &read;

        fedi_fuzz_assert(fedi_header_find(request->headers,
                                          request->nheaders,
                                          fedi_str("host"), &value)
                         == 1);
    }

    if (rc == FEDI_SIGNATURE_VALID && read.scheme == FEDI_SCHEME_CAVAGE) {
        fedi_fuzz_assert(fedi_signature_covers(
                             &read, fedi_str("(request-target)")));
        fedi_fuzz_assert(fedi_signature_covers(&read, fedi_str("host")));
        fedi_fuzz_assert(fedi_signature_covers(&read, fedi_str("digest")));
    }

    based = fedi_signature_bases(arena, signature, request, &bases);

    fedi_fuzz_assert(based == FEDI_SIGNATURE_VALID
                     || rc != FEDI_SIGNATURE_VALID);

    if (based == FEDI_SIGNATURE_VALID) {
        fedi_fuzz_assert(bases.n == 1 || bases.n == 2);

        for (i = 0; i < bases.n; i++) {
            fedi_fuzz_assert(bases.texts[i].len != 0);
        }
    }
}


static void
fuzz_render(fedi_arena_t *arena, fedi_str_t text)
{
    fedi_str_t        value;
    fedi_signature_t  signature;

    if (text.len == 0 || text.len > FEDI_KEY_SIGNATURE_MAX) {
        return;
    }

    fedi_fuzz_assert(fedi_signature_render(
                         arena, fedi_str("https://a.example/u#main-key"),
                         fedi_str(FEDI_SIGNATURE_POST),
                         (const unsigned char *) text.data, text.len, &value)
                     == FEDI_OK);
    fedi_fuzz_assert(fedi_signature_parse(value, &signature)
                     == FEDI_SIGNATURE_VALID);
    fedi_fuzz_assert(signature.len == text.len
                     && memcmp(signature.bytes, text.data, text.len) == 0);
    fedi_fuzz_assert(signature.ncovered == 4);
}



int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                 colon;
    fedi_str_t             text, value, line;
    fedi_heap_t            heap;
    fedi_header_t          headers[FUZZ_HEADERS];
    fedi_signature_t       signature;
    fedi_signed_request_t  request = {
        fedi_string("GET"), fedi_string("/inbox?a=b"), headers, 0,
        fedi_string("https"), fedi_string("acme.example"), NULL, 0
    };

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);
    fuzz_render(&heap.arena, text);

    value = fuzz_line(&text);

    headers[0].name = fedi_str("Signature");
    headers[0].value = value;
    request.nheaders = 1;

    while (text.len != 0 && request.nheaders < FUZZ_HEADERS) {
        line = fuzz_line(&text);
        colon = fedi_str_before(line, ':');

        headers[request.nheaders].name.data = line.data;
        headers[request.nheaders].name.len = colon;
        headers[request.nheaders].value =
            fedi_str_from(line, colon + (colon < line.len));
        request.nheaders++;
    }

    if (fedi_signature_parse(value, &signature) == FEDI_SIGNATURE_VALID) {
        fuzz_covered(&signature, value);
        fuzz_request(&heap.arena, &request, &signature);
    }

    fedi_heap_free(&heap);

    return 0;
}
