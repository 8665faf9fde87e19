
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <stdio.h>

#include "fedi_http_body.h"


#define MAX  64

#define CHUNKED  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define LENGTH   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
#define CLOSE    "HTTP/1.1 200 OK\r\n\r\n"


typedef struct {
    char    content[4096];
    size_t  len;
    size_t  used;
    int     error;
    bool    done;
    bool    closed;
} test_body_t;


/* the body of "text" in pieces of "piece" bytes */

static void
read_body(const char *text, size_t piece, test_body_t *got)
{
    int                   head, rc;
    size_t                at, len;
    fedi_str_t            content, input;
    fedi_http_body_t      body;
    fedi_http_response_t  response;

    memset(got, 0, sizeof(test_body_t));

    fedi_http_response_init(&response, false);
    head = fedi_http_response_parse(&response, fedi_test_view(text));
    assert_true(head > 0);

    text += head;
    len = strlen(text);

    got->error = fedi_http_body_init(&body, &response, MAX);

    for (at = 0; got->error == 0 && at < len; /* void */ ) {
        input.data = text + at;
        input.len = len - at < piece ? len - at : piece;

        rc = fedi_http_body_read(&body, input, &content);

        if (rc < 0) {
            got->error = rc;
            break;
        }

        if (rc == 0) {
            break;
        }

        fedi_test_within("content", content, input);
        memcpy(got->content + got->len, content.data != NULL ? content.data
                                                             : "",
               content.len);
        got->len += content.len;
        at += (size_t) rc;
    }

    got->used = at;
    got->done = fedi_http_body_done(&body);
    got->closed = fedi_http_body_closed(&body);
}


static void
test_bodies(void **state)
{
    size_t       i, piece;
    test_body_t  got;

    static const struct {
        const char  *text;
        const char  *content;
        const char  *rest;
        bool         done;
        bool         closed;
    } rows[] = {
        { LENGTH "hello", "hello", "", true, true },
        { LENGTH "helloHTTP/1.1", "hello", "HTTP/1.1", true, true },
        { LENGTH "hell", "hell", "", false, false },
        { CLOSE "hello", "hello", "", false, true },
        { CLOSE "", "", "", false, true },
        { "HTTP/1.1 204 x\r\n\r\nHTTP", "", "HTTP", true, true },
        { CHUNKED "5\r\nhello\r\n0\r\n\r\nHTTP", "hello", "HTTP", true,
          true },
        { CHUNKED "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello", "", true,
          true },
        { CHUNKED "A\r\n0123456789\r\n00b\r\n0123456789a\r\n000\r\n\r\n",
          "01234567890123456789a", "", true, true },
        { CHUNKED "5;name=\"value\"\r\nhello\r\n0 ; x\r\n\r\n", "hello", "",
          true, true },
        { CHUNKED "5\r\nhello\r\n0\r\nX-Trailer: a\r\nY: b\r\n\r\nH",
          "hello", "H", true, true },
        { CHUNKED "2\r\n\r\n\r\n0\r\n\r\n", "\r\n", "", true, true },
        { CHUNKED "0\r\n\r\n", "", "", true, true },
        { CHUNKED "5\r\nhello\r\n0\r\n\r", "hello", "", false, false },
        { CHUNKED "5\r\nhello\r\n", "hello", "", false, false },
        { CHUNKED "5\r\nhel", "hel", "", false, false },
        { CHUNKED "", "", "", false, false }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        for (piece = 1; piece < 100; piece += piece < 8 ? 1 : 31) {
            read_body(rows[i].text, piece, &got);

            got.content[got.len] = '\0';

            if (got.error != 0 || got.done != rows[i].done
                || got.closed != rows[i].closed
                || strcmp(got.content, rows[i].content) != 0
                || strcmp(strstr(rows[i].text, "\r\n\r\n") + 4 + got.used,
                          rows[i].rest) != 0)
            {
                fail_msg("\"%s\" by %zu: \"%s\", error %d", rows[i].text,
                         piece, got.content, got.error);
            }
        }
    }
}


/* FET-09 */

static void
test_malformed(void **state)
{
    size_t       i, piece;
    test_body_t  got;

    static const char *const  rows[] = {
        CHUNKED "\r\n", CHUNKED "x\r\n", CHUNKED "-1\r\n", CHUNKED "+5\r\n",
        CHUNKED "0x5\r\n", CHUNKED " 5\r\n", CHUNKED ";x\r\n",
        CHUNKED "5x\r\n", CHUNKED "ffffffffffffffff\r\n",
        CHUNKED "10000000000000005\r\n", CHUNKED "0000000000005\r\n",
        CHUNKED "5\nhello", CHUNKED "5\r5", CHUNKED "5\r\nhelloX\r\n",
        CHUNKED "5\r\nhello\n0\r\n", CHUNKED "5\r\nhello\rX",
        CHUNKED "5;\001\r\n", CHUNKED "0\r\nA: \001\r\n",
        CHUNKED "0\r\nA: b\n", CHUNKED "0\r\n\rX", CHUNKED "0\r\n\n"
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        for (piece = 1; piece < 100; piece += 33) {
            read_body(rows[i], piece, &got);

            if (got.error != FEDI_HTTP_MALFORMED) {
                fail_msg("\"%s\": %d", rows[i], got.error);
            }
        }
    }
}


/* a body of 64 bytes is taken, one more is not; nor are endless lines */

static void
test_limits(void **state)
{
    char         text[16384], *p;
    size_t       n, i;
    test_body_t  got;

    (void) state;

    for (i = 0; i < 3; i++) {
        for (n = MAX; n <= MAX + 1; n++) {
            p = text;
            p += i == 0 ? snprintf(p, 128,
                                   "HTTP/1.1 200 OK\r\nContent-Length: "
                                   "%zu\r\n\r\n", n)
                 : i == 1 ? snprintf(p, 128, CLOSE)
                 : snprintf(p, 128, CHUNKED "%zx\r\n", n);

            memset(p, 'a', n);
            p[n] = '\0';

            read_body(text, 7, &got);

            assert_int_equal(got.error, n == MAX ? 0 : FEDI_HTTP_TOO_LARGE);
            assert_true(got.len <= MAX);
        }
    }

    /* refused for what they say, before anything has come */

    read_body("HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n", 7, &got);
    assert_int_equal(got.error, FEDI_HTTP_TOO_LARGE);
    read_body(CHUNKED "41\r\n", 7, &got);
    assert_int_equal(got.error, FEDI_HTTP_TOO_LARGE);

    /* two chunks that only together are too long */

    snprintf(text, sizeof(text), CHUNKED "20\r\n%032d\r\n20\r\n%032d\r\n"
             "1\r\na\r\n", 0, 0);
    read_body(text, 100, &got);
    assert_int_equal(got.error, FEDI_HTTP_TOO_LARGE);
    assert_int_equal(got.len, MAX);

    for (n = 256; n <= 257; n++) {
        p = text + snprintf(text, 128, CHUNKED "5;");
        memset(p, 'x', n - 2);
        memcpy(p + n - 2, "\r\nhello", 8);
        read_body(text, 50, &got);
        assert_int_equal(got.error, n == 256 ? 0 : FEDI_HTTP_TOO_LARGE);
    }

    p = text + snprintf(text, 128, CHUNKED "0\r\n");

    while (p < text + 9000) {
        p += snprintf(p, 16, "A: b\r\n");
    }

    read_body(text, 999, &got);
    assert_int_equal(got.error, FEDI_HTTP_TOO_LARGE);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_limits)
    };

    return cmocka_run_group_tests_name("fedi_http_body", tests, NULL, NULL);
}
