
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The command line, read by the two tables.
 */

#include <string.h>

#include "apctl_parse.h"


typedef struct {
    apctl_t          *ap;
    apctl_request_t  *request;
    char *const      *arg;          /* the next one; ends with NULL */
    bool              plain;        /* after "--" */
} apctl_parser_t;


static apctl_exit_e apctl_parse_word(apctl_parser_t *p, const char *word);
static apctl_exit_e apctl_parse_option(apctl_parser_t *p, const char *arg);
static apctl_exit_e apctl_parse_value(apctl_parser_t *p,
    apctl_option_e index, const char *value);
static apctl_exit_e apctl_parse_complete(apctl_parser_t *p);


apctl_exit_e
apctl_parse(apctl_t *ap, int argc, char *const *argv,
    apctl_request_t *request)
{
    const char      *arg;
    apctl_exit_e     code;
    apctl_parser_t   p;

    memset(request, 0, sizeof(apctl_request_t));

    p.ap = ap;
    p.request = request;
    p.arg = argv + (argc > 0);
    p.plain = false;

    while (*p.arg != NULL) {
        arg = *p.arg++;

        if (!p.plain && strcmp(arg, "--") == 0) {
            p.plain = true;
            continue;
        }

        if (!p.plain && arg[0] == '-' && arg[1] != '\0') {
            code = apctl_parse_option(&p, arg);

        } else {
            code = apctl_parse_word(&p, arg);
        }

        if (code != APCTL_OK) {
            return code;
        }
    }

    return apctl_parse_complete(&p);
}


static apctl_exit_e
apctl_parse_word(apctl_parser_t *p, const char *word)
{
    apctl_request_t        *request;
    const apctl_command_t  *command;

    request = p->request;

    if (request->noun == NULL) {

        if (apctl_command_find(word, NULL) == NULL) {
            return apctl_fail(APCTL_USAGE, "there is no command \"%s\"; see "
                              "\"apctl --help\"", word);
        }

        request->noun = word;

        command = apctl_command_find(word, NULL);

        if (command->verb == NULL) {
            request->command = command;
        }

        return APCTL_OK;
    }

    if (request->command == NULL) {
        request->command = apctl_command_find(request->noun, word);

        if (request->command == NULL) {
            return apctl_fail(APCTL_USAGE, "there is no command \"%s %s\"; "
                              "see \"apctl %s --help\"", request->noun, word,
                              request->noun);
        }

        return APCTL_OK;
    }

    if (request->command->operand != NULL && p->ap->operand != NULL
        && strstr(request->command->operand, "...") != NULL)
    {
        p->ap->operand = apctl_format(p->ap, "%s\n%s", p->ap->operand, word);
        return APCTL_OK;
    }

    if (request->command->operand == NULL || p->ap->operand != NULL) {
        return apctl_fail(APCTL_USAGE, "\"%s\" is one word too many for "
                          "\"apctl %s%s%s\"", word,
                          apctl_command_words(request->command));
    }

    p->ap->operand = word;

    return APCTL_OK;
}


static apctl_exit_e
apctl_parse_option(apctl_parser_t *p, const char *arg)
{
    size_t                  len;
    uint64_t                known;
    const char             *value;
    apctl_option_e          index;
    const apctl_command_t  *command;

    if (strncmp(arg, "--", 2) != 0) {

        if (strcmp(arg, "-h") == 0) {
            return apctl_parse_value(p, APCTL_OPT_HELP, NULL);
        }

        return apctl_fail(APCTL_USAGE, "unknown option \"%s\"", arg);
    }

    len = strcspn(arg + 2, "=");
    value = (arg[2 + len] == '=') ? arg + 2 + len + 1 : NULL;

    command = p->request->command;
    known = APCTL_GLOBAL_OPTIONS | (command != NULL ? command->options : 0);
    index = apctl_option_find(arg + 2, len, known);

    if (index == APCTL_OPT_COUNT) {
        return apctl_fail(APCTL_USAGE, "unknown option \"%.*s\"",
                          (int) len + 2, arg);
    }

    if (!(known & APCTL_BIT_AT(index))) {

        if (command == NULL) {
            return apctl_fail(APCTL_USAGE, "\"--%s\" must follow a command "
                              "that takes it", apctl_options[index].name);
        }

        return apctl_fail(APCTL_USAGE, "\"apctl %s%s%s\" takes no "
                          "\"--%s\"", apctl_command_words(command),
                          apctl_options[index].name);
    }

    return apctl_parse_value(p, index, value);
}


static apctl_exit_e
apctl_parse_value(apctl_parser_t *p, apctl_option_e index, const char *value)
{
    const apctl_option_t  *option;

    option = &apctl_options[index];

    if (p->ap->option[index] != NULL && option->value != NULL
        && !option->many)
    {
        return apctl_fail(APCTL_USAGE, "\"--%s\" is given twice",
                          option->name);
    }

    if (option->value == NULL) {

        if (value != NULL) {
            return apctl_fail(APCTL_USAGE, "\"--%s\" takes no value",
                              option->name);
        }

        p->ap->option[index] = "";
        return APCTL_OK;
    }

    if (value == NULL) {

        if (*p->arg == NULL) {
            return apctl_fail(APCTL_USAGE, "\"--%s\" needs a value: %s",
                              option->name, option->value);
        }

        value = *p->arg++;
    }

    if (apctl_option_is_choice(option) && !apctl_option_allows(option, value))
    {
        return apctl_fail(APCTL_USAGE, "\"--%s\" is one of %s, not \"%s\"",
                          option->name, option->value, value);
    }

    if (p->ap->option[index] != NULL) {
        value = apctl_format(p->ap, "%s\n%s", p->ap->option[index], value);
    }

    p->ap->option[index] = value;

    return APCTL_OK;
}


static apctl_exit_e
apctl_parse_complete(apctl_parser_t *p)
{
    unsigned                i;
    const apctl_command_t  *command;

    if (apctl_given(p->ap, HELP) || apctl_given(p->ap, VERSION)) {
        return APCTL_OK;
    }

    command = p->request->command;

    if (p->request->noun == NULL) {
        return apctl_fail(APCTL_USAGE, "a command is missing; see "
                          "\"apctl --help\"");
    }

    if (command == NULL) {
        return apctl_fail(APCTL_USAGE, "what to do with \"%s\" is missing; "
                          "see \"apctl %s --help\"", p->request->noun,
                          p->request->noun);
    }

    if (command->operand != NULL && command->operand[0] != '['
        && p->ap->operand == NULL)
    {
        return apctl_fail(APCTL_USAGE, "\"apctl %s%s%s\" needs %s",
                          apctl_command_words(command), command->operand);
    }

    for (i = 0; i < APCTL_OPT_COUNT; i++) {

        if ((command->required & APCTL_BIT_AT(i))
            && p->ap->option[i] == NULL)
        {
            return apctl_fail(APCTL_USAGE, "\"apctl %s%s%s\" needs "
                              "\"--%s\"", apctl_command_words(command),
                              apctl_options[i].name);
        }
    }

    return APCTL_OK;
}
