
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_http_response.h"


/* 18 digits fit into 64 bits, whatever they are */
#define FEDI_HTTP_DIGITS  18


static bool fedi_http_whole(fedi_http_response_t *response,
    fedi_str_t buffer, size_t *end);
static bool fedi_http_head(fedi_http_response_t *response, fedi_str_t text);
static bool fedi_http_line(fedi_str_t *text, fedi_str_t *line);
static bool fedi_http_status_line(fedi_http_response_t *response,
    fedi_str_t line);
static bool fedi_http_header_line(fedi_str_t line, fedi_header_t *header);
static bool fedi_http_frame(fedi_http_response_t *response);
static bool fedi_http_length(fedi_str_t text, uint64_t *length);
static bool fedi_http_persists(const fedi_http_response_t *response);
static fedi_str_t fedi_http_element(fedi_str_t *list);


void
fedi_http_response_init(fedi_http_response_t *response, bool head)
{
    response->nheaders = 0;
    response->head = head;
    response->begin = 0;
    response->seen = 0;
    response->interim = 0;
}


int
fedi_http_response_parse(fedi_http_response_t *response, fedi_str_t buffer)
{
    size_t      end;
    fedi_str_t  text;

    /* after an interim response: the next one may be there, too */

    for ( ;; ) {
        if (!fedi_http_whole(response, buffer, &end)) {
            return buffer.len > FEDI_HTTP_HEAD_MAX ? FEDI_HTTP_TOO_LARGE
                                                   : FEDI_HTTP_PARTIAL;
        }

        if (end > FEDI_HTTP_HEAD_MAX) {
            return FEDI_HTTP_TOO_LARGE;
        }

        text.data = buffer.data + response->begin;
        text.len = end - response->begin;

        if (!fedi_http_head(response, text)) {
            return response->nheaders == FEDI_HTTP_HEADERS_MAX
                   ? FEDI_HTTP_TOO_LARGE : FEDI_HTTP_MALFORMED;
        }

        if (response->status >= 200) {
            return fedi_http_frame(response) ? (int) end
                                             : FEDI_HTTP_MALFORMED;
        }

        /* nobody has asked for another protocol */

        if (response->status == 101
            || ++response->interim > FEDI_HTTP_INTERIM_MAX)
        {
            return FEDI_HTTP_MALFORMED;
        }

        response->begin = end;
        response->seen = end;
    }
}


/*
 * Looks for the empty line, and never twice at the same bytes, so that a peer
 * that sends them one by one costs no more than another.
 */
static bool
fedi_http_whole(fedi_http_response_t *response, fedi_str_t buffer,
    size_t *end)
{
    size_t  i, most;

    most = buffer.len < FEDI_HTTP_HEAD_MAX + 1 ? buffer.len
                                               : FEDI_HTTP_HEAD_MAX + 1;

    i = response->seen > response->begin + 3 ? response->seen - 3
                                             : response->begin;

    for ( /* void */ ; i + 4 <= most; i++) {
        if (memcmp(buffer.data + i, "\r\n\r\n", 4) == 0) {
            *end = i + 4;
            return true;
        }
    }

    response->seen = most;

    return false;
}


static bool
fedi_http_head(fedi_http_response_t *response, fedi_str_t text)
{
    fedi_str_t  line;

    response->nheaders = 0;

    if (!fedi_http_line(&text, &line)
        || !fedi_http_status_line(response, line))
    {
        return false;
    }

    for ( ;; ) {
        if (!fedi_http_line(&text, &line)) {
            return false;
        }

        if (line.len == 0) {
            return text.len == 0;
        }

        if (response->nheaders == FEDI_HTTP_HEADERS_MAX
            || !fedi_http_header_line(
                   line, &response->headers[response->nheaders]))
        {
            return false;
        }

        response->nheaders++;
    }
}


/* CR and LF stand together, and nowhere else */

static bool
fedi_http_line(fedi_str_t *text, fedi_str_t *line)
{
    size_t  len;

    len = fedi_str_before(*text, '\n');

    if (len == text->len || len == 0 || text->data[len - 1] != '\r') {
        return false;
    }

    line->data = text->data;
    line->len = len - 1;
    *text = fedi_str_from(*text, len + 1);

    return fedi_header_is_value(*line);
}


/* "HTTP/1.1 200 OK"; what follows the number may be left out */

static bool
fedi_http_status_line(fedi_http_response_t *response, fedi_str_t line)
{
    const char  *p;

    if (line.len < 12 || memcmp(line.data, "HTTP/1.", 7) != 0) {
        return false;
    }

    p = line.data + 7;

    if ((p[0] != '0' && p[0] != '1') || p[1] != ' '
        || p[2] < '1' || p[2] > '9'
        || !fedi_is_digit(p[3]) || !fedi_is_digit(p[4])
        || (line.len > 12 && p[5] != ' '))
    {
        return false;
    }

    response->minor = (unsigned) (p[0] - '0');
    response->status = (unsigned) ((p[2] - '0') * 100 + (p[3] - '0') * 10
                                   + (p[4] - '0'));
    response->reason = fedi_str_trim(fedi_str_from(line, 12));

    return true;
}


static bool
fedi_http_header_line(fedi_str_t line, fedi_header_t *header)
{
    size_t  len;

    len = fedi_str_before(line, ':');

    header->name.data = line.data;
    header->name.len = len;

    /* a folded line begins with a space, which no token has */

    if (len == line.len || !fedi_header_is_token(header->name)) {
        return false;
    }

    header->value = fedi_str_trim(fedi_str_from(line, len + 1));

    return true;
}


/* RFC 9112 section 6.3 */

static bool
fedi_http_frame(fedi_http_response_t *response)
{
    size_t      lengths, codings;
    fedi_str_t  length, coding;

    length = fedi_null_str;
    coding = fedi_null_str;

    lengths = fedi_header_find(response->headers, response->nheaders,
                               fedi_str("content-length"), &length);
    codings = fedi_header_find(response->headers, response->nheaders,
                               fedi_str("transfer-encoding"), &coding);

    response->content_length = 0;
    response->framing = FEDI_HTTP_UNTIL_CLOSE;

    if (lengths + codings > 1
        || (lengths == 1
            && !fedi_http_length(length, &response->content_length))
        || (codings == 1
            && (response->minor == 0
                || !fedi_str_eq_nocase(coding, fedi_str("chunked")))))
    {
        return false;
    }

    if (response->head || response->status == 204 || response->status == 304)
    {
        response->framing = FEDI_HTTP_NO_BODY;

    } else if (codings == 1) {
        response->framing = FEDI_HTTP_CHUNKED;

    } else if (lengths == 1) {
        response->framing = response->content_length != 0 ? FEDI_HTTP_LENGTH
                                                          : FEDI_HTTP_NO_BODY;
    }

    response->keep_alive = response->framing != FEDI_HTTP_UNTIL_CLOSE
                           && fedi_http_persists(response);
    return true;
}


static bool
fedi_http_length(fedi_str_t text, uint64_t *length)
{
    size_t  i;

    if (text.len == 0 || text.len > FEDI_HTTP_DIGITS) {
        return false;
    }

    for (*length = 0, i = 0; i < text.len; i++) {
        if (!fedi_is_digit(text.data[i])) {
            return false;
        }

        *length = *length * 10 + (uint64_t) (text.data[i] - '0');
    }

    return true;
}


/* RFC 9112 section 9.3: "close" wins over everything */

static bool
fedi_http_persists(const fedi_http_response_t *response)
{
    bool        keep;
    size_t      i;
    fedi_str_t  list, option;

    keep = response->minor == 1;

    for (i = 0; i < response->nheaders; i++) {
        if (!fedi_str_eq_nocase(response->headers[i].name,
                                fedi_str("connection")))
        {
            continue;
        }

        list = response->headers[i].value;

        while (list.len != 0) {
            option = fedi_http_element(&list);

            if (fedi_str_eq_nocase(option, fedi_str("close"))) {
                return false;
            }

            if (fedi_str_eq_nocase(option, fedi_str("keep-alive"))) {
                keep = true;
            }
        }
    }

    return keep;
}


static fedi_str_t
fedi_http_element(fedi_str_t *list)
{
    fedi_str_t  element;

    element.data = list->data;
    element.len = fedi_str_before(*list, ',');

    *list = fedi_str_from(*list, element.len + (element.len < list->len));

    return fedi_str_trim(element);
}


bool
fedi_http_response_header(const fedi_http_response_t *response,
    const char *name, fedi_str_t *value)
{
    return fedi_header_find(response->headers, response->nheaders,
                            (fedi_str_t) { name, strlen(name) }, value)
           == 1;
}
