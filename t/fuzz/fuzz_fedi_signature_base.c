
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The texts of both schemes against a second way to make them, which is slow,
 * plain, and shares no code with core: one pass over all lines of the header
 * for each name that is covered.
 *
 * The first line of the input is method and target, the second what is
 * covered, the others are the header: repeated names, white space, controls.
 */

#include <ctype.h>
#include <strings.h>

#include "fedi_fuzz.h"

#include "fedi_signature_message.h"
#include "fedi_signature_message_base.h"

#define FUZZ_HEADERS  32
#define FUZZ_HOST     "acme.example"
#define FUZZ_ALIAS    "www.acme.example"


typedef struct {
    char    *data;
    size_t   len;
} fuzz_text_t;


static void
fuzz_put(fuzz_text_t *text, const char *data, size_t len)
{
    text->data = realloc(text->data, text->len + len + 1);
    fedi_fuzz_assert(text->data != NULL);

    if (len != 0) {
        memcpy(text->data + text->len, data, len);
    }

    text->len += len;
}


static void
fuzz_puts(fuzz_text_t *text, const char *data)
{
    fuzz_put(text, data, strlen(data));
}


static bool
fuzz_is(fedi_str_t text, const char *name)
{
    return text.len == strlen(name)
           && strncasecmp(text.data, name, text.len) == 0;
}


/* the lines of one name, each without what is white around it */

static fedi_signature_e
fuzz_field(const fedi_signed_request_t *request, fedi_str_t name,
    fuzz_text_t *text)
{
    size_t       i, k, from, to;
    bool         found;
    fedi_str_t   value;
    const char  *c;

    found = false;

    for (i = 0; i < request->nheaders; i++) {
        if (request->headers[i].name.len != name.len
            || strncasecmp(request->headers[i].name.data, name.data,
                           name.len) != 0)
        {
            continue;
        }

        value = request->headers[i].value;
        from = 0;
        to = value.len;

        while (from < to && strchr(" \t", value.data[from]) != NULL
               && value.data[from] != '\0')
        {
            from++;
        }

        while (to > from && strchr(" \t", value.data[to - 1]) != NULL
               && value.data[to - 1] != '\0')
        {
            to--;
        }

        for (k = from; k < to; k++) {
            c = value.data + k;

            if (iscntrl((unsigned char) *c) && *c != '\t') {
                return FEDI_SIGNATURE_BAD_HEADER;
            }
        }

        if (found) {
            fuzz_puts(text, ", ");
        }

        fuzz_put(text, value.data + from, to - from);
        found = true;
    }

    return found ? FEDI_SIGNATURE_VALID : FEDI_SIGNATURE_ABSENT_HEADER;
}


/* what a peer was told to ask, whatever name it asked by (R26) */

static fedi_signature_e
fuzz_host(const fedi_signed_request_t *request, fuzz_text_t *text)
{
    fedi_str_t        got;
    fuzz_text_t       value;
    fedi_signature_e  rc;

    value = (fuzz_text_t) { NULL, 0 };

    rc = fuzz_field(request, fedi_str("host"), &value);
    got = (fedi_str_t) { value.data, value.len };

    if (rc == FEDI_SIGNATURE_VALID) {
        if (fuzz_is(got, FUZZ_HOST) || fuzz_is(got, FUZZ_HOST ":443")) {
            fuzz_put(text, got.data, got.len);

        } else if (fuzz_is(got, FUZZ_ALIAS) || fuzz_is(got, FUZZ_ALIAS ":443"))
        {
            fuzz_puts(text, FUZZ_HOST);

        } else {
            rc = FEDI_SIGNATURE_OTHER_HOST;
        }
    }

    free(value.data);

    return rc;
}


static fedi_signature_e
fuzz_derived(const fedi_signed_request_t *request, fedi_str_t name,
    fuzz_text_t *text)
{
    size_t       path;
    fedi_str_t   target;
    const char  *query;

    target = request->target;
    query = target.len != 0 ? memchr(target.data, '?', target.len) : NULL;
    path = query != NULL ? (size_t) (query - target.data) : target.len;

    if (fuzz_is(name, "@method")) {
        fuzz_put(text, request->method.data, request->method.len);

    } else if (fuzz_is(name, "@scheme")) {
        fuzz_puts(text, "https");

    } else if (fuzz_is(name, "@authority")) {
        fuzz_puts(text, FUZZ_HOST);

    } else if (fuzz_is(name, "@target-uri")) {
        fuzz_puts(text, "https://" FUZZ_HOST);
        fuzz_put(text, target.data, target.len);

    } else if (fuzz_is(name, "@request-target")) {
        fuzz_put(text, target.data, target.len);

    } else if (fuzz_is(name, "@path")) {
        fuzz_put(text, target.data, path);

    } else if (fuzz_is(name, "@query")) {
        fuzz_puts(text, query == NULL ? "?" : "");
        fuzz_put(text, target.data + path, target.len - path);

    } else {
        fedi_fuzz_assert(!"a component that core should not take");
    }

    return FEDI_SIGNATURE_VALID;
}


static fedi_signature_e
fuzz_value(const fedi_signed_request_t *request, fedi_str_t name,
    fuzz_text_t *text)
{
    size_t  i;
    char    c;

    if (name.data[0] == '@') {
        return fuzz_derived(request, name, text);
    }

    if (fuzz_is(name, "(request-target)")) {
        for (i = 0; i < request->method.len; i++) {
            c = (char) tolower((unsigned char) request->method.data[i]);
            fuzz_put(text, &c, 1);
        }

        fuzz_puts(text, " ");
        fuzz_put(text, request->target.data, request->target.len);

        return FEDI_SIGNATURE_VALID;
    }

    return fuzz_is(name, "host") ? fuzz_host(request, text)
                                 : fuzz_field(request, name, text);
}


static fedi_signature_e
fuzz_model(const fedi_signature_t *signature,
    const fedi_signed_request_t *request, fuzz_text_t *text)
{
    size_t             i, k;
    char               c;
    bool               message;
    const fedi_str_t  *name;
    fedi_signature_e   rc;

    message = signature->scheme == FEDI_SCHEME_RFC9421;

    for (i = 0; i < signature->ncovered; i++) {
        name = &signature->covered[i];

        fuzz_puts(text, message ? "\"" : i != 0 ? "\n" : "");

        for (k = 0; k < name->len; k++) {
            c = (char) tolower((unsigned char) name->data[k]);
            fuzz_put(text, &c, 1);
        }

        fuzz_puts(text, message ? "\": " : ": ");

        rc = fuzz_value(request, *name, text);
        if (rc != FEDI_SIGNATURE_VALID) {
            return rc;
        }

        fuzz_puts(text, message ? "\n" : "");
    }

    if (message) {
        fuzz_puts(text, "\"@signature-params\": ");
        fuzz_put(text, signature->input.data, signature->input.len);
    }

    return FEDI_SIGNATURE_VALID;
}


static void
fuzz_compare(fedi_arena_t *arena, const fedi_signature_t *signature,
    const fedi_signed_request_t *request)
{
    fuzz_text_t             text;
    fedi_signature_e        rc, want;
    fedi_signature_bases_t  bases;

    text = (fuzz_text_t) { NULL, 0 };

    rc = fedi_signature_bases(arena, signature, request, &bases);
    want = fuzz_model(signature, request, &text);

    fedi_fuzz_assert(rc == want);

    if (rc == FEDI_SIGNATURE_VALID) {
        fedi_fuzz_assert(bases.texts[0].len == text.len);
        fedi_fuzz_assert(text.len == 0
                         || memcmp(bases.texts[0].data, text.data, text.len)
                            == 0);
    }

    free(text.data);
}


static fedi_str_t
fuzz_line(fedi_str_t *text)
{
    fedi_str_t  line;

    line.data = text->data;
    line.len = fedi_str_before(*text, '\n');
    *text = fedi_str_from(*text, line.len + (line.len < text->len));

    return line;
}


/* the same names in both schemes, as far as a scheme has them */

static void
fuzz_schemes(fedi_arena_t *arena, fedi_str_t covered,
    const fedi_signed_request_t *request)
{
    fedi_str_t               parts[3];
    fedi_signature_t         signature;
    fedi_signature_fields_t  fields;

    parts[0] = fedi_str("keyId=\"k\",signature=\"AA==\",headers=\"");
    parts[1] = covered;
    parts[2] = fedi_str("\"");

    if (fedi_signature_parse(fedi_join(arena, parts, 3), &signature)
        == FEDI_SIGNATURE_VALID)
    {
        fuzz_compare(arena, &signature, request);
    }

    parts[0] = fedi_str("a=(");
    parts[2] = fedi_str(");created=1;keyid=\"k\"");

    if (fedi_signature_fields(arena, fedi_join(arena, parts, 3),
                              fedi_str("a=:AA==:"), &fields)
        == FEDI_SIGNATURE_VALID
        && fields.inputs.members->next == NULL
        && fedi_signature_member(&fields, fields.inputs.members, &signature)
           == FEDI_SIGNATURE_VALID)
    {
        fuzz_compare(arena, &signature, request);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                   colon, space;
    fedi_str_t               text, line, covered;
    fedi_heap_t              heap;
    fedi_header_t            headers[FUZZ_HEADERS];
    static const fedi_str_t  alias = fedi_string(FUZZ_ALIAS);
    fedi_signed_request_t    request = {
        fedi_null_str, fedi_null_str, headers, 0, fedi_string("https"),
        fedi_string(FUZZ_HOST), &alias, 1
    };

    fedi_heap_init(&heap);

    text = fedi_fuzz_view(&heap.arena, data, size);

    line = fuzz_line(&text);
    space = fedi_str_before(line, ' ');
    request.method.data = line.data;
    request.method.len = space;
    request.target = fedi_str_from(line, space + (space < line.len));

    covered = fuzz_line(&text);

    while (text.len != 0 && request.nheaders < FUZZ_HEADERS) {
        line = fuzz_line(&text);
        colon = fedi_str_before(line, ':');

        headers[request.nheaders].name.data = line.data;
        headers[request.nheaders].name.len = colon;
        headers[request.nheaders].value =
            fedi_str_from(line, colon + (colon < line.len));
        request.nheaders++;
    }

    fuzz_schemes(&heap.arena, covered, &request);

    fedi_heap_free(&heap);

    return 0;
}
