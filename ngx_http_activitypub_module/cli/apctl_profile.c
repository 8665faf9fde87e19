
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "apctl_profile.h"


static const struct {
    apctl_option_e   option;
    const char      *member;

} apctl_profile_members[] = {
    { APCTL_OPT_ALSO_KNOWN_AS,  "also_known_as" },
    { APCTL_OPT_DISCOVERABLE,   "discoverable" },
    { APCTL_OPT_FIELD,          "field" },
    { APCTL_OPT_HIDE_FOLLOWERS, "hide_followers" },
    { APCTL_OPT_ICON,           "icon" },
    { APCTL_OPT_IMAGE,          "image" },
    { APCTL_OPT_INDEXABLE,      "indexable" },
    { APCTL_OPT_LANGUAGE,       "language" },
    { APCTL_OPT_NAME,           "name" },
    { APCTL_OPT_SECTION,        "section" },
    { APCTL_OPT_SUMMARY,        "summary" },
    { APCTL_OPT_TYPE_OF_ACTOR,  "type" },
    { APCTL_OPT_URL,            "url" }
};

#define APCTL_PROFILE_MEMBERS                                                 \
    (sizeof(apctl_profile_members) / sizeof(apctl_profile_members[0]))


static json_t *apctl_profile_value(apctl_t *ap, apctl_option_e option);
static json_t *apctl_profile_lines(apctl_option_e option, const char *text);
static json_t *apctl_profile_line(apctl_option_e option, const char *line,
    size_t len);


apctl_exit_e
apctl_profile(apctl_t *ap, const char **json)
{
    char      *text;
    json_t    *profile, *value;
    unsigned   i;

    profile = json_object();

    for (i = 0; i < APCTL_PROFILE_MEMBERS; i++) {

        if (ap->option[apctl_profile_members[i].option] == NULL) {
            continue;
        }

        value = apctl_profile_value(ap, apctl_profile_members[i].option);

        if (value == NULL) {
            json_decref(profile);
            return APCTL_USAGE;
        }

        json_object_set_new(profile, apctl_profile_members[i].member, value);
    }

    text = json_dumps(profile, JSON_COMPACT);
    *json = apctl_format(ap, "%s", text != NULL ? text : "{}");

    free(text);
    json_decref(profile);

    return APCTL_OK;
}


bool
apctl_profile_given(apctl_t *ap)
{
    unsigned  i;

    for (i = 0; i < APCTL_PROFILE_MEMBERS; i++) {
        if (ap->option[apctl_profile_members[i].option] != NULL) {
            return true;
        }
    }

    return false;
}


/* NULL: after a sentence */

static json_t *
apctl_profile_value(apctl_t *ap, apctl_option_e option)
{
    json_t      *value;
    const char  *text;

    text = ap->option[option];

    if (*text == '\0') {
        return json_null();
    }

    if (apctl_option_is_choice(&apctl_options[option])) {
        return json_boolean(strcmp(text, "on") == 0);
    }

    if (apctl_options[option].many) {
        value = apctl_profile_lines(option, text);

    } else {
        value = json_string(text);
    }

    if (value == NULL) {
        apctl_fail(APCTL_USAGE, option == APCTL_OPT_FIELD
                   ? "\"--%s\" needs a name, \"=\" and a value, in UTF-8"
                   : "\"--%s\" is not valid UTF-8",
                   apctl_options[option].name);
    }

    return value;
}


static json_t *
apctl_profile_lines(apctl_option_e option, const char *text)
{
    size_t   len;
    json_t  *lines, *line;

    lines = json_array();

    for ( /* void */ ; *text != '\0'; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");

        if (len == 0) {
            continue;
        }

        line = apctl_profile_line(option, text, len);

        if (line == NULL) {
            json_decref(lines);
            return NULL;
        }

        json_array_append_new(lines, line);
    }

    return lines;
}


static json_t *
apctl_profile_line(apctl_option_e option, const char *line, size_t len)
{
    json_t      *name, *value, *pair;
    const char  *equals;

    if (option != APCTL_OPT_FIELD) {
        return json_stringn(line, len);
    }

    equals = memchr(line, '=', len);

    if (equals == NULL) {
        return NULL;
    }

    name = json_stringn(line, equals - line);
    value = json_stringn(equals + 1, line + len - equals - 1);

    pair = (name != NULL && value != NULL) ? json_pack("[O,O]", name, value)
                                           : NULL;

    json_decref(name);
    json_decref(value);

    return pair;
}
