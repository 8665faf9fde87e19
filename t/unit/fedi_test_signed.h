
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A POST of either scheme whose signature is fine, to be made worse.
 */

#ifndef FEDI_TEST_SIGNED_H
#define FEDI_TEST_SIGNED_H

#include "fedi_test.h"

#include "fedi_signature_check.h"


#define NOW      1388957500     /* the date below */
#define DATE     "Sun, 05 Jan 2014 21:31:40 GMT"
#define DIGEST   "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
#define BODY     "{\"hello\": \"world\"}"
#define CONTENT_DIGEST                                                        \
    "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
#define TIMES    ";created=1388957500;keyid=\"k\""
#define MESSAGE                                                               \
    "(\"@method\" \"@target-uri\" \"content-digest\")" TIMES
#define POST     "(request-target) host date digest"
#define CREATED  "(request-target) host (created) digest"


typedef struct {
    fedi_header_t             headers[10];
    fedi_signed_request_t     request;
    fedi_signature_policy_t   policy;
    fedi_signature_t          signature;
    fedi_digest_t             digest;
} test_request_t;


static inline void
add(test_request_t *t, const char *name, const char *value)
{
    t->headers[t->request.nheaders].name = fedi_test_view(name);
    t->headers[t->request.nheaders].value = fedi_test_view(value);
    t->request.nheaders++;
}


/* a POST whose signature is fine; "extra" goes before headers= */

static inline void
make(test_request_t *t, const char *extra, const char *covered)
{
    static char  value[1024];

    snprintf(value, sizeof(value),
             "keyId=\"k\",%sheaders=\"%s\",signature=\"c2ln\"", extra,
             covered);

    t->headers[0] = (fedi_header_t) { fedi_string("Host"),
                                      fedi_string("acme.example") };
    t->headers[1] = (fedi_header_t) { fedi_string("Date"),
                                      fedi_string(DATE) };
    t->headers[2] = (fedi_header_t) { fedi_string("Digest"),
                                      fedi_string(DIGEST) };
    t->headers[3] = (fedi_header_t) { fedi_string("Content-Length"),
                                      fedi_string("18") };
    t->headers[4] = (fedi_header_t) { fedi_string("Signature"),
                                      fedi_test_view(value) };

    t->request = (fedi_signed_request_t) {
        fedi_string("POST"), fedi_string("/inbox"), t->headers, 5,
        fedi_string("https"), fedi_string("acme.example"), NULL, 0
    };

    t->policy = (fedi_signature_policy_t) {
        NOW, FEDI_SIGNATURE_WINDOW, FEDI_SIGNATURE_LIFETIME, true,
        NULL, NULL
    };
}


/* a POST whose signature is one of RFC 9421, and fine */

static inline void
make_message(test_request_t *t, const char *input)
{
    make(t, "", POST);

    t->headers[2] = (fedi_header_t) { fedi_string("Content-Digest"),
                                      fedi_string(CONTENT_DIGEST) };
    t->headers[4] = (fedi_header_t) { fedi_string("Signature"),
                                      fedi_string("a=:c2ln:, b=:c2ln:") };

    add(t, "Signature-Input", input);
}


static inline void
check(test_request_t *t, const char *what, fedi_signature_e want)
{
    fedi_heap_t       heap;
    fedi_signature_e  got;

    fedi_heap_init(&heap);

    got = fedi_signature_read(&heap.arena, &t->request, &t->policy,
                              &t->signature, &t->digest);

    fedi_heap_free(&heap);

    if (got != want) {
        fail_msg("%s: got \"%s\", want \"%s\"", what,
                 fedi_signature_text(got).data,
                 fedi_signature_text(want).data);
    }
}


#endif
