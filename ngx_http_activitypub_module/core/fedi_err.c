
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

    case FEDI_ENOMEM:
        return "no memory";
    }

    return "unknown error";
}
