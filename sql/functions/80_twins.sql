-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- The pages that have a document, for the complete set in the zone.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Those above "after", ascending: the whole set, a piece at a time.

CREATE OR REPLACE FUNCTION twins(after bigint, lim int)
    RETURNS TABLE (id bigint, origin text, path text, query text, actor text,
                   object uuid, gone boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
    SELECT t.id, o.url, t.path, t.query, a.name, t.object, t.gone
      FROM twin AS t
      JOIN origin AS o ON o.id = t.origin
      JOIN actor AS a ON a.id = t.actor
     WHERE t.id > twins.after
     ORDER BY t.id
     LIMIT twins.lim
$$;


-- Of the URLs that a notification names, those that are twins now.

CREATE OR REPLACE FUNCTION twins_at(keys jsonb)
    RETURNS TABLE (id bigint, origin text, path text, query text, actor text,
                   object uuid, gone boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
    SELECT t.id, o.url, t.path, t.query, a.name, t.object, t.gone
      FROM (SELECT DISTINCT k ->> 0, k ->> 1, k ->> 2
              FROM jsonb_array_elements(twins_at.keys) AS k)
           AS key (origin, path, query)
      JOIN origin AS o ON o.url = key.origin
      JOIN twin AS t ON t.origin = o.id AND t.path = key.path
                    AND t.query = key.query
      JOIN actor AS a ON a.id = t.actor
     ORDER BY t.id
$$;
