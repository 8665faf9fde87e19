
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_base64.h"
#include "fedi_header.h"
#include "fedi_sf_value.h"
#include "fedi_utf8.h"


#define FEDI_SF_INTEGER_DIGITS   15
#define FEDI_SF_WHOLE_DIGITS     12     /* of a decimal, before its point */
#define FEDI_SF_FRACTION_DIGITS  3


static fedi_err_e fedi_sf_number(fedi_sf_text_t *text,
    fedi_sf_value_t *value);
static size_t fedi_sf_digits(fedi_sf_text_t *text, size_t max,
    int64_t *number);
static fedi_err_e fedi_sf_string(fedi_sf_text_t *text,
    fedi_sf_value_t *value);
static size_t fedi_sf_string_end(fedi_str_t text, bool *escaped);
static fedi_err_e fedi_sf_token(fedi_sf_text_t *text, fedi_sf_value_t *value);
static fedi_err_e fedi_sf_bytes(fedi_sf_text_t *text, fedi_sf_value_t *value);
static fedi_err_e fedi_sf_boolean(fedi_sf_text_t *text,
    fedi_sf_value_t *value);
static fedi_err_e fedi_sf_date(fedi_sf_text_t *text, fedi_sf_value_t *value);
static fedi_err_e fedi_sf_display(fedi_sf_text_t *text,
    fedi_sf_value_t *value);
static int fedi_sf_hex(char c);


fedi_err_e
fedi_sf_value(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    char  c;

    value->number = 0;
    value->text = fedi_null_str;

    if (text->left.len == 0) {
        return FEDI_ESF;
    }

    c = text->left.data[0];

    if (c == '-' || fedi_is_digit(c)) {
        return fedi_sf_number(text, value);
    }

    if (c == '*' || fedi_is_alnum(c)) {
        return fedi_sf_token(text, value);
    }

    switch (c) {

    case '"':
        return fedi_sf_string(text, value);

    case ':':
        return fedi_sf_bytes(text, value);

    case '?':
        return fedi_sf_boolean(text, value);

    case '@':
        return fedi_sf_date(text, value);

    case '%':
        return fedi_sf_display(text, value);

    default:
        return FEDI_ESF;
    }
}


static fedi_err_e
fedi_sf_number(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    bool     negative;
    size_t   whole, fraction;
    int64_t  part;

    negative = fedi_sf_take(text, '-');

    whole = fedi_sf_digits(text, FEDI_SF_INTEGER_DIGITS, &value->number);

    if (whole == 0) {
        return FEDI_ESF;
    }

    value->kind = FEDI_SF_INTEGER;

    if (fedi_sf_take(text, '.')) {
        value->kind = FEDI_SF_DECIMAL;
        fraction = fedi_sf_digits(text, FEDI_SF_FRACTION_DIGITS, &part);

        if (whole > FEDI_SF_WHOLE_DIGITS || fraction == 0) {
            return FEDI_ESF;
        }

        for ( ; fraction < FEDI_SF_FRACTION_DIGITS; fraction++) {
            part *= 10;
        }

        value->number = value->number * 1000 + part;
    }

    if (negative) {
        value->number = -value->number;
    }

    return FEDI_OK;
}


/* how many there were, or 0 if there are more than "max" */

static size_t
fedi_sf_digits(fedi_sf_text_t *text, size_t max, int64_t *number)
{
    size_t  n;

    *number = 0;

    for (n = 0; n < text->left.len; n++) {
        if (!fedi_is_digit(text->left.data[n])) {
            break;
        }

        if (n == max) {
            return 0;
        }

        *number = *number * 10 + (text->left.data[n] - '0');
    }

    text->left = fedi_str_from(text->left, n);

    return n;
}


static fedi_err_e
fedi_sf_string(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    char        *p;
    bool         escaped;
    size_t       i, len;
    fedi_str_t   quoted;

    value->kind = FEDI_SF_STRING;

    quoted.data = text->left.data + 1;
    quoted.len = fedi_sf_string_end(fedi_str_from(text->left, 1), &escaped);

    if (quoted.len == text->left.len) {
        return FEDI_ESF;
    }

    text->left = fedi_str_from(text->left, quoted.len + 2);
    value->text = quoted;

    if (!escaped) {
        return FEDI_OK;
    }

    p = fedi_alloc(text->arena, quoted.len);
    if (p == NULL) {
        return FEDI_ENOMEM;
    }

    for (len = 0, i = 0; i < quoted.len; i++) {
        i += (quoted.data[i] == '\\');
        p[len++] = quoted.data[i];
    }

    value->text.data = p;
    value->text.len = len;

    return FEDI_OK;
}


/*
 * The length of what stands before the closing quote; one more than all there
 * is if it is no string.
 */
static size_t
fedi_sf_string_end(fedi_str_t text, bool *escaped)
{
    char    c;
    size_t  i;

    *escaped = false;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c == '"') {
            return i;
        }

        if (c == '\\') {
            *escaped = true;

            if (++i == text.len
                || (text.data[i] != '"' && text.data[i] != '\\'))
            {
                break;
            }

        } else if (c < 0x20 || c > 0x7e) {
            break;
        }
    }

    return text.len + 1;
}


static fedi_err_e
fedi_sf_token(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    char        c;
    size_t      i;
    fedi_str_t  one;

    value->kind = FEDI_SF_TOKEN;

    for (i = 0; i < text->left.len; i++) {
        c = text->left.data[i];
        one.data = text->left.data + i;
        one.len = 1;

        if (c != ':' && c != '/' && !fedi_header_is_token(one)) {
            break;
        }
    }

    value->text.data = text->left.data;
    value->text.len = i;
    text->left = fedi_str_from(text->left, i);

    return FEDI_OK;
}


static fedi_err_e
fedi_sf_bytes(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    size_t          len, max;
    fedi_str_t      encoded;
    unsigned char  *p;

    value->kind = FEDI_SF_BYTES;

    encoded = fedi_str_from(text->left, 1);
    len = fedi_str_before(encoded, ':');

    if (len == encoded.len) {
        return FEDI_ESF;
    }

    text->left = fedi_str_from(encoded, len + 1);
    encoded.len = len;
    max = fedi_base64_decoded_max(len);

    p = fedi_alloc(text->arena, max);
    if (p == NULL) {
        return FEDI_ENOMEM;
    }

    if (!fedi_base64_decode(encoded, p, max, &value->text.len)) {
        return FEDI_ESF;
    }

    value->text.data = (const char *) p;

    return FEDI_OK;
}


static fedi_err_e
fedi_sf_boolean(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    value->kind = FEDI_SF_BOOLEAN;
    text->left = fedi_str_from(text->left, 1);

    if (fedi_sf_take(text, '1')) {
        value->number = 1;
        return FEDI_OK;
    }

    return fedi_sf_take(text, '0') ? FEDI_OK : FEDI_ESF;
}


static fedi_err_e
fedi_sf_date(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    fedi_err_e  err;

    text->left = fedi_str_from(text->left, 1);

    err = fedi_sf_number(text, value);

    if (err == FEDI_OK && value->kind != FEDI_SF_INTEGER) {
        return FEDI_ESF;
    }

    value->kind = FEDI_SF_DATE;

    return err;
}


/* %"...", in which other bytes than those of a string are %xx */

static fedi_err_e
fedi_sf_display(fedi_sf_text_t *text, fedi_sf_value_t *value)
{
    char        *p;
    int          high, low;
    size_t       i, len;
    fedi_str_t   quoted;

    value->kind = FEDI_SF_DISPLAY;

    quoted = fedi_str_from(text->left, 1);

    if (quoted.len == 0 || quoted.data[0] != '"') {
        return FEDI_ESF;
    }

    quoted = fedi_str_from(quoted, 1);
    len = fedi_str_before(quoted, '"');

    if (len == quoted.len) {
        return FEDI_ESF;
    }

    text->left = fedi_str_from(quoted, len + 1);
    quoted.len = len;

    p = fedi_alloc(text->arena, quoted.len + 1);
    if (p == NULL) {
        return FEDI_ENOMEM;
    }

    for (len = 0, i = 0; i < quoted.len; i++) {
        p[len] = quoted.data[i];

        if (p[len] < 0x20 || p[len] > 0x7e) {
            return FEDI_ESF;
        }

        if (p[len] == '%') {
            high = i + 2 < quoted.len ? fedi_sf_hex(quoted.data[i + 1]) : -1;
            low = i + 2 < quoted.len ? fedi_sf_hex(quoted.data[i + 2]) : -1;

            if (high < 0 || low < 0) {
                return FEDI_ESF;
            }

            p[len] = (char) (high << 4 | low);
            i += 2;
        }

        len++;
    }

    value->text.data = p;
    value->text.len = len;

    return fedi_utf8_valid(value->text) ? FEDI_OK : FEDI_ESF;
}


/* in lower case alone */

static int
fedi_sf_hex(char c)
{
    if (fedi_is_digit(c)) {
        return c - '0';
    }

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
