
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether the schema in this database and this module fit together.
 * Migrations only add, so an older module goes on working with a newer
 * schema until a migration says that it does not.
 *
 * A standby is not used: nobody can listen there, and what was read from it
 * may be older than what was heard elsewhere.
 */

#include "ngx_ap_store_internal.h"


static void ngx_ap_schema_refused(const ngx_ap_pg_result_t *result,
    u_char *buf, size_t size, ngx_str_t *reason);


ngx_int_t
ngx_ap_schema_check(const ngx_ap_pg_result_t *result, u_char *buf,
    size_t size, ngx_str_t *reason)
{
    ngx_int_t  version, level;

    if (result->rc != NGX_OK) {
        ngx_ap_schema_refused(result, buf, size, reason);
        return NGX_ERROR;
    }

    if (PQntuples(result->rows) == 0
        || PQnfields(result->rows) < 3
        || PQgetisnull(result->rows, 0, 0))
    {
        ngx_str_set(reason, "database has an empty schema \"activitypub\": "
                            "run \"apctl db migrate\"");
        return NGX_ERROR;
    }

    if (PQgetvalue(result->rows, 0, 2)[0] == 't') {
        ngx_str_set(reason, "it is a standby, which is read-only");
        return NGX_ERROR;
    }

    version = ngx_atoi((u_char *) PQgetvalue(result->rows, 0, 0),
                       PQgetlength(result->rows, 0, 0));
    level = ngx_atoi((u_char *) PQgetvalue(result->rows, 0, 1),
                     PQgetlength(result->rows, 0, 1));

    if (version < NGX_AP_SCHEMA_MIN) {
        reason->data = buf;
        reason->len = ngx_snprintf(buf, size, "schema is version %i, this "
                                   "module needs %d or newer: run \"apctl "
                                   "db migrate\"", version, NGX_AP_SCHEMA_MIN)
                      - buf;
        return NGX_ERROR;
    }

    if (level > NGX_AP_MODULE_LEVEL) {
        reason->data = buf;
        reason->len = ngx_snprintf(buf, size, "schema version %i needs a "
                                   "newer module (level %i, this one is %d)",
                                   version, level, NGX_AP_MODULE_LEVEL)
                      - buf;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_ap_schema_refused(const ngx_ap_pg_result_t *result, u_char *buf,
    size_t size, ngx_str_t *reason)
{
    const char  *state, *hint;

    state = PQresultErrorField(result->rows, PG_DIAG_SQLSTATE);

    if (state == NULL) {
        state = "";
    }

    /* invalid_schema_name, undefined_function */

    if (strcmp(state, "3F000") == 0 || strcmp(state, "42883") == 0) {
        ngx_str_set(reason, "database has no schema \"activitypub\": "
                            "run \"apctl db init\"");
        return;
    }

    /* insufficient_privilege: init makes the grants */

    hint = (strcmp(state, "42501") == 0) ? ": run \"apctl db init\"" : "";

    reason->data = buf;
    reason->len = ngx_snprintf(buf, size, "%s%s",
                               ngx_ap_pg_message(result->rows), hint)
                  - buf;
}
