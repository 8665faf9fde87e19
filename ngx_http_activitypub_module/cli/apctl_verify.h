
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl verify
 */

#ifndef APCTL_VERIFY_H
#define APCTL_VERIFY_H

#include "apctl_context.h"


/*
 * APCTL_OK: nginx would hand it on; APCTL_FAILED: it would not;
 * APCTL_NOT_FOUND: the key is not known here.
 */
apctl_exit_e apctl_verify(apctl_t *ap);


#endif
