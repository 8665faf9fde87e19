
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * apctl block add|rm|list|export
 */

#include <string.h>

#include "apctl_block.h"
#include "apctl_block_rules.h"
#include "apctl_connect.h"
#include "apctl_csv.h"
#include "apctl_query.h"
#include "apctl_time.h"


static apctl_exit_e apctl_block_words(apctl_t *ap, apctl_rules_t *rules,
    fedi_policy_e severity);
static apctl_exit_e apctl_block_preset(apctl_t *ap, apctl_rules_t *rules,
    fedi_policy_e severity);
static apctl_exit_e apctl_block_take_back(apctl_t *ap, const char *text);
static void apctl_block_export_row(const PGresult *result, int row);


apctl_exit_e
apctl_block_add(apctl_t *ap)
{
    apctl_exit_e    code;
    apctl_rules_t   rules;
    fedi_policy_e   severity;

    severity = FEDI_POLICY_SUSPEND;

    if (apctl_given(ap, SEVERITY)) {
        (void) fedi_policy_parse((fedi_str_t) { apctl_value(ap, SEVERITY),
                                           strlen(apctl_value(ap, SEVERITY)) },
                                 &severity);
    }

    apctl_rules_init(&rules);

    if ((code = apctl_block_words(ap, &rules, severity)) == APCTL_OK
        && (code = apctl_block_preset(ap, &rules, severity)) == APCTL_OK
        && (code = apctl_connect(ap, NULL)) == APCTL_OK)
    {
        code = apctl_rules_write(ap, &rules);
    }

    apctl_rules_release(&rules);

    return code;
}


/* the domains of the command line, a line each */

static apctl_exit_e
apctl_block_words(apctl_t *ap, apctl_rules_t *rules, fedi_policy_e severity)
{
    size_t       len;
    const char  *p, *text, *domain, *problem;

    if (ap->operand == NULL && !apctl_given(ap, PRESET)) {
        return apctl_fail(APCTL_USAGE, "\"apctl block add\" needs a DOMAIN, "
                          "or \"--preset\"");
    }

    for (p = ap->operand != NULL ? ap->operand : ""; *p != '\0'; p += len) {
        p += (*p == '\n');
        len = strcspn(p, "\n");

        text = apctl_format(ap, "%.*s", (int) len, p);
        domain = apctl_rules_domain(ap, text, &problem);

        if (domain == NULL) {
            return apctl_fail(APCTL_USAGE, "\"%s\" cannot have a rule: %s",
                              text, problem);
        }

        apctl_rules_add(rules, domain, severity, apctl_value(ap, REASON));
    }

    return APCTL_OK;
}


static apctl_exit_e
apctl_block_preset(apctl_t *ap, apctl_rules_t *rules, fedi_policy_e severity)
{
    size_t                       i;
    const char                  *name;
    const fedi_policy_preset_t  *preset;

    name = apctl_value(ap, PRESET);

    if (name == NULL) {
        return APCTL_OK;
    }

    preset = fedi_policy_preset((fedi_str_t) { name, strlen(name) });

    if (preset == NULL) {
        return apctl_fail(APCTL_USAGE, "there is no preset \"%s\"", name);
    }

    for (i = 0; i < preset->ndomains; i++) {
        apctl_rules_add(rules, preset->domains[i].data, severity,
                        apctl_given(ap, REASON) ? apctl_value(ap, REASON)
                        : apctl_format(ap, "preset %s", name));
    }

    return APCTL_OK;
}


apctl_exit_e
apctl_block_rm(apctl_t *ap)
{
    size_t         len;
    const char    *p;
    apctl_exit_e   code, worst;

    worst = apctl_connect(ap, NULL);

    if (worst != APCTL_OK) {
        return worst;
    }

    for (p = ap->operand; *p != '\0'; p += len) {
        p += (*p == '\n');
        len = strcspn(p, "\n");

        code = apctl_block_take_back(ap, apctl_format(ap, "%.*s", (int) len,
                                                      p));
        if (code != APCTL_OK && code != APCTL_NOT_FOUND) {
            return code;
        }

        worst = (code != APCTL_OK) ? code : worst;
    }

    return worst;
}


static apctl_exit_e
apctl_block_take_back(apctl_t *ap, const char *text)
{
    bool           was;
    PGresult      *result;
    const char    *values[2], *problem;
    apctl_exit_e   code;

    values[0] = apctl_rules_domain(ap, text, &problem);
    values[1] = apctl_value(ap, ORIGIN);

    if (values[0] == NULL) {
        return apctl_fail(APCTL_USAGE, "\"%s\" cannot have a rule: %s", text,
                          problem);
    }

    code = apctl_call(ap, "SELECT activitypub.unblock_domain($1::text,"
                      " coalesce($2::text, ''))", 2, values, &result);

    if (code != APCTL_OK) {
        return code;
    }

    was = strcmp(PQgetvalue(result, 0, 0), "t") == 0;

    PQclear(result);

    if (!was) {
        return apctl_fail(APCTL_NOT_FOUND, "the database has no rule about "
                          "%s%s: see \"apctl block list\"", values[0],
                          values[1] != NULL ? " of that origin" : "");
    }

    apctl_tell(ap, "%s has no rule any more%s", values[0],
               apctl_given(ap, DRY_RUN) ? " (dry run)" : "");

    return APCTL_OK;
}


apctl_exit_e
apctl_block_list(apctl_t *ap)
{
    apctl_exit_e  code;

    if ((code = apctl_connect(ap, NULL)) != APCTL_OK) {
        return code;
    }

    return apctl_list(ap,
        "SELECT p.severity, p.domain, p.source,"
        " nullif(p.origin, '') AS origin, nullif(p.reason, '') AS reason,"
        " " APCTL_TIME_SQL("p.created") " AS created"
        " FROM activitypub.policies AS p"
        " ORDER BY p.domain, p.origin, p.source",
        0, NULL, 5, "there is no rule");
}


/* what Mastodon and others import: "allow" is none of it */

apctl_exit_e
apctl_block_export(apctl_t *ap)
{
    int            row;
    PGresult      *result;
    apctl_exit_e   code;

    if ((code = apctl_connect(ap, NULL)) != APCTL_OK
        || (code = apctl_query(ap,
                "SELECT p.domain, p.severity, p.reason"
                " FROM activitypub.policies AS p"
                " WHERE p.source = 'database' AND p.severity <> 'allow'"
                " AND ($1::text IS NULL AND p.origin = ''"
                " OR p.origin IN (SELECT o.url FROM activitypub.origins AS o"
                " WHERE rtrim($1::text, '/') IN (o.url, o.host)))"
                " ORDER BY p.domain",
                1, &apctl_value(ap, ORIGIN), &result)) != APCTL_OK)
    {
        return code;
    }

    puts("#domain,#severity,#reject_media,#reject_reports,#public_comment,"
         "#obfuscate");

    for (row = 0; row < PQntuples(result); row++) {
        apctl_block_export_row(result, row);
    }

    PQclear(result);

    return APCTL_OK;
}


/* their words: "silence" is a limit, "noop" with no media the mildest */

static void
apctl_block_export_row(const PGresult *result, int row)
{
    const char  *severity;

    severity = PQgetvalue(result, row, 1);

    apctl_csv_write(stdout, PQgetvalue(result, row, 0));

    if (strcmp(severity, "suspend") == 0) {
        fputs(",suspend,true,true,", stdout);

    } else if (strcmp(severity, "limit") == 0) {
        fputs(",silence,false,false,", stdout);

    } else {
        fputs(",noop,true,false,", stdout);
    }

    apctl_csv_write(stdout, PQgetvalue(result, row, 2));
    puts(",false");
}
