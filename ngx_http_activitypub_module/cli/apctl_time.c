
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Times as RFC 3339 writes them.
 */

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "apctl_time.h"


static const char *apctl_time_match(const char *text, const char *form);


bool
apctl_time_is_rfc3339(const char *text)
{
    const char  *p;

    p = apctl_time_match(text, "0000-00-00T00:00:00");

    if (p == NULL) {
        return false;
    }

    if (*p == '.') {
        p++;

        if (!isdigit((unsigned char) *p)) {
            return false;
        }

        p += strspn(p, "0123456789");
    }

    if (*p == 'Z' || *p == 'z') {
        return p[1] == '\0';
    }

    if (*p != '+' && *p != '-') {
        return false;
    }

    p = apctl_time_match(p + 1, "00:00");

    return p != NULL && *p == '\0';
}


/* "0" is any digit; what follows, or NULL */

static const char *
apctl_time_match(const char *text, const char *form)
{
    for ( /* void */ ; *form != '\0'; form++, text++) {

        if (*form == '0' ? !isdigit((unsigned char) *text)
                         : toupper((unsigned char) *text) != *form)
        {
            return NULL;
        }
    }

    return text;
}
