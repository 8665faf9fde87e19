
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What others need besides the document: images that they show, and pages
 * that name their author or link back.
 */

#include <string.h>

#include "apctl_check.h"
#include "apctl_fetch.h"
#include "apctl_job.h"
#include "fedi_media_type.h"


static apctl_exit_e apctl_check_image(apctl_check_t *check,
    const json_t *document, const char *name);
static void apctl_check_seen(apctl_check_t *check, const json_t *result,
    const char *name, const char *url, const char *told);
static bool apctl_check_same(const char *type, const char *told);


apctl_exit_e
apctl_check_profile(apctl_check_t *check, const json_t *result,
    const char *handle)
{
    json_t        *document;
    apctl_exit_e   code;

    document = apctl_check_body(result);

    code = apctl_check_image(check, document, "icon");

    if (code == APCTL_OK) {
        code = apctl_check_image(check, document, "image");
    }

    /* Mastodon 4.3: for pages below a name of "attributionDomains" */

    if (code == APCTL_OK
        && json_array_size(json_object_get(document, "attributionDomains")))
    {
        code = apctl_check_creator(check, document, handle);
    }

    if (code == APCTL_OK) {
        code = apctl_check_links_back(check, document);
    }

    json_decref(document);

    return code;
}


/* one that is asked for as a document ends at its type, which is all we want */

static apctl_exit_e
apctl_check_image(apctl_check_t *check, const json_t *document,
    const char *name)
{
    json_t        *result;
    const char    *url;
    apctl_exit_e   code;
    const json_t  *image;

    image = json_object_get(document, name);
    url = apctl_job_text(image, "url");

    if (url == NULL) {
        return APCTL_OK;
    }

    code = apctl_check_ask(check, "fetch", url, NULL, &result);

    if (code == APCTL_OK) {
        apctl_check_seen(check, result, name, url,
                         apctl_job_text(image, "mediaType"));
        json_decref(result);
    }

    return code;
}


static void
apctl_check_seen(apctl_check_t *check, const json_t *result,
    const char *name, const char *url, const char *told)
{
    fedi_str_t   view;
    const char  *type, *length, *step;

    step = apctl_job_text(result, "step");
    type = apctl_job_text(result, "content_type");
    length = apctl_job_text(result, "length");

    /* a worker reads 1 MiB, which is plenty for a profile */

    if (step != NULL && strcmp(step, "answer") == 0) {
        apctl_check_line(check, false, name, url, "%s: others may not take it",
                         apctl_fetch_reason(check->ap, result));
        return;
    }

    if (json_integer_value(json_object_get(result, "status")) != 200) {
        apctl_check_line(check, false, name, url, "%s: profiles go without it",
                         apctl_fetch_reason(check->ap, result));
        return;
    }

    view.data = type;
    view.len = (type != NULL) ? strlen(type) : 0;

    if (!fedi_media_type_shown(view)) {
        apctl_check_line(check, false, name, url, "the content type is %s: "
                         "others show image/png, image/jpeg, image/gif and "
                         "image/webp only", type != NULL ? type : "absent");

    } else if (told != NULL && !apctl_check_same(type, told)) {
        apctl_check_line(check, false, name, url, "the content type is %s, "
                         "but its name ends like one of %s", type, told);

    } else {
        apctl_check_line(check, true, name, url, "%s%s%s", type,
                         length != NULL ? ", bytes: " : "",
                         length != NULL ? length : "");
    }
}


/* whatever parameters it has */

static bool
apctl_check_same(const char *type, const char *told)
{
    size_t  len;

    len = strlen(told);

    return strncmp(type, told, len) == 0
           && (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}
