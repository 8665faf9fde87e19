
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The commands of apctl, once: parsing, help and completion read this table.
 */

#ifndef APCTL_COMMANDS_H
#define APCTL_COMMANDS_H

#include "apctl_context.h"


typedef struct {
    const char    *noun;
    const char    *verb;

    /*
     * What follows the verb, or NULL.  "WORD..." may be several: a line each.
     * "[WORD]..." may be missing.
     */
    const char    *operand;

    uint64_t       options;     /* beside the global ones */
    uint64_t       required;    /* those of them that must be given */
    const char    *summary;     /* a sentence */
    const char    *details;     /* more lines, or NULL */
    const char    *examples;    /* lines */

    apctl_exit_e (*run)(apctl_t *ap);
} apctl_command_t;


/* ends with a noun of NULL; the verbs of a noun stand together */
extern const apctl_command_t  apctl_commands[];


/* what a command is called, for "%s%s%s": some are a noun alone */
#define apctl_command_words(command)                                          \
    (command)->noun, (command)->verb != NULL ? " " : "",                      \
    (command)->verb != NULL ? (command)->verb : ""


/* the first command of a noun, or NULL; with a verb: that command, or NULL */
const apctl_command_t *apctl_command_find(const char *noun, const char *verb);


#endif
