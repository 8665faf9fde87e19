
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor import
 */

#ifndef APCTL_ACTOR_IMPORT_H
#define APCTL_ACTOR_IMPORT_H

#include "apctl_context.h"


apctl_exit_e apctl_actor_import(apctl_t *ap);


#endif
