
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl: the command line of ngx_http_activitypub_module.  It speaks SQL to
 * the database and nothing to the network.
 *
 *     parse -> (help | version | the command) -> exit code
 */

#include <stdio.h>
#include <string.h>

#include "apctl_help.h"
#include "apctl_parse.h"


#ifndef APCTL_VERSION
#define APCTL_VERSION  "0.1.0"
#endif


static apctl_exit_e apctl_run(apctl_t *ap, int argc, char **argv);


int
main(int argc, char **argv)
{
    apctl_t       ap;
    apctl_exit_e  code;

    memset(&ap, 0, sizeof(apctl_t));
    fedi_heap_init(&ap.heap);

    code = apctl_run(&ap, argc, argv);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        code = apctl_fail(APCTL_FAILED, "cannot write the result");
    }

    PQfinish(ap.conn);
    fedi_heap_free(&ap.heap);

    return code;
}


static apctl_exit_e
apctl_run(apctl_t *ap, int argc, char **argv)
{
    apctl_exit_e     code;
    apctl_request_t  request;

    code = apctl_parse(ap, argc, argv, &request);

    if (code != APCTL_OK) {
        return code;
    }

    if (apctl_given(ap, HELP)) {
        apctl_help(&request);
        return APCTL_OK;
    }

    if (apctl_given(ap, VERSION)) {
        printf("apctl %s\n", APCTL_VERSION);
        return APCTL_OK;
    }

    return request.command->run(ap);
}
