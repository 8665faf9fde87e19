
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties of ActivityStreams documents in the shapes that they have on the
 * wire: scalar or list, URL or object, prefixed or not.
 */

#ifndef FEDI_PROPERTY_H
#define FEDI_PROPERTY_H

#include "fedi_id.h"
#include "fedi_json_load.h"


typedef enum {
    FEDI_PROPERTY_ABSENT = 0,   /* not there, null, or an empty list */
    FEDI_PROPERTY_OK,
    FEDI_PROPERTY_BAD,          /* there, and not what it has to be */
    FEDI_PROPERTY_MANY,         /* more than one where one may be */
    FEDI_PROPERTY_NOMEM
} fedi_property_e;


/* "id" or "@id" of an object, with a fragment or without; BAD: they differ */
fedi_property_e fedi_property_id(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *object, fedi_id_t *id);

/*
 * A property that is a URL, or an object with an id, or a list of one such.
 * "id" is all zero unless OK, and a fragment in it is BAD unless "fragment";
 * "embedded" is the object, or NULL.
 */
fedi_property_e fedi_property_link(fedi_arena_t *arena,
    const fedi_id_rules_t *rules, const json_t *object, const char *name,
    bool fragment, fedi_id_t *id, json_t **embedded);

/*
 * The only one of the types of an object that is among "known"; the type as
 * written if it has one and none is known.  Without "as:" or the namespace
 * before it.  MANY: two are known.
 */
fedi_property_e fedi_property_type(const json_t *object,
    const fedi_str_t *known, size_t n, fedi_str_t *type);

/* whether to or cc names everybody, in any of the three spellings */
bool fedi_property_public(const json_t *object);


#endif
