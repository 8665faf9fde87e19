
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Completion for bash, made from the tables: options with a value first, then
 * nouns, verbs and the options of each command.
 */

#include <stdio.h>
#include <string.h>

#include "apctl_commands.h"
#include "apctl_completion.h"


static void apctl_completion_values(void);
static void apctl_completion_value(const apctl_option_t *option);
static void apctl_completion_nouns(void);
static void apctl_completion_commands(void);
static void apctl_completion_options(uint64_t options);


/* the words before the cursor without options and their values */

static const char  apctl_completion_head[] =
    "_apctl()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]}\n"
    "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local i words=() IFS=$' \\t\\n'\n"
    "\n"
    "    COMPREPLY=()\n"
    "    _apctl_value \"$prev\" && return\n"
    "\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "            -*) ;;\n"
    "            *)  _apctl_takes \"${COMP_WORDS[i-1]}\" \\\n"
    "                    || words+=(\"${COMP_WORDS[i]}\") ;;\n"
    "        esac\n"
    "    done\n"
    "\n";

static const char  apctl_completion_tail[] =
    "}\n"
    "complete -o default -F _apctl apctl\n";


apctl_exit_e
apctl_completion_bash(apctl_t *ap)
{
    (void) ap;

    apctl_completion_values();
    fputs(apctl_completion_head, stdout);
    apctl_completion_nouns();
    apctl_completion_commands();
    fputs(apctl_completion_tail, stdout);

    return APCTL_OK;
}


static void
apctl_completion_values(void)
{
    unsigned     i;
    const char  *bar;

    printf("# made by \"apctl completion bash\"\n\n"
           "_apctl_takes()\n{\n    case $1 in\n        ");

    bar = "";

    for (i = 0; i < APCTL_OPT_COUNT; i++) {

        if (apctl_options[i].value != NULL) {
            printf("%s--%s", bar, apctl_options[i].name);
            bar = "|";
        }
    }

    printf(") return 0 ;;\n        *) return 1 ;;\n    esac\n}\n\n");

    printf("_apctl_value()\n{\n    _apctl_takes \"$1\" || return 1\n"
           "    case $1 in\n");

    for (i = 0; i < APCTL_OPT_COUNT; i++) {
        apctl_completion_value(&apctl_options[i]);
    }

    printf("    esac\n    return 0\n}\n\n");
}


static void
apctl_completion_value(const apctl_option_t *option)
{
    const char  *p;

    if (option->value == NULL) {
        return;
    }

    if (apctl_option_is_choice(option)) {
        printf("        --%s) COMPREPLY=($(compgen -W '", option->name);

        for (p = option->value; *p != '\0'; p++) {
            putchar(*p == '|' ? ' ' : *p);
        }

        printf("' -- \"$cur\")) ;;\n");

    } else if (strcmp(option->value, "FILE") == 0) {
        printf("        --%s) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n",
               option->name);

    } else if (strcmp(option->value, "DIR") == 0) {
        printf("        --%s) COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n",
               option->name);
    }
}


static void
apctl_completion_nouns(void)
{
    const char             *space;
    const apctl_command_t  *command, *verb;

    printf("    case ${#words[@]}:${words[0]} in\n"
           "        0:*) COMPREPLY=($(compgen -W '");

    for (command = apctl_commands; command->noun != NULL; command++) {

        if (apctl_command_find(command->noun, NULL) == command) {
            printf("%s ", command->noun);
        }
    }

    apctl_completion_options(APCTL_GLOBAL_OPTIONS);

    for (command = apctl_commands; command->noun != NULL; command++) {

        if (command->verb == NULL
            || apctl_command_find(command->noun, NULL) != command)
        {
            continue;
        }

        printf("        1:%s) COMPREPLY=($(compgen -W '", command->noun);

        space = "";

        for (verb = command;
             verb->noun != NULL && strcmp(verb->noun, command->noun) == 0;
             verb++)
        {
            printf("%s%s", space, verb->verb);
            space = " ";
        }

        printf("' -- \"$cur\")) ;;\n");
    }

    printf("    esac\n\n");
}


static void
apctl_completion_commands(void)
{
    const apctl_command_t  *command;

    printf("    case \"${words[0]} ${words[1]}\" in\n");

    for (command = apctl_commands; command->noun != NULL; command++) {
        printf("        '%s %s') COMPREPLY=($(compgen -W '", command->noun,
               command->verb != NULL ? command->verb : "");
        apctl_completion_options(command->options | APCTL_GLOBAL_OPTIONS);
    }

    printf("    esac\n");
}


static void
apctl_completion_options(uint64_t options)
{
    unsigned     i;
    const char  *space;

    space = "";

    for (i = 0; i < APCTL_OPT_COUNT; i++) {

        if (options & APCTL_BIT_AT(i)) {
            printf("%s--%s", space, apctl_options[i].name);
            space = " ";
        }
    }

    printf("' -- \"$cur\")) ;;\n");
}
