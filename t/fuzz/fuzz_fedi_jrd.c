
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Whatever its parts are, a JRD is JSON and says nothing but them; what is no
 * text makes none.
 */

#include <jansson.h>

#include "fedi_fuzz.h"

#include "fedi_jrd.h"
#include "fedi_utf8.h"


#define FUZZ_PARTS  5


/* the parts stand one behind the other, with 0xff between them */

static void
fuzz_split(fedi_str_t text, fedi_str_t *parts)
{
    size_t  i;

    for (i = 0; i < FUZZ_PARTS; i++) {
        parts[i] = text;
        parts[i].len = i + 1 < FUZZ_PARTS ? fedi_str_before(text, '\xff')
                                          : text.len;

        text = fedi_str_from(text, parts[i].len);

        if (text.len != 0) {
            text = fedi_str_from(text, 1);
        }
    }
}


static bool
fuzz_is(const json_t *value, fedi_str_t text)
{
    return json_is_string(value)
           && json_string_length(value) == text.len
           && (text.len == 0
               || memcmp(json_string_value(value), text.data, text.len) == 0);
}


/* whether a link of the JRD has "text" as its "member" */

static bool
fuzz_linked(const json_t *document, const char *member, fedi_str_t text)
{
    size_t   i;
    json_t  *link;

    json_array_foreach(json_object_get(document, "links"), i, link) {
        if (fuzz_is(json_object_get(link, member), text)) {
            return true;
        }
    }

    return false;
}


static void
fuzz_document(const fedi_jrd_t *jrd, fedi_str_t text)
{
    json_t      *document;
    const char  *subject;

    document = json_loadb(text.data, text.len,
                          JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    fedi_fuzz_assert(json_is_object(document));

    if (jrd->handle.len == 0) {
        fedi_fuzz_assert(fuzz_is(json_object_get(document, "subject"),
                                 jrd->uri));

    } else {
        subject = json_string_value(json_object_get(document, "subject"));

        fedi_fuzz_assert(subject != NULL
                         && strncmp(subject, "acct:", 5) == 0
                         && memcmp(subject + 5, jrd->handle.data,
                                   jrd->handle.len) == 0);
    }

    fedi_fuzz_assert(fuzz_linked(document, "href", jrd->uri));
    fedi_fuzz_assert(jrd->page.len == 0
                     || fuzz_linked(document, "href", jrd->page));
    fedi_fuzz_assert(jrd->icon.len == 0
                     || fuzz_linked(document, "href", jrd->icon));

    json_decref(document);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t       i;
    bool         valid;
    fedi_err_e   err;
    fedi_str_t   parts[FUZZ_PARTS], text;
    fedi_jrd_t   jrd;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    fuzz_split(fedi_fuzz_view(&heap.arena, data, size), parts);

    for (valid = true, i = 0; i < FUZZ_PARTS; i++) {
        valid = valid && fedi_utf8_valid(parts[i]);
    }

    jrd.handle = parts[0];
    jrd.uri = parts[1];
    jrd.page = parts[2];
    jrd.icon = parts[3];
    jrd.icon_type = parts[4];

    err = fedi_jrd_render(&heap.arena, &jrd, &text);

    fedi_fuzz_assert(err == FEDI_OK || err == FEDI_EUTF8);
    fedi_fuzz_assert(err == FEDI_OK || !valid);

    if (err == FEDI_OK) {
        fuzz_document(&jrd, text);
    }

    fedi_heap_free(&heap);

    return 0;
}
