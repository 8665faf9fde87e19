
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Help, made from the tables.
 */

#include <stdio.h>
#include <string.h>

#include "apctl_help.h"


static void apctl_help_commands(const char *noun);
static void apctl_help_command(const apctl_command_t *command);
static void apctl_help_usage(const apctl_command_t *command);
static void apctl_help_options(const char *heading, uint64_t options);
static void apctl_help_lines(const char *heading, const char *lines);


static const char  apctl_help_exit[] =
    "0   done\n"
    "1   failed\n"
    "2   wrong usage\n"
    "3   not found\n"
    "69  the database is unavailable, or no worker of nginx\n"
    "75  busy: try again\n"
    "77  denied\n"
    "78  configuration, or a schema that does not fit\n";

static const char  apctl_help_database[] =
    "--db, else the line \"db = CONNINFO\" of /etc/activitypub/apctl.conf,\n"
    "else libpq's own defaults; named \"activitypub\" unless one of them says\n"
    "otherwise.\n";


void
apctl_help(const apctl_request_t *request)
{
    if (request->command != NULL) {
        apctl_help_command(request->command);
        return;
    }

    if (request->noun != NULL) {
        printf("Usage: apctl %s VERB [OPTION]...\n", request->noun);
        apctl_help_commands(request->noun);
        printf("\nSee \"apctl %s VERB --help\" for one of them.\n",
               request->noun);
        return;
    }

    printf("Usage: apctl NOUN VERB [OPTION]...\n\n"
           "Manages the actors and posts of ngx_http_activitypub_module.\n");
    apctl_help_commands(NULL);
    apctl_help_options("Options of every command", APCTL_GLOBAL_OPTIONS);
    apctl_help_lines("The database", apctl_help_database);
    apctl_help_lines("Exit codes", apctl_help_exit);
    apctl_help_lines("Examples",
                     "sudo -u postgres apctl db init\n"
                     "apctl actor list\n"
                     "apctl post publish --help\n");
}


static void
apctl_help_commands(const char *noun)
{
    const apctl_command_t  *command;

    printf("\nCommands:\n");

    for (command = apctl_commands; command->noun != NULL; command++) {

        if (noun == NULL || strcmp(command->noun, noun) == 0) {
            printf("  %s %-*s  %s\n", command->noun,
                   (int) (17 - strlen(command->noun)),
                   command->verb != NULL ? command->verb : "",
                   command->summary);
        }
    }
}


static void
apctl_help_command(const apctl_command_t *command)
{
    apctl_help_usage(command);

    printf("\n%s\n", command->summary);

    if (command->details != NULL) {
        printf("%s\n", command->details);
    }

    if (command->options != 0) {
        apctl_help_options("Options", command->options);
    }

    apctl_help_options("Options of every command", APCTL_GLOBAL_OPTIONS);
    apctl_help_lines("Examples", command->examples);

    printf("\nSee \"apctl --help\" for exit codes and how the database is "
           "found.\n");
}


static void
apctl_help_usage(const apctl_command_t *command)
{
    unsigned  i;

    printf("Usage: apctl %s%s%s", apctl_command_words(command));

    if (command->operand != NULL) {
        printf(" %s", command->operand);
    }

    for (i = 0; i < APCTL_OPT_COUNT; i++) {

        if (command->required & APCTL_BIT_AT(i)) {
            printf(" --%s %s", apctl_options[i].name, apctl_options[i].value);
        }
    }

    printf(" [OPTION]...\n");
}


static void
apctl_help_options(const char *heading, uint64_t options)
{
    int                    len;
    unsigned               i;
    const apctl_option_t  *option;

    printf("\n%s:\n", heading);

    for (i = 0; i < APCTL_OPT_COUNT; i++) {

        if (!(options & APCTL_BIT_AT(i))) {
            continue;
        }

        option = &apctl_options[i];

        len = printf("  --%s%s%s", option->name,
                     option->value != NULL ? " " : "",
                     option->value != NULL ? option->value : "");

        if (len > 24) {
            putchar('\n');
            len = 0;
        }

        printf("%*s%s\n", 26 - len, "", option->help);
    }
}


static void
apctl_help_lines(const char *heading, const char *lines)
{
    size_t  len;

    printf("\n%s:\n", heading);

    for ( /* void */ ; *lines != '\0'; lines += len + 1) {
        len = strcspn(lines, "\n");
        printf("  %.*s\n", (int) len, lines);
    }
}
