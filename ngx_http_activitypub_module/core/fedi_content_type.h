
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The media types by which a document says what it is, as Content-Type has
 * them.  Exact: an upload that a site serves as something else is no actor.
 */

#ifndef FEDI_CONTENT_TYPE_H
#define FEDI_CONTENT_TYPE_H

#include "fedi_str.h"


/*
 * A fetched ActivityPub document: application/activity+json, or
 * application/ld+json with the ActivityStreams profile.  A charset may be
 * said if it is UTF-8; any other parameter is none of theirs.
 */
bool fedi_content_type_is_activity(fedi_str_t value);

/* what an inbox takes: those, ld+json without a profile, and JSON */
bool fedi_content_type_is_post(fedi_str_t value);

/*
 * The same by its first word, whatever comes behind it: others read over a
 * parameter that we do not know, or take a charset for what it says.
 */
bool fedi_content_type_is_like_post(fedi_str_t value);


#endif
