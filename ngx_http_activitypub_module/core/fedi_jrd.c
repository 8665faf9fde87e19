
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_jrd.h"
#include "fedi_json.h"
#include "fedi_json_load.h"
#include "fedi_utf8.h"


/* no document of ours is larger */
#define FEDI_JRD_DOCUMENT_MAX  65536


static fedi_str_t fedi_jrd_subject(fedi_arena_t *arena,
    const fedi_jrd_t *jrd);
static json_t *fedi_jrd_aliases(const fedi_jrd_t *jrd);
static json_t *fedi_jrd_links(const fedi_jrd_t *jrd);
static json_t *fedi_jrd_link(const char *rel, fedi_str_t type,
    fedi_str_t href);


fedi_err_e
fedi_jrd_render(fedi_arena_t *arena, const fedi_jrd_t *jrd, fedi_str_t *text)
{
    json_t      *root;
    fedi_str_t   subject;

    if (!fedi_utf8_valid(jrd->handle)
        || !fedi_utf8_valid(jrd->uri)
        || !fedi_utf8_valid(jrd->page)
        || !fedi_utf8_valid(jrd->icon)
        || !fedi_utf8_valid(jrd->icon_type))
    {
        return FEDI_EUTF8;
    }

    subject = fedi_jrd_subject(arena, jrd);
    if (subject.data == NULL) {
        return FEDI_ENOMEM;
    }

    root = json_pack("{s:o, s:o, s:o}",
                     "subject", fedi_json_string(subject),
                     "aliases", fedi_jrd_aliases(jrd),
                     "links", fedi_jrd_links(jrd));

    return fedi_json_render(arena, root, text);
}


fedi_err_e
fedi_jrd_of_document(fedi_arena_t *arena, const fedi_jrd_t *jrd,
    fedi_str_t document, fedi_str_t *text)
{
    json_t      *json, *icon;
    fedi_err_e   err;
    fedi_jrd_t   told;

    static const fedi_json_limits_t  limits = {
        FEDI_JRD_DOCUMENT_MAX, FEDI_JSON_DEPTH_MAX, FEDI_JSON_VALUES_MAX
    };

    err = fedi_json_load(document, &limits, &json);
    if (err != FEDI_OK) {
        return err;
    }

    icon = fedi_json_get(json, "icon");

    told = *jrd;
    told.icon = fedi_json_text(fedi_json_get(icon, "url"));
    told.icon_type = fedi_json_text(fedi_json_get(icon, "mediaType"));

    err = fedi_jrd_render(arena, &told, text);

    json_decref(json);

    return err;
}


static fedi_str_t
fedi_jrd_subject(fedi_arena_t *arena, const fedi_jrd_t *jrd)
{
    fedi_str_t  parts[2];

    if (jrd->handle.len == 0) {
        return jrd->uri;
    }

    parts[0] = fedi_str("acct:");
    parts[1] = jrd->handle;

    return fedi_join(arena, parts, 2);
}


static json_t *
fedi_jrd_aliases(const fedi_jrd_t *jrd)
{
    if (jrd->page.len == 0 || fedi_str_eq(jrd->page, jrd->uri)) {
        return json_pack("[o]", fedi_json_string(jrd->uri));
    }

    return json_pack("[o, o]", fedi_json_string(jrd->uri),
                     fedi_json_string(jrd->page));
}


/*
 * "self" comes first and is the only link of an application/ type: Lemmy
 * takes the last of those for the actor.
 */
static json_t *
fedi_jrd_links(const fedi_jrd_t *jrd)
{
    int          rc;
    json_t      *links;
    const char  *page;

    page = jrd->handle.len != 0 ? "http://webfinger.net/rel/profile-page"
                                : "alternate";

    links = json_array();
    if (links == NULL) {
        return NULL;
    }

    rc = json_array_append_new(links,
                               fedi_jrd_link("self",
                                   fedi_str("application/activity+json"),
                                   jrd->uri));

    if (rc == 0 && jrd->page.len != 0) {
        rc = json_array_append_new(links,
                 fedi_jrd_link(page, fedi_str("text/html"), jrd->page));
    }

    if (rc == 0 && jrd->icon.len != 0) {
        rc = json_array_append_new(links,
                 fedi_jrd_link("http://webfinger.net/rel/avatar",
                               jrd->icon_type, jrd->icon));
    }

    if (rc != 0) {
        json_decref(links);
        return NULL;
    }

    return links;
}


static json_t *
fedi_jrd_link(const char *rel, fedi_str_t type, fedi_str_t href)
{
    if (type.len == 0) {
        return json_pack("{s:s, s:o}", "rel", rel,
                         "href", fedi_json_string(href));
    }

    return json_pack("{s:s, s:o, s:o}", "rel", rel,
                     "type", fedi_json_string(type),
                     "href", fedi_json_string(href));
}
