
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Pages as people get them: whether one of the site names its author, and
 * whether those of the fields link back, which others call verified.  Neither
 * is a must, and of somebody else's page no more is known than it says: these
 * lines give advice.
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_check.h"
#include "apctl_fetch.h"
#include "apctl_job.h"
#include "apctl_query.h"
#include "fedi_html.h"


static apctl_exit_e apctl_check_newest(apctl_check_t *check,
    const char *handle, const char **url);
static apctl_exit_e apctl_check_field(apctl_check_t *check,
    const json_t *document, const char *value);
static bool apctl_check_looked(apctl_check_t *check, const json_t *result,
    const char *name, const char *url);
static bool apctl_check_names(const json_t *result, const char *handle);
static bool apctl_check_leads(const json_t *result, const char *to);
static bool apctl_check_me(const fedi_html_tag_t *tag, fedi_str_t *href);
static fedi_str_t apctl_check_view(const char *text);


apctl_exit_e
apctl_check_creator(apctl_check_t *check, const json_t *document,
    const char *handle)
{
    json_t        *result;
    const char    *url;
    apctl_exit_e   code;

    code = apctl_check_newest(check, handle, &url);

    if (code != APCTL_OK) {
        return code;
    }

    if (url == NULL) {
        url = apctl_job_text(document, "url");
    }

    if (url == NULL) {
        apctl_check_line(check, true, "creator", handle,
                         "pages may say: <meta name=\"fediverse:creator\" "
                         "content=\"@%s\">", handle);
        return APCTL_OK;
    }

    code = apctl_check_ask(check, "fetch", url, "html", &result);

    if (code != APCTL_OK) {
        return code;
    }

    if (!apctl_check_looked(check, result, "creator", url)) {
        /* said */

    } else if (apctl_check_names(result, handle)) {
        apctl_check_line(check, true, "creator", url, "names @%s", handle);

    } else {
        apctl_check_line(check, true, "creator", url,
                         "does not say it yet: <meta "
                         "name=\"fediverse:creator\" content=\"@%s\">",
                         handle);
    }

    json_decref(result);

    return APCTL_OK;
}


/* NULL: there is none */

static apctl_exit_e
apctl_check_newest(apctl_check_t *check, const char *handle,
    const char **url)
{
    PGresult      *row;
    apctl_exit_e   code;

    code = apctl_query(check->ap, "SELECT p.url FROM activitypub.posts p"
                       " WHERE p.actor = $1 AND p.deleted IS NULL"
                       " ORDER BY p.published DESC, p.id DESC LIMIT 1",
                       1, &handle, &row);

    if (code != APCTL_OK) {
        return code;
    }

    *url = NULL;

    if (PQntuples(row) != 0) {
        *url = apctl_format(check->ap, "%s", PQgetvalue(row, 0, 0));
    }

    PQclear(row);

    return APCTL_OK;
}


apctl_exit_e
apctl_check_links_back(apctl_check_t *check, const json_t *document)
{
    size_t         i;
    const char    *value;
    apctl_exit_e   code;
    const json_t  *fields;

    fields = json_object_get(document, "attachment");

    for (i = 0; i < json_array_size(fields); i++) {
        value = apctl_job_text(json_array_get(fields, i), "value");

        if (value == NULL) {
            continue;
        }

        code = apctl_check_field(check, document, value);

        if (code != APCTL_OK) {
            return code;
        }
    }

    return APCTL_OK;
}


/* one whose value is a link to a page that is said to be mine */

static apctl_exit_e
apctl_check_field(apctl_check_t *check, const json_t *document,
    const char *value)
{
    char             *url;
    json_t           *result;
    fedi_str_t        rest, href;
    const char       *profile;
    apctl_exit_e      code;
    fedi_html_tag_t   tag;

    rest = apctl_check_view(value);
    profile = apctl_job_text(document, "url");
    profile = profile != NULL ? profile : apctl_job_text(document, "id");

    if (profile == NULL || !fedi_html_next(&rest, &tag)
        || !apctl_check_me(&tag, &href))
    {
        return APCTL_OK;
    }

    url = malloc(href.len + 1);

    if (url == NULL) {
        return apctl_fail(APCTL_FAILED, "no memory");
    }

    url[fedi_html_decode(href, url)] = '\0';

    code = apctl_check_ask(check, "fetch", url, "html", &result);

    if (code == APCTL_OK) {
        if (!apctl_check_looked(check, result, "rel=me", url)) {
            /* said */

        } else if (apctl_check_leads(result, profile)) {
            apctl_check_line(check, true, "rel=me", url, "links back");

        } else {
            apctl_check_line(check, true, "rel=me", url,
                             "does not link back yet: <link rel=\"me\" "
                             "href=\"%s\">", profile);
        }

        json_decref(result);
    }

    free(url);

    return code;
}


/* a worker reads 1 MiB, and hands on what is UTF-8 */

static bool
apctl_check_looked(apctl_check_t *check, const json_t *result,
    const char *name, const char *url)
{
    if (apctl_job_text(result, "error") == NULL) {
        return true;
    }

    apctl_check_line(check, true, name, url, "could not be looked at: %s",
                     apctl_fetch_reason(check->ap, result));

    return false;
}


static bool
apctl_check_names(const json_t *result, const char *handle)
{
    fedi_str_t       rest, value;
    fedi_html_tag_t  tag;

    rest = apctl_check_view(apctl_job_text(result, "body"));

    while (fedi_html_next(&rest, &tag)) {

        if (!fedi_str_eq_nocase(tag.name, fedi_str("meta"))
            || !fedi_html_attribute(&tag, fedi_str("name"), &value)
            || !fedi_html_means(value, fedi_str("fediverse:creator"))
            || !fedi_html_attribute(&tag, fedi_str("content"), &value))
        {
            continue;
        }

        if (value.len != 0 && value.data[0] == '@') {
            value = fedi_str_from(value, 1);
        }

        if (fedi_html_means(value, apctl_check_view(handle))) {
            return true;
        }
    }

    return false;
}


static bool
apctl_check_leads(const json_t *result, const char *to)
{
    fedi_str_t       rest, href;
    fedi_html_tag_t  tag;

    rest = apctl_check_view(apctl_job_text(result, "body"));

    while (fedi_html_next(&rest, &tag)) {
        if (apctl_check_me(&tag, &href)
            && fedi_html_means(href, apctl_check_view(to)))
        {
            return true;
        }
    }

    return false;
}


static bool
apctl_check_me(const fedi_html_tag_t *tag, fedi_str_t *href)
{
    fedi_str_t  rel;

    return (fedi_str_eq_nocase(tag->name, fedi_str("a"))
            || fedi_str_eq_nocase(tag->name, fedi_str("link")))
           && fedi_html_attribute(tag, fedi_str("rel"), &rel)
           && fedi_html_has_word(rel, fedi_str("me"))
           && fedi_html_attribute(tag, fedi_str("href"), href);
}


static fedi_str_t
apctl_check_view(const char *text)
{
    return (fedi_str_t) { text, text != NULL ? strlen(text) : 0 };
}
