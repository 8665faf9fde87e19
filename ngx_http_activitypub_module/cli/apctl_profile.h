
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of an actor as the profile that the API takes.
 */

#ifndef APCTL_PROFILE_H
#define APCTL_PROFILE_H

#include "apctl_options.h"
#include "apctl_context.h"


#define APCTL_PROFILE_OPTIONS                                                 \
    (APCTL_BIT(ALSO_KNOWN_AS) | APCTL_BIT(DISCOVERABLE) | APCTL_BIT(FIELD)    \
     | APCTL_BIT(HIDE_FOLLOWERS) | APCTL_BIT(ICON) | APCTL_BIT(IMAGE)         \
     | APCTL_BIT(INDEXABLE) | APCTL_BIT(LANGUAGE) | APCTL_BIT(NAME)           \
     | APCTL_BIT(SECTION) | APCTL_BIT(SUMMARY) | APCTL_BIT(TYPE_OF_ACTOR)     \
     | APCTL_BIT(URL))


/*
 * JSON in the run's memory; an empty value is null, which takes away.  A field
 * without "=", or bytes that are no UTF-8: a sentence, and not APCTL_OK.
 */
apctl_exit_e apctl_profile(apctl_t *ap, const char **json);

/* whether any of them is given */
bool apctl_profile_given(apctl_t *ap);


#endif
