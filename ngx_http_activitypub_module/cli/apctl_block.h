
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl block add|rm|list|import|export: rules about domains.
 */

#ifndef APCTL_BLOCK_H
#define APCTL_BLOCK_H

#include "apctl_context.h"


apctl_exit_e apctl_block_add(apctl_t *ap);
apctl_exit_e apctl_block_rm(apctl_t *ap);
apctl_exit_e apctl_block_list(apctl_t *ap);
apctl_exit_e apctl_block_import(apctl_t *ap);
apctl_exit_e apctl_block_export(apctl_t *ap);


#endif
