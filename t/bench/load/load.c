
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Signed POSTs for an inbox.  The commands come by stdin, and each is
 * answered by a line:
 *
 *     sign N               N new requests are signed
 *     send PORT C STATUS   they are sent over C connections: the seconds
 *     tls PORT C STATUS    by TLS, C at a time, each over a new connection
 *
 * What was signed may be sent more than once, to different servers.
 */

#include <stdio.h>
#include <stdlib.h>

#include "load.h"


int
main(int argc, char **argv)
{
    char          line[128];
    size_t        n;
    unsigned      port, status;
    load_conf_t   conf;
    load_batch_t  batch;

    if (argc != 6) {
        fprintf(stderr, "usage: load KEY KEY-ID HOST PATH BODY\n");
        return 2;
    }

    conf = (load_conf_t) { argv[1], argv[2], argv[3], argv[4], argv[5] };
    batch = (load_batch_t) { NULL, 0, 0 };

    load_sign_init(&conf);

    while (fgets(line, sizeof(line), stdin)) {

        if (sscanf(line, "sign %zu", &n) == 1 && n != 0) {
            load_sign(&batch, n);
            printf("signed\n");

        } else if (sscanf(line, "send %u %zu %u", &port, &n, &status) == 3
                   && n != 0 && batch.n != 0)
        {
            printf("%.6f\n", load_send(&batch, port, n, status));

        } else if (sscanf(line, "tls %u %zu %u", &port, &n, &status) == 3
                   && n != 0 && batch.n != 0)
        {
            printf("%.6f\n", load_send_tls(&batch, port, n, status));

        } else {
            fprintf(stderr, "load: what is \"%s\"?\n", line);
            return 2;
        }

        fflush(stdout);
    }

    return 0;
}
