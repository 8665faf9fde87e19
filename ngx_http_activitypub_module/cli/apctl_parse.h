
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The command line.
 */

#ifndef APCTL_PARSE_H
#define APCTL_PARSE_H

#include "apctl_commands.h"


typedef struct {
    const char             *noun;       /* known to the table, or NULL */
    const apctl_command_t  *command;    /* NULL: no verb was given */
} apctl_request_t;


/*
 * apctl [OPTION]... NOUN VERB [OPERAND] [OPTION]...: "--name VALUE",
 * "--name=VALUE", "--" ends the options.  Names are never abbreviated, so
 * that a new option cannot change what an old script means.  Fills "ap" and
 * "request"; APCTL_USAGE after a sentence on stderr.  With --help or
 * --version nothing is missed that is not there.
 */
apctl_exit_e apctl_parse(apctl_t *ap, int argc, char *const *argv,
    apctl_request_t *request);


#endif
