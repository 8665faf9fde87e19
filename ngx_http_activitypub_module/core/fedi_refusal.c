
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_refusal.h"


/*
 * In the order of fedi_refusal_e.  Trouble that passes is 503, which makes a
 * peer come again; a 4xx makes it give up.
 */
static const struct {
    fedi_str_t  code;
    fedi_str_t  text;
    unsigned    status;

} fedi_refusals[FEDI_REFUSALS] = {
    { fedi_string("method_not_allowed"),
      fedi_string("only GET, HEAD and POST are allowed here"), 405 },
    { fedi_string("content_type_not_accepted"),
      fedi_string("an inbox takes application/activity+json"), 415 },
    { fedi_string("content_encoding_not_accepted"),
      fedi_string("an inbox takes no encoded content"), 415 },
    { fedi_string("length_required"),
      fedi_string("the length of the body is required"), 411 },
    { fedi_string("body_too_large"),
      fedi_string("an activity has 1 MiB at most"), 413 },
    { fedi_string("request_malformed"),
      fedi_string("the request is malformed"), 400 },
    { fedi_string("json_malformed"),
      fedi_string("not acceptable JSON"), 400 },
    { fedi_string("json_too_complex"),
      fedi_string("too deep or too many values"), 400 },
    { fedi_string("json_keyword"),
      fedi_string("a JSON-LD keyword that is not accepted"), 400 },
    { fedi_string("activity_not_kept"),
      fedi_string("the activity cannot be kept"), 400 },
    { fedi_string("limited"),
      fedi_string("too many requests of this domain"), 429 },
    { fedi_string("too_many_bodies"),
      fedi_string("too many large bodies"), 503 },
    { fedi_string("database_away"),
      fedi_string("the database is away"), 503 },
    { fedi_string("read_only"),
      fedi_string("only GET and HEAD are allowed here"), 405 },
    { fedi_string("not_found"),
      fedi_string("nothing is here"), 404 },
    { fedi_string("actor_gone"),
      fedi_string("the actor is gone"), 410 },
    { fedi_string("resource_malformed"),
      fedi_string("resource must be one acct: URI or URL"), 400 },
    { fedi_string("no_such_account"),
      fedi_string("no such account here"), 404 },
    { fedi_string("account_gone"),
      fedi_string("the account is gone"), 410 },
    { fedi_string("no_such_resource"),
      fedi_string("no such resource here"), 404 },
    { fedi_string("resource_gone"),
      fedi_string("the resource is gone"), 410 },
    { fedi_string("no_such_nodeinfo"),
      fedi_string("no such version of NodeInfo"), 404 },
    { fedi_string("federation_unavailable"),
      fedi_string("federation is unavailable at the moment"), 503 },
    { fedi_string("password_required"),
      fedi_string("a password is required here"), 401 },
    { fedi_string("access_denied"),
      fedi_string("access is denied"), 403 },
    { fedi_string("condition_failed"),
      fedi_string("the document is another one by now"), 412 },
    { fedi_string("too_many_requests"),
      fedi_string("too many requests"), 429 },
    { fedi_string("not_now"),
      fedi_string("not at the moment"), 503 },
    { fedi_string("not_answered"),
      fedi_string("the request cannot be answered"), 400 },
    { fedi_string("internal_error"),
      fedi_string("something went wrong here"), 500 }
};


fedi_str_t
fedi_refusal_code(fedi_refusal_e refusal)
{
    if ((size_t) refusal >= FEDI_REFUSALS) {
        refusal = FEDI_REFUSAL_FAILED;
    }

    return fedi_refusals[refusal].code;
}


fedi_str_t
fedi_refusal_text(fedi_refusal_e refusal)
{
    if ((size_t) refusal >= FEDI_REFUSALS) {
        refusal = FEDI_REFUSAL_FAILED;
    }

    return fedi_refusals[refusal].text;
}


unsigned
fedi_refusal_status(fedi_refusal_e refusal)
{
    if ((size_t) refusal >= FEDI_REFUSALS) {
        refusal = FEDI_REFUSAL_FAILED;
    }

    return fedi_refusals[refusal].status;
}


fedi_refusal_e
fedi_refusal_of_json(fedi_err_e err)
{
    switch (err) {

    case FEDI_ENOMEM:
        return FEDI_REFUSAL_FAILED;

    case FEDI_ETOOLONG:
        return FEDI_REFUSAL_TOO_LARGE;

    case FEDI_ELIMIT:
        return FEDI_REFUSAL_JSON_LIMIT;

    case FEDI_EKEYWORD:
        return FEDI_REFUSAL_JSON_KEYWORD;

    default:
        return FEDI_REFUSAL_JSON;
    }
}
