
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdint.h>

#include "fedi_host_meta.h"
#include "fedi_json.h"
#include "fedi_utf8.h"


#define FEDI_XML_ENTITY_MAX  6      /* "&quot;" */

#define FEDI_HOST_META_TEMPLATE  "/.well-known/webfinger?resource={uri}"


static fedi_err_e fedi_xml_escape(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *escaped);
static fedi_str_t fedi_xml_entity(const char *c);


fedi_err_e
fedi_host_meta_render(fedi_arena_t *arena, fedi_str_t origin,
    fedi_str_t *text)
{
    fedi_err_e  err;
    fedi_str_t  parts[3];

    parts[0] = fedi_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n"
        "  <Link rel=\"lrdd\" type=\"application/jrd+json\" template=\"");

    err = fedi_xml_escape(arena, origin, &parts[1]);
    if (err != FEDI_OK) {
        return err;
    }

    parts[2] = fedi_str(
        FEDI_HOST_META_TEMPLATE "\"/>\n"
        "</XRD>\n");

    *text = fedi_join(arena, parts, 3);

    return text->data != NULL ? FEDI_OK : FEDI_ENOMEM;
}


fedi_err_e
fedi_host_meta_render_json(fedi_arena_t *arena, fedi_str_t origin,
    fedi_str_t *text)
{
    json_t      *root;
    fedi_str_t   parts[2];

    if (!fedi_utf8_valid(origin)) {
        return FEDI_EUTF8;
    }

    parts[0] = origin;
    parts[1] = fedi_str(FEDI_HOST_META_TEMPLATE);
    parts[0] = fedi_join(arena, parts, 2);

    if (parts[0].data == NULL) {
        return FEDI_ENOMEM;
    }

    root = json_pack("{s:[{s:s, s:s, s:o}]}", "links",
                     "rel", "lrdd",
                     "type", "application/jrd+json",
                     "template", fedi_json_string(parts[0]));

    return fedi_json_render(arena, root, text);
}


static fedi_err_e
fedi_xml_escape(fedi_arena_t *arena, fedi_str_t text, fedi_str_t *escaped)
{
    char        *p;
    size_t       i;
    fedi_str_t   entity;

    if (!fedi_utf8_valid(text)) {
        return FEDI_EUTF8;
    }

    if (text.len >= SIZE_MAX / FEDI_XML_ENTITY_MAX) {
        return FEDI_ENOMEM;
    }

    p = fedi_alloc(arena, text.len * FEDI_XML_ENTITY_MAX + 1);
    if (p == NULL) {
        return FEDI_ENOMEM;
    }

    escaped->data = p;

    for (i = 0; i < text.len; i++) {

        /* XML 1.0 has no way to write these, not even by number */

        if ((unsigned char) text.data[i] < 0x20
            || (text.len - i >= 3
                && memcmp(text.data + i, "\xef\xbf", 2) == 0
                && (unsigned char) text.data[i + 2] >= 0xbe))
        {
            return FEDI_EUTF8;
        }

        entity = fedi_xml_entity(&text.data[i]);

        memcpy(p, entity.data, entity.len);
        p += entity.len;
    }

    escaped->len = (size_t) (p - escaped->data);

    return FEDI_OK;
}


/* how "c" is written in an attribute's value: itself, or an entity */

static fedi_str_t
fedi_xml_entity(const char *c)
{
    switch (*c) {

    case '&':
        return fedi_str("&amp;");

    case '<':
        return fedi_str("&lt;");

    case '>':
        return fedi_str("&gt;");

    case '"':
        return fedi_str("&quot;");

    default:
        return (fedi_str_t) { c, 1 };
    }
}
