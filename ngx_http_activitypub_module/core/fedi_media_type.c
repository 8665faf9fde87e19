
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_media_type.h"


static const struct {
    fedi_str_t  ending;
    fedi_str_t  type;

} fedi_media_types[] = {
    { fedi_string("png"),  fedi_string("image/png") },
    { fedi_string("jpg"),  fedi_string("image/jpeg") },
    { fedi_string("jpeg"), fedi_string("image/jpeg") },
    { fedi_string("webp"), fedi_string("image/webp") },
    { fedi_string("gif"),  fedi_string("image/gif") },
    { fedi_string("svg"),  fedi_string("image/svg+xml") },
    { fedi_string("avif"), fedi_string("image/avif") },
    { fedi_string("apng"), fedi_string("image/apng") },
    { fedi_string("heic"), fedi_string("image/heic") },
    { fedi_string("bmp"),  fedi_string("image/bmp") },
    { fedi_string("ico"),  fedi_string("image/vnd.microsoft.icon") }
};


fedi_str_t
fedi_media_type_of(fedi_str_t path)
{
    size_t      i, start;
    fedi_str_t  ending;

    /* the last dot of the last segment, and something before it */

    for (start = path.len; start > 0; start--) {
        if (path.data[start - 1] == '.' || path.data[start - 1] == '/') {
            break;
        }
    }

    if (start < 2
        || path.data[start - 1] != '.' || path.data[start - 2] == '/')
    {
        return fedi_null_str;
    }

    ending = fedi_str_from(path, start);

    for (i = 0;
         i < sizeof(fedi_media_types) / sizeof(fedi_media_types[0]);
         i++)
    {
        if (fedi_str_eq_nocase(ending, fedi_media_types[i].ending)) {
            return fedi_media_types[i].type;
        }
    }

    return fedi_null_str;
}


bool
fedi_media_type_shown(fedi_str_t type)
{
    size_t      i;
    fedi_str_t  name;

    static const fedi_str_t  shown[] = {
        fedi_string("image/png"),
        fedi_string("image/jpeg"),
        fedi_string("image/gif"),
        fedi_string("image/webp")
    };

    name = type;

    for (i = 0; i < type.len; i++) {
        if (type.data[i] == ';' || type.data[i] == ' ') {
            name.len = i;
            break;
        }
    }

    for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        if (fedi_str_eq_nocase(name, shown[i])) {
            return true;
        }
    }

    return false;
}
