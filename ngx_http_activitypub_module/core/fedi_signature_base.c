
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_base64.h"
#include "fedi_signature_message_base.h"


/* a name, ": ", a value and a line feed for each that is covered */
#define FEDI_BASE_PARTS  (4 * FEDI_SIGNATURE_COVERED_MAX)


static fedi_signature_e fedi_base_text(fedi_arena_t *arena,
    const fedi_signature_t *signature, const fedi_signed_request_t *request,
    fedi_str_t target, fedi_str_t *text);
static fedi_signature_e fedi_base_value(fedi_arena_t *arena,
    const fedi_signature_t *signature, const fedi_signed_request_t *request,
    fedi_str_t name, fedi_str_t target, fedi_str_t *value);
static char *fedi_base_line(char *p, fedi_str_t line);
static fedi_signature_e fedi_base_lower(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *lower);
static fedi_signature_e fedi_base_join(fedi_arena_t *arena,
    const fedi_str_t *parts, size_t n, fedi_str_t *text);


fedi_signature_e
fedi_signature_bases(fedi_arena_t *arena, const fedi_signature_t *signature,
    const fedi_signed_request_t *request, fedi_signature_bases_t *bases)
{
    fedi_str_t        path;
    fedi_signature_e  rc;

    bases->n = 1;

    if (signature->scheme == FEDI_SCHEME_RFC9421) {
        return fedi_signature_message_base(arena, signature, request,
                                           &bases->texts[0]);
    }

    rc = fedi_base_text(arena, signature, request, request->target,
                        &bases->texts[0]);
    if (rc != FEDI_SIGNATURE_VALID) {
        return rc;
    }

    path.data = request->target.data;
    path.len = fedi_str_before(request->target, '?');

    /* never for a POST: what its query says has to be signed */

    if (path.len == request->target.len
        || !fedi_str_eq(request->method, fedi_str("GET")))
    {
        return FEDI_SIGNATURE_VALID;
    }

    bases->n = 2;

    return fedi_base_text(arena, signature, request, path, &bases->texts[1]);
}


fedi_signature_e
fedi_signature_base_of(fedi_arena_t *arena, fedi_str_t covered,
    const fedi_signed_request_t *request, fedi_str_t *base)
{
    fedi_signature_t  signature;

    memset(&signature, 0, sizeof(fedi_signature_t));

    while (covered.len != 0) {
        if (signature.ncovered == FEDI_SIGNATURE_COVERED_MAX) {
            return FEDI_SIGNATURE_FAILED;
        }

        signature.covered[signature.ncovered].data = covered.data;
        signature.covered[signature.ncovered].len = fedi_str_before(covered,
                                                                    ' ');
        covered = fedi_str_trim(fedi_str_from(
                                  covered,
                                  signature.covered[signature.ncovered].len));
        signature.ncovered++;
    }

    return fedi_base_text(arena, &signature, request, request->target, base);
}


static fedi_signature_e
fedi_base_text(fedi_arena_t *arena, const fedi_signature_t *signature,
    const fedi_signed_request_t *request, fedi_str_t target,
    fedi_str_t *text)
{
    size_t            i, n;
    fedi_str_t        name, parts[FEDI_BASE_PARTS];
    fedi_signature_e  rc;

    for (n = 0, i = 0; i < signature->ncovered; i++) {
        rc = fedi_base_lower(arena, signature->covered[i], &name);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }

        if (n != 0) {
            parts[n++] = fedi_str("\n");
        }

        parts[n++] = name;
        parts[n++] = fedi_str(": ");

        rc = fedi_base_value(arena, signature, request, name, target,
                             &parts[n++]);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }
    }

    return fedi_base_join(arena, parts, n, text);
}


static fedi_signature_e
fedi_base_value(fedi_arena_t *arena, const fedi_signature_t *signature,
    const fedi_signed_request_t *request, fedi_str_t name, fedi_str_t target,
    fedi_str_t *value)
{
    fedi_str_t        parts[3];
    fedi_signature_e  rc;

    if (fedi_str_eq(name, fedi_str("(request-target)"))) {
        rc = fedi_base_lower(arena, request->method, &parts[0]);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }

        parts[1] = fedi_str(" ");
        parts[2] = target;

        return fedi_base_join(arena, parts, 3, value);
    }

    if (fedi_str_eq(name, fedi_str("(created)"))) {
        *value = signature->created_text;
        return FEDI_SIGNATURE_VALID;
    }

    if (fedi_str_eq(name, fedi_str("(expires)"))) {
        *value = signature->expires_text;
        return FEDI_SIGNATURE_VALID;
    }

    rc = fedi_signature_field(arena, request, name, value);

    if (rc == FEDI_SIGNATURE_VALID && fedi_str_eq(name, fedi_str("host"))) {
        return fedi_signature_host(request, *value, value);
    }

    return rc;
}


/* of a field in many lines: its length first, so that it is copied once */

fedi_signature_e
fedi_signature_field(fedi_arena_t *arena,
    const fedi_signed_request_t *request, fedi_str_t name, fedi_str_t *value)
{
    char        *p;
    size_t       i, n, len;
    fedi_str_t   line;

    *value = fedi_null_str;

    for (i = 0, n = 0, len = 0; i < request->nheaders; i++) {
        if (!fedi_str_eq_nocase(request->headers[i].name, name)) {
            continue;
        }

        line = fedi_str_trim(request->headers[i].value);

        if (!fedi_header_is_value(line)) {
            return FEDI_SIGNATURE_BAD_HEADER;
        }

        *value = line.data != NULL ? line : fedi_str("");
        len += line.len;
        n++;
    }

    if (n < 2) {
        return n != 0 ? FEDI_SIGNATURE_VALID : FEDI_SIGNATURE_ABSENT_HEADER;
    }

    p = fedi_alloc(arena, len + 2 * n);
    if (p == NULL) {
        return FEDI_SIGNATURE_FAILED;
    }

    value->data = p;
    value->len = len + 2 * (n - 1);

    for (i = 0; i < request->nheaders; i++) {
        if (fedi_str_eq_nocase(request->headers[i].name, name)) {
            p = fedi_base_line(p, fedi_str_trim(request->headers[i].value));
        }
    }

    return FEDI_SIGNATURE_VALID;
}


/* there is room for ", " behind the last one, too */

static char *
fedi_base_line(char *p, fedi_str_t line)
{
    if (line.len != 0) {
        memcpy(p, line.data, line.len);
    }

    memcpy(p + line.len, ", ", 2);

    return p + line.len + 2;
}


fedi_signature_e
fedi_signature_host(const fedi_signed_request_t *request,
    fedi_str_t received, fedi_str_t *host)
{
    size_t      i;
    fedi_str_t  name, port;

    /* some say the port that goes without saying, and sign it */

    name = received;
    port = fedi_str(":443");

    if (name.len > port.len
        && memcmp(name.data + name.len - port.len, port.data, port.len) == 0)
    {
        name.len -= port.len;
    }

    if (fedi_str_eq_nocase(name, request->authority)
        || fedi_str_eq_nocase(received, request->authority))
    {
        *host = received;
        return FEDI_SIGNATURE_VALID;
    }

    for (i = 0; i < request->naliases; i++) {
        if (fedi_str_eq_nocase(name, request->aliases[i])) {
            *host = request->authority;
            return FEDI_SIGNATURE_VALID;
        }
    }

    return FEDI_SIGNATURE_OTHER_HOST;
}


static fedi_signature_e
fedi_base_lower(fedi_arena_t *arena, fedi_str_t text, fedi_str_t *lower)
{
    char    *p;
    size_t   i;

    p = fedi_alloc(arena, text.len);
    if (p == NULL) {
        return FEDI_SIGNATURE_FAILED;
    }

    for (i = 0; i < text.len; i++) {
        p[i] = fedi_lower(text.data[i]);
    }

    lower->data = p;
    lower->len = text.len;

    return FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fedi_base_join(fedi_arena_t *arena, const fedi_str_t *parts, size_t n,
    fedi_str_t *text)
{
    *text = fedi_join(arena, parts, n);

    return text->data != NULL ? FEDI_SIGNATURE_VALID : FEDI_SIGNATURE_FAILED;
}


fedi_err_e
fedi_signature_render(fedi_arena_t *arena, fedi_str_t key_id,
    fedi_str_t covered, const unsigned char *signature, size_t len,
    fedi_str_t *value)
{
    char        *encoded;
    fedi_str_t   parts[7];

    encoded = fedi_alloc(arena, fedi_base64_encoded_len(len));
    if (encoded == NULL) {
        return FEDI_ENOMEM;
    }

    fedi_base64_encode(signature, len, encoded);

    /* not hs2019: some take the size of the hash from the key's then */

    parts[0] = fedi_str("keyId=\"");
    parts[1] = key_id;
    parts[2] = fedi_str("\",algorithm=\"rsa-sha256\",headers=\"");
    parts[3] = covered;
    parts[4] = fedi_str("\",signature=\"");
    parts[5].data = encoded;
    parts[5].len = fedi_base64_encoded_len(len);
    parts[6] = fedi_str("\"");

    *value = fedi_join(arena, parts, 7);

    return value->data != NULL ? FEDI_OK : FEDI_ENOMEM;
}
