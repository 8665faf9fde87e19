
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of options; alphabetical, as the enum is.
 */

#include <ctype.h>
#include <string.h>

#include "apctl_options.h"


const apctl_option_t  apctl_options[APCTL_OPT_COUNT] = {

    [APCTL_OPT_ACTOR] =
    { "actor", "NAME", "the actor: its name if unique, its handle or id",
      false },

    [APCTL_OPT_ALSO_KNOWN_AS] =
    { "also-known-as", "URL", "another actor that is this one; may be repeated",
      true },

    [APCTL_OPT_AT] =
    { "at", "TIME", "judge it at this time; default when it was made", false },

    [APCTL_OPT_BASE] =
    { "base", NULL, "print the text that is signed, too", false },

    [APCTL_OPT_CONTENT] =
    { "content", "HTML", "the content", false },

    [APCTL_OPT_CONTENT_FILE] =
    { "content-file", "FILE", "read the content from FILE, or - for stdin",
      false },

    [APCTL_OPT_CONTENT_WARNING] =
    { "content-warning", "TEXT", "hide the post behind this warning", false },

    [APCTL_OPT_DB] =
    { "db", "CONNINFO", "the database, as libpq writes it, or its name",
      false },

    [APCTL_OPT_DISCOVERABLE] =
    { "discoverable", "on|off", "may be recommended and listed; default on",
      false },

    [APCTL_OPT_DRY_RUN] =
    { "dry-run", NULL, "say what would happen and change nothing", false },

    [APCTL_OPT_EXCERPT] =
    { "excerpt", "TEXT", "the teaser; made from the content when absent",
      false },

    [APCTL_OPT_FIELD] =
    { "field", "NAME=VALUE", "a row of the profile; may be repeated", true },

    [APCTL_OPT_HELP] =
    { "help", NULL, "print this help and exit", false },

    [APCTL_OPT_HIDE_FOLLOWERS] =
    { "hide-followers", "on|off", "of who follows only the total is told",
      false },

    [APCTL_OPT_ICON] =
    { "icon", "URL", "the avatar: a path of the site, or an https URL", false },

    [APCTL_OPT_IMAGE] =
    { "image", "URL", "the header image, likewise", false },

    [APCTL_OPT_INDEXABLE] =
    { "indexable", "on|off", "posts may be found by search; default on",
      false },

    [APCTL_OPT_JSON] =
    { "json", NULL, "print the result as JSON", false },

    [APCTL_OPT_KEY] =
    { "key", "FILE", "the key: a PEM, a Multikey, an actor or a key as JSON",
      false },

    [APCTL_OPT_LANGUAGE] =
    { "language", "TAG", "the language of the text, like en or pt-BR", false },

    [APCTL_OPT_LIMIT] =
    { "limit", "NUMBER", "at most so many; default 20", false },

    [APCTL_OPT_NAME] =
    { "name", "TEXT", "the display name", false },

    [APCTL_OPT_NGINX_ROLE] =
    { "nginx-role", "NAME", "who nginx's workers log in as; default www-data",
      false },

    [APCTL_OPT_NOW] =
    { "now", NULL, "judge it as if it came now", false },

    [APCTL_OPT_OFF] =
    { "off", NULL, "take the pin away", false },

    [APCTL_OPT_ORIGIN] =
    { "origin", "ORIGIN", "which site, if there are several", false },

    [APCTL_OPT_ORIGIN_OF_REQUEST] =
    { "origin", "URL", "the site that was asked; repeated, its other names",
      true },

    [APCTL_OPT_PRESET] =
    { "preset", "threads", "domains that belong together", false },

    [APCTL_OPT_PUBLISHED] =
    { "published", "TIME", "like 2026-01-31T18:00:00Z; default now", false },

    [APCTL_OPT_QUIET] =
    { "quiet", NULL, "print nothing but the result that was asked for", false },

    [APCTL_OPT_REASON] =
    { "reason", "TEXT", "why; kept with the rule", false },

    [APCTL_OPT_SECTION] =
    { "section", "PATH", "pages below it are its posts; may be repeated",
      true },

    [APCTL_OPT_SEVERITY] =
    { "severity", "suspend|limit|reject_media|allow",
      "what is done; default suspend", false },

    [APCTL_OPT_SQL] =
    { "sql", "DIR", "the SQL files; default $APCTL_SQL_DIR, or as built",
      false },

    [APCTL_OPT_SUMMARY] =
    { "summary", "TEXT", "a few words on the profile", false },

    [APCTL_OPT_TITLE] =
    { "title", "TEXT", "the title", false },

    [APCTL_OPT_TYPE] =
    { "type", "note|article", "what the post is; default note", false },

    [APCTL_OPT_TYPE_OF_ACTOR] =
    { "type", "TYPE", "Application, Group, Organization, Person or Service",
      false },

    [APCTL_OPT_URL] =
    { "url", "URL", "the page: a URL on the actor's site, or its path", false },

    [APCTL_OPT_VERSION] =
    { "version", NULL, "print the version and exit", false },

    [APCTL_OPT_YES] =
    { "yes", NULL, "do not ask", false }
};


apctl_option_e
apctl_option_find(const char *name, size_t len, uint64_t known)
{
    unsigned  i, found;

    found = APCTL_OPT_COUNT;

    for (i = 0; i < APCTL_OPT_COUNT; i++) {

        if (strlen(apctl_options[i].name) != len
            || memcmp(apctl_options[i].name, name, len) != 0)
        {
            continue;
        }

        if (known & APCTL_BIT_AT(i)) {
            return (apctl_option_e) i;
        }

        found = i;
    }

    return (apctl_option_e) found;
}


bool
apctl_option_is_choice(const apctl_option_t *option)
{
    return option->value != NULL && islower((unsigned char) option->value[0]);
}


bool
apctl_option_allows(const apctl_option_t *option, const char *value)
{
    size_t       len;
    const char  *choice;

    for (choice = option->value; *choice != '\0'; choice += len) {
        choice += (*choice == '|');
        len = strcspn(choice, "|");

        if (strlen(value) == len && memcmp(choice, value, len) == 0) {
            return true;
        }
    }

    return false;
}
