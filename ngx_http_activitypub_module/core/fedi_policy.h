
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What is done with a whole domain and all that is below it: the words for
 * it, the domains that it is said of, and which of several rules counts.
 */

#ifndef FEDI_POLICY_H
#define FEDI_POLICY_H

#include "fedi_arena.h"
#include "fedi_str.h"


/*
 * From the mildest to the strictest: of two at the same domain the greater
 * one counts.
 */

typedef enum {
    FEDI_POLICY_NONE = 0,           /* nothing is said */
    FEDI_POLICY_ALLOW,
    FEDI_POLICY_REJECT_MEDIA,
    FEDI_POLICY_LIMIT,
    FEDI_POLICY_SUSPEND,
    FEDI_POLICIES
} fedi_policy_e;


/* why a text does not name a domain */

typedef enum {
    FEDI_POLICY_DOMAIN = 0,         /* it does */
    FEDI_POLICY_DOMAIN_EMPTY,
    FEDI_POLICY_DOMAIN_ADDRESS,
    FEDI_POLICY_DOMAIN_URL,         /* or a handle, or with a port */
    FEDI_POLICY_DOMAIN_WILDCARD,
    FEDI_POLICY_DOMAIN_LABEL,       /* only one */
    FEDI_POLICY_DOMAIN_INVALID,
    FEDI_POLICY_DOMAIN_FAILED,      /* no memory */
    FEDI_POLICY_DOMAINS
} fedi_policy_domain_e;


typedef struct {
    fedi_str_t     domain;          /* of fedi_policy_domain() */
    fedi_policy_e  severity;
} fedi_policy_rule_t;


typedef struct {
    fedi_str_t         name;
    const fedi_str_t  *domains;
    size_t             ndomains;
} fedi_policy_preset_t;


/* "suspend", "limit", "reject_media", "allow"; of NONE and beyond "none" */
fedi_str_t fedi_policy_text(fedi_policy_e severity);

/* false: not one of the four words */
bool fedi_policy_parse(fedi_str_t text, fedi_policy_e *severity);


/*
 * The domain in the spelling by which rules are compared: A-labels in lower
 * case, without the one trailing dot that it may have.  On
 * FEDI_POLICY_DOMAIN "domain" is copied into the arena.
 */
fedi_policy_domain_e fedi_policy_domain(fedi_arena_t *arena, fedi_str_t text,
    fedi_str_t *domain);

/* what is wrong with it, as the end of a sentence; static, NUL-terminated */
fedi_str_t fedi_policy_domain_text(fedi_policy_domain_e reason);


/* lists that come with the software, in folded spelling; NULL: no such one */
const fedi_policy_preset_t *fedi_policy_preset(fedi_str_t name);


/*
 * The next domain that a rule about "host" may be of: the host without its
 * first label; empty when a single label would be left.  There are
 * FEDI_POLICY_LABELS at most, the host among them.
 */
#define FEDI_POLICY_LABELS  127

fedi_str_t fedi_policy_parent(fedi_str_t host);

/* puts rules in the order that fedi_policy_find() needs */
void fedi_policy_sort(fedi_policy_rule_t *rules, size_t n);

/* of that very domain, the strictest; NULL: there is none */
const fedi_policy_rule_t *fedi_policy_at(const fedi_policy_rule_t *rules,
    size_t n, fedi_str_t domain);

/*
 * The rule of the longest domain that is the host or above it, label by
 * label; of several of the same domain the strictest.  NULL: there is none.
 * As many looks as the host has labels, each a binary search.
 */
const fedi_policy_rule_t *fedi_policy_find(const fedi_policy_rule_t *rules,
    size_t n, fedi_str_t host);


#endif
