
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl fetch: the document on stdout, what became of it on stderr.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apctl_connect.h"
#include "apctl_fetch.h"
#include "apctl_job.h"
#include "apctl_output.h"


static apctl_exit_e apctl_fetch_report(apctl_t *ap, const json_t *result);
static const char *apctl_fetch_how(apctl_t *ap, const json_t *result);
static void apctl_fetch_hops(apctl_t *ap, const json_t *result);
static apctl_exit_e apctl_fetch_code(const json_t *result);
static void apctl_fetch_print(apctl_t *ap, const json_t *result);


apctl_exit_e
apctl_fetch(apctl_t *ap)
{
    json_t        *result;
    apctl_exit_e   code;

    code = apctl_connect(ap, NULL);

    if (code != APCTL_OK) {
        return code;
    }

    code = apctl_job(ap, "fetch", apctl_value(ap, ORIGIN),
                     json_pack("{s:s}", "url", ap->operand),
                     apctl_format(ap, "fetches %s", ap->operand), &result);

    if (code != APCTL_OK) {
        return code;
    }

    code = apctl_fetch_report(ap, result);

    if (apctl_given(ap, JSON)) {
        apctl_print_json(json_incref(result));

    } else if (code == APCTL_OK) {
        apctl_fetch_print(ap, result);
    }

    json_decref(result);

    return code;
}


static apctl_exit_e
apctl_fetch_report(apctl_t *ap, const json_t *result)
{
    const char    *url;
    apctl_exit_e   code;

    code = apctl_fetch_code(result);
    url = apctl_job_text(result, "url");

    apctl_fetch_hops(ap, result);

    if (code != APCTL_OK) {
        return apctl_fail(code, "%s was not fetched: %s%s",
                          url != NULL ? url : ap->operand,
                          apctl_fetch_reason(ap, result),
                          apctl_fetch_how(ap, result));
    }

    apctl_warn(ap, "%s: %lld %s%s", url, apctl_job_number(result, "status"),
               apctl_job_text(result, "content_type"),
               apctl_fetch_how(ap, result));

    return APCTL_OK;
}


static const char *
apctl_fetch_how(apctl_t *ap, const json_t *result)
{
    long long    msec;
    const char  *address;

    msec = apctl_job_number(result, "msec");
    address = apctl_job_text(result, "address");

    if (address == NULL) {
        return "";
    }

    if (apctl_job_number(result, "status") == 0) {
        return apctl_format(ap, " (address %s, %lld.%03lld s)", address,
                            msec / 1000, msec % 1000);
    }

    return apctl_format(ap, " (from %s, %lld bytes, %lld.%03lld s)", address,
                        apctl_job_number(result, "bytes"),
                        msec / 1000, msec % 1000);
}


/* the last one is the answer */

static void
apctl_fetch_hops(apctl_t *ap, const json_t *result)
{
    size_t         i;
    const json_t  *hops, *hop;

    hops = json_object_get(result, "hops");

    for (i = 0; i + 1 < json_array_size(hops); i++) {
        hop = json_array_get(hops, i);

        apctl_warn(ap, "%s: %lld (from %s)", apctl_job_text(hop, "url"),
                   apctl_job_number(hop, "status"),
                   apctl_job_text(hop, "address"));
    }
}


static apctl_exit_e
apctl_fetch_code(const json_t *result)
{
    if (apctl_job_text(result, "error") == NULL) {
        return APCTL_OK;
    }

    switch (apctl_job_number(result, "status")) {

    case 401:
    case 403:
        return APCTL_DENIED;

    case 404:
    case 410:
        return APCTL_NOT_FOUND;

    default:
        break;
    }

    return json_is_true(json_object_get(result, "later")) ? APCTL_TRY_AGAIN
                                                          : APCTL_FAILED;
}


const char *
apctl_fetch_reason(apctl_t *ap, const json_t *result)
{
    const char  *step, *error, *type, *location;

    step = apctl_job_text(result, "step");
    error = apctl_job_text(result, "error");

    if (step == NULL) {
        return error;
    }

    if (strcmp(step, "status") == 0) {
        return apctl_format(ap, "answered %lld",
                            apctl_job_number(result, "status"));
    }

    if (strcmp(step, "type") == 0) {
        type = apctl_job_text(result, "content_type");

        return apctl_format(ap, "answered with %s, which is not ActivityPub",
                            type != NULL ? type : "no content type");
    }

    if (strcmp(step, "url") == 0) {
        return apctl_format(ap, "%s: only https and public names are asked",
                            error);
    }

    if (strcmp(step, "redirect") == 0) {
        location = apctl_job_text(result, "location");

        return apctl_format(ap, "%s: %lld to %s", error,
                            apctl_job_number(result, "status"),
                            location != NULL ? location : "nowhere");
    }

    return error;
}


/* the very bytes, but for a terminal: a document could command it */

static void
apctl_fetch_print(apctl_t *ap, const json_t *result)
{
    json_t        *json;
    const json_t  *body;

    body = json_object_get(result, "body");

    if (isatty(STDOUT_FILENO)) {
        json = json_loadb(json_string_value(body), json_string_length(body),
                          0, NULL);

        if (json != NULL) {
            apctl_print_json(json);

        } else {
            apctl_warn(ap, "the document is not JSON");
            apctl_write_clean(stdout, json_string_value(body));
        }

        return;
    }

    fwrite(json_string_value(body), 1, json_string_length(body), stdout);
}
