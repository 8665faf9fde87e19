
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ngx_ap_statements.h"


/* in the order of ngx_ap_statement_e; columns are read by their position */

const ngx_ap_pg_statement_t  ngx_ap_statements[NGX_AP_STATEMENTS] = {

    { "schema",
      "SELECT version, min_module, pg_is_in_recovery()"
      " FROM activitypub.schema()",
      0 },

    /* the lock that apctl holds while it makes the schema */

    { "unfinished",
      "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
      " WHERE datname = current_database() AND locktype = 'advisory'"
      " AND granted AND (classid::bigint << 32) + objid::bigint"
      " = 418497393772",
      0 },

    { "listen",
      "LISTEN activitypub_changed",
      0 },

    { "listen_work",
      "LISTEN activitypub_work",
      0 },

    { "document",
      "SELECT status, kind, uri, url, actor, updated, body"
      " FROM activitypub.document($1::text, $2::text, $3::text)",
      3 },

    { "declare",
      "SELECT verdict, subject, detail"
      " FROM activitypub.declare($1::text, $2::jsonb)",
      2 },

    { "declare_policy",
      "SELECT activitypub.declare_policy($1::text, $2::text, $3::jsonb,"
      " $4::jsonb)",
      4 },

    { "actor_key_set",
      "SELECT activitypub.actor_key_set($1::text, $2::text, $3::text)",
      3 },

    { "twins",
      "SELECT id, origin, path, query, actor, object, gone"
      " FROM activitypub.twins($1::bigint, $2::int)",
      2 },

    { "twins_at",
      "SELECT id, origin, path, query, actor, object, gone"
      " FROM activitypub.twins_at($1::jsonb)",
      1 },

    /* the columns of twins: they are members of a set, too */

    { "actors",
      "SELECT id, origin, '', '', name, '', gone"
      " FROM activitypub.actors($1::bigint, $2::int)",
      2 },

    { "actors_at",
      "SELECT id, origin, '', '', name, '', gone"
      " FROM activitypub.actors_at($1::jsonb)",
      1 },

    /* again: the domain is the path, what is said of it the actor */

    { "policies",
      "SELECT id, origin, domain, '', severity, '', false"
      " FROM activitypub.domain_policies($1::bigint, $2::int)",
      2 },

    { "policies_at",
      "SELECT id, origin, domain, '', severity, '', false"
      " FROM activitypub.domain_policies_at($1::jsonb)",
      1 },

    { "review_next",
      "SELECT FROM activitypub.review_next($1::int) AS more WHERE more",
      1 },

    { "remote_key",
      "SELECT actor, public_pem, fetched, expires"
      " FROM activitypub.remote_key($1::text)",
      1 },

    { "remote_known",
      "SELECT activitypub.remote_known($1::text)",
      1 },

    /* the columns of twins again; "gone" is whether it is recent */

    { "remote_actors",
      "SELECT id, '', '', '', uri, '', recent"
      " FROM activitypub.remote_actors($1::bigint, $2::int)",
      2 },

    { "doubt_actor",
      "SELECT activitypub.doubt_actor($1::text, $2::text)",
      2 },

    { "remote_actor_keep",
      "SELECT activitypub.remote_actor_keep($1::text, $2::text, $3::text,"
      " $4::text, $5::jsonb, $6::text, $7::text)",
      7 },

    { "signing_key",
      "SELECT key_id, private_pem FROM activitypub.signing_key($1::text)",
      1 },

    { "receive",
      "SELECT activitypub.receive($1::text, $2::text, $3::text, $4::text,"
      " $5::text, nullif($6::text, ''), $7::text, $8::text, $9::text)",
      9 },

    { "queue_state",
      "SELECT waiting, leased, dead, oldest_seconds, fanouts"
      " FROM activitypub.queue_state()",
      0 },

    { "fanout_expand",
      "SELECT expanded FROM activitypub.fanout_expand($1::int)",
      1 },

    { "delivery_claim",
      "SELECT id, claim, inbox, host, actor, key_id, activity, body, attempts,"
      " scheme, parting FROM activitypub.delivery_claim($1::int)",
      1 },

    { "delivery_settle",
      "SELECT activitypub.delivery_settle($1::jsonb)",
      1 },

    { "delivery_next",
      "SELECT activitypub.delivery_next()",
      0 },

    { "job_claim",
      "SELECT id, kind, origin, args FROM activitypub.job_claim($1::text[])",
      1 },

    { "job_done",
      "SELECT activitypub.job_done($1::bigint, $2::jsonb)",
      2 },

    { "redirect_seen",
      "SELECT verdict, url FROM activitypub.redirect_seen($1::text, $2::text,"
      " $3::text, $4::text, $5::int)",
      5 },

    { "move_post",
      "SELECT activitypub.move_post($1::text, $2::text, $3::text, $4::text),"
      " ''",
      4 }
};
