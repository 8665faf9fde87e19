
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Rules about domains on their way to the database: gathered, their cost told
 * and asked about, and written at once.
 */

#ifndef APCTL_BLOCK_RULES_H
#define APCTL_BLOCK_RULES_H

#include <jansson.h>

#include "apctl_context.h"
#include "fedi_policy.h"


typedef struct {
    json_t    *blocks;          /* of block_domains() */
    unsigned   n;
    unsigned   suspended;       /* of them */
} apctl_rules_t;


void apctl_rules_init(apctl_rules_t *rules);
void apctl_rules_release(apctl_rules_t *rules);

/*
 * The domain in its one spelling, in the run's memory.  NULL: it is none, and
 * "problem" is the end of a sentence.
 */
const char *apctl_rules_domain(apctl_t *ap, const char *text,
    const char **problem);

/* one more; "domain" as above, the others are copied; "reason" may be NULL */
void apctl_rules_add(apctl_rules_t *rules, const char *domain,
    fedi_policy_e severity, const char *reason);

/*
 * Tells what it costs, asks if anybody is to be suspended, and writes all
 * rules or none.
 */
apctl_exit_e apctl_rules_write(apctl_t *ap, apctl_rules_t *rules);


#endif
