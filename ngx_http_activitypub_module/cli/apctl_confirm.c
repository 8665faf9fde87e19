
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apctl_confirm.h"


apctl_exit_e
apctl_confirm(apctl_t *ap, const char *verb, const char *done,
    const char *question)
{
    char  answer[16];

    if (apctl_given(ap, YES) || apctl_given(ap, DRY_RUN)) {
        return APCTL_OK;
    }

    if (!isatty(STDIN_FILENO)) {
        return apctl_fail(APCTL_USAGE, "there is no terminal to ask on: "
                          "\"--yes\" %ss without asking", verb);
    }

    apctl_write_clean(stderr, question);
    fputs(" [y/N] ", stderr);

    if (fgets(answer, sizeof(answer), stdin) == NULL
        || (strcmp(answer, "y\n") != 0 && strcmp(answer, "yes\n") != 0))
    {
        return apctl_fail(APCTL_FAILED, "nothing was %s", done);
    }

    return APCTL_OK;
}
