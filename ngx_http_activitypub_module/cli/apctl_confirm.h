
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Asking before something that cannot be undone.
 */

#ifndef APCTL_CONFIRM_H
#define APCTL_CONFIRM_H

#include "apctl_context.h"


/*
 * APCTL_OK: yes, or --yes, or --dry-run.  Else nothing is to be done, after a
 * sentence.  "verb" and "done" say what it would be: "delete", "deleted".
 * "question" is one line, and is cleaned.
 */
apctl_exit_e apctl_confirm(apctl_t *ap, const char *verb, const char *done,
    const char *question);


#endif
