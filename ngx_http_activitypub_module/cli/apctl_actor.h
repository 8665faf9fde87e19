
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor list|show
 */

#ifndef APCTL_ACTOR_H
#define APCTL_ACTOR_H

#include "apctl_context.h"


apctl_exit_e apctl_actor_list(apctl_t *ap);
apctl_exit_e apctl_actor_show(apctl_t *ap);


#endif
