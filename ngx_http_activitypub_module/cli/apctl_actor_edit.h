
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl actor add|edit|delete
 */

#ifndef APCTL_ACTOR_EDIT_H
#define APCTL_ACTOR_EDIT_H

#include "apctl_context.h"


apctl_exit_e apctl_actor_add(apctl_t *ap);
apctl_exit_e apctl_actor_edit(apctl_t *ap);
apctl_exit_e apctl_actor_delete(apctl_t *ap);


#endif
