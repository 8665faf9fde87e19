
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl followers list, apctl deliveries status|show|retry
 */

#ifndef APCTL_DELIVERY_H
#define APCTL_DELIVERY_H

#include "apctl_context.h"


apctl_exit_e apctl_followers_list(apctl_t *ap);

apctl_exit_e apctl_deliveries_status(apctl_t *ap);
apctl_exit_e apctl_deliveries_show(apctl_t *ap);
apctl_exit_e apctl_deliveries_retry(apctl_t *ap);


#endif
