
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What --help prints, made from the tables.
 */

#ifndef APCTL_HELP_H
#define APCTL_HELP_H

#include "apctl_parse.h"


/* the program's, a noun's or a command's, on stdout */
void apctl_help(const apctl_request_t *request);


#endif
