
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of a post as the parameters of the publisher's API.
 */

#ifndef APCTL_POST_TEXT_H
#define APCTL_POST_TEXT_H

#include "apctl_context.h"


#define APCTL_POST_VALUES  9

/* the text's, in the order of apctl_post_values() */

#define APCTL_POST_PARAMETERS                                                 \
    "actor => $1::text, url => $2::text, title => $3::text,"                  \
    " content => $4::text, excerpt => $5::text, content_warning => $6::text," \
    " language => $7::text, published => $8::timestamptz,"                    \
    " object_type => $9::text"


/*
 * Fills "values", NULL where an option is absent; reads --content-file.
 * APCTL_USAGE or APCTL_FAILED after a sentence.
 */
apctl_exit_e apctl_post_values(apctl_t *ap, const char **values);


#endif
