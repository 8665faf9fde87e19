
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The first line is Signature-Input, the second Signature, the others are
 * more headers.  What is read covers what it has to, and its text ends with
 * the parameters as they were written and has a line for each component.
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
fuzz_text(const fedi_signature_t *signature, fedi_str_t text)
{
    size_t      lines;
    fedi_str_t  end;

    end = fedi_str_from(text, text.len - signature->input.len);
    fedi_fuzz_assert(fedi_str_eq(end, signature->input));

    for (lines = 0; text.len != 0; lines++) {
        (void) fuzz_line(&text);
    }

    fedi_fuzz_assert(lines == signature->ncovered + 1);
}


static void
fuzz_request(fedi_arena_t *arena, const fedi_signed_request_t *request)
{
    fedi_digest_t            digest;
    fedi_signature_t         signature;
    fedi_signature_bases_t   bases;
    fedi_signature_policy_t  policy = { 1618884473, FEDI_SIGNATURE_WINDOW,
                                        FEDI_SIGNATURE_LIFETIME, true,
                                        NULL, NULL };

    if (fedi_signature_read(arena, request, &policy, &signature, &digest)
        != FEDI_SIGNATURE_VALID)
    {
        return;
    }

    fedi_fuzz_assert(signature.scheme == FEDI_SCHEME_RFC9421);
    fedi_fuzz_assert(signature.has_created && signature.key_id.len != 0);
    fedi_fuzz_assert(fedi_signature_covers(&signature,
                                           fedi_str("@method")));
    fedi_fuzz_assert(fedi_signature_covers(&signature,
                                           fedi_str("content-digest")));
    fedi_fuzz_assert(fedi_signature_covers(&signature,
                                           fedi_str("@target-uri"))
                     || fedi_signature_covers(&signature,
                                              fedi_str("@authority")));

    fedi_fuzz_assert(fedi_signature_bases(arena, &signature, request, &bases)
                     == FEDI_SIGNATURE_VALID);
    fedi_fuzz_assert(bases.n == 1);

    fuzz_text(&signature, bases.texts[0]);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                 colon;
    fedi_str_t             text, line;
    fedi_heap_t            heap;
    fedi_header_t          headers[FUZZ_HEADERS];
    fedi_signed_request_t  request = {
        fedi_string("POST"), fedi_string("/inbox?a=b"), headers, 3,
        fedi_string("https"), fedi_string("acme.example"), NULL, 0
    };

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    headers[0].name = fedi_str("host");
    headers[0].value = fedi_str("acme.example");
    headers[1].name = fedi_str("signature-input");
    headers[1].value = fuzz_line(&text);
    headers[2].name = fedi_str("signature");
    headers[2].value = fuzz_line(&text);

    while (text.len != 0 && request.nheaders < FUZZ_HEADERS) {
        line = fuzz_line(&text);
        colon = fedi_str_before(line, ':');

        headers[request.nheaders].name.data = line.data;
        headers[request.nheaders].name.len = colon;
        headers[request.nheaders].value =
            fedi_str_from(line, colon + (colon < line.len));
        request.nheaders++;
    }

    fuzz_request(&heap.arena, &request);

    fedi_heap_free(&heap);

    return 0;
}
