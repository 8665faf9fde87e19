
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Which database is meant: --db or the file, and our defaults.
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_config.h"
#include "apctl_conninfo.h"


#define APCTL_DATABASE         "activitypub"
#define APCTL_CONNECT_TIMEOUT  "10"


static bool apctl_conninfo_is_name(const char *conninfo);
static void apctl_params_add(apctl_t *ap, apctl_params_t *params,
    const char *keyword, const char *value);
static const char *apctl_params_find(const apctl_params_t *params,
    const char *keyword);
static void apctl_params_default(apctl_t *ap, apctl_params_t *params,
    const char *keyword, const char *variable, const char *value);


apctl_exit_e
apctl_conninfo(apctl_t *ap, const char *dbname, apctl_params_t *params)
{
    char              *error;
    const char        *text, *value;
    apctl_exit_e       code;
    PQconninfoOption  *options, *option;

    memset(params, 0, sizeof(apctl_params_t));

    code = apctl_config_conninfo(ap, &text);

    if (code != APCTL_OK) {
        return code;
    }

    error = NULL;
    options = NULL;

    if (text != NULL && apctl_conninfo_is_name(text)) {
        apctl_params_add(ap, params, "dbname", dbname ? dbname : text);

    } else if (text != NULL) {
        options = PQconninfoParse(text, &error);

        if (options == NULL) {
            code = apctl_given(ap, DB) ? APCTL_USAGE : APCTL_CONFIG;
            apctl_fail(code, "the conninfo is wrong: %s",
                       error != NULL ? error : "out of memory");
            PQfreemem(error);
            return code;
        }
    }

    for (option = options; option != NULL && option->keyword; option++) {
        value = option->val;

        if (dbname != NULL && strcmp(option->keyword, "dbname") == 0) {
            value = dbname;
        }

        if (value != NULL) {
            apctl_params_add(ap, params, apctl_format(ap, "%s",
                             option->keyword), apctl_format(ap, "%s", value));
        }
    }

    PQconninfoFree(options);

    if (dbname != NULL) {
        apctl_params_default(ap, params, "dbname", NULL, dbname);

    } else if (apctl_params_find(params, "service") == NULL
               && getenv("PGSERVICE") == NULL)
    {
        apctl_params_default(ap, params, "dbname", "PGDATABASE",
                             APCTL_DATABASE);
    }

    apctl_params_default(ap, params, "connect_timeout", "PGCONNECT_TIMEOUT",
                         APCTL_CONNECT_TIMEOUT);
    apctl_params_default(ap, params, "fallback_application_name", NULL,
                         "apctl");
    apctl_params_add(ap, params, "client_encoding", "UTF8");

    return APCTL_OK;
}


/* a bare name is a database, as it is for psql */

static bool
apctl_conninfo_is_name(const char *conninfo)
{
    return *conninfo != '\0'
           && strchr(conninfo, '=') == NULL
           && strncmp(conninfo, "postgresql://", 13) != 0
           && strncmp(conninfo, "postgres://", 11) != 0;
}


static void
apctl_params_add(apctl_t *ap, apctl_params_t *params, const char *keyword,
    const char *value)
{
    size_t        size;
    const char  **keywords, **values;

    /* libpq wants both to end with NULL */

    size = (params->n + 2) * sizeof(char *);
    keywords = apctl_alloc(ap, size);
    values = apctl_alloc(ap, size);

    if (params->n > 0) {
        memcpy(keywords, params->keywords, params->n * sizeof(char *));
        memcpy(values, params->values, params->n * sizeof(char *));
    }

    keywords[params->n] = keyword;
    values[params->n] = value;
    params->n++;

    keywords[params->n] = NULL;
    values[params->n] = NULL;

    params->keywords = keywords;
    params->values = values;
}


static const char *
apctl_params_find(const apctl_params_t *params, const char *keyword)
{
    unsigned  i;

    for (i = 0; i < params->n; i++) {

        if (strcmp(params->keywords[i], keyword) == 0) {
            return params->values[i];
        }
    }

    return NULL;
}


static void
apctl_params_default(apctl_t *ap, apctl_params_t *params,
    const char *keyword, const char *variable, const char *value)
{
    if (apctl_params_find(params, keyword) == NULL
        && (variable == NULL || getenv(variable) == NULL))
    {
        apctl_params_add(ap, params, keyword, value);
    }
}


apctl_exit_e
apctl_database_name(apctl_t *ap, const char **name)
{
    apctl_exit_e    code;
    apctl_params_t  params;

    code = apctl_conninfo(ap, NULL, &params);

    if (code != APCTL_OK) {
        return code;
    }

    *name = apctl_params_find(&params, "dbname");

    if (*name == NULL) {
        *name = getenv("PGDATABASE");
    }

    if (*name == NULL) {
        return apctl_fail(APCTL_CONFIG, "the service does not say here which "
                          "database is meant: add dbname=NAME to --db");
    }

    return APCTL_OK;
}
