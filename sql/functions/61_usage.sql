-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What NodeInfo tells of how much an origin is used.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- The first id that can have been made then: see uuid7().

CREATE OR REPLACE FUNCTION uuid7_since(moment timestamptz)
    RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT
RETURN (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12,
             '0') || '70000000000000000000')::uuid;


-- The member "usage" of the schemas 2.0 and 2.1.  A user is an actor that is
-- declared; it was active when it published something, whatever became of
-- that.  Nobody here writes comments.

CREATE OR REPLACE FUNCTION render_usage(origin_id int)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    month     uuid := uuid7_since(now() - interval '30 days');
    halfyear  uuid := uuid7_since(now() - interval '180 days');
    result    text;
BEGIN
    WITH mine AS MATERIALIZED (
        SELECT a.id,
               (SELECT v.id FROM activity AS v
                 WHERE v.actor = a.id AND v.listed
                 ORDER BY v.id DESC
                 LIMIT 1) AS last
          FROM actor AS a
         WHERE a.origin = origin_id AND NOT a.instance
           AND EXISTS (SELECT FROM declaration AS d WHERE d.actor = a.id)
    )
    SELECT INTO result json_strip_nulls(json_build_object(
               'users', json_build_object(
                   'total', count(*),
                   'activeHalfyear', count(*) FILTER (WHERE last >= halfyear),
                   'activeMonth', count(*) FILTER (WHERE last >= month)),
               'localPosts',
                   (SELECT count(*) FROM object AS p
                     WHERE p.actor IN (SELECT id FROM mine))
                   - (SELECT count(*) FROM object AS p
                       WHERE p.actor IN (SELECT id FROM mine)
                         AND p.deleted IS NOT NULL)))::text
      FROM mine;

    RETURN result;
END
$$;
