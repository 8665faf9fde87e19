
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Every signature of RFC 9421: appendix B, and sections 3 and 4.3.  What is
 * ours to verify verifies.  What is not is refused, and not by chance: the
 * text is right, for OpenSSL finds the signature by the algorithm that the
 * RFC made it with, and the reason is the one that is meant.
 */

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "fedi_test.h"
#include "fedi_test_rfc9421.h"

#include "fedi_signature_check.h"
#include "fedi_signature_message.h"


#define NOW  1618884473


typedef enum {
    RSA_PKCS1 = 0,
    RSA_PSS,
    ECDSA,
    ED25519,
    HMAC_SHA256
} key_e;


typedef struct {
    const char                   *section;
    const fedi_signed_request_t  *request;
    key_e                         key;
    const char                   *input;
    const char                   *value;
    fedi_signature_e              read;     /* by our rules, before a key */
    fedi_signature_e              verified; /* by its key, without them */
} row_t;


static const row_t  rows[] = {
    { "B.2.1", &post, RSA_PSS,
      "sig-b21=();created=1618884473;keyid=\"test-key-rsa-pss\";"
      "nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
      "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHA"
      "ve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH"
      "5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGez"
      "XehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5Tm"
      "cAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ"
      "98Xw9Q==:",
      FEDI_SIGNATURE_TARGET_NOT_COVERED,
      FEDI_SIGNATURE_MISMATCH },

    { "B.2.2", &post, RSA_PSS,
      "sig-b22=(\"@authority\" \"content-digest\" \"@query-param\";"
      "name=\"Pet\");created=1618884473;keyid=\"test-key-rsa-pss\";"
      "tag=\"header-example\"",
      "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICa"
      "gShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0n"
      "xKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UK"
      "kjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5"
      "rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTu"
      "gEjHSw==:",
      FEDI_SIGNATURE_UNKNOWN_COVERED,
      FEDI_SIGNATURE_UNKNOWN_COVERED },

    { "B.2.3", &post, RSA_PSS,
      "sig-b23=(\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" "
      "\"content-type\" \"content-digest\" \"content-length\");"
      "created=1618884473;keyid=\"test-key-rsa-pss\"",
      "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5"
      "MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFl"
      "l5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIko"
      "QoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH"
      "8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKE"
      "gM4cUA==:",
      FEDI_SIGNATURE_VALID,
      FEDI_SIGNATURE_MISMATCH },

    { "B.2.4", &post, ECDSA,
      "sig-b24=(\"@status\" \"content-type\" \"content-digest\" "
      "\"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"",
      "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnz"
      "DnDAUy5eCdlYUEkLIj+32oiasw==:",
      FEDI_SIGNATURE_UNKNOWN_COVERED,
      FEDI_SIGNATURE_UNKNOWN_COVERED },

    { "B.2.5", &post, HMAC_SHA256,
      "sig-b25=(\"date\" \"@authority\" \"content-type\");"
      "created=1618884473;keyid=\"test-shared-secret\"",
      "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
      FEDI_SIGNATURE_TARGET_NOT_COVERED,
      FEDI_SIGNATURE_BAD_KEY },

    { "B.2.6", &post, ED25519,
      "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" "
      "\"content-type\" \"content-length\");created=1618884473;"
      "keyid=\"test-key-ed25519\"",
      "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgw"
      "UPiu4A0w6vuQv5lIp5WPpBKRCw==:",
      FEDI_SIGNATURE_TARGET_NOT_COVERED,
      FEDI_SIGNATURE_VALID },

    { "B.3", &behind_proxy, ECDSA,
      "ttrp=(\"@path\" \"@query\" \"@method\" \"@authority\" "
      "\"client-cert\");created=1618884473;keyid=\"test-key-ecc-p256\"",
      "ttrp=:xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xokl"
      "yy0yzhD9ah4JHRwMLOgmizw==:",
      FEDI_SIGNATURE_DIGEST_NOT_COVERED,
      FEDI_SIGNATURE_BAD_KEY },

    { "B.4", &get, ED25519,
      "transform=(\"@method\" \"@path\" \"@authority\" \"accept\");"
      "created=1618884473;keyid=\"test-key-ed25519\"",
      "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP"
      "9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:",
      FEDI_SIGNATURE_TARGET_NOT_COVERED,
      FEDI_SIGNATURE_VALID },

    { "4.3", &proxied, RSA_PKCS1,
      "proxy_sig=(\"@method\" \"@authority\" \"@path\" \"content-digest\" "
      "\"content-type\" \"content-length\" \"forwarded\");"
      "created=1618884480;keyid=\"test-key-rsa\";alg=\"rsa-v1_5-sha256\";"
      "expires=1618884540",
      "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8"
      "XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KH"
      "gOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmp"
      "v7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PB"
      "Pv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1"
      "w5o0LV/g==:",
      FEDI_SIGNATURE_TARGET_NOT_COVERED,
      FEDI_SIGNATURE_VALID },

    { "3.1", &post, RSA_PSS,
      "sig1=(\"@method\" \"@authority\" \"@path\" \"content-digest\" "
      "\"content-length\" \"content-type\");created=1618884473;"
      "keyid=\"test-key-rsa-pss\"",
      "sig1=:HIbjHC5rS0BYaa9v4QfD4193TORw7u9edguPh0AW3dMq9WImrlFrCGUDih47vAx"
      "i4L2YRZ3XMJc1uOKk/J0ZmZ+wcta4nKIgBkKq0rM9hs3CQyxXGxHLMCy8uqK488o+9jrp"
      "tQ+xFPHK7a9sRL1IXNaagCNN3ZxJsYapFj+JXbmaI5rtAdSfSvzPuBCh+ARHBmWuNo1Uz"
      "VVdHXrl8ePL4cccqlazIJdC4QEjrF+Sn4IxBQzTZsL9y9TP5FsZYzHvDqbInkTNigBcE9"
      "cKOYNFCn4D/WM7F6TNuZO9EgtzepLWcjTymlHzK7aXq6Am6sfOrpIC49yXjj3ae6HRalV"
      "c/g==:",
      FEDI_SIGNATURE_TARGET_NOT_COVERED,
      FEDI_SIGNATURE_MISMATCH }
};


/* by the algorithm that the RFC used, whatever ours are */

static bool
verify_theirs(key_e type, fedi_str_t text, const unsigned char *bytes,
    size_t len)
{
    int             n;
    BIO            *bio;
    bool            ok;
    EVP_PKEY       *key;
    ECDSA_SIG      *points;
    EVP_MD_CTX     *ctx;
    EVP_PKEY_CTX   *pctx;
    unsigned        hmac_len;
    unsigned char   hmac[EVP_MAX_MD_SIZE], *der;

    if (type == HMAC_SHA256) {
        HMAC(EVP_sha256(), secret, sizeof(secret) - 1,
             (const unsigned char *) text.data, text.len, hmac, &hmac_len);
        return hmac_len == len && memcmp(hmac, bytes, len) == 0;
    }

    bio = BIO_new_mem_buf(type == ECDSA ? ecdsa : rsa_pss, -1);
    key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(key);

    ctx = EVP_MD_CTX_new();
    der = NULL;

    if (type == ECDSA) {
        points = ECDSA_SIG_new();
        ECDSA_SIG_set0(points, BN_bin2bn(bytes, 32, NULL),
                       BN_bin2bn(bytes + 32, 32, NULL));
        n = i2d_ECDSA_SIG(points, &der);
        ECDSA_SIG_free(points);
        assert_true(len == 64 && n > 0);
        len = (size_t) n;
        bytes = der;
    }

    assert_int_equal(
        EVP_DigestVerifyInit(ctx, &pctx, type == ECDSA ? EVP_sha256()
                                                       : EVP_sha512(),
                             NULL, key), 1);

    if (type == RSA_PSS) {
        EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, 64);
    }

    ok = EVP_DigestVerify(ctx, bytes, len,
                          (const unsigned char *) text.data, text.len) == 1;

    OPENSSL_free(der);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);

    return ok;
}


/* BAD_KEY: the key is none that a signature may be of */

static fedi_signature_e
verify_ours(fedi_arena_t *arena, key_e type, const fedi_signature_t *signature,
    const fedi_signature_bases_t *bases)
{
    EVP_PKEY          *key;
    fedi_err_e         err;
    fedi_signature_e   rc;

    switch (type) {

    case RSA_PKCS1:
        err = fedi_key_parse(arena, fedi_str(rsa), &key);
        break;

    case RSA_PSS:
        err = fedi_key_parse(arena, fedi_str(rsa_pss), &key);
        break;

    case ECDSA:
        err = fedi_key_parse(arena, fedi_str(ecdsa), &key);
        break;

    case ED25519:
        err = fedi_key_from_der(fedi_str(ed25519), &key);
        break;

    default:
        err = fedi_key_from_der(fedi_str(secret), &key);
    }

    if (err != FEDI_OK) {
        assert_int_equal(err, FEDI_EKEY);
        return FEDI_SIGNATURE_BAD_KEY;
    }

    rc = fedi_signature_verify(key, NULL, signature, bases);

    EVP_PKEY_free(key);

    return rc;
}


static void
expect(const row_t *row, const char *what, fedi_signature_e got,
    fedi_signature_e want)
{
    if (got != want) {
        fail_msg("%s, %s: got \"%s\", want \"%s\"", row->section, what,
                 fedi_signature_text(got).data,
                 fedi_signature_text(want).data);
    }
}


/* the signature of a row, its labels and parameters taken as they are */

static fedi_signature_e
verify(const row_t *row, const fedi_signed_request_t *request)
{
    fedi_heap_t              heap;
    fedi_signature_e         rc;
    fedi_signature_t         signature;
    fedi_signature_bases_t   bases;
    fedi_signature_fields_t  fields;

    fedi_heap_init(&heap);

    rc = fedi_signature_fields(&heap.arena, fedi_test_view(row->input),
                               fedi_test_view(row->value), &fields);

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_member(&fields, fields.inputs.members,
                                   &signature);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        rc = fedi_signature_bases(&heap.arena, &signature, request, &bases);
    }

    if (rc == FEDI_SIGNATURE_VALID) {
        assert_int_equal(bases.n, 1);

        if (row->key != RSA_PKCS1 && row->key != ED25519
            && !verify_theirs(row->key, bases.texts[0], signature.bytes,
                              signature.len))
        {
            fail_msg("%s: another text: %.*s", row->section,
                     (int) bases.texts[0].len, bases.texts[0].data);
        }

        rc = verify_ours(&heap.arena, row->key, &signature, &bases);
    }

    fedi_heap_free(&heap);

    return rc;
}


static void
test_verified(void **state)
{
    size_t  i;

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        expect(&rows[i], "verified", verify(&rows[i], rows[i].request),
               rows[i].verified);
    }
}


/* R17: what we want to be covered is more than an example covers */

static void
test_read(void **state)
{
    size_t                   i, n;
    fedi_heap_t              heap;
    fedi_digest_t            digest;
    fedi_header_t            headers[8];
    fedi_signature_t         signature;
    fedi_signed_request_t    request;
    fedi_signature_policy_t  policy = { NOW, FEDI_SIGNATURE_WINDOW,
                                        FEDI_SIGNATURE_LIFETIME, true,
                                        NULL, NULL };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        fedi_heap_init(&heap);

        request = *rows[i].request;
        n = request.nheaders;
        memcpy(headers, request.headers, n * sizeof(fedi_header_t));

        headers[n].name = fedi_str("Signature-Input");
        headers[n++].value = fedi_test_view(rows[i].input);
        headers[n].name = fedi_str("Signature");
        headers[n++].value = fedi_test_view(rows[i].value);

        request.headers = headers;
        request.nheaders = n;
        policy.body = fedi_str_eq(request.method, fedi_str("POST"));

        expect(&rows[i], "read",
               fedi_signature_read(&heap.arena, &request, &policy,
                                   &signature, &digest),
               rows[i].read);

        fedi_heap_free(&heap);
    }
}


/* B.4 */

static void
test_transformed(void **state)
{
    size_t      i;
    row_t       row;

    static const struct {
        fedi_signed_request_t  request;
        fedi_signature_e       want;
    } ways[] = {
        { REQUEST("GET", "example.org", GET_TARGET "&param=added",
                  added_headers), FEDI_SIGNATURE_VALID },
        { REQUEST("GET", "example.org", GET_TARGET, collapsed_headers),
          FEDI_SIGNATURE_VALID },
        { REQUEST("GET", "example.org", GET_TARGET, reordered_headers),
          FEDI_SIGNATURE_VALID },
        { REQUEST("POST", "example.com", GET_TARGET, other_host_headers),
          FEDI_SIGNATURE_MISMATCH },
        { REQUEST("GET", "example.org", GET_TARGET, swapped_headers),
          FEDI_SIGNATURE_MISMATCH }
    };

    (void) state;

    for (i = 0; rows[i].request != &get; i++) { /* void */ }

    row = rows[i];

    for (i = 0; i < FEDI_N(ways); i++) {
        expect(&row, "transformed", verify(&row, &ways[i].request),
               ways[i].want);
    }
}


/* R15: an algorithm that is not ours is refused for its name alone */

static void
test_r15_algorithms(void **state)
{
    size_t  i;
    char    input[256];
    row_t   row = { "section 3.3", &post, RSA_PKCS1, input, "a=:AA==:",
                    FEDI_SIGNATURE_VALID, FEDI_SIGNATURE_ALGORITHM };

    static const char *const  names[] = {
        "rsa-pss-sha512", "hmac-sha256", "ecdsa-p256-sha256",
        "ecdsa-p384-sha384", "rsa-sha256", "rsa-v1_5-sha1", "none"
    };

    (void) state;

    for (i = 0; i < FEDI_N(names); i++) {
        snprintf(input, sizeof(input),
                 "a=(\"@method\");created=1;keyid=\"k\";alg=\"%s\"",
                 names[i]);
        expect(&row, names[i], verify(&row, &post), row.verified);
    }
}


/* sections 2.1 and 2.2: of responses, of trailers, of parts of a field */

static void
test_components(void **state)
{
    size_t  i;
    char    input[256];
    row_t   row = { "section 2", &post, RSA_PKCS1, input, "a=:AA==:",
                    FEDI_SIGNATURE_VALID, FEDI_SIGNATURE_UNKNOWN_COVERED };

    static const char *const  names[] = {
        "\"@status\"", "\"@query-param\";name=\"Pet\"", "\"@method\";req",
        "\"content-digest\";sf", "\"content-digest\";bs",
        "\"content-digest\";tr", "\"content-digest\";key=\"sha-512\"",
        "\"content-digest\";req", "\"@signature-params\"", "\"@unknown\""
    };

    (void) state;

    for (i = 0; i < FEDI_N(names); i++) {
        snprintf(input, sizeof(input),
                 "a=(\"@method\" %s);created=1;keyid=\"k\"", names[i]);
        expect(&row, names[i], verify(&row, &post), row.verified);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_verified),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_transformed),
        cmocka_unit_test(test_r15_algorithms),
        cmocka_unit_test(test_components)
    };

    return cmocka_run_group_tests_name("fedi_signature_rfc9421", tests, NULL,
                                       NULL);
}
