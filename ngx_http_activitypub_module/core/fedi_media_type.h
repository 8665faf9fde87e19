
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The media type of an image by the ending of its URL's path.
 */

#ifndef FEDI_MEDIA_TYPE_H
#define FEDI_MEDIA_TYPE_H

#include "fedi_str.h"


/* "image/png" ...; empty when the ending says nothing.  Static storage. */
fedi_str_t fedi_media_type_of(fedi_str_t path);

/* PNG, JPEG, GIF or WebP: what every server shows; a parameter is ignored */
bool fedi_media_type_shown(fedi_str_t type);


#endif
