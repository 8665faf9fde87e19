
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a peer would say to what it gets from us.
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_check.h"
#include "apctl_fetch.h"
#include "apctl_job.h"
#include "fedi_http_date.h"


/* signatures and deliveries suffer from more, seconds */
#define APCTL_CHECK_SKEW  10


static bool apctl_check_links(const json_t *jrd, const char *uri);
static const char *apctl_check_hint(const json_t *result);
static bool apctl_check_differ(apctl_check_t *check, const char *one,
    long long first, const char *other, long long second);


void
apctl_check_webfinger(apctl_check_t *check, const json_t *result,
    const char *handle, const char *uri)
{
    json_t      *jrd;
    const char  *type, *subject;

    if (apctl_job_text(result, "error") != NULL) {
        apctl_check_line(check, false, "webfinger", handle, "%s%s",
                         apctl_fetch_reason(check->ap, result),
                         apctl_check_hint(result));
        return;
    }

    type = apctl_job_text(result, "content_type");

    if (type == NULL
        || strncmp(type, "application/jrd+json",
                   sizeof("application/jrd+json") - 1)
           != 0)
    {
        apctl_check_line(check, false, "webfinger", handle, "the content type "
                         "is %s, not application/jrd+json: something else "
                         "than nginx answers /.well-known/webfinger",
                         type != NULL ? type : "absent");
        return;
    }

    jrd = apctl_check_body(result);
    subject = apctl_job_text(jrd, "subject");

    if (subject == NULL || strncmp(subject, "acct:", 5) != 0
        || strcmp(subject + 5, handle) != 0)
    {
        apctl_check_line(check, false, "webfinger", handle, "the subject is "
                         "%s, not acct:%s", subject ? subject : "absent",
                         handle);

    } else if (!apctl_check_links(jrd, uri)) {
        apctl_check_line(check, false, "webfinger", handle,
                         "there is no link \"self\" to %s", uri);

    } else {
        apctl_check_line(check, true, "webfinger", handle, "%s", uri);
    }

    json_decref(jrd);
}


static bool
apctl_check_links(const json_t *jrd, const char *uri)
{
    size_t         i;
    const char    *rel, *href, *type;
    const json_t  *links, *link;

    links = json_object_get(jrd, "links");

    for (i = 0; i < json_array_size(links); i++) {
        link = json_array_get(links, i);

        rel = apctl_job_text(link, "rel");
        href = apctl_job_text(link, "href");
        type = apctl_job_text(link, "type");

        if (rel != NULL && strcmp(rel, "self") == 0
            && href != NULL && strcmp(href, uri) == 0
            && type != NULL && strcmp(type, "application/activity+json") == 0)
        {
            return true;
        }
    }

    return false;
}


void
apctl_check_document(apctl_check_t *check, const json_t *result,
    const char *name, const char *about, const char *uri)
{
    json_t      *document;
    const char  *id;

    if (apctl_job_text(result, "error") != NULL) {
        apctl_check_line(check, false, name, about, "%s%s",
                         apctl_fetch_reason(check->ap, result),
                         apctl_check_hint(result));
        return;
    }

    document = apctl_check_body(result);
    id = apctl_job_text(document, "id");

    if (id == NULL || strcmp(id, uri) != 0) {
        apctl_check_line(check, false, name, about, "the id of the document "
                         "is %s, not %s: something else than nginx answers",
                         id != NULL ? id : "absent", uri);

    } else {
        apctl_check_line(check, true, name, about, "%lld %s",
                         apctl_job_number(result, "status"),
                         apctl_job_text(result, "content_type"));
    }

    json_decref(document);
}


/* never NULL where there is memory; an empty object has nothing */

json_t *
apctl_check_body(const json_t *result)
{
    json_t        *json;
    const json_t  *body;

    body = json_object_get(result, "body");
    json = NULL;

    if (body != NULL) {
        json = json_loadb(json_string_value(body), json_string_length(body),
                          0, NULL);
    }

    return json != NULL ? json : json_object();
}


static const char *
apctl_check_hint(const json_t *result)
{
    const char  *step;

    step = apctl_job_text(result, "step");

    if (step == NULL) {
        return "";
    }

    if (strcmp(step, "type") == 0) {
        return ": does a cache or a proxy in front of nginx answer, or drop "
               "the Accept header?";
    }

    if (strcmp(step, "status") != 0) {
        return "";
    }

    switch (apctl_job_number(result, "status")) {

    case 401:
    case 403:
        return ": is it behind auth_basic, allow or deny?";

    case 404:
        return ": does what stands in front hand this path on to nginx?";

    case 503:
        return ": does nginx reach the database? see its error.log";

    default:
        return "";
    }
}


/* all three against the worker's, which signs and verifies */

void
apctl_check_clock(apctl_check_t *check, const json_t *result,
    long long database, long long here)
{
    bool         ok;
    int64_t      date;
    long long    now;
    fedi_str_t   text;
    const char  *header;

    now = apctl_job_number(result, "now");
    header = apctl_job_text(result, "date");

    ok = apctl_check_differ(check, "the database", database, "nginx", now)
         && apctl_check_differ(check, "this machine", here, "nginx", now);

    if (!ok) {
        return;
    }

    text.data = header;
    text.len = (header != NULL) ? strlen(header) : 0;

    if (header == NULL || !fedi_http_date_parse(text, now, &date)) {
        apctl_check_line(check, false, "clock", check->origin,
                         "the answer has no Date header: something in front "
                         "of nginx takes it away");

    } else if (apctl_check_differ(check, "the Date header", date, "nginx",
                                  now))
    {
        apctl_check_line(check, true, "clock", check->origin,
                         "nginx, database and Date agree");
    }
}


static bool
apctl_check_differ(apctl_check_t *check, const char *one, long long first,
    const char *other, long long second)
{
    long long  skew;

    skew = first - second;

    if (llabs(skew) <= APCTL_CHECK_SKEW) {
        return true;
    }

    apctl_check_line(check, false, "clock", check->origin,
                     "%s is %lld seconds %s %s: peers refuse signatures of "
                     "another time; let the machines ask an NTP server",
                     one, llabs(skew), skew > 0 ? "ahead of" : "behind",
                     other);

    return false;
}


void
apctl_check_inbox(apctl_check_t *check, const json_t *result)
{
    long long    status;
    const char  *url, *error, *hint;

    status = apctl_job_number(result, "status");
    url = apctl_job_text(result, "url");
    error = apctl_job_text(result, "error");

    if (status == 202) {
        apctl_check_line(check, true, "inbox", url, "a signed POST is "
                         "accepted");
        return;
    }

    switch (status) {

    case 401:
        hint = ": what stands in front changes Host, Date, Digest, the path "
               "or the body, or the clock is wrong; error.log (level info) "
               "has the reason";
        break;

    case 403:
    case 405:
        hint = ": does what stands in front let POST pass?";
        break;

    case 404:
        hint = ": does what stands in front hand this path on to nginx?";
        break;

    case 503:
        hint = ": does nginx reach the database? see its error.log";
        break;

    default:
        hint = "";
    }

    if (status != 0 && error == NULL) {
        error = apctl_format(check->ap, "answered %lld", status);
    }

    apctl_check_line(check, false, "inbox", url, "%s%s",
                     error != NULL ? error : "no result", hint);
}
