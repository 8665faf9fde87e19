
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Which site a saved request was for.
 */

#ifndef APCTL_VERIFY_ORIGIN_H
#define APCTL_VERIFY_ORIGIN_H

#include "apctl_verify_request.h"
#include "fedi_id.h"
#include "fedi_signature_base.h"


typedef struct {
    fedi_id_t        id;            /* "https://acme.example" */
    fedi_id_rules_t  rules;         /* a site of http is for development */
    fedi_str_t      *origins;       /* all that are ours, this one too */
    size_t           norigins;
    fedi_str_t      *aliases;       /* hosts that are this site, too */
    size_t           naliases;
} apctl_verify_origin_t;


/*
 * Of --origin: the first is the site, others are names of it; else of the
 * database, by the Host.  Anything but APCTL_OK: a sentence was said.
 */
apctl_exit_e apctl_verify_origin(apctl_t *ap, const apctl_saved_t *saved,
    apctl_verify_origin_t *origin);


#endif
