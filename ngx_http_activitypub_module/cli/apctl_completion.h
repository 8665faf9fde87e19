
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Completion for bash, made from the tables.
 */

#ifndef APCTL_COMPLETION_H
#define APCTL_COMPLETION_H

#include "apctl_context.h"


apctl_exit_e apctl_completion_bash(apctl_t *ap);


#endif
