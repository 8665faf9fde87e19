
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_verdict.h"


/*
 * In the order of fedi_verdict_e.  What is none of our business is accepted
 * and dropped: a peer would only send it again.
 */
static const struct {
    fedi_str_t  code;
    fedi_str_t  text;
    unsigned    status;

} fedi_verdicts[FEDI_VERDICTS] = {
    { fedi_string("accepted"),
      fedi_string("accepted"), 202 },
    { fedi_string("object_to_refetch"),
      fedi_string("object to be fetched from its origin"), 202 },
    { fedi_string("forwarded"),
      fedi_string("forwarded for another actor"), 202 },
    { fedi_string("type_without_effect"),
      fedi_string("of a type without effect"), 202 },
    { fedi_string("not_ours"),
      fedi_string("about nothing of ours"), 202 },
    { fedi_string("no_type"),
      fedi_string("no type"), 400 },
    { fedi_string("type_malformed"),
      fedi_string("malformed type"), 400 },
    { fedi_string("no_id"),
      fedi_string("no id"), 400 },
    { fedi_string("id_malformed"),
      fedi_string("malformed id"), 400 },
    { fedi_string("no_actor"),
      fedi_string("no actor"), 400 },
    { fedi_string("actor_malformed"),
      fedi_string("malformed actor"), 400 },
    { fedi_string("no_object"),
      fedi_string("no object"), 400 },
    { fedi_string("object_malformed"),
      fedi_string("malformed object"), 400 },
    { fedi_string("author_malformed"),
      fedi_string("malformed author"), 400 },
    { fedi_string("several_where_one"),
      fedi_string("several where one may be"), 400 },
    { fedi_string("key_of_another_actor"),
      fedi_string("actor does not own the key"), 403 },
    { fedi_string("id_of_another_origin"),
      fedi_string("id of another origin"), 403 },
    { fedi_string("object_of_another_origin"),
      fedi_string("object of another origin"), 403 },
    { fedi_string("object_of_another_actor"),
      fedi_string("object of another actor"), 403 },
    { fedi_string("actor_in_place_of_object"),
      fedi_string("actor in place of an object"), 403 },
    { fedi_string("activity_failed"),
      fedi_string("no memory"), 500 }
};


fedi_str_t
fedi_verdict_code(fedi_verdict_e verdict)
{
    if ((size_t) verdict >= FEDI_VERDICTS) {
        verdict = FEDI_VERDICT_FAILED;
    }

    return fedi_verdicts[verdict].code;
}


fedi_str_t
fedi_verdict_text(fedi_verdict_e verdict)
{
    if ((size_t) verdict >= FEDI_VERDICTS) {
        verdict = FEDI_VERDICT_FAILED;
    }

    return fedi_verdicts[verdict].text;
}


unsigned
fedi_verdict_status(fedi_verdict_e verdict)
{
    if ((size_t) verdict >= FEDI_VERDICTS) {
        verdict = FEDI_VERDICT_FAILED;
    }

    return fedi_verdicts[verdict].status;
}
