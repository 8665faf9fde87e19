
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     line -> headers -> framing -> body
 */

#include <errno.h>
#include <string.h>

#include "apctl_file.h"
#include "apctl_verify_request.h"
#include "fedi_http_body.h"


/* chunks may be of a byte each: "1", two line ends and the byte */
#define APCTL_SAVED_MAX  (APCTL_SAVED_HEADER_MAX + 6 * APCTL_SAVED_BODY_MAX)


static fedi_str_t apctl_saved_line(fedi_str_t *rest);
static bool apctl_saved_start(fedi_str_t line, apctl_saved_t *saved);
static apctl_exit_e apctl_saved_headers(apctl_t *ap, fedi_str_t *rest,
    apctl_saved_t *saved);
static bool apctl_saved_is_name(fedi_str_t name);
static apctl_exit_e apctl_saved_body(apctl_t *ap, fedi_str_t rest,
    apctl_saved_t *saved);
static bool apctl_saved_framing(const apctl_saved_t *saved,
    fedi_http_response_t *framing);
static apctl_exit_e apctl_saved_take(apctl_t *ap, fedi_str_t rest,
    fedi_http_body_t *state, apctl_saved_t *saved);


apctl_exit_e
apctl_saved_file(apctl_t *ap, const char *what, const char *path, size_t max,
    fedi_str_t *text)
{
    int  err;

    err = apctl_file_read(ap, path, max, text);

    switch (err) {

    case 0:
        return APCTL_OK;

    case EFBIG:
        return apctl_fail(APCTL_FAILED, "%s \"%s\" is longer than %zu bytes",
                          what, path, max);

    case EILSEQ:
        return apctl_fail(APCTL_FAILED, "%s \"%s\" has a byte of value 0",
                          what, path);

    default:
        return apctl_fail(APCTL_USAGE, "cannot read %s \"%s\": %s", what,
                          path, strerror(err));
    }
}


apctl_exit_e
apctl_saved_read(apctl_t *ap, apctl_saved_t *saved)
{
    fedi_str_t    rest;
    apctl_exit_e  code;

    memset(saved, 0, sizeof(apctl_saved_t));

    code = apctl_saved_file(ap, "the request", ap->operand, APCTL_SAVED_MAX,
                            &rest);

    if (code != APCTL_OK) {
        return code;
    }

    if (!apctl_saved_start(apctl_saved_line(&rest), saved)) {
        return apctl_fail(APCTL_FAILED, "\"%s\" does not begin with a line "
                          "like \"POST /activitypub/inbox HTTP/1.1\"",
                          ap->operand);
    }

    code = apctl_saved_headers(ap, &rest, saved);

    return code == APCTL_OK ? apctl_saved_body(ap, rest, saved) : code;
}


/* the next one without its end, LF or CRLF, which is taken from "rest" */

static fedi_str_t
apctl_saved_line(fedi_str_t *rest)
{
    fedi_str_t  line;

    line.data = rest->data;
    line.len = fedi_str_before(*rest, '\n');

    *rest = fedi_str_from(*rest, line.len + (line.len < rest->len));

    if (line.len != 0 && line.data[line.len - 1] == '\r') {
        line.len--;
    }

    return line;
}


static bool
apctl_saved_start(fedi_str_t line, apctl_saved_t *saved)
{
    fedi_str_t  version;

    saved->method = line;
    saved->method.len = fedi_str_before(line, ' ');

    line = fedi_str_from(line, saved->method.len);

    if (!fedi_header_is_token(saved->method) || line.len == 0) {
        return false;
    }

    line = fedi_str_from(line, 1);

    saved->target = line;
    saved->target.len = fedi_str_before(line, ' ');

    version = fedi_str_from(line, saved->target.len);

    return saved->target.len != 0 && saved->target.data[0] == '/'
           && (fedi_str_eq(version, fedi_str(" HTTP/1.1"))
               || fedi_str_eq(version, fedi_str(" HTTP/1.0")));
}


static apctl_exit_e
apctl_saved_headers(apctl_t *ap, fedi_str_t *rest, apctl_saved_t *saved)
{
    size_t         size, before;
    fedi_str_t     line, left;
    fedi_header_t  header;

    left = *rest;
    size = 1;

    while (left.len != 0) {
        (void) apctl_saved_line(&left);
        size++;
    }

    saved->headers = apctl_alloc(ap, size * sizeof(fedi_header_t));
    before = rest->len;

    for ( ;; ) {

        if (rest->len == 0) {
            return apctl_fail(APCTL_FAILED, "\"%s\" has no empty line behind "
                              "its header", ap->operand);
        }

        line = apctl_saved_line(rest);

        if (before - rest->len > APCTL_SAVED_HEADER_MAX) {
            return apctl_fail(APCTL_FAILED, "the header of \"%s\" is longer "
                              "than %d bytes", ap->operand,
                              APCTL_SAVED_HEADER_MAX);
        }

        if (line.len == 0) {
            break;
        }

        header.name = line;
        header.name.len = fedi_str_before(line, ':');

        if (header.name.len == line.len || header.name.len == 0) {
            return apctl_fail(APCTL_FAILED, "\"%s\" has a line in its header "
                              "that is none: \"%.*s\"", ap->operand,
                              line.len > 60 ? 60 : (int) line.len, line.data);
        }

        header.value = fedi_str_trim(fedi_str_from(line,
                                                   header.name.len + 1));

        /* what "ignore_invalid_headers" leaves out by default */

        if (apctl_saved_is_name(header.name)) {
            saved->headers[saved->nheaders++] = header;
        }
    }

    (void) fedi_header_find(saved->headers, saved->nheaders,
                            fedi_str("host"), &saved->host);

    return APCTL_OK;
}


static bool
apctl_saved_is_name(fedi_str_t name)
{
    size_t  i;

    for (i = 0; i < name.len; i++) {
        if (!fedi_is_alnum(name.data[i]) && name.data[i] != '-') {
            return false;
        }
    }

    return true;
}


static apctl_exit_e
apctl_saved_body(apctl_t *ap, fedi_str_t rest, apctl_saved_t *saved)
{
    fedi_http_body_t      state;
    fedi_http_response_t  framing;

    memset(&framing, 0, sizeof(fedi_http_response_t));

    if (!apctl_saved_framing(saved, &framing)) {
        return apctl_fail(APCTL_FAILED, "\"%s\" says in a wrong way how long "
                          "its body is", ap->operand);
    }

    saved->unframed = (framing.framing == FEDI_HTTP_UNTIL_CLOSE);

    if (fedi_http_body_init(&state, &framing, APCTL_SAVED_BODY_MAX) != 0) {
        return apctl_fail(APCTL_FAILED, "the body of \"%s\" is longer than "
                          "%d bytes", ap->operand, APCTL_SAVED_BODY_MAX);
    }

    return apctl_saved_take(ap, rest, &state, saved);
}


/* the rules of a response, but for who says both or one of them twice */

static bool
apctl_saved_framing(const apctl_saved_t *saved, fedi_http_response_t *framing)
{
    size_t      i, lengths, codings;
    fedi_str_t  length, coding;

    length = fedi_null_str;
    coding = fedi_null_str;

    lengths = fedi_header_find(saved->headers, saved->nheaders,
                               fedi_str("content-length"), &length);
    codings = fedi_header_find(saved->headers, saved->nheaders,
                               fedi_str("transfer-encoding"), &coding);

    if (codings != 0) {
        framing->framing = FEDI_HTTP_CHUNKED;

        return codings == 1 && lengths == 0
               && fedi_str_eq_nocase(coding, fedi_str("chunked"));
    }

    if (lengths == 0) {
        framing->framing = fedi_str_eq(saved->method, fedi_str("POST"))
                           ? FEDI_HTTP_UNTIL_CLOSE : FEDI_HTTP_NO_BODY;
        return true;
    }

    for (i = 0; i < length.len && i < 18; i++) {
        if (!fedi_is_digit(length.data[i])) {
            return false;
        }

        framing->content_length = framing->content_length * 10
                                  + (uint64_t) (length.data[i] - '0');
    }

    framing->framing = framing->content_length != 0 ? FEDI_HTTP_LENGTH
                                                    : FEDI_HTTP_NO_BODY;

    return lengths == 1 && length.len != 0 && length.len <= 18;
}


static apctl_exit_e
apctl_saved_take(apctl_t *ap, fedi_str_t rest, fedi_http_body_t *state,
    apctl_saved_t *saved)
{
    int         n;
    char       *body;
    fedi_str_t  content;

    body = apctl_alloc(ap, rest.len + 1);
    saved->body = (fedi_str_t) { body, 0 };

    while (rest.len != 0 && !fedi_http_body_done(state)) {

        n = fedi_http_body_read(state, rest, &content);

        if (n < 0 || (n == 0 && !fedi_http_body_done(state))) {
            return apctl_fail(APCTL_FAILED, n == FEDI_HTTP_TOO_LARGE
                              ? "the body of \"%s\" is too long"
                              : "\"%s\" has chunks that are none",
                              ap->operand);
        }

        if (content.len != 0) {
            memcpy(body + saved->body.len, content.data, content.len);
            saved->body.len += content.len;
        }

        rest = fedi_str_from(rest, (size_t) n);
    }

    if (!fedi_http_body_done(state) && !fedi_http_body_closed(state)) {
        return apctl_fail(APCTL_FAILED, "\"%s\" ends before its body does: it "
                          "was not saved whole", ap->operand);
    }

    saved->surplus = rest.len;

    return APCTL_OK;
}
