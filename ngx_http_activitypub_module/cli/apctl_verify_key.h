
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The key that a saved request is judged by: of a file, or of the database.
 */

#ifndef APCTL_VERIFY_KEY_H
#define APCTL_VERIFY_KEY_H

#include <stdint.h>

#include "apctl_context.h"
#include "fedi_id.h"
#include "fedi_key.h"


typedef enum {
    APCTL_KEY_FOUND = 0,
    APCTL_KEY_UNKNOWN,          /* it would have to be fetched */
    APCTL_KEY_BAD               /* nginx would not take it */
} apctl_key_e;


typedef struct {
    EVP_PKEY    *key;           /* EVP_PKEY_free() */
    fedi_str_t   owner;         /* whose it is; empty: the file does not say */
    const char  *about;         /* where it is from, or what is wrong */
} apctl_verify_key_t;


/*
 * Of --key if that was given, else of the database, as it was at "now".
 * Anything but APCTL_OK: it could not be looked for; a sentence was said.
 */
apctl_exit_e apctl_verify_key(apctl_t *ap, const fedi_id_rules_t *rules,
    const fedi_id_t *key_id, int64_t now, apctl_verify_key_t *key,
    apctl_key_e *found);


#endif
