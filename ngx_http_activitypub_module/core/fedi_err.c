
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_err.h"


const char *
fedi_strerror(fedi_err_e err)
{
    switch (err) {

    case FEDI_OK:
        return "no error";

    case FEDI_EURL:
        return "not an acceptable URL";

    case FEDI_EHOST:
        return "not an acceptable host name";

    case FEDI_EACCT:
        return "not an account address";

    case FEDI_EUTF8:
        return "not valid UTF-8";

    case FEDI_ETOOLONG:
        return "too long";

    case FEDI_EJSON:
        return "not acceptable JSON";

    case FEDI_ELIMIT:
        return "too deep or too many values";

    case FEDI_EKEYWORD:
        return "a JSON-LD keyword that is not accepted";

    case FEDI_ESF:
        return "not a structured field";

    case FEDI_EKEY:
        return "not an acceptable key";

    case FEDI_EMISMATCH:
        return "the signature does not match";

    case FEDI_ENOMEM:
        return "no memory";

    case FEDI_ECRYPTO:
        return "cryptographic library failed";
    }

    return "unknown error";
}
