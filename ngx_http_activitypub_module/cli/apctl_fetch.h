
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl fetch
 */

#ifndef APCTL_FETCH_H
#define APCTL_FETCH_H

#include <jansson.h>

#include "apctl_context.h"


apctl_exit_e apctl_fetch(apctl_t *ap);

/* why there is no document, in words: "answered 404", ... */
const char *apctl_fetch_reason(apctl_t *ap, const json_t *result);


#endif
