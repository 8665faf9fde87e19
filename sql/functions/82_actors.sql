-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- The actors that a configuration need not know: those that the database
-- keeps itself, and those that are gone for ever.  For the complete set in
-- the zone.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Those above "after", ascending: the whole set, a piece at a time.

CREATE OR REPLACE FUNCTION actors(after bigint, lim int)
    RETURNS TABLE (id bigint, origin text, name text, page text, gone boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
    SELECT a.id, o.url, a.name,
           CASE WHEN a.deleted IS NULL
                THEN coalesce(a.declaration ->> 'url', '')
                ELSE ''
           END,
           a.deleted IS NOT NULL
      FROM ((SELECT d.actor AS id FROM declaration AS d
              WHERE d.node = '' AND d.actor > actors.after
              ORDER BY d.actor
              LIMIT actors.lim)
            UNION
            (SELECT g.id FROM actor AS g
              WHERE g.deleted IS NOT NULL AND g.id > actors.after
              ORDER BY g.id
              LIMIT actors.lim)) AS kept
      JOIN actor AS a ON a.id = kept.id
      JOIN origin AS o ON o.id = a.origin
     ORDER BY a.id
     LIMIT actors.lim
$$;


-- Of the URLs that a notification names, those that are the ids of such
-- actors now.

CREATE OR REPLACE FUNCTION actors_at(keys jsonb)
    RETURNS TABLE (id bigint, origin text, name text, page text, gone boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
    SELECT a.id, o.url, a.name,
           CASE WHEN a.deleted IS NULL
                THEN coalesce(a.declaration ->> 'url', '')
                ELSE ''
           END,
           a.deleted IS NOT NULL
      FROM (SELECT DISTINCT k ->> 0, k ->> 1
              FROM jsonb_array_elements(actors_at.keys) AS k
             WHERE k ->> 2 = '')
           AS key (origin, path)
      JOIN origin AS o ON o.url = key.origin
      JOIN actor AS a ON a.uri = o.url || key.path AND NOT a.instance
     WHERE a.deleted IS NOT NULL
        OR EXISTS (SELECT FROM declaration AS d
                    WHERE d.node = '' AND d.actor = a.id)
     ORDER BY a.id
$$;
