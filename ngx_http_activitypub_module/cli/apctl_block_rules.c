
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <stdlib.h>
#include <string.h>

#include "apctl_block_rules.h"
#include "apctl_confirm.h"
#include "apctl_output.h"
#include "apctl_query.h"


static apctl_exit_e apctl_rules_cost(apctl_t *ap, apctl_rules_t *rules,
    const char *text, PGresult **cost);
static const char *apctl_rules_words(apctl_t *ap, const PGresult *cost);
static void apctl_rules_done(apctl_t *ap, apctl_rules_t *rules,
    const PGresult *cost, const char *rejected);


void
apctl_rules_init(apctl_rules_t *rules)
{
    memset(rules, 0, sizeof(apctl_rules_t));

    rules->blocks = json_array();
}


void
apctl_rules_release(apctl_rules_t *rules)
{
    json_decref(rules->blocks);
}


const char *
apctl_rules_domain(apctl_t *ap, const char *text, const char **problem)
{
    fedi_str_t            domain, name;
    fedi_policy_domain_e  reason;

    name.data = text;
    name.len = strlen(text);

    reason = fedi_policy_domain(&ap->heap.arena, name, &domain);

    if (reason == FEDI_POLICY_DOMAIN) {
        return apctl_format(ap, "%.*s", (int) domain.len, domain.data);
    }

    *problem = fedi_policy_domain_text(reason).data;

    return NULL;
}


void
apctl_rules_add(apctl_rules_t *rules, const char *domain,
    fedi_policy_e severity, const char *reason)
{
    json_t  *block;

    block = json_object();

    json_object_set_new(block, "domain", json_string(domain));
    json_object_set_new(block, "severity",
                        json_string(fedi_policy_text(severity).data));

    if (reason != NULL) {
        json_object_set_new(block, "reason", json_string(reason));
    }

    json_array_append_new(rules->blocks, block);

    rules->n++;
    rules->suspended += (severity == FEDI_POLICY_SUSPEND);
}


apctl_exit_e
apctl_rules_write(apctl_t *ap, apctl_rules_t *rules)
{
    char          *dump;
    PGresult      *cost, *result;
    const char    *values[2];
    apctl_exit_e   code;

    dump = json_dumps(rules->blocks, JSON_COMPACT);

    if (dump == NULL) {
        return apctl_fail(APCTL_FAILED, "no memory");
    }

    values[0] = apctl_format(ap, "%s", dump);
    values[1] = apctl_value(ap, ORIGIN);

    free(dump);

    code = apctl_rules_cost(ap, rules, values[0], &cost);

    if (code != APCTL_OK) {
        return code;
    }

    code = apctl_call(ap,
        "SELECT activitypub.block_domains($1::jsonb,"
        " origin => coalesce($2::text, ''))", 2, values, &result);

    if (code == APCTL_OK) {
        apctl_rules_done(ap, rules, cost, PQgetvalue(result, 0, 0));
        PQclear(result);
    }

    PQclear(cost);

    return code;
}


/* what they cost who is suspended; whoever is not costs nothing */

static apctl_exit_e
apctl_rules_cost(apctl_t *ap, apctl_rules_t *rules, const char *text,
    PGresult **cost)
{
    const char    *values[2], *question, *ask;
    apctl_exit_e   code;

    values[0] = text;
    values[1] = apctl_value(ap, ORIGIN);

    code = apctl_query(ap,
        "SELECT c.followers, c.replies, c.reactions, c.deliveries, c.hosts"
        " FROM activitypub.blocks_cost(ARRAY(SELECT b ->> 'domain'"
        " FROM jsonb_array_elements($1::jsonb) AS b"
        " WHERE b ->> 'severity' = 'suspend'), coalesce($2::text, '')) AS c",
        2, values, cost);

    if (code != APCTL_OK || rules->suspended == 0) {
        return code;
    }

    question = apctl_format(ap, "%u %s: %s", rules->suspended,
                            rules->suspended == 1 ? "domain" : "domains",
                            apctl_rules_words(ap, *cost));

    ask = (rules->suspended == 1) ? "Block it?" : "Block them?";

    if (apctl_given(ap, JSON) || apctl_given(ap, QUIET)) {
        ask = apctl_format(ap, "%s.  %s", question, ask);

    } else {
        apctl_warn(ap, "%s", question);
    }

    code = apctl_confirm(ap, "block", "blocked", ask);

    if (code != APCTL_OK) {
        PQclear(*cost);
    }

    return code;
}


static const char *
apctl_rules_words(apctl_t *ap, const PGresult *cost)
{
    return apctl_format(ap, "%s followers get a Reject; %s replies and %s "
                        "other reactions are shown no more; %s deliveries "
                        "are dropped; servers known: %s",
                        PQgetvalue(cost, 0, 0), PQgetvalue(cost, 0, 1),
                        PQgetvalue(cost, 0, 2), PQgetvalue(cost, 0, 3),
                        PQgetvalue(cost, 0, 4));
}


static void
apctl_rules_done(apctl_t *ap, apctl_rules_t *rules, const PGresult *cost,
    const char *rejected)
{
    json_t  *json;

    if (apctl_given(ap, JSON)) {
        json = apctl_row_json(cost, 0);
        json_object_set_new(json, "rules", json_integer(rules->n));
        json_object_set_new(json, "rejected",
                            json_integer(strtoll(rejected, NULL, 10)));
        json_object_set_new(json, "dry_run",
                            json_boolean(apctl_given(ap, DRY_RUN)));
        apctl_print_json(json);
        return;
    }

    apctl_tell(ap, "%u %s written, %s followers rejected%s", rules->n,
               rules->n == 1 ? "rule" : "rules", rejected,
               apctl_given(ap, DRY_RUN) ? " (dry run)" : "");
}
