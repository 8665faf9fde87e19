-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What NodeInfo tells of how much an origin is used.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- uuid7_since() told the first id of a moment: what was published is found
-- otherwise now.

DROP FUNCTION IF EXISTS uuid7_since(timestamptz);


-- Who is declared already is not even locked: somebody may be publishing as
-- that actor, in a long transaction, and want to declare something next.

CREATE OR REPLACE FUNCTION presence_declared()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    INSERT INTO presence AS p (actor, origin, declared)
    SELECT DISTINCT a.id, a.origin, true
      FROM counted AS c
      JOIN actor AS a ON a.id = c.actor
     WHERE NOT a.instance
       AND NOT EXISTS (SELECT FROM presence AS w
                        WHERE w.actor = a.id AND w.declared)
    ON CONFLICT (actor) DO UPDATE SET declared = true WHERE NOT p.declared;

    RETURN NULL;
END
$$;


-- The member "usage" of the schemas 2.0 and 2.1.  A user is an actor that is
-- declared; it was active when it published something, whatever became of
-- that.  Nobody here writes comments.  Posts are those of the origin, less
-- those of who is not declared any more, who are few.

CREATE OR REPLACE FUNCTION render_usage(origin_id int)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    month     timestamptz := now() - interval '30 days';
    halfyear  timestamptz := now() - interval '180 days';
    hidden    bigint;
    result    text;
BEGIN
    SELECT coalesce(sum(t.n), 0) INTO hidden
      FROM presence AS p
      JOIN tally AS t ON t.subject = 'outbox ' || p.actor
     WHERE p.origin = origin_id AND NOT p.declared;

    SELECT INTO result json_strip_nulls(json_build_object(
               'users', json_build_object(
                   'total', count(*),
                   'activeHalfyear',
                       count(*) FILTER (WHERE p.active >= halfyear),
                   'activeMonth',
                       count(*) FILTER (WHERE p.active >= month)),
               'localPosts',
                   greatest(tally_of('posts ' || origin_id) - hidden,
                            0)))::text
      FROM presence AS p
     WHERE p.origin = origin_id AND p.declared;

    RETURN result;
END
$$;
