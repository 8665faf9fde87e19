
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdlib.h>

#include "fedi_host.h"
#include "fedi_policy.h"


static bool fedi_policy_has(fedi_str_t text, const char *set);
static bool fedi_policy_is_wildcard(fedi_str_t text);
static int fedi_policy_order(fedi_str_t a, fedi_str_t b);
static int fedi_policy_compare(const void *a, const void *b);


/* in the order of fedi_policy_e */

static const fedi_str_t  fedi_policy_words[FEDI_POLICIES] = {
    fedi_string("none"),
    fedi_string("allow"),
    fedi_string("reject_media"),
    fedi_string("limit"),
    fedi_string("suspend")
};


/* in the order of fedi_policy_domain_e */

static const fedi_str_t  fedi_policy_domain_words[FEDI_POLICY_DOMAINS] = {
    fedi_string("it is a domain"),
    fedi_string("it is empty"),
    fedi_string("it is an IP address, not a domain"),
    fedi_string("a domain alone is wanted, without scheme, port, path or "
                "user"),
    fedi_string("subdomains are included, write the domain without a "
                "wildcard"),
    fedi_string("it has one label, and a whole top-level domain cannot be "
                "named"),
    fedi_string("it is not a host name"),
    fedi_string("no memory")
};


/*
 * threads.net redirects to threads.com, and ids are of either; both belong
 * to Instagram, by whose accounts Threads is used.
 */

static const fedi_str_t  fedi_policy_threads[] = {
    fedi_string("instagram.com"),
    fedi_string("threads.com"),
    fedi_string("threads.net")
};


static const fedi_policy_preset_t  fedi_policy_lists[] = {
    { fedi_string("threads"), fedi_policy_threads,
      sizeof(fedi_policy_threads) / sizeof(fedi_policy_threads[0]) }
};


#define FEDI_POLICY_LISTS                                                     \
    (sizeof(fedi_policy_lists) / sizeof(fedi_policy_lists[0]))


fedi_str_t
fedi_policy_text(fedi_policy_e severity)
{
    if ((size_t) severity >= FEDI_POLICIES) {
        severity = FEDI_POLICY_NONE;
    }

    return fedi_policy_words[severity];
}


bool
fedi_policy_parse(fedi_str_t text, fedi_policy_e *severity)
{
    size_t  i;

    for (i = FEDI_POLICY_ALLOW; i < FEDI_POLICIES; i++) {

        if (fedi_str_eq(text, fedi_policy_words[i])) {
            *severity = (fedi_policy_e) i;
            return true;
        }
    }

    return false;
}


fedi_policy_domain_e
fedi_policy_domain(fedi_arena_t *arena, fedi_str_t text, fedi_str_t *domain)
{
    fedi_err_e  err;
    fedi_str_t  normal;

    if (text.len == 0) {
        return FEDI_POLICY_DOMAIN_EMPTY;
    }

    if (fedi_host_is_address(text)) {
        return FEDI_POLICY_DOMAIN_ADDRESS;
    }

    if (fedi_policy_has(text, "/:@?#")) {
        return FEDI_POLICY_DOMAIN_URL;
    }

    if (fedi_policy_is_wildcard(text)) {
        return FEDI_POLICY_DOMAIN_WILDCARD;
    }

    if (text.data[text.len - 1] == '.') {
        text.len--;
    }

    err = fedi_host_normalize(arena, text, &normal);

    if (err != FEDI_OK) {
        return err == FEDI_ENOMEM ? FEDI_POLICY_DOMAIN_FAILED
                                  : FEDI_POLICY_DOMAIN_INVALID;
    }

    /* "127.0.0.1." and digits of other scripts are addresses only now */

    if (fedi_host_is_address(normal)) {
        return FEDI_POLICY_DOMAIN_ADDRESS;
    }

    if (memchr(normal.data, '.', normal.len) == NULL) {
        return FEDI_POLICY_DOMAIN_LABEL;
    }

    *domain = normal;

    return FEDI_POLICY_DOMAIN;
}


static bool
fedi_policy_has(fedi_str_t text, const char *set)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] != '\0' && strchr(set, text.data[i]) != NULL) {
            return true;
        }
    }

    return false;
}


/* ".example.org" is nginx's way to write both */

static bool
fedi_policy_is_wildcard(fedi_str_t text)
{
    return fedi_policy_has(text, "*")
           || (text.len > 1 && text.data[0] == '.');
}


fedi_str_t
fedi_policy_domain_text(fedi_policy_domain_e reason)
{
    if ((size_t) reason >= FEDI_POLICY_DOMAINS) {
        reason = FEDI_POLICY_DOMAIN_FAILED;
    }

    return fedi_policy_domain_words[reason];
}


const fedi_policy_preset_t *
fedi_policy_preset(fedi_str_t name)
{
    size_t  i;

    for (i = 0; i < FEDI_POLICY_LISTS; i++) {

        if (fedi_str_eq(fedi_policy_lists[i].name, name)) {
            return &fedi_policy_lists[i];
        }
    }

    return NULL;
}


fedi_str_t
fedi_policy_parent(fedi_str_t host)
{
    size_t      label;
    fedi_str_t  parent;

    label = fedi_str_before(host, '.');

    if (label == host.len) {
        return fedi_null_str;
    }

    parent = fedi_str_from(host, label + 1);

    return fedi_str_before(parent, '.') == parent.len ? fedi_null_str
                                                      : parent;
}


/* any order will do, as long as it is one */

static int
fedi_policy_order(fedi_str_t a, fedi_str_t b)
{
    if (a.len != b.len) {
        return a.len < b.len ? -1 : 1;
    }

    return a.len ? memcmp(a.data, b.data, a.len) : 0;
}


static int
fedi_policy_compare(const void *a, const void *b)
{
    int                        order;
    const fedi_policy_rule_t  *one = a, *two = b;

    order = fedi_policy_order(one->domain, two->domain);

    /* the strictest one first, which is where the search ends */

    return order ? order : (int) two->severity - (int) one->severity;
}


void
fedi_policy_sort(fedi_policy_rule_t *rules, size_t n)
{
    if (n > 1) {
        qsort(rules, n, sizeof(fedi_policy_rule_t), fedi_policy_compare);
    }
}


const fedi_policy_rule_t *
fedi_policy_find(const fedi_policy_rule_t *rules, size_t n, fedi_str_t host)
{
    const fedi_policy_rule_t  *rule;

    if (n == 0) {
        return NULL;
    }

    for (rule = NULL; host.len != 0; host = fedi_policy_parent(host)) {

        rule = fedi_policy_at(rules, n, host);

        if (rule != NULL) {
            break;
        }
    }

    return rule;
}


/* the first of them that is not less */

const fedi_policy_rule_t *
fedi_policy_at(const fedi_policy_rule_t *rules, size_t n, fedi_str_t domain)
{
    size_t  low, high, middle;

    low = 0;
    high = n;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (fedi_policy_order(rules[middle].domain, domain) < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low < n && fedi_str_eq(rules[low].domain, domain) ? &rules[low]
                                                             : NULL;
}
