
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Statements, and what their errors mean to a person and to a script.
 */

#ifndef APCTL_QUERY_H
#define APCTL_QUERY_H

#include "apctl_context.h"


/*
 * Runs one statement with text parameters (NULL: null).  On APCTL_OK the
 * caller clears "result"; else a sentence went to stderr and "result" is
 * NULL.
 */
apctl_exit_e apctl_query(apctl_t *ap, const char *sql, int n,
    const char *const *values, PGresult **result);

/*
 * The same, and prints all rows, or "none" if there is none: see
 * apctl_print_rows().
 */
apctl_exit_e apctl_list(apctl_t *ap, const char *sql, int n,
    const char *const *values, int columns, const char *none);

/* as apctl_query(); with --dry-run in a transaction that is rolled back */
apctl_exit_e apctl_call(apctl_t *ap, const char *sql, int n,
    const char *const *values, PGresult **result);

/* the same for a question: whether there is a row that begins with true */
apctl_exit_e apctl_ask(apctl_t *ap, const char *sql, int n,
    const char *const *values, bool *answer);

/* statements without parameters and rows; "prefix" as below */
apctl_exit_e apctl_command(apctl_t *ap, const char *prefix, const char *sql);

/*
 * Prints the sentence of a failed result and returns the exit code of its
 * SQLSTATE.  "prefix" stands in front and says what was being done, or is
 * empty.
 */
apctl_exit_e apctl_query_failed(apctl_t *ap, const char *prefix,
    const PGresult *result);

/* quoted for SQL, in the run's memory */
const char *apctl_identifier(apctl_t *ap, const char *name);


#endif
