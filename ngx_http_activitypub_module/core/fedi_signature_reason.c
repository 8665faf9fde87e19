
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_signature_reason.h"


/*
 * In the order of fedi_signature_e.  A 401 makes a peer try another scheme;
 * 400 is for what no scheme would mend.
 */
static const struct {
    fedi_str_t  code;
    fedi_str_t  text;
    unsigned    status;

} fedi_signature_reasons[FEDI_SIGNATURE_REASONS] = {
    { fedi_string("valid"),
      fedi_string("valid"), 0 },
    { fedi_string("signature_required"),
      fedi_string("a signature is required"), 401 },
    { fedi_string("signature_too_long"),
      fedi_string("signature too long"), 401 },
    { fedi_string("signature_malformed"),
      fedi_string("malformed signature"), 401 },
    { fedi_string("signature_duplicate_parameter"),
      fedi_string("duplicate parameter in signature"), 401 },
    { fedi_string("signature_no_key_id"),
      fedi_string("no key id in signature"), 401 },
    { fedi_string("signature_no_value"),
      fedi_string("no value in signature"), 401 },
    { fedi_string("signature_algorithm"),
      fedi_string("algorithm not accepted"), 401 },
    { fedi_string("signature_duplicate_name"),
      fedi_string("duplicate name among signed headers"), 401 },
    { fedi_string("signature_unknown_name"),
      fedi_string("unknown name among signed headers"), 401 },
    { fedi_string("signature_times_not_allowed"),
      fedi_string("signed times with an algorithm that has none"), 401 },
    { fedi_string("signature_no_times"),
      fedi_string("signed times that are not given"), 401 },
    { fedi_string("target_not_signed"),
      fedi_string("request target not signed"), 401 },
    { fedi_string("host_not_signed"),
      fedi_string("host not signed"), 401 },
    { fedi_string("date_not_signed"),
      fedi_string("date not signed"), 401 },
    { fedi_string("digest_not_signed"),
      fedi_string("digest not signed"), 401 },
    { fedi_string("signed_header_absent"),
      fedi_string("signed header absent"), 401 },
    { fedi_string("header_duplicate"),
      fedi_string("duplicate header"), 400 },
    { fedi_string("header_malformed"),
      fedi_string("malformed header"), 400 },
    { fedi_string("signed_for_other_host"),
      fedi_string("signed for another host"), 401 },
    { fedi_string("date_malformed"),
      fedi_string("malformed date"), 401 },
    { fedi_string("signature_too_old"),
      fedi_string("date too old"), 401 },
    { fedi_string("signature_in_future"),
      fedi_string("date in the future"), 401 },
    { fedi_string("signature_expired"),
      fedi_string("signature expired"), 401 },
    { fedi_string("signature_expires_late"),
      fedi_string("signature expires too late"), 401 },
    { fedi_string("digest_malformed"),
      fedi_string("malformed digest"), 401 },
    { fedi_string("digest_not_sha256"),
      fedi_string("no SHA-256 digest"), 401 },
    { fedi_string("digest_mismatch"),
      fedi_string("digest of another body"), 401 },
    { fedi_string("key_id_not_accepted"),
      fedi_string("key id not acceptable"), 401 },
    { fedi_string("domain_blocked"),
      fedi_string("domain blocked"), 403 },
    { fedi_string("domain_not_judged"),
      fedi_string("domain not judged yet"), 503 },
    { fedi_string("key_not_found"),
      fedi_string("key not found"), 401 },
    { fedi_string("key_unreachable"),
      fedi_string("key not reachable"), 503 },
    { fedi_string("key_not_accepted"),
      fedi_string("key not acceptable"), 401 },
    { fedi_string("signature_mismatch"),
      fedi_string("signature does not match"), 401 },
    { fedi_string("signature_failed"),
      fedi_string("internal error"), 500 }
};


fedi_str_t
fedi_signature_code(fedi_signature_e reason)
{
    if ((size_t) reason >= FEDI_SIGNATURE_REASONS) {
        reason = FEDI_SIGNATURE_FAILED;
    }

    return fedi_signature_reasons[reason].code;
}


fedi_str_t
fedi_signature_text(fedi_signature_e reason)
{
    if ((size_t) reason >= FEDI_SIGNATURE_REASONS) {
        reason = FEDI_SIGNATURE_FAILED;
    }

    return fedi_signature_reasons[reason].text;
}


unsigned
fedi_signature_status(fedi_signature_e reason)
{
    if ((size_t) reason >= FEDI_SIGNATURE_REASONS) {
        reason = FEDI_SIGNATURE_FAILED;
    }

    return fedi_signature_reasons[reason].status;
}
