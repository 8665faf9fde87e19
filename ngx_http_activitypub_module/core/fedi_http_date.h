
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Dates of HTTP (RFC 9110 section 5.6.7).
 */

#ifndef FEDI_HTTP_DATE_H
#define FEDI_HTTP_DATE_H

#include <stdint.h>

#include "fedi_str.h"


/* "Sun, 06 Nov 1994 08:49:37 GMT" */
#define FEDI_HTTP_DATE_LEN  29


/*
 * Accepts the three forms that a recipient has to: IMF-fixdate, and the
 * obsolete ones of RFC 850 and asctime().  "now" decides on the century of a
 * year with two digits: never more than 50 years ahead.  The name of the day
 * must be one, but need not be the right one.  On false "time" is untouched.
 */
bool fedi_http_date_parse(fedi_str_t text, int64_t now, int64_t *time);

/* IMF-fixdate of the years 0 to 9999, without a NUL; false: out of range */
bool fedi_http_date_format(int64_t time, char *out);


#endif
