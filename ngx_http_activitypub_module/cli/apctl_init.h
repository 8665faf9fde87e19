
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The steps of apctl db init.
 *
 * Every step first looks whether it is done, so that a second run changes
 * nothing and a run that failed can be repeated.
 */

#ifndef APCTL_INIT_H
#define APCTL_INIT_H

#include <jansson.h>

#include "apctl_context.h"


typedef struct {
    apctl_t     *ap;
    const char  *database;
    bool         exists;        /* the database, before this run */
    bool         complete;      /* the roles, before this run */
    bool         owned;         /* the database, by activitypub_owner */
    json_t      *changes;
    json_t      *present;
} apctl_init_t;


/* what a step does, before and after */

typedef struct {
    const char  *infinitive;
    const char  *past;
} apctl_verb_t;

extern const apctl_verb_t  apctl_create, apctl_close, apctl_allow, apctl_make;


/* the roles, and the login role of nginx's workers */
apctl_exit_e apctl_init_roles(apctl_init_t *init);

/* the database, and who may enter it */
apctl_exit_e apctl_init_database(apctl_init_t *init);


/* runs "sql", unless dry, and says that it did "verb" "what" */
apctl_exit_e apctl_init_do(apctl_init_t *init, const apctl_verb_t *verb,
    const char *what, const char *sql);

/* says that "what" was there */
void apctl_init_there(apctl_init_t *init, const char *what);


#endif
