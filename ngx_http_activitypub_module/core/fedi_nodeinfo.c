
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_json.h"
#include "fedi_nodeinfo.h"
#include "fedi_utf8.h"


static json_t *fedi_nodeinfo_link(fedi_arena_t *arena, const char *rel,
    fedi_str_t base, fedi_str_t version);


fedi_err_e
fedi_nodeinfo_render(fedi_arena_t *arena, const fedi_nodeinfo_t *nodeinfo,
    fedi_str_t *head)
{
    json_t      *root;
    fedi_err_e   err;
    fedi_str_t   text, parts[2];

    if (!fedi_utf8_valid(nodeinfo->version)
        || !fedi_utf8_valid(nodeinfo->software)
        || !fedi_utf8_valid(nodeinfo->software_version))
    {
        return FEDI_EUTF8;
    }

    root = json_pack("{s:o, s:{s:o, s:o}, s:[s], s:{s:[], s:[]}, s:b}",
                     "version", fedi_json_string(nodeinfo->version),
                     "software",
                         "name", fedi_json_string(nodeinfo->software),
                         "version",
                             fedi_json_string(nodeinfo->software_version),
                     "protocols", "activitypub",
                     "services", "inbound", "outbound",
                     "openRegistrations", 0);

    err = fedi_json_render(arena, root, &text);

    if (err != FEDI_OK) {
        return err;
    }

    /* without its last brace */

    parts[0].data = text.data;
    parts[0].len = text.len - 1;
    parts[1] = fedi_str(",\"usage\":");

    *head = fedi_join(arena, parts, 2);

    return head->data != NULL ? FEDI_OK : FEDI_ENOMEM;
}


fedi_err_e
fedi_nodeinfo_links_render(fedi_arena_t *arena, fedi_str_t base,
    fedi_str_t actor, fedi_str_t *text)
{
    json_t  *root;

    if (!fedi_utf8_valid(base) || !fedi_utf8_valid(actor)) {
        return FEDI_EUTF8;
    }

    root = json_pack("{s:[o, o, {s:s, s:o}]}", "links",
        fedi_nodeinfo_link(arena,
                           "http://nodeinfo.diaspora.software/ns/schema/2.0",
                           base, fedi_str("2.0")),
        fedi_nodeinfo_link(arena,
                           "http://nodeinfo.diaspora.software/ns/schema/2.1",
                           base, fedi_str("2.1")),
        "rel", "https://www.w3.org/ns/activitystreams#Application",
        "href", fedi_json_string(actor));

    return fedi_json_render(arena, root, text);
}


static json_t *
fedi_nodeinfo_link(fedi_arena_t *arena, const char *rel, fedi_str_t base,
    fedi_str_t version)
{
    fedi_str_t  href, parts[2];

    parts[0] = base;
    parts[1] = version;

    href = fedi_join(arena, parts, 2);
    if (href.data == NULL) {
        return NULL;
    }

    return json_pack("{s:s, s:o}", "rel", rel,
                     "href", fedi_json_string(href));
}
