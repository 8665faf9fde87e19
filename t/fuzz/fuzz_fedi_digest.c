
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is rendered is understood; what is understood verifies the one hash
 * and no other; base64 that decodes is spelled as it would be encoded.
 */

#include "fedi_fuzz.h"

#include "fedi_base64.h"
#include "fedi_digest.h"

static void
fuzz_base64(fedi_arena_t *arena, fedi_str_t text)
{
    char           *again;
    size_t          len, size;
    unsigned char  *out;

    size = fedi_base64_decoded_max(text.len);
    out = fedi_alloc(arena, size);
    again = fedi_alloc(arena, fedi_base64_encoded_len(size));
    fedi_fuzz_assert(out != NULL && again != NULL);

    if (!fedi_base64_decode(text, out, size, &len)) {
        return;
    }

    fedi_base64_encode(out, len, again);
    fedi_fuzz_assert(fedi_base64_encoded_len(len) >= text.len);
    fedi_fuzz_assert(text.len == 0
                     || memcmp(again, text.data, text.len) == 0);
}



int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            text[FEDI_DIGEST_HEADER_LEN];
    char            content[FEDI_CONTENT_DIGEST_LEN];
    fedi_str_t      value;
    fedi_heap_t     heap;
    fedi_digest_t   digest;
    unsigned char   hash[FEDI_SHA256_LEN];

    fedi_heap_init(&heap);

    value = fedi_fuzz_view(&heap.arena, data, size);
    fuzz_base64(&heap.arena, value);

    if (fedi_digest_parse(value, &digest) == FEDI_DIGEST_OK) {
        fedi_fuzz_assert(fedi_digest_verify(&digest, digest.sha256,
                                            digest.sha512)
                         == FEDI_DIGEST_OK);

        memcpy(hash, digest.sha256, sizeof(hash));
        hash[size % sizeof(hash)] ^= (unsigned char) (1 << size % 8);

        fedi_fuzz_assert(fedi_digest_verify(&digest, hash, digest.sha512)
                         == FEDI_DIGEST_MISMATCH);
        fedi_fuzz_assert(fedi_digest_verify(&digest, digest.sha256, NULL)
                         == (digest.has_sha512 ? FEDI_DIGEST_MISMATCH
                                               : FEDI_DIGEST_OK));
    }

    if (fedi_content_digest_parse(&heap.arena, value, &digest)
        == FEDI_DIGEST_OK)
    {
        fedi_fuzz_assert(digest.has_sha256 || digest.has_sha512);
        fedi_fuzz_assert(fedi_digest_verify(&digest, digest.sha256,
                                            digest.sha512)
                         == FEDI_DIGEST_OK);
    }

    /* the digest of the input, as we would send it */

    fedi_fuzz_assert(fedi_sha256(value, hash));
    fedi_digest_render(hash, text);

    fedi_fuzz_assert(fedi_digest_parse((fedi_str_t) { text, sizeof(text) },
                                       &digest)
                     == FEDI_DIGEST_OK);
    fedi_fuzz_assert(fedi_digest_verify_body(&digest, value)
                     == FEDI_DIGEST_OK);

    fedi_content_digest_render(hash, content);

    fedi_fuzz_assert(fedi_content_digest_parse(&heap.arena,
                                               (fedi_str_t) { content,
                                                        sizeof(content) },
                                               &digest)
                     == FEDI_DIGEST_OK);
    fedi_fuzz_assert(fedi_digest_verify_body(&digest, value)
                     == FEDI_DIGEST_OK);

    fedi_heap_free(&heap);

    return 0;
}
