
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "fedi_base64.h"
#include "fedi_signature_base.h"
#include "fedi_signature_check.h"


/* draft-cavage-http-signatures-12, appendix C */

static const char  test_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3\n"
    "6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6\n"
    "Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw\n"
    "oYi+1hqp1fIekaxsyQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

#define DATE    "Sun, 05 Jan 2014 21:31:40 GMT"
#define DIGEST  "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="

static const char  signature_date[] =
    "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfw"
    "wb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgE"
    "KTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=";

static const char  signature_basic[] =
    "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQD"
    "MCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1x"
    "SHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=";

static const char  signature_all[] =
    "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63"
    "LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgH"
    "oBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=";


static const fedi_header_t  headers[] = {
    { fedi_string("Host"), fedi_string("example.com") },
    { fedi_string("Date"), fedi_string(DATE) },
    { fedi_string("Content-Type"), fedi_string("application/json") },
    { fedi_string("Digest"), fedi_string(DIGEST) },
    { fedi_string("Content-Length"), fedi_string("18") },
    { fedi_string("X-A"), fedi_string(" one\t") },
    { fedi_string("x-a"), fedi_string("") },
    { fedi_string("X-A"), fedi_string("two") },
    { fedi_string("X-Empty"), fedi_string("") },
    { fedi_string("X-Null"), { NULL, 0 } },
    { fedi_string("X-Bad"), fedi_string("a\rb") }
};

static const fedi_str_t  aliases[] = {
    fedi_string("www.example.com"),
    fedi_string("origin.example.com")
};

static const fedi_signed_request_t  post = {
    fedi_string("POST"),
    fedi_string("/foo?param=value&pet=dog"),
    headers, FEDI_N(headers),
    fedi_string("https"), fedi_string("example.com"),
    aliases, FEDI_N(aliases)
};


static fedi_signature_t
signature_of(const char *covered, const char *parameters, const char *value)
{
    char              text[1024];
    static char       kept[8][1024];
    static unsigned   turn;
    fedi_signature_t  signature;

    snprintf(text, sizeof(text), "keyId=\"Test\"%s%s%s%s,signature=\"%s\"",
             parameters, covered != NULL ? ",headers=\"" : "",
             covered != NULL ? covered : "", covered != NULL ? "\"" : "",
             value);

    /* the views outlive this function */

    turn = (turn + 1) % 8;
    memcpy(kept[turn], text, sizeof(text));

    assert_int_equal(fedi_signature_parse(fedi_test_view(kept[turn]),
                                          &signature),
                     FEDI_SIGNATURE_VALID);

    return signature;
}


static EVP_PKEY *
key_of_draft(void)
{
    BIO       *bio;
    EVP_PKEY  *key;

    /* its 1024 bits are too few for fedi_key_parse() */

    bio = BIO_new_mem_buf(test_key, -1);
    key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    assert_non_null(key);
    BIO_free(bio);

    return key;
}


static void
test_vectors(void **state)
{
    size_t                  i;
    EVP_PKEY               *key;
    fedi_heap_t             heap;
    fedi_signature_e        rc;
    fedi_signature_t        s;
    fedi_signature_bases_t  bases;

    static const struct {
        const char        *covered;
        const char        *parameters;
        const char        *signature;
        const char        *text;
        fedi_signature_e   want;
    } rows[] = {
        { NULL, ",algorithm=\"rsa-sha256\"", signature_date,
          "date: " DATE, FEDI_SIGNATURE_VALID },
        { "(request-target) host date", ",algorithm=\"rsa-sha256\"",
          signature_basic,
          "(request-target): post /foo?param=value&pet=dog\n"
          "host: example.com\ndate: " DATE, FEDI_SIGNATURE_VALID },
        { "(request-target) host date content-type digest content-length",
          ",algorithm=\"rsa-sha256\"", signature_all,
          "(request-target): post /foo?param=value&pet=dog\n"
          "host: example.com\ndate: " DATE "\n"
          "content-type: application/json\ndigest: " DIGEST "\n"
          "content-length: 18", FEDI_SIGNATURE_VALID },

        /* the draft prints that signature for this text, too: an erratum */

        { "(request-target) (created) (expires) host date content-type "
          "digest content-length",
          ",created=1402170695,expires=1402170699", signature_all,
          "(request-target): post /foo?param=value&pet=dog\n"
          "(created): 1402170695\n(expires): 1402170699\n"
          "host: example.com\ndate: " DATE "\n"
          "content-type: application/json\ndigest: " DIGEST "\n"
          "content-length: 18", FEDI_SIGNATURE_MISMATCH },

        { "(request-target) host date", "", signature_all,
          "(request-target): post /foo?param=value&pet=dog\n"
          "host: example.com\ndate: " DATE, FEDI_SIGNATURE_MISMATCH },
        { "Host (Request-Target) DATE", "", signature_basic,
          "host: example.com\n"
          "(request-target): post /foo?param=value&pet=dog\ndate: " DATE,
          FEDI_SIGNATURE_MISMATCH }
    };

    (void) state;

    key = key_of_draft();
    fedi_heap_init(&heap);

    for (i = 0; i < FEDI_N(rows); i++) {
        s = signature_of(rows[i].covered, rows[i].parameters,
                         rows[i].signature);

        assert_int_equal(fedi_signature_bases(&heap.arena, &s, &post, &bases),
                         FEDI_SIGNATURE_VALID);
        assert_int_equal(bases.n, 1);
        fedi_test_eq("text", bases.texts[0], rows[i].text);

        rc = fedi_signature_verify(key, NULL, &s, &bases);

        if (rc != rows[i].want) {
            fail_msg("row %zu: \"%s\"", i, fedi_signature_text(rc).data);
        }
    }

    EVP_PKEY_free(key);
    fedi_heap_free(&heap);
}


/* R21: lines of one name are joined, in order, by ", " */

static void
test_r21_join(void **state)
{
    fedi_heap_t             heap;
    fedi_signature_t        s;
    fedi_signature_bases_t  bases;

    (void) state;

    fedi_heap_init(&heap);

    s = signature_of("x-a x-empty x-null", "", "c2ln");
    assert_int_equal(fedi_signature_bases(&heap.arena, &s, &post, &bases),
                     FEDI_SIGNATURE_VALID);
    fedi_test_eq("joined", bases.texts[0],
                 "x-a: one, , two\nx-empty: \nx-null: ");

    /* R24 */

    s = signature_of("x-bad", "", "c2ln");
    assert_int_equal(fedi_signature_bases(&heap.arena, &s, &post, &bases),
                     FEDI_SIGNATURE_BAD_HEADER);

    /* SIG-31 */

    s = signature_of("host x-absent", "", "c2ln");
    assert_int_equal(fedi_signature_bases(&heap.arena, &s, &post, &bases),
                     FEDI_SIGNATURE_ABSENT_HEADER);

    fedi_heap_free(&heap);
}


/* R23: a GET is tried with and without its query, nothing else */

static void
test_r23_query(void **state)
{
    fedi_heap_t             heap;
    fedi_signature_t        s;
    fedi_signed_request_t   request;
    fedi_signature_bases_t  bases;

    (void) state;

    fedi_heap_init(&heap);

    s = signature_of("(request-target) host", "", "c2ln");
    request = post;

    assert_int_equal(fedi_signature_bases(&heap.arena, &s, &request, &bases),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(bases.n, 1);

    request.method = fedi_str("GET");

    assert_int_equal(fedi_signature_bases(&heap.arena, &s, &request, &bases),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(bases.n, 2);
    fedi_test_eq("with", bases.texts[0],
                 "(request-target): get /foo?param=value&pet=dog\n"
                 "host: example.com");
    fedi_test_eq("without", bases.texts[1],
                 "(request-target): get /foo\nhost: example.com");

    request.target = fedi_str("/foo");

    assert_int_equal(fedi_signature_bases(&heap.arena, &s, &request, &bases),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(bases.n, 1);

    fedi_heap_free(&heap);
}


/* the second text is believed as much as the first, and no third */

static void
test_r23_verify(void **state)
{
    EVP_PKEY               *key;
    fedi_signature_t        s;
    fedi_signature_bases_t  bases;

    (void) state;

    key = key_of_draft();
    s = signature_of(NULL, "", signature_date);

    bases.texts[0] = fedi_str("other");
    bases.texts[1] = fedi_str("date: " DATE);

    bases.n = 2;
    assert_int_equal(fedi_signature_verify(key, NULL, &s, &bases),
                     FEDI_SIGNATURE_VALID);
    bases.n = 1;
    assert_int_equal(fedi_signature_verify(key, NULL, &s, &bases),
                     FEDI_SIGNATURE_MISMATCH);

    EVP_PKEY_free(key);

    key = EVP_EC_gen("P-256");
    assert_int_equal(fedi_signature_verify(key, NULL, &s, &bases),
                     FEDI_SIGNATURE_ALGORITHM);
    EVP_PKEY_free(key);
}


/* R26: an alias stands for the authority, any other host for nothing */

static void
test_r26_host(void **state)
{
    size_t                  i;
    fedi_heap_t             heap;
    fedi_header_t           host;
    fedi_signature_e        rc;
    fedi_signature_t        s;
    fedi_signed_request_t   request;
    fedi_signature_bases_t  bases;

    static const struct {
        const char  *received;
        const char  *text;      /* NULL: refused */
    } rows[] = {
        { "example.com", "host: example.com" },
        { "Example.COM", "host: Example.COM" },
        { "WWW.example.com", "host: example.com" },
        { "origin.example.com", "host: example.com" },
        { "example.com:443", "host: example.com:443" },
        { "www.example.com:443", "host: example.com" },
        { "example.com:4430", NULL },
        { "example.com:443:443", NULL },
        { ":443", NULL },
        { "other.example", NULL },
        { "example.com.evil.example", NULL },
        { "example.com:8443", NULL },
        { "example.co", NULL },
        { "", NULL }
    };

    (void) state;

    fedi_heap_init(&heap);
    s = signature_of("host", "", "c2ln");

    request = post;
    request.headers = &host;
    request.nheaders = 1;
    host.name = fedi_str("Host");

    for (i = 0; i < FEDI_N(rows); i++) {
        host.value = fedi_test_view(rows[i].received);

        rc = fedi_signature_bases(&heap.arena, &s, &request, &bases);

        if (rows[i].text == NULL) {
            assert_int_equal(rc, FEDI_SIGNATURE_OTHER_HOST);
            continue;
        }

        assert_int_equal(rc, FEDI_SIGNATURE_VALID);
        fedi_test_eq(rows[i].received, bases.texts[0], rows[i].text);
    }

    fedi_heap_free(&heap);
}


/* what we send is what the verifier takes */

static void
test_send(void **state)
{
    size_t                  len;
    EVP_PKEY               *key;
    fedi_str_t              base, value;
    fedi_heap_t             heap;
    unsigned char           bytes[FEDI_KEY_SIGNATURE_MAX];
    fedi_signature_t        s;
    fedi_signature_bases_t  bases;

    (void) state;

    key = EVP_RSA_gen(2048);
    fedi_heap_init(&heap);

    assert_int_equal(fedi_signature_base_of(&heap.arena,
                                            fedi_str(FEDI_SIGNATURE_POST),
                                            &post, &base),
                     FEDI_SIGNATURE_VALID);
    fedi_test_eq("base", base,
                 "(request-target): post /foo?param=value&pet=dog\n"
                 "host: example.com\ndate: " DATE "\ndigest: " DIGEST);

    assert_int_equal(fedi_key_sign(key, base, bytes, &len), FEDI_OK);
    assert_int_equal(fedi_signature_render(
                         &heap.arena, fedi_str("https://a.example/u#main-key"),
                         fedi_str(FEDI_SIGNATURE_POST), bytes, len, &value),
                     FEDI_OK);
    assert_memory_equal(value.data,
                        "keyId=\"https://a.example/u#main-key\","
                        "algorithm=\"rsa-sha256\",headers=\"(request-target) "
                        "host date digest\",signature=\"", 112);

    assert_int_equal(fedi_signature_parse(value, &s), FEDI_SIGNATURE_VALID);
    assert_int_equal(fedi_signature_bases(&heap.arena, &s, &post, &bases),
                     FEDI_SIGNATURE_VALID);
    assert_int_equal(fedi_signature_verify(key, NULL, &s, &bases),
                     FEDI_SIGNATURE_VALID);

    assert_int_equal(fedi_signature_base_of(&heap.arena,
                                            fedi_str("host x-absent"),
                                            &post, &base),
                     FEDI_SIGNATURE_ABSENT_HEADER);

    EVP_PKEY_free(key);
    fedi_heap_free(&heap);
}


static fedi_err_e
render_one(fedi_arena_t *arena)
{
    fedi_str_t        value;
    fedi_signature_e  rc;

    rc = fedi_signature_base_of(arena, fedi_str("(request-target) x-a"),
                                &post, &value);

    if (rc != FEDI_SIGNATURE_VALID) {
        assert_int_equal(rc, FEDI_SIGNATURE_FAILED);
        return FEDI_ENOMEM;
    }

    return fedi_signature_render(arena, fedi_str("k"), fedi_str("date"),
                                 (const unsigned char *) "sig", 3, &value);
}


static void
test_no_memory(void **state)
{
    (void) state;

    assert_int_equal(fedi_test_dry(render_one), 8);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_r21_join),
        cmocka_unit_test(test_r23_query),
        cmocka_unit_test(test_r23_verify),
        cmocka_unit_test(test_r26_host),
        cmocka_unit_test(test_send),
        cmocka_unit_test(test_no_memory)
    };

    return cmocka_run_group_tests_name("fedi_signature_base", tests, NULL,
                                       NULL);
}
