
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Whatever the document of an actor is, its JRD is about that actor, and all
 * it has of the document is the URL and the type of an icon.
 */

#include <jansson.h>

#include "fedi_fuzz.h"

#include "fedi_jrd.h"


#define FUZZ_HEAD                                                            \
    "{\"subject\":\"acct:news@acme.example\","                               \
    "\"aliases\":[\"https://acme.example/activitypub/news\"],"               \
    "\"links\":[{\"rel\":\"self\",\"type\":\"application/activity+json\","   \
    "\"href\":\"https://acme.example/activitypub/news\"}"


static const fedi_jrd_t  fuzz_jrd = {
    fedi_string("news@acme.example"),
    fedi_string("https://acme.example/activitypub/news"),
    fedi_string(""),
    fedi_string("https://acme.example/not-this.png"),
    fedi_string("image/x-not-this")
};


static bool
fuzz_same(const json_t *link, const char *member, const json_t *want)
{
    if (!json_is_string(want) || json_string_length(want) == 0) {
        return json_object_get(link, member) == NULL;
    }

    return json_equal(json_object_get(link, member), want);
}


static void
fuzz_icon(fedi_str_t document, fedi_str_t text)
{
    size_t   links;
    json_t  *actor, *icon, *url, *jrd, *link;

    actor = json_loadb(document.data, document.len, JSON_REJECT_DUPLICATES,
                       NULL);
    fedi_fuzz_assert(json_is_object(actor));

    jrd = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
    fedi_fuzz_assert(json_is_object(jrd) && json_object_size(jrd) == 3);

    icon = json_object_get(actor, "icon");
    url = json_object_get(icon, "url");
    links = json_is_string(url) && json_string_length(url) != 0 ? 2 : 1;

    fedi_fuzz_assert(json_array_size(json_object_get(jrd, "links"))
                     == links);

    if (links == 2) {
        link = json_array_get(json_object_get(jrd, "links"), 1);

        fedi_fuzz_assert(fuzz_same(link, "href", url));
        fedi_fuzz_assert(fuzz_same(link, "type",
                                   json_object_get(icon, "mediaType")));
    }

    json_decref(jrd);
    json_decref(actor);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fedi_err_e   err;
    fedi_str_t   document, text;
    fedi_heap_t  heap;

    fedi_heap_init(&heap);

    document = fedi_fuzz_view(&heap.arena, data, size);

    err = fedi_jrd_of_document(&heap.arena, &fuzz_jrd, document, &text);

    fedi_fuzz_assert(err == FEDI_OK || err == FEDI_EJSON
                     || err == FEDI_ELIMIT || err == FEDI_EKEYWORD
                     || err == FEDI_ETOOLONG);

    if (err == FEDI_OK) {
        fedi_fuzz_assert(text.len >= sizeof(FUZZ_HEAD) - 1
                         && memcmp(text.data, FUZZ_HEAD,
                                   sizeof(FUZZ_HEAD) - 1) == 0);

        fuzz_icon(document, text);
    }

    fedi_heap_free(&heap);

    return 0;
}
