
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a fedi_* function may answer.  The peer's faults first, ours last.
 */

#ifndef FEDI_ERR_H
#define FEDI_ERR_H


typedef enum {
    FEDI_OK = 0,

    FEDI_EURL,              /* not an acceptable URL */
    FEDI_EHOST,             /* not an acceptable host name */
    FEDI_EACCT,             /* not an acct: URI */
    FEDI_EUTF8,             /* not valid UTF-8 */
    FEDI_ETOOLONG,          /* longer than the stated limit */

    FEDI_ENOMEM
} fedi_err_e;


/*
 * A lower-case fragment without a period, fit to follow "...: " in a log
 * line.  Static storage; never NULL.
 */
const char *fedi_strerror(fedi_err_e err);


#endif
