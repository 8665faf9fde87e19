
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <idn2.h>

#include "fedi_address.h"
#include "fedi_host.h"
#include "fedi_utf8.h"


#define FEDI_LABEL_MAX  63

/* a U-label is never longer in UTF-8 than 4 bytes for each of the A-label */
#define FEDI_HOST_UTF8_MAX  (4 * (size_t) FEDI_HOST_MAX)


/* RFC 6761, 6762, 7686, 8375, 9476 and ICANN's .internal */

static const fedi_str_t  fedi_host_local_zones[] = {
    fedi_string("localhost"),
    fedi_string("local"),
    fedi_string("internal"),
    fedi_string("onion"),
    fedi_string("i2p"),
    fedi_string("alt"),
    fedi_string("arpa"),
    fedi_string("test"),
    fedi_string("invalid")
};


static fedi_err_e fedi_host_check_name(fedi_str_t host);
static fedi_err_e fedi_host_normalize_ascii(fedi_arena_t *arena,
    fedi_str_t host, fedi_str_t *normal);
static fedi_err_e fedi_host_normalize_idn(fedi_arena_t *arena,
    fedi_str_t host, fedi_str_t *normal);
static fedi_err_e fedi_host_alabels(const uint8_t *name, uint8_t **ascii);
static fedi_err_e fedi_host_check_alabels(const uint8_t *ascii);
static fedi_err_e fedi_host_lower(fedi_arena_t *arena, fedi_str_t host,
    fedi_str_t *normal);
static bool fedi_host_is_ascii(fedi_str_t host);
static bool fedi_host_has_alabel(fedi_str_t host);
static fedi_str_t fedi_host_last_label(fedi_str_t host);
static size_t fedi_host_label(fedi_str_t host, size_t end);


fedi_err_e
fedi_host_check(fedi_str_t host)
{
    fedi_address_t  address;

    if (fedi_address_parse(host, &address)) {
        return FEDI_OK;
    }

    return fedi_host_check_name(host);
}


static fedi_err_e
fedi_host_check_name(fedi_str_t host)
{
    char    c, last;
    size_t  i, label;

    if (host.len > FEDI_HOST_MAX) {
        return FEDI_ETOOLONG;
    }

    label = 0;
    last = '.';

    for (i = 0; i < host.len; i++) {
        c = host.data[i];

        if (c == '.') {
            if (label == 0 || last == '-') {
                return FEDI_EHOST;
            }

            label = 0;

        } else if (fedi_is_alnum(c) || (c == '-' && label != 0)) {
            if (++label > FEDI_LABEL_MAX) {
                return FEDI_ETOOLONG;
            }

        } else {
            return FEDI_EHOST;
        }

        last = c;
    }

    if (label == 0 || last == '-') {
        return FEDI_EHOST;
    }

    return fedi_address_is_number(fedi_host_last_label(host)) ? FEDI_EHOST
                                                              : FEDI_OK;
}


fedi_err_e
fedi_host_split(fedi_str_t text, fedi_str_t *host, uint16_t *port)
{
    size_t         i, start;
    unsigned long  number;

    /* a colon inside brackets belongs to the address */

    for (start = text.len; start > 0; start--) {
        if (text.data[start - 1] == ':' || text.data[start - 1] == ']') {
            break;
        }
    }

    if (start == 0 || text.data[start - 1] == ']') {
        *host = text;
        *port = 0;
        return FEDI_OK;
    }

    if (text.len == start || text.len - start > 5
        || text.data[start] == '0')
    {
        return FEDI_EURL;
    }

    for (number = 0, i = start; i < text.len; i++) {
        if (!fedi_is_digit(text.data[i])) {
            return FEDI_EURL;
        }

        number = number * 10 + (unsigned long) (text.data[i] - '0');
    }

    if (number > UINT16_MAX) {
        return FEDI_EURL;
    }

    host->data = text.data;
    host->len = start - 1;
    *port = (uint16_t) number;

    return FEDI_OK;
}


fedi_err_e
fedi_host_normalize(fedi_arena_t *arena, fedi_str_t host, fedi_str_t *normal)
{
    if (host.len > FEDI_HOST_UTF8_MAX) {
        return FEDI_ETOOLONG;
    }

    if (!fedi_host_is_ascii(host)) {
        if (!fedi_utf8_valid(host)) {
            return FEDI_EUTF8;
        }

        return fedi_host_normalize_idn(arena, host, normal);
    }

    if (host.len != 0 && host.data[0] != '['
        && fedi_host_has_alabel(host))
    {
        return fedi_host_normalize_idn(arena, host, normal);
    }

    return fedi_host_normalize_ascii(arena, host, normal);
}


static fedi_err_e
fedi_host_normalize_ascii(fedi_arena_t *arena, fedi_str_t host,
    fedi_str_t *normal)
{
    fedi_err_e      err;
    fedi_address_t  address;

    if (fedi_address_parse(host, &address)) {
        return fedi_address_print(arena, &address, normal);
    }

    err = fedi_host_check_name(host);
    if (err != FEDI_OK) {
        return err;
    }

    return fedi_host_lower(arena, host, normal);
}


/*
 * Mapping may yield anything, an address ("127。0。0。1") or "a/c" among it:
 * what comes out goes through the same gate as what came in as ASCII.
 * IDN2_USE_STD3_ASCII_RULES is no such gate: it drops what it forbids, so
 * that "acme℀.example" and "ac me.example" become names of somebody else.
 */
static fedi_err_e
fedi_host_normalize_idn(fedi_arena_t *arena, fedi_str_t host,
    fedi_str_t *normal)
{
    uint8_t    *ascii;
    fedi_err_e  err;
    fedi_str_t  name;

    if (memchr(host.data, '\0', host.len) != NULL) {
        return FEDI_EHOST;
    }

    name = fedi_strdup(arena, host);
    if (name.data == NULL) {
        return FEDI_ENOMEM;
    }

    err = fedi_host_alabels((const uint8_t *) name.data, &ascii);
    if (err != FEDI_OK) {
        return err;
    }

    err = fedi_host_check_alabels(ascii);

    if (err == FEDI_OK) {
        name.data = (const char *) ascii;
        name.len = strlen(name.data);

        err = fedi_host_normalize_ascii(arena, name, normal);
    }

    idn2_free(ascii);

    return err;
}


/* "ascii" is to be freed by idn2_free() */

static fedi_err_e
fedi_host_alabels(const uint8_t *name, uint8_t **ascii)
{
    int  rc;

    rc = idn2_lookup_u8(name, ascii, IDN2_NONTRANSITIONAL);

    if (rc == IDN2_OK) {
        return FEDI_OK;
    }

    return rc == IDN2_MALLOC ? FEDI_ENOMEM : FEDI_EHOST;
}


/*
 * "xn--lsh" is how "(13)" in one character would be written, which no name
 * has: it is mapped to four.  libidn2 does not look into an A-label for that.
 */
static fedi_err_e
fedi_host_check_alabels(const uint8_t *ascii)
{
    int          rc;
    bool         same;
    uint8_t     *again;
    fedi_err_e   err;
    char        *unicode;

    rc = idn2_to_unicode_8z8z((const char *) ascii, &unicode, 0);

    if (rc != IDN2_OK) {
        return rc == IDN2_MALLOC ? FEDI_ENOMEM : FEDI_EHOST;
    }

    err = fedi_host_alabels((const uint8_t *) unicode, &again);

    idn2_free(unicode);

    if (err != FEDI_OK) {
        return err;
    }

    same = (strcmp((const char *) ascii, (const char *) again) == 0);

    idn2_free(again);

    return same ? FEDI_OK : FEDI_EHOST;
}


static fedi_err_e
fedi_host_lower(fedi_arena_t *arena, fedi_str_t host, fedi_str_t *normal)
{
    char    *p;
    size_t   i;

    p = fedi_alloc(arena, host.len + 1);
    if (p == NULL) {
        return FEDI_ENOMEM;
    }

    for (i = 0; i < host.len; i++) {
        p[i] = fedi_lower(host.data[i]);
    }

    p[host.len] = '\0';

    normal->data = p;
    normal->len = host.len;

    return FEDI_OK;
}


bool
fedi_host_is_address(fedi_str_t host)
{
    fedi_address_t  address;

    return (host.len != 0 && host.data[0] == '[')
           || fedi_address_parse(host, &address);
}


bool
fedi_host_is_local(fedi_str_t host)
{
    size_t      i;
    fedi_str_t  label;

    if (host.len != 0 && host.data[host.len - 1] == '.') {
        host.len--;
    }

    label = fedi_host_last_label(host);

    if (label.len == host.len) {
        return true;
    }

    for (i = 0;
         i < sizeof(fedi_host_local_zones) / sizeof(fedi_host_local_zones[0]);
         i++)
    {
        if (fedi_str_eq_nocase(label, fedi_host_local_zones[i])) {
            return true;
        }
    }

    return false;
}


static bool
fedi_host_is_ascii(fedi_str_t host)
{
    size_t  i;

    for (i = 0; i < host.len; i++) {
        if ((unsigned char) host.data[i] >= 0x80) {
            return false;
        }
    }

    return true;
}


static bool
fedi_host_has_alabel(fedi_str_t host)
{
    size_t  i;

    for (i = 0; i + 4 <= host.len; i++) {
        if ((i == 0 || host.data[i - 1] == '.')
            && fedi_str_eq_nocase((fedi_str_t) { host.data + i, 4 },
                                  fedi_str("xn--")))
        {
            return true;
        }
    }

    return false;
}


static fedi_str_t
fedi_host_last_label(fedi_str_t host)
{
    return fedi_str_from(host, fedi_host_label(host, host.len));
}


fedi_str_t
fedi_host_domain(fedi_str_t host)
{
    size_t  at, top, second;

    top = fedi_host_label(host, host.len);

    if (top == 0) {
        return host;
    }

    second = fedi_host_label(host, top - 1);
    at = second;

    if (second != 0 && host.len - top == 2 && top - 1 - second <= 3) {
        at = fedi_host_label(host, second - 1);
    }

    return fedi_str_from(host, at);
}


/* where the label begins that ends at "end" */

static size_t
fedi_host_label(fedi_str_t host, size_t end)
{
    while (end != 0 && host.data[end - 1] != '.') {
        end--;
    }

    return end;
}
