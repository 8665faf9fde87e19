-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What people may look at.  New columns go to the end.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


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
               AS declared
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
