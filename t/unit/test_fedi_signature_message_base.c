
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The messages are those of RFC 9421, appendix B and section 4.3.
 */

#include <stdio.h>

#include "fedi_test.h"

#include "fedi_signature_check.h"
#include "fedi_signature_message.h"
#include "fedi_signature_message_base.h"


/* B.1.4 */
static const char  ed25519[] =
    "\x26\xb4\x0b\x8f\x93\xff\xf3\xd8\x97\x11\x2f\x7e\xbc\x58\x2b\x23"
    "\x2d\xbd\x72\x51\x7d\x08\x2f\xe8\x3c\xfb\x30\xdd\xce\x43\xd1\xbb";

/* B.1.1 */
static const char  rsa[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw\n"
    "WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq\n"
    "MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg\n"
    "kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P\n"
    "uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ\n"
    "PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";

#define CONTENT_DIGEST                                                        \
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYll"   \
    "u7BNNyealdVLvRwEmTHWXvJwew==:"


static const fedi_header_t  test_headers[] = {
    { fedi_string("Host"), fedi_string("example.com") },
    { fedi_string("Date"), fedi_string("Tue, 20 Apr 2021 02:07:55 GMT") },
    { fedi_string("Content-Type"), fedi_string("application/json") },
    { fedi_string("Content-Digest"), fedi_string(CONTENT_DIGEST) },
    { fedi_string("Content-Length"), fedi_string("18") }
};

static const fedi_signed_request_t  test_request = {
    fedi_string("POST"), fedi_string("/foo?param=Value&Pet=dog"),
    test_headers, FEDI_N(test_headers), fedi_string("https"),
    fedi_string("example.com"), NULL, 0
};


static fedi_signature_t
signature_of(fedi_heap_t *heap, const char *input, const char *value)
{
    fedi_signature_t         signature;
    fedi_signature_fields_t  fields;

    assert_int_equal(fedi_signature_fields(&heap->arena,
                                           fedi_test_view(input),
                                           fedi_test_view(value), &fields),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(fedi_signature_member(&fields, fields.inputs.members,
                                           &signature),
                     FEDI_SIGNATURE_VALID);

    return signature;
}


static void
verify(EVP_PKEY *key, const char *input, const char *value,
    const fedi_signed_request_t *request, fedi_signature_e want)
{
    fedi_heap_t             heap;
    fedi_signature_t        signature;
    fedi_signature_bases_t  bases;

    fedi_heap_init(&heap);

    signature = signature_of(&heap, input, value);

    assert_int_equal(fedi_signature_bases(&heap.arena, &signature, request,
                                          &bases),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(bases.n, 1);
    assert_int_equal(fedi_signature_verify(key, NULL, &signature, &bases),
                     want);

    fedi_heap_free(&heap);
}


static EVP_PKEY *
key_of(const char *text, size_t len)
{
    EVP_PKEY     *key;
    fedi_heap_t   heap;

    fedi_heap_init(&heap);

    if (len == FEDI_KEY_ED25519_LEN) {
        assert_int_equal(fedi_key_from_der((fedi_str_t) { text, len }, &key),
                         FEDI_OK);
    } else {
        assert_int_equal(fedi_key_parse(&heap.arena,
                                        (fedi_str_t) { text, len }, &key),
                         FEDI_OK);
    }

    fedi_heap_free(&heap);

    return key;
}


static void
test_ed25519(void **state)
{
    EVP_PKEY               *key;
    fedi_signed_request_t   request;

    static const char  input[] =
        "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" "
        "\"content-type\" \"content-length\");created=1618884473;"
        "keyid=\"test-key-ed25519\"";
    static const char  value[] =
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9"
        "EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";

    (void) state;

    key = key_of(ed25519, sizeof(ed25519) - 1);

    verify(key, input, value, &test_request, FEDI_SIGNATURE_VALID);

    request = test_request;
    request.method = fedi_str("PUT");
    verify(key, input, value, &request, FEDI_SIGNATURE_MISMATCH);

    request = test_request;
    request.target = fedi_str("/fo?param=Value&Pet=dog");
    verify(key, input, value, &request, FEDI_SIGNATURE_MISMATCH);

    request = test_request;
    request.authority = fedi_str("example.org");
    request.aliases = &test_request.authority;
    request.naliases = 1;
    verify(key, input, value, &request, FEDI_SIGNATURE_MISMATCH);

    EVP_PKEY_free(key);
}


/* B.4: two lines of a field are one, and what is not covered may change */

static void
test_transformed(void **state)
{
    EVP_PKEY  *key;

    static const char  input[] =
        "transform=(\"@method\" \"@path\" \"@authority\" \"accept\");"
        "created=1618884473;keyid=\"test-key-ed25519\"";
    static const char  value[] =
        "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vy"
        "YP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:";

    static const fedi_header_t  lines[] = {
        { fedi_string("host"), fedi_string("example.org") },
        { fedi_string("Accept"), fedi_string(" application/json") },
        { fedi_string("accept"), fedi_string("*/* ") },
        { fedi_string("Accept-Language"), fedi_string("en") }
    };

    static const fedi_header_t  reversed[] = {
        { fedi_string("Host"), fedi_string("example.org") },
        { fedi_string("Accept"), fedi_string("*/*, application/json") }
    };

    fedi_signed_request_t  request = {
        fedi_string("GET"), fedi_string("/demo?name1=Value1&param=added"),
        lines, FEDI_N(lines), fedi_string("https"),
        fedi_string("example.org"), NULL, 0
    };

    (void) state;

    key = key_of(ed25519, sizeof(ed25519) - 1);

    verify(key, input, value, &request, FEDI_SIGNATURE_VALID);

    request.headers = reversed;
    request.nheaders = FEDI_N(reversed);
    verify(key, input, value, &request, FEDI_SIGNATURE_MISMATCH);

    EVP_PKEY_free(key);
}


/* section 4.3: the RFC's only signature of the algorithm that all speak */

static void
test_rsa(void **state)
{
    EVP_PKEY  *key, *other;

    static const char  input[] =
        "proxy_sig=(\"@method\" \"@authority\" \"@path\" \"content-digest\" "
        "\"content-type\" \"content-length\" \"forwarded\");"
        "created=1618884480;keyid=\"test-key-rsa\";alg=\"rsa-v1_5-sha256\";"
        "expires=1618884540";
    static const char  value[] =
        "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH"
        "+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ1"
        "0KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB"
        "8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2Twev"
        "U+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzir"
        "rswsE1w5o0LV/g==:";

    static const fedi_header_t  headers[] = {
        { fedi_string("Host"), fedi_string("origin.host.internal.example") },
        { fedi_string("Content-Type"), fedi_string("application/json") },
        { fedi_string("Content-Digest"), fedi_string(CONTENT_DIGEST) },
        { fedi_string("Content-Length"), fedi_string("18") },
        { fedi_string("Forwarded"),
          fedi_string("for=192.0.2.123;host=example.com;proto=https") }
    };

    fedi_signed_request_t  request = {
        fedi_string("POST"), fedi_string("/foo?param=Value&Pet=dog"),
        headers, FEDI_N(headers), fedi_string("https"),
        fedi_string("origin.host.internal.example"), NULL, 0
    };

    (void) state;

    key = key_of(rsa, sizeof(rsa) - 1);
    other = key_of(ed25519, sizeof(ed25519) - 1);

    verify(key, input, value, &request, FEDI_SIGNATURE_VALID);

    /* R15: the algorithm is the key's, whatever the signature says */

    verify(other, input, value, &request, FEDI_SIGNATURE_ALGORITHM);

    EVP_PKEY_free(other);
    EVP_PKEY_free(key);
}


static void
test_derived(void **state)
{
    size_t                  i;
    char                    input[128];
    fedi_heap_t             heap;
    fedi_signature_e        rc;
    fedi_signature_t        signature;
    fedi_signed_request_t   request;
    fedi_signature_bases_t  bases;

    static const struct {
        const char  *name;
        const char  *target;
        const char  *text;      /* NULL: the field is not there */
    } rows[] = {
        { "@method", "/", "\"@method\": POST\n" },
        { "@scheme", "/", "\"@scheme\": https\n" },
        { "@authority", "/", "\"@authority\": example.com\n" },
        { "@target-uri", "/a?b", "\"@target-uri\": https://example.com/a?b\n" },
        { "@request-target", "/a?b", "\"@request-target\": /a?b\n" },
        { "@path", "/a%20b?c", "\"@path\": /a%20b\n" },
        { "@query", "/a?b?c", "\"@query\": ?b?c\n" },
        { "@query", "/a?", "\"@query\": ?\n" },
        { "@query", "/a", "\"@query\": ?\n" },
        { "host", "/", "\"host\": example.com\n" },
        { "content-length", "/", "\"content-length\": 18\n" },
        { "x-absent", "/", NULL }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_heap_init(&heap);

        snprintf(input, sizeof(input), "a=(\"%s\");keyid=\"k\"",
                 rows[i].name);
        signature = signature_of(&heap, input, "a=:AA==:");

        request = test_request;
        request.target = fedi_test_view(rows[i].target);

        rc = fedi_signature_bases(&heap.arena, &signature, &request, &bases);

        if (rows[i].text == NULL) {
            assert_int_equal(rc, FEDI_SIGNATURE_ABSENT_HEADER);

        } else {
            assert_int_equal(rc, FEDI_SIGNATURE_VALID);
            assert_true(bases.texts[0].len > strlen(rows[i].text));
            bases.texts[0].len = strlen(rows[i].text);
            fedi_test_eq(rows[i].name, bases.texts[0], rows[i].text);
        }

        fedi_heap_free(&heap);
    }
}


/* R26: an alias stands for the authority, any other host for nothing */

static void
test_r26_host(void **state)
{
    fedi_heap_t             heap;
    fedi_header_t           host;
    fedi_signature_t        signature;
    fedi_signed_request_t   request;
    fedi_signature_bases_t  bases;

    static const fedi_str_t  alias = fedi_string("www.example.com");

    (void) state;

    fedi_heap_init(&heap);

    host.name = fedi_str("Host");
    host.value = fedi_str("www.example.com");

    request = test_request;
    request.headers = &host;
    request.nheaders = 1;

    signature = signature_of(&heap, "a=(\"host\");keyid=\"k\"", "a=:AA==:");

    assert_int_equal(fedi_signature_bases(&heap.arena, &signature, &request,
                                          &bases),
                     FEDI_SIGNATURE_OTHER_HOST);

    request.aliases = &alias;
    request.naliases = 1;

    assert_int_equal(fedi_signature_bases(&heap.arena, &signature, &request,
                                          &bases),
                     FEDI_SIGNATURE_VALID);
    fedi_test_eq("alias", bases.texts[0],
                 "\"host\": example.com\n"
                 "\"@signature-params\": (\"host\");keyid=\"k\"");

    fedi_heap_free(&heap);
}


/* what we send is what we would read */

static void
test_ours(void **state)
{
    fedi_str_t               input, text, input_field, field;
    fedi_heap_t              heap;
    fedi_signature_t         signature;
    fedi_signature_fields_t  fields;

    (void) state;

    fedi_heap_init(&heap);

    assert_int_equal(
        fedi_signature_message_base_of(
            &heap.arena, fedi_str(FEDI_SIGNATURE_MESSAGE_POST),
            fedi_str("https://a.example/u#main-key"), 1618884473,
            &test_request, &input, &text),
        FEDI_SIGNATURE_VALID);

    fedi_test_eq("text", text,
                 "\"@method\": POST\n"
                 "\"@target-uri\": "
                 "https://example.com/foo?param=Value&Pet=dog\n"
                 "\"content-digest\": " CONTENT_DIGEST "\n"
                 "\"@signature-params\": (\"@method\" \"@target-uri\" "
                 "\"content-digest\");created=1618884473;"
                 "keyid=\"https://a.example/u#main-key\";"
                 "alg=\"rsa-v1_5-sha256\"");

    assert_int_equal(
        fedi_signature_message_render(&heap.arena, input,
                                      (const unsigned char *) "sig", 3,
                                      &input_field, &field),
        FEDI_OK);

    fedi_test_eq("field", field, "sig1=:c2ln:");
    assert_int_equal(fedi_signature_fields(&heap.arena, input_field, field,
                                           &fields),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(fedi_signature_member(&fields, fields.inputs.members,
                                           &signature),
                     FEDI_SIGNATURE_VALID);
    fedi_test_eq("input", signature.input, "(\"@method\" \"@target-uri\" "
                 "\"content-digest\");created=1618884473;"
                 "keyid=\"https://a.example/u#main-key\";"
                 "alg=\"rsa-v1_5-sha256\"");

    fedi_heap_free(&heap);
}


static fedi_err_e
base_all(fedi_arena_t *arena)
{
    fedi_str_t        input, text, input_field, field;
    fedi_signature_e  rc;

    rc = fedi_signature_message_base_of(
             arena, fedi_str(FEDI_SIGNATURE_MESSAGE_GET), fedi_str("k"), 1,
             &test_request, &input, &text);

    if (rc == FEDI_SIGNATURE_FAILED) {
        return FEDI_ENOMEM;
    }

    assert_int_equal(rc, FEDI_SIGNATURE_VALID);

    return fedi_signature_message_render(arena, input,
                                         (const unsigned char *) "sig", 3,
                                         &input_field, &field);
}


static void
test_memory(void **state)
{
    (void) state;

    assert_true(fedi_test_dry(base_all) > 10);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_ed25519),
        cmocka_unit_test(test_transformed),
        cmocka_unit_test(test_rsa),
        cmocka_unit_test(test_derived),
        cmocka_unit_test(test_r26_host),
        cmocka_unit_test(test_ours),
        cmocka_unit_test(test_memory)
    };

    return cmocka_run_group_tests_name("fedi_signature_message_base", tests,
                                       NULL, NULL);
}
