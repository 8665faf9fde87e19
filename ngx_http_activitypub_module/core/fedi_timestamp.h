
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Dates of JSON documents (RFC 3339, xsd:dateTime).
 */

#ifndef FEDI_TIMESTAMP_H
#define FEDI_TIMESTAMP_H

#include <stdint.h>

#include "fedi_str.h"


/*
 * Accepts "2026-11-23T06:30:00Z", a fraction of a second, which is dropped,
 * and an offset instead of the Z; a date without an offset is no moment.  On
 * false "time", in seconds since 1970, is untouched.
 */
bool fedi_timestamp_parse(fedi_str_t text, int64_t *time);


#endif
