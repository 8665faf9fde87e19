
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One run of apctl: what was asked, the memory it takes, and its voice.
 */

#ifndef APCTL_CONTEXT_H
#define APCTL_CONTEXT_H

#include <stdio.h>

#include <libpq-fe.h>

#include "apctl_options.h"
#include "fedi_arena.h"


/* documented in --help and in the man page */

typedef enum {
    APCTL_OK = 0,
    APCTL_FAILED = 1,
    APCTL_USAGE = 2,
    APCTL_NOT_FOUND = 3,
    APCTL_UNAVAILABLE = 69,
    APCTL_TRY_AGAIN = 75,
    APCTL_DENIED = 77,
    APCTL_CONFIG = 78
} apctl_exit_e;


typedef struct {
    fedi_heap_t   heap;

    /* the value; "" for a switch that was given; NULL: not given */
    const char   *option[APCTL_OPT_COUNT];
    const char   *operand;

    PGconn       *conn;
} apctl_t;


#define apctl_given(ap, name)  ((ap)->option[APCTL_OPT_##name] != NULL)
#define apctl_value(ap, name)  ((ap)->option[APCTL_OPT_##name])


/* Memory lives until the end of the run; without memory the run ends here. */

void *apctl_alloc(apctl_t *ap, size_t size);

char *apctl_format(apctl_t *ap, const char *format, ...)
    __attribute__((format(printf, 2, 3)));


/*
 * "apctl: SENTENCE" on stderr.  Line feeds become spaces and what a terminal
 * could take for a command becomes "?".  Returns "code".
 */
apctl_exit_e apctl_fail(apctl_exit_e code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* a remark on stderr; silent with --quiet */
void apctl_warn(apctl_t *ap, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* a line on stdout that confirms; silent with --quiet and with --json */
void apctl_tell(apctl_t *ap, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* writes text to a terminal or a file, cleaned as apctl_fail() does */
void apctl_write_clean(FILE *file, const char *text);


#endif
