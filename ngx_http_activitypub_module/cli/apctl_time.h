
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Times as RFC 3339 writes them.
 */

#ifndef APCTL_TIME_H
#define APCTL_TIME_H

#include <stdbool.h>


/*
 * Whether it has the form of RFC 3339, zone included: PostgreSQL alone would
 * also take "yesterday" and read 01/02/2026 as its settings say.
 */
bool apctl_time_is_rfc3339(const char *text);

/* a column of type timestamptz as RFC 3339 in UTC; SQL text */
#define APCTL_TIME_SQL(column)                                                \
    "to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


#endif
