
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <string.h>
#include <time.h>

#include "apctl_verify_header.h"
#include "fedi_http_date.h"
#include "fedi_signature_message.h"


/* more than any clock: everything is near */
#define APCTL_HEADER_EVER  ((int64_t) 1 << 60)


static const char *apctl_header_scheme(apctl_t *ap,
    const fedi_signed_request_t *request, const fedi_signature_t *signature);
static const char *apctl_header_label(apctl_t *ap,
    const fedi_signed_request_t *request, const fedi_signature_t *signature);
static const char *apctl_header_covered(apctl_t *ap,
    const fedi_signature_t *signature);
static const char *apctl_header_times(apctl_t *ap,
    const fedi_signed_request_t *request, const fedi_signature_t *signature,
    int64_t now);


int64_t
apctl_header_time(apctl_t *ap, const fedi_signed_request_t *request,
    int64_t now)
{
    int64_t                   date;
    fedi_str_t                value;
    fedi_digest_t             digest;
    fedi_signature_t         *signature;
    fedi_signature_policy_t   policy;

    value = fedi_null_str;

    if (fedi_header_find(request->headers, request->nheaders,
                         fedi_str("date"), &value)
        != 0
        && fedi_http_date_parse(fedi_str_trim(value), now, &date))
    {
        return date;
    }

    policy.now = 0;
    policy.window = APCTL_HEADER_EVER;
    policy.lifetime = APCTL_HEADER_EVER;
    policy.body = false;
    policy.admit = NULL;
    policy.data = NULL;

    signature = apctl_alloc(ap, sizeof(fedi_signature_t));
    memset(signature, 0, sizeof(fedi_signature_t));

    (void) fedi_signature_read(&ap->heap.arena, request, &policy, signature,
                               &digest);

    return signature->has_created ? signature->created : now;
}


const char *
apctl_header_date(apctl_t *ap, int64_t at)
{
    char       text[64];
    time_t     moment;
    struct tm  tm;

    moment = (time_t) at;

    if (gmtime_r(&moment, &tm) == NULL
        || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
    {
        return "beyond all years";
    }

    return apctl_format(ap, "%s", text);
}


const char *
apctl_header_report(apctl_t *ap, apctl_report_t *report,
    const fedi_signed_request_t *request, const fedi_signature_t *signature,
    int64_t now, fedi_signature_e reason)
{
    /* it may have ended before the signature was read at all */

    if ((reason != FEDI_SIGNATURE_VALID
         && reason <= FEDI_SIGNATURE_NO_TIMES)
        || signature->ncovered == 0)
    {
        return "signature";
    }

    apctl_report_step(report, APCTL_STEP_OK, "signature", "%s",
                      apctl_header_scheme(ap, request, signature));

    if (reason != FEDI_SIGNATURE_VALID && reason < FEDI_SIGNATURE_OTHER_HOST) {
        apctl_report_step(report, APCTL_STEP_OPEN, "covered", "%s",
                          apctl_header_covered(ap, signature));
        return "covered";
    }

    apctl_report_step(report, APCTL_STEP_OK, "covered", "%s",
                      apctl_header_covered(ap, signature));

    if (reason == FEDI_SIGNATURE_OTHER_HOST) {
        return "host";
    }

    apctl_report_step(report, APCTL_STEP_OK, "host", "%.*s",
                      (int) request->authority.len, request->authority.data);

    if (reason != FEDI_SIGNATURE_VALID
        && reason <= FEDI_SIGNATURE_EXPIRES_LATE)
    {
        apctl_report_step(report, APCTL_STEP_OPEN, "date", "%s",
                          apctl_header_times(ap, request, signature, now));
        return "date";
    }

    apctl_report_step(report, APCTL_STEP_OK, "date", "%s",
                      apctl_header_times(ap, request, signature, now));

    return "digest";
}


static const char *
apctl_header_scheme(apctl_t *ap, const fedi_signed_request_t *request,
    const fedi_signature_t *signature)
{
    const char  *algorithm;

    algorithm = signature->algorithm.len != 0
                ? apctl_format(ap, "algorithm %.*s",
                               (int) signature->algorithm.len,
                               signature->algorithm.data)
                : "no algorithm is said";

    return signature->scheme == FEDI_SCHEME_CAVAGE
           ? apctl_format(ap, "draft-cavage, %s", algorithm)
           : apctl_format(ap, "RFC 9421, label %s, %s",
                          apctl_header_label(ap, request, signature),
                          algorithm);
}


/* it is not kept: the one that has the very parameters */

static const char *
apctl_header_label(apctl_t *ap, const fedi_signed_request_t *request,
    const fedi_signature_t *signature)
{
    fedi_str_t                input, value;
    fedi_signature_t         *other;
    fedi_signature_fields_t   fields;
    const fedi_sf_member_t   *member;

    other = apctl_alloc(ap, sizeof(fedi_signature_t));

    if (fedi_signature_field(&ap->heap.arena, request,
                             fedi_str("signature-input"), &input)
        != FEDI_SIGNATURE_VALID
        || fedi_signature_field(&ap->heap.arena, request,
                                fedi_str("signature"), &value)
           != FEDI_SIGNATURE_VALID
        || fedi_signature_fields(&ap->heap.arena, input, value, &fields)
           != FEDI_SIGNATURE_VALID)
    {
        return "?";
    }

    for (member = fields.inputs.members; member; member = member->next) {

        if (fedi_signature_member(&fields, member, other)
            == FEDI_SIGNATURE_VALID
            && fedi_str_eq(other->input, signature->input))
        {
            return apctl_format(ap, "%.*s", (int) member->name.len,
                                member->name.data);
        }
    }

    return "?";
}


static const char *
apctl_header_covered(apctl_t *ap, const fedi_signature_t *signature)
{
    size_t       i;
    const char  *text;

    text = "";

    for (i = 0; i < signature->ncovered; i++) {
        text = apctl_format(ap, "%s%s%.*s", text, i != 0 ? " " : "",
                            (int) signature->covered[i].len,
                            signature->covered[i].data);
    }

    return text;
}


static const char *
apctl_header_times(apctl_t *ap, const fedi_signed_request_t *request,
    const fedi_signature_t *signature, int64_t now)
{
    fedi_str_t   date;
    const char  *text;

    text = "";
    date = fedi_null_str;

    if (fedi_header_find(request->headers, request->nheaders,
                         fedi_str("date"), &date)
        != 0
        && fedi_signature_covers(signature, fedi_str("date")))
    {
        text = apctl_format(ap, "Date %.*s, ", (int) date.len, date.data);
    }

    if (signature->has_created) {
        text = apctl_format(ap, "%screated %s, ", text,
                            apctl_header_date(ap, signature->created));
    }

    if (signature->has_expires) {
        text = apctl_format(ap, "%sexpires %s, ", text,
                            apctl_header_date(ap, signature->expires));
    }

    return apctl_format(ap, "%sjudged at %s", text,
                        apctl_header_date(ap, now));
}
