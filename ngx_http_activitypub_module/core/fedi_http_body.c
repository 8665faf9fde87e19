
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <limits.h>

#include "fedi_http_body.h"


/* a chunk of 2^48 bytes is more than anybody takes, and shifts no bit out */
#define FEDI_HTTP_CHUNK_DIGITS  12


static int fedi_http_body_data(fedi_http_body_t *body, fedi_str_t input,
    fedi_str_t *content);
static int fedi_http_body_line(fedi_http_body_t *body, fedi_str_t input);
static int fedi_http_body_size(fedi_http_body_t *body, char c);
static int fedi_http_body_line_end(fedi_http_body_t *body);
static int fedi_http_body_hex(char c);


int
fedi_http_body_init(fedi_http_body_t *body,
    const fedi_http_response_t *response, uint64_t max)
{
    memset(body, 0, sizeof(fedi_http_body_t));

    body->framing = response->framing;
    body->room = max;

    switch (response->framing) {

    case FEDI_HTTP_NO_BODY:
        body->step = FEDI_HTTP_BODY_DONE;
        break;

    case FEDI_HTTP_LENGTH:
        body->left = response->content_length;

        if (body->left > max) {
            return FEDI_HTTP_TOO_LARGE;
        }

        break;

    case FEDI_HTTP_CHUNKED:
        body->step = FEDI_HTTP_BODY_SIZE;
        break;

    case FEDI_HTTP_UNTIL_CLOSE:
        body->left = UINT64_MAX;
        break;
    }

    return 0;
}


int
fedi_http_body_read(fedi_http_body_t *body, fedi_str_t input,
    fedi_str_t *content)
{
    *content = fedi_null_str;

    if (input.len > INT_MAX) {
        input.len = INT_MAX;
    }

    if (input.len == 0 || body->step == FEDI_HTTP_BODY_DONE) {
        return 0;
    }

    return body->step == FEDI_HTTP_BODY_DATA
           ? fedi_http_body_data(body, input, content)
           : fedi_http_body_line(body, input);
}


static int
fedi_http_body_data(fedi_http_body_t *body, fedi_str_t input,
    fedi_str_t *content)
{
    size_t  len;

    len = input.len < body->left ? input.len : (size_t) body->left;

    if (len > body->room) {
        return FEDI_HTTP_TOO_LARGE;
    }

    content->data = input.data;
    content->len = len;

    body->room -= len;

    if (body->framing == FEDI_HTTP_UNTIL_CLOSE) {
        return (int) len;
    }

    body->left -= len;

    if (body->left == 0) {
        body->step = body->framing == FEDI_HTTP_CHUNKED
                     ? FEDI_HTTP_BODY_DATA_END : FEDI_HTTP_BODY_DONE;
        body->line = 0;
        body->cr = false;
    }

    return (int) len;
}


/* the lines between chunks and after them, byte by byte to their end */

static int
fedi_http_body_line(fedi_http_body_t *body, fedi_str_t input)
{
    int     rc;
    char    c;
    size_t  i;

    for (i = 0; i < input.len; i++) {
        c = input.data[i];

        if (body->cr) {
            if (c != '\n') {
                return FEDI_HTTP_MALFORMED;
            }

            rc = fedi_http_body_line_end(body);

            return rc != 0 ? rc : (int) (i + 1);
        }

        if (c == '\r') {
            body->cr = true;
            continue;
        }

        body->line++;

        if (!fedi_header_is_value((fedi_str_t) { &c, 1 })) {
            return FEDI_HTTP_MALFORMED;
        }

        switch (body->step) {

        case FEDI_HTTP_BODY_SIZE:
            rc = fedi_http_body_size(body, c);
            break;

        case FEDI_HTTP_BODY_TRAILER:
            rc = ++body->trailer > FEDI_HTTP_TRAILER_MAX ? FEDI_HTTP_TOO_LARGE
                                                         : 0;
            break;

        default:
            rc = FEDI_HTTP_MALFORMED;
            break;
        }

        if (rc != 0) {
            return rc;
        }
    }

    return (int) input.len;
}


/* digits, then perhaps an extension, which nobody has ever needed */

static int
fedi_http_body_size(fedi_http_body_t *body, char c)
{
    int  digit;

    if (body->line > FEDI_HTTP_CHUNK_LINE_MAX) {
        return FEDI_HTTP_TOO_LARGE;
    }

    if (body->extension) {
        return 0;
    }

    if (body->digits != 0 && (c == ';' || c == ' ' || c == '\t')) {
        body->extension = true;
        return 0;
    }

    digit = fedi_http_body_hex(c);

    if (digit < 0 || ++body->digits > FEDI_HTTP_CHUNK_DIGITS) {
        return FEDI_HTTP_MALFORMED;
    }

    body->left = body->left * 16 + (uint64_t) digit;

    return 0;
}


static int
fedi_http_body_line_end(fedi_http_body_t *body)
{
    switch (body->step) {

    case FEDI_HTTP_BODY_SIZE:
        if (body->digits == 0) {
            return FEDI_HTTP_MALFORMED;
        }

        if (body->left > body->room) {
            return FEDI_HTTP_TOO_LARGE;
        }

        body->step = body->left != 0 ? FEDI_HTTP_BODY_DATA
                                     : FEDI_HTTP_BODY_TRAILER;
        break;

    case FEDI_HTTP_BODY_TRAILER:
        if (body->line == 0) {
            body->step = FEDI_HTTP_BODY_DONE;
            break;
        }

        body->trailer += 2;
        break;

    default:
        body->step = FEDI_HTTP_BODY_SIZE;
        body->left = 0;
        break;
    }

    body->line = 0;
    body->digits = 0;
    body->extension = false;
    body->cr = false;

    return 0;
}


static int
fedi_http_body_hex(char c)
{
    if (fedi_is_digit(c)) {
        return c - '0';
    }

    c = fedi_lower(c);

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


bool
fedi_http_body_done(const fedi_http_body_t *body)
{
    return body->step == FEDI_HTTP_BODY_DONE;
}


bool
fedi_http_body_closed(const fedi_http_body_t *body)
{
    return body->step == FEDI_HTTP_BODY_DONE
           || body->framing == FEDI_HTTP_UNTIL_CLOSE;
}
