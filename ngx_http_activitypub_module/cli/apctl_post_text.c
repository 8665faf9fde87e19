
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of a post as the parameters of the publisher's API.
 */

#include <errno.h>
#include <string.h>

#include "apctl_file.h"
#include "apctl_post_text.h"
#include "apctl_time.h"


/* the API allows less; this only keeps a wrong file out of memory */

#define APCTL_CONTENT_MAX  (1024 * 1024)


static apctl_exit_e apctl_post_content(apctl_t *ap, const char **content);


apctl_exit_e
apctl_post_values(apctl_t *ap, const char **values)
{
    const char  *published;

    published = apctl_value(ap, PUBLISHED);

    if (published != NULL && !apctl_time_is_rfc3339(published)) {
        return apctl_fail(APCTL_USAGE, "\"--published\" is a time like "
                          "2026-01-31T18:00:00Z, not \"%s\"", published);
    }

    values[0] = apctl_value(ap, ACTOR);
    values[1] = apctl_value(ap, URL);
    values[2] = apctl_value(ap, TITLE);
    values[4] = apctl_value(ap, EXCERPT);
    values[5] = apctl_value(ap, CONTENT_WARNING);
    values[6] = apctl_value(ap, LANGUAGE);
    values[7] = published;
    values[8] = apctl_value(ap, TYPE);

    return apctl_post_content(ap, &values[3]);
}


static apctl_exit_e
apctl_post_content(apctl_t *ap, const char **content)
{
    int          rc;
    fedi_str_t   text;
    const char  *path;

    path = apctl_value(ap, CONTENT_FILE);
    *content = apctl_value(ap, CONTENT);

    if (path == NULL) {
        return APCTL_OK;
    }

    if (*content != NULL) {
        return apctl_fail(APCTL_USAGE, "\"--content\" and \"--content-file\" "
                          "exclude each other");
    }

    rc = apctl_file_read(ap, path, APCTL_CONTENT_MAX, &text);

    if (rc == EILSEQ) {
        return apctl_fail(APCTL_FAILED, "%s is not a text", path);
    }

    if (rc != 0) {
        return apctl_fail(APCTL_FAILED, "cannot read %s: %s", path,
                          strerror(rc));
    }

    *content = text.data;

    return APCTL_OK;
}
