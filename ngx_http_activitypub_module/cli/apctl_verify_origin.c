
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <string.h>

#include "apctl_query.h"
#include "apctl_verify_origin.h"


static apctl_exit_e apctl_origin_given(apctl_t *ap,
    apctl_verify_origin_t *origin);
static apctl_exit_e apctl_origin_parse(apctl_t *ap, const char *text,
    size_t len, fedi_id_rules_t *rules, fedi_id_t *id);
static apctl_exit_e apctl_origin_known(apctl_t *ap,
    const apctl_saved_t *saved, apctl_verify_origin_t *origin);
static bool apctl_origin_is(const apctl_saved_t *saved, const fedi_id_t *id);


apctl_exit_e
apctl_verify_origin(apctl_t *ap, const apctl_saved_t *saved,
    apctl_verify_origin_t *origin)
{
    apctl_exit_e  code;

    memset(origin, 0, sizeof(apctl_verify_origin_t));

    if (apctl_given(ap, ORIGIN_OF_REQUEST)) {
        code = apctl_origin_given(ap, origin);

        if (code != APCTL_OK) {
            return code;
        }
    }

    if (ap->conn != NULL) {
        return apctl_origin_known(ap, saved, origin);
    }

    origin->origins = &origin->id.origin;
    origin->norigins = 1;

    return APCTL_OK;
}


static apctl_exit_e
apctl_origin_given(apctl_t *ap, apctl_verify_origin_t *origin)
{
    size_t            n;
    fedi_id_t         id;
    fedi_str_t        rest;
    apctl_exit_e      code;
    fedi_id_rules_t   rules;

    rest.data = apctl_value(ap, ORIGIN_OF_REQUEST);
    rest.len = strlen(rest.data);

    origin->aliases = apctl_alloc(ap, (rest.len + 1) * sizeof(fedi_str_t));

    for (n = 0; /* void */ ; n++) {

        code = apctl_origin_parse(ap, rest.data, fedi_str_before(rest, '\n'),
                                  &rules, &id);
        if (code != APCTL_OK) {
            return code;
        }

        if (n == 0) {
            origin->id = id;
            origin->rules = rules;

        } else {
            origin->aliases[origin->naliases++] = id.authority;
        }

        if (fedi_str_before(rest, '\n') == rest.len) {
            return APCTL_OK;
        }

        rest = fedi_str_from(rest, fedi_str_before(rest, '\n') + 1);
    }
}


static apctl_exit_e
apctl_origin_parse(apctl_t *ap, const char *text, size_t len,
    fedi_id_rules_t *rules, fedi_id_t *id)
{
    const char  *url;

    url = memchr(text, ':', len) != NULL && memchr(text, '/', len) != NULL
          ? apctl_format(ap, "%.*s", (int) len, text)
          : apctl_format(ap, "https://%.*s", (int) len, text);

    rules->http = (strncmp(url, "http://", 7) == 0);
    rules->local = rules->http;

    if (fedi_id_parse(&ap->heap.arena, rules,
                      (fedi_str_t) { url, strlen(url) }, id)
        != FEDI_OK
        || id->url.path.len > 1 || id->url.query.len != 0)
    {
        return apctl_fail(APCTL_USAGE, "\"%.*s\" is no origin, like "
                          "https://acme.example", (int) len, text);
    }

    return APCTL_OK;
}


/* nginx has a server for what it does not know: so has who has one site */

static apctl_exit_e
apctl_origin_known(apctl_t *ap, const apctl_saved_t *saved,
    apctl_verify_origin_t *origin)
{
    int               i, n;
    fedi_id_t         id;
    PGresult         *rows;
    const char       *url;
    apctl_exit_e      code;
    fedi_id_rules_t   rules;

    code = apctl_query(ap, "SELECT o.url FROM activitypub.origins AS o"
                       " ORDER BY o.url", 0, NULL, &rows);

    if (code != APCTL_OK) {
        return code;
    }

    n = PQntuples(rows);
    origin->origins = apctl_alloc(ap, ((size_t) n + 1) * sizeof(fedi_str_t));

    for (i = 0; code == APCTL_OK && i < n; i++) {
        url = apctl_format(ap, "%s", PQgetvalue(rows, i, 0));
        code = apctl_origin_parse(ap, url, strlen(url), &rules, &id);

        if (code != APCTL_OK) {
            break;
        }

        origin->origins[origin->norigins++] = id.origin;

        if (!apctl_given(ap, ORIGIN_OF_REQUEST)
            && (n == 1 || apctl_origin_is(saved, &id)))
        {
            origin->id = id;
            origin->rules = rules;
        }
    }

    PQclear(rows);

    if (code == APCTL_OK && origin->id.text.len == 0) {
        return apctl_fail(APCTL_USAGE, "no site of the database is called "
                          "\"%.*s\": --origin says which one was asked",
                          (int) saved->host.len, saved->host.data);
    }

    if (code == APCTL_OK && apctl_given(ap, ORIGIN_OF_REQUEST)) {
        origin->origins[origin->norigins++] = origin->id.origin;
    }

    return code;
}


static bool
apctl_origin_is(const apctl_saved_t *saved, const fedi_id_t *id)
{
    fedi_str_t             host;
    fedi_signed_request_t  request;

    memset(&request, 0, sizeof(fedi_signed_request_t));

    request.scheme = id->url.scheme;
    request.authority = id->authority;

    return fedi_signature_host(&request, saved->host, &host)
           == FEDI_SIGNATURE_VALID;
}
