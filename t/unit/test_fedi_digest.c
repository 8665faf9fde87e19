
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include "fedi_digest.h"


/* RFC 9530 and its neighbours: bodies and what their digests are */

#define HELLO         "{\"hello\": \"world\"}"
#define HELLO_SHA256  "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
#define HELLO_SHA512  "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwA" \
                      "gBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="
#define OTHER_SHA256  "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="
#define EMPTY_SHA256  "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define EMPTY_SHA512  "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XY" \
                      "XysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="


typedef struct {
    const char     *body;
    const char     *value;
    fedi_digest_e   want;
} digest_row_t;


/* three bytes at a time; "fails": not all of them can be had */

typedef struct {
    fedi_str_t  rest;
    bool        fails;
} pieces_t;


static bool
next_piece(void *data, fedi_str_t *bytes)
{
    pieces_t *pieces = data;

    bytes->data = pieces->rest.data;
    bytes->len = pieces->rest.len < 3 ? pieces->rest.len : 3;

    pieces->rest.data += bytes->len;
    pieces->rest.len -= bytes->len;

    return bytes->len != 0 || !pieces->fails;
}


static void
check_pieces(const fedi_digest_t *digest, fedi_str_t body, fedi_digest_e want)
{
    pieces_t  pieces;

    pieces.rest = body;
    pieces.fails = false;

    assert_int_equal(fedi_digest_verify_pieces(digest, next_piece, &pieces),
                     want);

    pieces.rest = body;
    pieces.fails = true;

    assert_int_equal(fedi_digest_verify_pieces(digest, next_piece, &pieces),
                     FEDI_DIGEST_FAILED);
}


static void
check_rows(const digest_row_t *rows, size_t n)
{
    size_t         i;
    fedi_digest_e  got;
    fedi_digest_t  digest;

    for (i = 0; i < n; i++) {
        got = fedi_digest_parse(fedi_test_view(rows[i].value), &digest);

        if (got == FEDI_DIGEST_OK) {
            got = fedi_digest_verify_body(&digest,
                                          fedi_test_view(rows[i].body));
            check_pieces(&digest, fedi_test_view(rows[i].body), got);
        }

        if (got != rows[i].want) {
            fail_msg("\"%s\": got %d, want %d", rows[i].value, (int) got,
                     (int) rows[i].want);
        }
    }
}


static void
test_vectors(void **state)
{
    static const digest_row_t  rows[] = {
        { HELLO, "SHA-256=" HELLO_SHA256, FEDI_DIGEST_OK },
        { HELLO, "sha-256=" HELLO_SHA256, FEDI_DIGEST_OK },
        { HELLO, "Sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE",
          FEDI_DIGEST_OK },
        { HELLO "\n", "SHA-256=" OTHER_SHA256, FEDI_DIGEST_OK },
        { "", "SHA-256=" EMPTY_SHA256, FEDI_DIGEST_OK },
        { "", "SHA-512=" EMPTY_SHA512 ",SHA-256=" EMPTY_SHA256,
          FEDI_DIGEST_OK },
        { "Hello, world!",
          "SHA-256=MV9b23bQeMQ7isAGTkoBZGErH853yGk0W/yUx1iU7dM=",
          FEDI_DIGEST_OK },
        { "Hello world",
          "SHA-256=ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=",
          FEDI_DIGEST_OK },
        { "{\"message\": \"good dog\"}",
          "SHA-256=z0bm/K2/kBiAHdTk/FHlB2NyoHqaTdzCA9k+jeJ0ezA=",
          FEDI_DIGEST_OK },
        { HELLO, "SHA-512=" HELLO_SHA512 ",SHA-256=" HELLO_SHA256,
          FEDI_DIGEST_OK },
        { HELLO, "md5=x , SHA-256=" HELLO_SHA256 "\t, unixsum=30637",
          FEDI_DIGEST_OK }
    };

    (void) state;

    check_rows(rows, FEDI_N(rows));
}


/* R18: recomputed over the raw bytes; SIG-04 */

static void
test_r18_mismatch(void **state)
{
    static const digest_row_t  rows[] = {
        { HELLO "\n", "SHA-256=" HELLO_SHA256, FEDI_DIGEST_MISMATCH },
        { "", "SHA-256=" HELLO_SHA256, FEDI_DIGEST_MISMATCH },
        { HELLO, "SHA-256=Y48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
          FEDI_DIGEST_MISMATCH },
        { HELLO, "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPA=",
          FEDI_DIGEST_MISMATCH }
    };

    (void) state;

    check_rows(rows, FEDI_N(rows));
}


/* R18: every known one has to match; SIG-26 */

static void
test_r18_all_known(void **state)
{
    fedi_digest_t  digest;
    unsigned char  sha256[FEDI_SHA256_LEN];

    static const digest_row_t  rows[] = {
        { HELLO, "SHA-256=" HELLO_SHA256 ",SHA-512=" EMPTY_SHA512,
          FEDI_DIGEST_MISMATCH },
        { HELLO, "SHA-256=" OTHER_SHA256 ",SHA-512=" HELLO_SHA512,
          FEDI_DIGEST_MISMATCH },
        { HELLO, "SHA-256=" HELLO_SHA256 ",sha-256=" HELLO_SHA256,
          FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=" HELLO_SHA256 ",sha-256=" OTHER_SHA256,
          FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=" HELLO_SHA256 ",SHA-512=x",
          FEDI_DIGEST_MALFORMED }
    };

    (void) state;

    check_rows(rows, FEDI_N(rows));

    /* who forgets the second hash does not get away with the first */

    assert_int_equal(fedi_digest_parse(fedi_str("SHA-256=" HELLO_SHA256
                                                ",SHA-512=" HELLO_SHA512),
                                       &digest),
                     FEDI_DIGEST_OK);
    assert_true(digest.has_sha512);
    assert_true(fedi_sha256(fedi_str(HELLO), sha256));
    assert_int_equal(fedi_digest_verify(&digest, sha256, NULL),
                     FEDI_DIGEST_MISMATCH);
}


/* R18: SHA-256 is required; SIG-27, SIG-28 */

static void
test_r18_required(void **state)
{
    char           text[FEDI_DIGEST_VALUE_MAX + 2];
    fedi_digest_t  digest;

    static const digest_row_t  rows[] = {
        { HELLO, "md5=Sd/dVLAcvNLSq16eXua5uQ==", FEDI_DIGEST_UNKNOWN },
        { HELLO, "SHA-512=" HELLO_SHA512, FEDI_DIGEST_UNKNOWN },
        { HELLO, "sha-2560=" HELLO_SHA256, FEDI_DIGEST_UNKNOWN },
        { HELLO, "", FEDI_DIGEST_MALFORMED },
        { HELLO, ",", FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256", FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=", FEDI_DIGEST_MALFORMED },
        { HELLO, "=" HELLO_SHA256, FEDI_DIGEST_MALFORMED },
        { HELLO, HELLO_SHA256, FEDI_DIGEST_UNKNOWN },
        { HELLO, "SHA-256=" HELLO_SHA256 ",", FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=" HELLO_SHA256 "x", FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=" HELLO_SHA256 " x", FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=:" HELLO_SHA256 ":", FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=X48E9qOokqqrvdts8nOJ", FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=" HELLO_SHA512, FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=!48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
          FEDI_DIGEST_MALFORMED }
    };

    (void) state;

    check_rows(rows, FEDI_N(rows));

    memset(text, 'a', sizeof(text));
    text[1] = '=';

    assert_int_equal(
        fedi_digest_parse((fedi_str_t) { text, FEDI_DIGEST_VALUE_MAX },
                          &digest),
        FEDI_DIGEST_UNKNOWN);
    assert_int_equal(
        fedi_digest_parse((fedi_str_t) { text, FEDI_DIGEST_VALUE_MAX + 1 },
                          &digest),
        FEDI_DIGEST_MALFORMED);
}


/* upper case: some systems take no other */

static void
test_render(void **state)
{
    char           text[FEDI_DIGEST_HEADER_LEN];
    unsigned char  sha256[FEDI_SHA256_LEN];

    (void) state;

    assert_true(fedi_sha256(fedi_str(HELLO), sha256));
    fedi_digest_render(sha256, text);
    fedi_test_eq("render", (fedi_str_t) { text, sizeof(text) },
                 "SHA-256=" HELLO_SHA256);
}


static void
check_content(const digest_row_t *rows, size_t n)
{
    size_t         i;
    fedi_heap_t    heap;
    fedi_digest_e  got;
    fedi_digest_t  digest;

    for (i = 0; i < n; i++) {
        fedi_heap_init(&heap);

        got = fedi_content_digest_parse(&heap.arena,
                                        fedi_test_view(rows[i].value),
                                        &digest);

        if (got == FEDI_DIGEST_OK) {
            got = fedi_digest_verify_body(&digest,
                                          fedi_test_view(rows[i].body));
            check_pieces(&digest, fedi_test_view(rows[i].body), got);
        }

        if (got != rows[i].want) {
            fail_msg("\"%s\": got %d, want %d", rows[i].value, (int) got,
                     (int) rows[i].want);
        }

        fedi_heap_free(&heap);
    }
}


/* RFC 9530, appendices B and D; RFC 9421, appendix B.2 */

static void
test_rfc9530(void **state)
{
    static const digest_row_t  rows[] = {
        { "{\"hello\": \"world\"}\n",
          "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:, sha-512=:"
          "YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8Mj"
          "kM7iw7yZ/WkppmM44T3qg==:",
          FEDI_DIGEST_OK },
        { "",
          "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, sha-512=:"
          "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY"
          "7kxvUdBeoGlODJ6+SfaPg==:",
          FEDI_DIGEST_OK },
        { "Hello, world!",
          "sha-256=:MV9b23bQeMQ7isAGTkoBZGErH853yGk0W/yUx1iU7dM=:, sha-512=:"
          "wVJ82JPBJHc9gRkRlwyP5uhX1t9dySJr2KFgYUwM2WOk3eorlLt9NgIe+dhl1c6il"
          "Kgt1JoLsmn1H256V/eUIQ==:",
          FEDI_DIGEST_OK },
        { "Hello world",
          "sha-256=:ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=:, sha-512=:"
          "t/eDuu2Cl/DbkXRiGE/08I5pwtXl95qUJgD5cl9Yzh8pwYE5v4CwbA//K900c4RS7"
          "PQMSIwip+PYDN9vnBwNRw==:",
          FEDI_DIGEST_OK },
        { "{\"message\": \"good dog\"}",
          "sha-256=:z0bm/K2/kBiAHdTk/FHlB2NyoHqaTdzCA9k+jeJ0ezA=:, sha-512=:"
          "mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdX"
          "ymyU0rjJuahq4l5aGgfLQ==:",
          FEDI_DIGEST_OK }
    };

    (void) state;

    check_content(rows, FEDI_N(rows));
}


/* RFC 9530; R18: SHA-512 alone will do here */

static void
test_content_digest(void **state)
{
    char           text[FEDI_CONTENT_DIGEST_LEN];
    fedi_digest_t  digest;
    unsigned char  sha256[FEDI_SHA256_LEN];

    static const digest_row_t  rows[] = {
        { HELLO, "sha-256=:" HELLO_SHA256 ":", FEDI_DIGEST_OK },
        { HELLO, "sha-512=:" HELLO_SHA512 ":", FEDI_DIGEST_OK },
        { HELLO, "sha-256=:" HELLO_SHA256 ":,sha-512=:" HELLO_SHA512 ":",
          FEDI_DIGEST_OK },
        { HELLO, "md5=:AA==:, sha-256=:" HELLO_SHA256 ":;q=1",
          FEDI_DIGEST_OK },

        { HELLO "x", "sha-256=:" HELLO_SHA256 ":", FEDI_DIGEST_MISMATCH },
        { HELLO "x", "sha-512=:" HELLO_SHA512 ":", FEDI_DIGEST_MISMATCH },

        /* several digests: all that are known have to match */
        { HELLO, "sha-256=:" OTHER_SHA256 ":,sha-512=:" HELLO_SHA512 ":",
          FEDI_DIGEST_MISMATCH },
        { HELLO, "sha-256=:" HELLO_SHA256 ":,sha-512=:" EMPTY_SHA512 ":",
          FEDI_DIGEST_MISMATCH },

        { HELLO, "", FEDI_DIGEST_UNKNOWN },
        { HELLO, "md5=:AA==:", FEDI_DIGEST_UNKNOWN },
        { HELLO, "sha-256=" HELLO_SHA256, FEDI_DIGEST_MALFORMED },
        { HELLO, "SHA-256=:" HELLO_SHA256 ":", FEDI_DIGEST_MALFORMED },
        { HELLO, "sha-256=:" HELLO_SHA512 ":", FEDI_DIGEST_MALFORMED },
        { HELLO, "sha-256=(:" HELLO_SHA256 ":)", FEDI_DIGEST_MALFORMED },
        { HELLO, "sha-256=\"" HELLO_SHA256 "\"", FEDI_DIGEST_MALFORMED },
        { HELLO, "sha-256=:" HELLO_SHA256 ":, sha-256=:" HELLO_SHA256 ":",
          FEDI_DIGEST_MALFORMED }
    };

    (void) state;

    check_content(rows, FEDI_N(rows));

    assert_true(fedi_sha256(fedi_str(HELLO), sha256));
    fedi_content_digest_render(sha256, text);
    fedi_test_eq("rendered", (fedi_str_t) { text, sizeof(text) },
                 "sha-256=:" HELLO_SHA256 ":");

    /* a digest of nothing is nobody's */

    memset(&digest, 0, sizeof(fedi_digest_t));
    assert_int_equal(fedi_digest_verify_body(&digest, fedi_str(HELLO)),
                     FEDI_DIGEST_MISMATCH);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_content_digest),
        cmocka_unit_test(test_rfc9530),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_r18_mismatch),
        cmocka_unit_test(test_r18_all_known),
        cmocka_unit_test(test_r18_required),
        cmocka_unit_test(test_render)
    };

    return cmocka_run_group_tests_name("fedi_digest", tests, NULL, NULL);
}
