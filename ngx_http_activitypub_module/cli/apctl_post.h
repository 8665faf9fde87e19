
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl post publish|update|delete|preview|pin|list
 */

#ifndef APCTL_POST_H
#define APCTL_POST_H

#include "apctl_context.h"


apctl_exit_e apctl_post_delete(apctl_t *ap);
apctl_exit_e apctl_post_list(apctl_t *ap);
apctl_exit_e apctl_post_pin(apctl_t *ap);
apctl_exit_e apctl_post_preview(apctl_t *ap);
apctl_exit_e apctl_post_publish(apctl_t *ap);
apctl_exit_e apctl_post_update(apctl_t *ap);


#endif
