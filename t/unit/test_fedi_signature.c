
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_signature.h"


#define KEY  "keyId=\"https://a.example/u#k\","
#define ALG  "algorithm=\"rsa-sha256\","
#define HDR  "headers=\"(request-target) host date digest\","
#define SIG  "signature=\"c2ln\""


static fedi_signature_e
parse(const char *value, fedi_signature_t *signature)
{
    return fedi_signature_parse(fedi_test_view(value), signature);
}


static void
check(const char *value, fedi_signature_e want)
{
    fedi_signature_e  got;
    fedi_signature_t  signature;

    got = parse(value, &signature);

    if (got != want) {
        fail_msg("\"%s\": got \"%s\", want \"%s\"", value,
                 fedi_signature_text(got).data,
                 fedi_signature_text(want).data);
    }
}


static void
test_parse(void **state)
{
    fedi_str_t        value;
    fedi_signature_t  s;

    (void) state;

    value = fedi_str(KEY ALG HDR SIG);

    assert_int_equal(fedi_signature_parse(value, &s), FEDI_SIGNATURE_VALID);
    fedi_test_eq("keyId", s.key_id, "https://a.example/u#k");
    fedi_test_within("keyId", s.key_id, value);
    fedi_test_eq("algorithm", s.algorithm, "rsa-sha256");
    assert_int_equal(s.ncovered, 4);
    fedi_test_eq("covered", s.covered[0], "(request-target)");
    fedi_test_eq("covered", s.covered[1], "host");
    fedi_test_eq("covered", s.covered[3], "digest");
    fedi_test_within("covered", s.covered[3], value);
    assert_false(s.has_created);
    assert_false(s.has_expires);
    assert_int_equal(s.len, 3);
    assert_memory_equal(s.bytes, "sig", 3);

    assert_true(fedi_signature_covers(&s, fedi_str("digest")));
    assert_false(fedi_signature_covers(&s, fedi_str("diges")));
    assert_false(fedi_signature_covers(&s, fedi_str("content-type")));
}


/* what is on the wire: wire.md, section 1.1 */

static void
test_forms(void **state)
{
    size_t            i;
    fedi_signature_t  s;

    static const char *const  rows[] = {
        "Signature " KEY ALG HDR SIG,
        "signature  " KEY ALG HDR SIG,
        " " KEY ALG HDR SIG " ",
        KEY HDR "algorithm=\"RSA-SHA256\"," SIG,
        KEY HDR ALG SIG,
        "keyId = \"https://a.example/u#k\" , " HDR "\t" SIG,
        KEY HDR "algorithm=hs2019," SIG,
        KEY "headers=\" (request-target)  host date DIGEST \"," SIG,
        KEY HDR "signature=c2ln",
        KEY HDR "signature=\"c2lnZQ==\"",
        KEY HDR "signature=c2lnZQ==",
        "keyId=https://a.example/u#k," HDR SIG,
        KEY HDR SIG ",unknown=\"x,y=z\",other=1",
        KEY HDR SIG ",created=1402170695",
        KEY HDR SIG ",created=\"1402170695\",expires=\"1402170699\""
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        check(rows[i], FEDI_SIGNATURE_VALID);
        assert_int_equal(parse(rows[i], &s), FEDI_SIGNATURE_VALID);
        fedi_test_eq(rows[i], s.key_id, "https://a.example/u#k");
        assert_int_equal(s.ncovered, 4);
        assert_true(fedi_signature_covers(&s, fedi_str("digest")));
    }

    assert_int_equal(s.created, 1402170695);
    assert_int_equal(s.expires, 1402170699);

    /* draft-cavage 2.1.6: no list means the date */

    assert_int_equal(parse(KEY SIG, &s), FEDI_SIGNATURE_VALID);
    assert_int_equal(s.ncovered, 1);
    fedi_test_eq("default", s.covered[0], "date");
}


/* SIG-34 */

static void
test_malformed(void **state)
{
    size_t            i;
    fedi_signature_t  s;

    static const char *const  rows[] = {
        "", " ", "Signature", "Signature ", ",", "keyId", "=\"x\"",
        "keyId=", "keyId=\"", "keyId=\"x", KEY HDR "signature=\"c2ln",
        KEY HDR SIG ",", "," KEY HDR SIG, KEY "," HDR SIG,
        KEY HDR SIG "x", KEY HDR SIG " x=y", KEY HDR SIG ";x=y",
        "key Id=\"x\"," HDR SIG, "key(Id=\"x\"," HDR SIG,
        "keyId=\"https:\\/\\/a.example\\\"\"," HDR SIG,
        "keyId=https:\\/a.example," HDR SIG,
        "keyId=\"a\nb\"," HDR SIG, "keyId=a\"b\"," HDR SIG,
        KEY HDR "signature=\"c2l\nn\"", KEY HDR "signature=\"c2l\"",
        KEY HDR "signature=\"c2ln=\"", KEY HDR "signature=\"%%\"",
        KEY "headers=\"\"," SIG, KEY "headers=\" \"," SIG,
        KEY "headers=\"host,date\"," SIG, KEY "headers=\"host: x\"," SIG,
        KEY HDR SIG ",created=x", KEY HDR SIG ",created=-1",
        KEY HDR SIG ",created=1.5", KEY HDR SIG ",created=\"\"",
        KEY HDR SIG ",created=1000000000000",
        KEY HDR SIG ",expires=x", KEY HDR SIG ",expires= 1 2"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        check(rows[i], FEDI_SIGNATURE_MALFORMED);
    }

    assert_int_equal(fedi_signature_parse(fedi_null_str, &s),
                     FEDI_SIGNATURE_MALFORMED);
    assert_int_equal(fedi_signature_parse(
                         fedi_str("keyId=\"a\0b\"," HDR SIG), &s),
                     FEDI_SIGNATURE_MALFORMED);

    check(HDR SIG, FEDI_SIGNATURE_NO_KEY_ID);
    check("keyid=\"x\"," HDR SIG, FEDI_SIGNATURE_NO_KEY_ID);
    check(KEY HDR "x=y", FEDI_SIGNATURE_NO_SIGNATURE);
    check(KEY HDR "signature=\"\"", FEDI_SIGNATURE_NO_SIGNATURE);
}


/* R21: SIG-29, SIG-30 */

static void
test_r21_duplicates(void **state)
{
    (void) state;

    check("keyId=\"https://v.example/u#k\"," KEY HDR SIG,
          FEDI_SIGNATURE_DUPLICATE_PARAMETER);
    check(KEY HDR SIG "," SIG, FEDI_SIGNATURE_DUPLICATE_PARAMETER);
    check(KEY HDR HDR SIG, FEDI_SIGNATURE_DUPLICATE_PARAMETER);
    check(KEY HDR SIG ",x=1,x=1", FEDI_SIGNATURE_DUPLICATE_PARAMETER);
    check(KEY HDR SIG ",keyid=\"x\"", FEDI_SIGNATURE_DUPLICATE_PARAMETER);

    check(KEY "headers=\"(request-target) host host date\"," SIG,
          FEDI_SIGNATURE_DUPLICATE_COVERED);
    check(KEY "headers=\"(request-target) host date Host\"," SIG,
          FEDI_SIGNATURE_DUPLICATE_COVERED);
    check(KEY "headers=\"(request-target) (request-target)\"," SIG,
          FEDI_SIGNATURE_DUPLICATE_COVERED);
}


/* R15: the algorithm may confirm the type of the key only; SIG-20, SIG-22 */

static void
test_r15_algorithm(void **state)
{
    size_t  i;
    char    value[512];

    static const char *const  rows[] = {
        "none", "", "rsa-sha1", "rsa-sha512", "hmac-sha256", "ed25519",
        "rsa-pss-sha512", "ecdsa-sha256", "rsa-sha256 ", "hs2019x"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        snprintf(value, sizeof(value), KEY "algorithm=\"%s\"," HDR SIG,
                 rows[i]);
        check(value, FEDI_SIGNATURE_ALGORITHM);
    }
}


/* R17: (created) with hs2019 or without a word; SIG-15 */

static void
test_r17_times(void **state)
{
    (void) state;

    check(KEY "created=1,headers=\"(created)\"," SIG, FEDI_SIGNATURE_VALID);
    check(KEY "created=1,algorithm=\"hs2019\",headers=\"(created)\"," SIG,
          FEDI_SIGNATURE_VALID);
    check(KEY ALG "created=1,headers=\"(created)\"," SIG,
          FEDI_SIGNATURE_TIMES_NOT_ALLOWED);
    check(KEY ALG "expires=1,headers=\"(expires)\"," SIG,
          FEDI_SIGNATURE_TIMES_NOT_ALLOWED);
    check(KEY "headers=\"(created)\"," SIG, FEDI_SIGNATURE_NO_TIMES);
    check(KEY "created=1,headers=\"(expires)\"," SIG,
          FEDI_SIGNATURE_NO_TIMES);
    check(KEY "headers=\"(request-target) (other)\"," SIG,
          FEDI_SIGNATURE_UNKNOWN_COVERED);
    check(KEY "headers=\"(\"," SIG, FEDI_SIGNATURE_UNKNOWN_COVERED);
}


/* SIG-33 */

static void
test_limits(void **state)
{
    char    value[FEDI_SIGNATURE_VALUE_MAX + 2], *p;
    size_t  i, n;

    (void) state;

    memset(value, 'A', sizeof(value));
    value[FEDI_SIGNATURE_VALUE_MAX + 1] = '\0';
    memcpy(value, KEY HDR "x=\"", strlen(KEY HDR "x=\""));
    value[FEDI_SIGNATURE_VALUE_MAX] = '"';
    check(value, FEDI_SIGNATURE_TOO_LONG);
    value[FEDI_SIGNATURE_VALUE_MAX] = '\0';
    value[FEDI_SIGNATURE_VALUE_MAX - 1] = '"';
    check(value, FEDI_SIGNATURE_NO_SIGNATURE);

    /* 3 parameters and 13, or 14, others */

    for (n = 13; n <= 14; n++) {
        p = value + snprintf(value, sizeof(value), KEY HDR SIG);

        for (i = 0; i < n; i++) {
            p += snprintf(p, 16, ",x%zu=y", i);
        }

        check(value, n == 13 ? FEDI_SIGNATURE_VALID
                             : FEDI_SIGNATURE_TOO_LONG);
    }

    for (n = 64; n <= 65; n++) {
        p = value + snprintf(value, sizeof(value), KEY SIG ",headers=\"");

        for (i = 0; i < n; i++) {
            p += snprintf(p, 16, "x%zu ", i);
        }

        snprintf(p, 16, "\"");
        check(value, n == 64 ? FEDI_SIGNATURE_VALID
                             : FEDI_SIGNATURE_TOO_LONG);
    }

    /* a signature of more than 8192 bits is not by a key that we take */

    for (n = 1364; n <= 1368; n += 4) {
        p = value + snprintf(value, sizeof(value), KEY HDR "signature=\"");
        memset(p, 'A', n);
        memcpy(p + n, "\"", 2);
        check(value, n == 1364 ? FEDI_SIGNATURE_VALID
                               : FEDI_SIGNATURE_MALFORMED);
    }
}


/* each byte at each place of a value that nobody reads */

static void
test_bytes(void **state)
{
    int               c;
    char              text[] = KEY ALG HDR SIG ",x=\"aaaaaaaaaaaaaaaaaaaa\"";
    size_t            at, len;
    fedi_signature_e  want;
    fedi_signature_t  s;

    (void) state;

    len = sizeof(text) - 1;

    for (at = len - 21; at < len - 1; at++) {

        for (c = 0; c < 256; c++) {
            text[at] = (char) c;

            want = (c >= 0x20 || c == '\t') && c != 0x7f && c != '\\'
                   && c != '"' ? FEDI_SIGNATURE_VALID
                               : FEDI_SIGNATURE_MALFORMED;

            if (fedi_signature_parse((fedi_str_t) { text, len }, &s) != want) {
                fail_msg("%d at %zu", c, at);
            }
        }

        text[at] = 'a';
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_r21_duplicates),
        cmocka_unit_test(test_r15_algorithm),
        cmocka_unit_test(test_r17_times),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_bytes)
    };

    return cmocka_run_group_tests_name("fedi_signature", tests, NULL, NULL);
}
