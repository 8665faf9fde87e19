
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The options of apctl, once: parsing, help and completion read this table.
 */

#ifndef APCTL_OPTIONS_H
#define APCTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


typedef enum {
    APCTL_OPT_ACTOR = 0,
    APCTL_OPT_ALSO_KNOWN_AS,
    APCTL_OPT_AT,
    APCTL_OPT_BASE,
    APCTL_OPT_CONTENT,
    APCTL_OPT_CONTENT_FILE,
    APCTL_OPT_CONTENT_WARNING,
    APCTL_OPT_DB,
    APCTL_OPT_DISCOVERABLE,
    APCTL_OPT_DRY_RUN,
    APCTL_OPT_EXCERPT,
    APCTL_OPT_FIELD,
    APCTL_OPT_HELP,
    APCTL_OPT_HIDE_FOLLOWERS,
    APCTL_OPT_ICON,
    APCTL_OPT_IMAGE,
    APCTL_OPT_INDEXABLE,
    APCTL_OPT_JSON,
    APCTL_OPT_KEY,
    APCTL_OPT_LANGUAGE,
    APCTL_OPT_LIMIT,
    APCTL_OPT_NAME,
    APCTL_OPT_NGINX_ROLE,
    APCTL_OPT_NOW,
    APCTL_OPT_OFF,
    APCTL_OPT_ORIGIN,
    APCTL_OPT_ORIGIN_OF_REQUEST,
    APCTL_OPT_PRESET,
    APCTL_OPT_PUBLISHED,
    APCTL_OPT_QUIET,
    APCTL_OPT_REASON,
    APCTL_OPT_SECTION,
    APCTL_OPT_SEVERITY,
    APCTL_OPT_SQL,
    APCTL_OPT_SUMMARY,
    APCTL_OPT_TITLE,
    APCTL_OPT_TYPE,
    APCTL_OPT_TYPE_OF_ACTOR,
    APCTL_OPT_URL,
    APCTL_OPT_VERSION,
    APCTL_OPT_YES,

    APCTL_OPT_COUNT
} apctl_option_e;


#define APCTL_BIT_AT(index)  ((uint64_t) 1 << (index))

#define APCTL_BIT(option)    APCTL_BIT_AT(APCTL_OPT_##option)

/* what every command takes */

#define APCTL_GLOBAL_OPTIONS                                                  \
    (APCTL_BIT(DB) | APCTL_BIT(JSON) | APCTL_BIT(QUIET) | APCTL_BIT(HELP)     \
     | APCTL_BIT(VERSION))


typedef struct {
    const char  *name;          /* without "--" */

    /*
     * What the value is: NULL for a switch, "FILE" or "DIR" for a path,
     * "a|b" in lower case for a choice, else any word for a text.
     */
    const char  *value;
    const char  *help;

    bool         many;          /* given again it is one more: a line each */
} apctl_option_t;


extern const apctl_option_t  apctl_options[APCTL_OPT_COUNT];


/*
 * APCTL_OPT_COUNT when there is none of this name.  Of several with one name
 * the one among "known", bits of APCTL_BIT(), if it is there.
 */
apctl_option_e apctl_option_find(const char *name, size_t len,
    uint64_t known);

bool apctl_option_is_choice(const apctl_option_t *option);

/* whether "value" is one of the choices */
bool apctl_option_allows(const apctl_option_t *option, const char *value);


#endif
