
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_test.h"

#include <stdio.h>

#include "fedi_http_response.h"


#define OK  "HTTP/1.1 200 OK\r\n"
#define END "\r\n"


static int
parse(fedi_http_response_t *response, const char *text, bool head)
{
    fedi_http_response_init(response, head);

    return fedi_http_response_parse(response, fedi_test_view(text));
}


static void
check(const char *text, int want)
{
    int                   got;
    fedi_http_response_t  response;

    got = parse(&response, text, false);

    if (got != want) {
        fail_msg("\"%s\": got %d, want %d", text, got, want);
    }
}


static void
test_parse(void **state)
{
    fedi_str_t            text, value;
    fedi_http_response_t  r;

    (void) state;

    text = fedi_str(OK "Content-Type: application/activity+json\r\n"
                    "content-length:5\r\nX-Empty:\r\nX-Tab: a\tb \t\r\n"
                    "X-Utf: \xc3\xbc\r\nX-A: 1\r\nx-a: 2\r\n" END "hello");

    fedi_http_response_init(&r, false);

    assert_int_equal(fedi_http_response_parse(&r, text),
                     (int) text.len - 5);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.minor, 1);
    fedi_test_eq("reason", r.reason, "OK");
    assert_int_equal(r.nheaders, 7);
    assert_int_equal(r.framing, FEDI_HTTP_LENGTH);
    assert_true(r.content_length == 5);
    assert_true(r.keep_alive);

    assert_true(fedi_http_response_header(&r, "content-type", &value));
    fedi_test_eq("type", value, "application/activity+json");
    fedi_test_within("type", value, text);
    assert_true(fedi_http_response_header(&r, "X-Tab", &value));
    fedi_test_eq("tab", value, "a\tb");
    assert_true(fedi_http_response_header(&r, "X-Empty", &value));
    assert_int_equal(value.len, 0);
    assert_false(fedi_http_response_header(&r, "X-A", &value));
    assert_false(fedi_http_response_header(&r, "X-B", &value));
}


static void
test_status_line(void **state)
{
    size_t  i;

    static const char *const  fine[] = {
        "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n",
        "HTTP/1.0 404 Not Found\r\n\r\n", "HTTP/1.1 999 x\r\n\r\n"
    };
    static const char *const  bad[] = {
        "\r\n\r\n", "\r\n" OK END, " " OK END, "HTTP/0.9 200 OK\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 -99 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n",
        "HTTP/1.1 200 O\001K\r\n\r\n", "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"
    };

    (void) state;

    for (i = 0; i < FEDI_N(fine); i++) {
        check(fine[i], (int) strlen(fine[i]));
    }

    for (i = 0; i < FEDI_N(bad); i++) {
        check(bad[i], FEDI_HTTP_MALFORMED);
    }

    check("", FEDI_HTTP_PARTIAL);
    check("HTTP/1.1 200 OK\r\n", FEDI_HTTP_PARTIAL);
    check(OK "A: b\r\n", FEDI_HTTP_PARTIAL);
    check(OK "A: b\r\n\r", FEDI_HTTP_PARTIAL);
}


/* bare line ends, folds, names that are none */

static void
test_lines(void **state)
{
    size_t                i;
    fedi_str_t            text;
    fedi_http_response_t  r;

    static const char *const  bad[] = {
        OK " A: b\r\n" END, OK "A: b\r\n c\r\n" END,
        OK "A: b\r\n\tc\r\n" END, OK "A : b\r\n" END, OK ": b\r\n" END,
        OK "A\r\n" END, OK "A b: c\r\n" END, OK "A: b\nC: d\r\n" END,
        OK "A: b\rC: d\r\n" END, "HTTP/1.1 200 OK\nA: b\r\n" END,
        OK "A: \001\r\n" END, OK "A: \x7f\r\n" END,
        OK "\xc3\xbc: b\r\n" END, OK "A: b\r\r\n" END
    };

    (void) state;

    for (i = 0; i < FEDI_N(bad); i++) {
        check(bad[i], FEDI_HTTP_MALFORMED);
    }

    text = fedi_str(OK "A: b\0c\r\n" END);
    fedi_http_response_init(&r, false);
    assert_int_equal(fedi_http_response_parse(&r, text),
                     FEDI_HTTP_MALFORMED);

    /* an empty line that is none */

    check(OK "A: b\n\n", FEDI_HTTP_PARTIAL);
    check(OK "A: b\n" END, FEDI_HTTP_PARTIAL);
}


static void
test_framing(void **state)
{
    size_t                i;
    int                   rc;
    fedi_http_response_t  r;

    static const struct {
        const char           *text;
        bool                  head;
        fedi_http_framing_e   framing;
        bool                  keep_alive;
    } rows[] = {
        { OK "Content-Length: 5\r\n" END, false, FEDI_HTTP_LENGTH, true },
        { OK "Content-Length: 0\r\n" END, false, FEDI_HTTP_NO_BODY, true },
        { OK "Content-Length: 005\r\n" END, false, FEDI_HTTP_LENGTH, true },
        { OK "Content-Length: 5\r\n" END, true, FEDI_HTTP_NO_BODY, true },
        { OK "Transfer-Encoding: chunked\r\n" END, false, FEDI_HTTP_CHUNKED,
          true },
        { OK "transfer-encoding: CHUNKED\r\n" END, false, FEDI_HTTP_CHUNKED,
          true },
        { OK "Transfer-Encoding: chunked\r\n" END, true, FEDI_HTTP_NO_BODY,
          true },
        { OK END, false, FEDI_HTTP_UNTIL_CLOSE, false },
        { OK "Connection: keep-alive\r\n" END, false, FEDI_HTTP_UNTIL_CLOSE,
          false },
        { OK END, true, FEDI_HTTP_NO_BODY, true },
        { "HTTP/1.1 204 No Content\r\n" END, false, FEDI_HTTP_NO_BODY, true },
        { "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n" END, false,
          FEDI_HTTP_NO_BODY, true },
        { OK "Content-Length: 5\r\nConnection: close\r\n" END, false,
          FEDI_HTTP_LENGTH, false },
        { OK "Content-Length: 5\r\nConnection: x , CLOSE\r\n" END, false,
          FEDI_HTTP_LENGTH, false },
        { OK "Content-Length: 5\r\nConnection: x\r\n"
          "Connection: keep-alive, close,\r\n" END, false, FEDI_HTTP_LENGTH,
          false },
        { OK "Content-Length: 5\r\nConnection: close, keep-alive\r\n" END,
          false, FEDI_HTTP_LENGTH, false },
        { OK "Content-Length: 5\r\nConnection: closed\r\n" END, false,
          FEDI_HTTP_LENGTH, true },
        { "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n" END, false,
          FEDI_HTTP_LENGTH, false },
        { "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n"
          "Connection: Keep-Alive\r\n" END, false, FEDI_HTTP_LENGTH, true }
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        rc = parse(&r, rows[i].text, rows[i].head);

        if (rc != (int) strlen(rows[i].text) || r.framing != rows[i].framing
            || r.keep_alive != rows[i].keep_alive)
        {
            fail_msg("\"%s\": %d, framing %d, keep %d", rows[i].text, rc,
                     (int) r.framing, r.keep_alive);
        }
    }
}


/* FET-05, FET-06, FET-09: what two readers could take for two things */

static void
test_framing_refused(void **state)
{
    size_t  i;

    static const char *const  rows[] = {
        OK "Content-Length: 5\r\nContent-Length: 5\r\n" END,
        OK "Content-Length: 5\r\nContent-Length: 6\r\n" END,
        OK "Content-Length: 5, 5\r\n" END, OK "Content-Length:\r\n" END,
        OK "Content-Length: -1\r\n" END, OK "Content-Length: +5\r\n" END,
        OK "Content-Length: 5x\r\n" END, OK "Content-Length: 0x5\r\n" END,
        OK "Content-Length: 18446744073709551616\r\n" END,
        OK "Content-Length: 1000000000000000000\r\n" END,
        OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END,
        OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" END,
        OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
        END,
        OK "Transfer-Encoding: gzip, chunked\r\n" END,
        OK "Transfer-Encoding: chunked, identity\r\n" END,
        OK "Transfer-Encoding: identity\r\n" END,
        OK "Transfer-Encoding: xchunked\r\n" END,
        OK "Transfer-Encoding:\r\n" END,
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" END,
        "HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n"
        "Transfer-Encoding: chunked\r\n" END
    };

    (void) state;

    for (i = 0; i < FEDI_N(rows); i++) {
        check(rows[i], FEDI_HTTP_MALFORMED);
    }
}


static void
test_interim(void **state)
{
    char                  text[1024];
    size_t                i, n, len;
    fedi_http_response_t  r;

    (void) state;

    len = strlen("HTTP/1.1 100 Continue\r\n\r\n");

    for (n = 1; n <= 9; n++) {
        text[0] = '\0';

        for (i = 0; i < n; i++) {
            memcpy(text + i * len, "HTTP/1.1 100 Continue\r\n\r\n", len + 1);
        }

        check(text, n <= 8 ? FEDI_HTTP_PARTIAL : FEDI_HTTP_MALFORMED);

        snprintf(text + n * len, sizeof(text) - n * len, "%s",
                 "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        check(text, n <= 8 ? (int) strlen(text) : FEDI_HTTP_MALFORMED);
    }

    n = (size_t) parse(&r, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n"
                       "Content-Length: 9\r\n\r\n"
                       "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx",
                       false);
    assert_int_equal(r.status, 404);
    assert_int_equal(r.nheaders, 1);
    assert_true(r.content_length == 1);
    assert_true(n > 80);
}


static void
test_limits(void **state)
{
    char                  *text, *p;
    size_t                 i, n;
    fedi_http_response_t   r;

    (void) state;

    text = malloc(FEDI_HTTP_HEAD_MAX + 2);
    assert_non_null(text);

    /* as long as it may be, and one longer */

    for (n = FEDI_HTTP_HEAD_MAX; n <= FEDI_HTTP_HEAD_MAX + 1; n++) {
        memset(text, 'a', n);
        memcpy(text, OK "A: ", strlen(OK "A: "));
        memcpy(text + n - 4, "\r\n\r\n", 4);

        fedi_http_response_init(&r, false);
        assert_int_equal(fedi_http_response_parse(&r,
                                                  (fedi_str_t) { text, n }),
                         n == FEDI_HTTP_HEAD_MAX ? (int) n
                                                 : FEDI_HTTP_TOO_LARGE);
    }

    memset(text, 'a', n);

    fedi_http_response_init(&r, false);
    assert_int_equal(fedi_http_response_parse(
                         &r, (fedi_str_t) { text, FEDI_HTTP_HEAD_MAX }),
                     FEDI_HTTP_PARTIAL);
    assert_int_equal(fedi_http_response_parse(
                         &r, (fedi_str_t) { text, FEDI_HTTP_HEAD_MAX + 1 }),
                     FEDI_HTTP_TOO_LARGE);

    for (n = FEDI_HTTP_HEADERS_MAX; n <= FEDI_HTTP_HEADERS_MAX + 1; n++) {
        p = text + snprintf(text, 64, OK);

        for (i = 0; i < n; i++) {
            p += snprintf(p, 16, "A: b\r\n");
        }

        snprintf(p, 16, "\r\n");
        check(text, n == FEDI_HTTP_HEADERS_MAX ? (int) (p + 2 - text)
                                               : FEDI_HTTP_TOO_LARGE);
    }

    free(text);
}


/* byte by byte, in a buffer that moves */

static void
test_bytes(void **state)
{
    int                   rc;
    char                 *buffer;
    size_t                n, head;
    fedi_str_t            value;
    fedi_http_response_t  r;

    static const char  text[] = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"
                                "HTTP/1.1 200 OK\r\nETag: \"x\"\r\n"
                                "Content-Length: 2\r\n\r\nok";

    (void) state;

    head = strlen(text) - 2;
    fedi_http_response_init(&r, false);

    for (n = 0; n <= head; n++) {
        buffer = malloc(n + 1);
        assert_non_null(buffer);
        memcpy(buffer, text, n);

        rc = fedi_http_response_parse(&r, (fedi_str_t) { buffer, n });

        assert_int_equal(rc, n < head ? FEDI_HTTP_PARTIAL : (int) head);

        if (rc > 0) {
            assert_true(fedi_http_response_header(&r, "etag", &value));
            fedi_test_eq("etag", value, "\"x\"");
        }

        free(buffer);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_status_line),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_framing_refused),
        cmocka_unit_test(test_interim),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_bytes)
    };

    return cmocka_run_group_tests_name("fedi_http_response", tests, NULL,
                                       NULL);
}
