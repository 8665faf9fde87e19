-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What people may look at.  New columns go to the end.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE OR REPLACE VIEW origins AS
    SELECT o.url,
           o.host,
           o.account_domain,
           a.uri AS instance_actor,
           EXISTS (SELECT FROM actor_key AS k WHERE k.actor = a.id) AS has_key,
           o.federation_mode
      FROM origin AS o
      JOIN actor AS a ON a.origin = o.id AND a.instance;


CREATE OR REPLACE VIEW actors AS
    SELECT a.name,
           a.handle,
           a.uri,
           coalesce(a.declaration ->> 'type', 'Person') AS type,
           coalesce(a.declaration ->> 'name', a.name) AS display_name,
           coalesce(a.declaration ->> 'url', '') AS page,
           o.url AS origin,
           (SELECT count(*) FROM activity AS v
             WHERE v.actor = a.id AND v.listed) AS posts,
           a.created,
           EXISTS (SELECT FROM declaration AS d WHERE d.actor = a.id)
               AS declared,
           CASE WHEN a.deleted IS NOT NULL THEN 'deleted'
                WHEN EXISTS (SELECT FROM declaration AS d
                              WHERE d.actor = a.id AND d.node <> '')
                    THEN 'configured'
                WHEN EXISTS (SELECT FROM declaration AS d
                              WHERE d.actor = a.id AND d.node = '')
                    THEN 'database'
                ELSE 'vanished'
           END AS state,
           a.deleted
      FROM actor AS a
      JOIN origin AS o ON o.id = a.origin
     WHERE NOT a.instance;


CREATE OR REPLACE VIEW posts AS
    SELECT a.uri || '/' || p.id AS id,
           a.handle AS actor,
           p.url,
           p.type,
           p.title,
           p.published,
           p.updated,
           p.deleted,
           EXISTS (SELECT FROM pin AS n WHERE n.object = p.id) AS pinned
      FROM object AS p
      JOIN actor AS a ON a.id = p.actor;


CREATE OR REPLACE VIEW followers AS
    SELECT a.handle AS actor,
           r.uri COLLATE "default" AS uri,
           r.inbox COLLATE "default" AS inbox,
           f.created AS since,
           f.accept IS NULL AS accepted
      FROM follower AS f
      JOIN actor AS a ON a.id = f.actor
      JOIN remote_actor AS r ON r.id = f.remote_actor;


-- "next_at" is when to try again, the end of the lease, or when a dead one
-- is forgotten.

CREATE OR REPLACE VIEW deliveries AS
    SELECT d.id,
           CASE WHEN d.state = 'waiting' AND d.claim IS NOT NULL
                 AND d.next_at > now() THEN 'sending'
                ELSE d.state
           END AS state,
           a.handle AS actor,
           coalesce(v.type, d.document::json ->> 'type') AS type,
           coalesce(a.uri || '/' || v.object, '') AS object,
           d.host COLLATE "default" AS host,
           d.inbox COLLATE "default" AS inbox,
           d.attempts,
           d.next_at,
           d.status,
           d.last_error,
           d.created
      FROM delivery AS d
      JOIN actor AS a ON a.id = d.actor
      LEFT JOIN activity AS v ON v.id = d.activity;


-- Rules about domains.  "origin" is '' for all.

CREATE OR REPLACE VIEW policies AS
    SELECT p.origin COLLATE "default" AS origin,
           p.domain COLLATE "default" AS domain,
           p.severity,
           p.source,
           p.reason,
           p.created
      FROM domain_policy AS p
     WHERE p.domain <> '';


-- Replies that nobody has approved yet.

CREATE OR REPLACE VIEW waiting_replies AS
    SELECT x.item COLLATE "default" AS id,
           x.actor COLLATE "default" AS actor,
           a.uri || '/' || x.object AS post
      FROM reaction AS x
      JOIN object AS p ON p.id = x.object
      JOIN actor AS a ON a.id = p.actor
     WHERE x.waits AND NOT x.hidden;


-- Rules that are not applied yet to all that was kept.  No row: they are.

CREATE OR REPLACE VIEW reviews AS
    SELECT r.since,
           r.reached,
           (SELECT max(x.id) FROM reaction AS x) AS last
      FROM review AS r;
