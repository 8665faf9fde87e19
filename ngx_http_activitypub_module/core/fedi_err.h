
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
    FEDI_EJSON,             /* not JSON as the wire may carry it */
    FEDI_ELIMIT,            /* nested too deep, or too many values */
    FEDI_EKEYWORD,          /* a JSON-LD keyword that rearranges documents */
    FEDI_ESF,               /* not a structured field */
    FEDI_EKEY,              /* not a key that may be used */
    FEDI_EMISMATCH,         /* the signature is not of this key and text */

    FEDI_ENOMEM,
    FEDI_ECRYPTO            /* OpenSSL failed for no fault of the peer's */
} fedi_err_e;


/*
 * A lower-case fragment without a period, fit to follow "...: " in a log
 * line.  Static storage; never NULL.
 */
const char *fedi_strerror(fedi_err_e err);


#endif
