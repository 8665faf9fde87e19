-- version: 9
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Who is here and how much has been published, counted as it happens: a large
-- site takes longer to count than a statement may.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- One row for each actor but the instance actors.  "active" is when it last
-- published something, to the hour.

CREATE TABLE presence (
    actor     bigint   PRIMARY KEY REFERENCES actor,
    origin    int      NOT NULL REFERENCES origin,
    declared  boolean  NOT NULL,
    active    timestamptz
);

CREATE INDEX presence_origin ON presence (origin, declared, active);


-- All declarations are written one after the other: see declare().

CREATE FUNCTION presence_declared()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    INSERT INTO presence AS p (actor, origin, declared)
    SELECT DISTINCT a.id, a.origin, true
      FROM counted AS c
      JOIN actor AS a ON a.id = c.actor
     WHERE NOT a.instance
    ON CONFLICT (actor) DO UPDATE SET declared = true WHERE NOT p.declared;

    RETURN NULL;
END
$$;

CREATE TRIGGER declaration_came AFTER INSERT ON declaration
    REFERENCING NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION presence_declared();


CREATE FUNCTION presence_vanished()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    UPDATE presence AS p SET declared = false
     WHERE p.actor IN (SELECT c.actor FROM counted AS c) AND p.declared
       AND NOT EXISTS (SELECT FROM declaration AS d
                        WHERE d.actor = p.actor);

    RETURN NULL;
END
$$;

CREATE TRIGGER declaration_went AFTER DELETE ON declaration
    REFERENCING OLD TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION presence_vanished();


-- Living posts, of each actor and of each origin.

CREATE FUNCTION tally_posts()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_posts_add(c.actor, count(*))
       FROM counted AS c
      WHERE c.deleted IS NULL
      GROUP BY c.actor;

    -- who publishes at the same time does not wait: one of them tells it

    UPDATE presence AS p SET active = now()
     WHERE p.actor IN (SELECT w.actor FROM presence AS w
                        WHERE w.actor IN (SELECT c.actor FROM counted AS c)
                          AND (w.active IS NULL
                               OR w.active < now() - interval '1 hour')
                          FOR NO KEY UPDATE SKIP LOCKED);

    RETURN NULL;
END
$$;

CREATE FUNCTION tally_posts_add(actor_id bigint, much bigint)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_add('outbox ' || a.id, much),
            tally_add('posts ' || a.origin, much)
       FROM actor AS a
      WHERE a.id = actor_id;
END
$$;

CREATE TRIGGER object_came AFTER INSERT ON object
    REFERENCING NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION tally_posts();


CREATE FUNCTION tally_deleted()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_posts_add(c.actor, -count(*))
       FROM counted AS c
       JOIN was AS w ON w.id = c.id
      WHERE w.deleted IS NULL AND c.deleted IS NOT NULL
      GROUP BY c.actor;

    RETURN NULL;
END
$$;

CREATE TRIGGER object_changed AFTER UPDATE ON object
    REFERENCING OLD TABLE AS was NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION tally_deleted();


-- What was there before this.

INSERT INTO presence (actor, origin, declared, active)
SELECT a.id, a.origin,
       EXISTS (SELECT FROM declaration AS d WHERE d.actor = a.id),
       (SELECT to_timestamp(('x' || left(replace(v.id::text, '-', ''), 12))
                            ::bit(48)::bigint / 1000)
          FROM activity AS v
         WHERE v.actor = a.id AND v.listed
         ORDER BY v.id DESC
         LIMIT 1)
  FROM actor AS a
 WHERE NOT a.instance;

WITH living AS (
    SELECT p.actor, count(*) AS n FROM object AS p
     WHERE p.deleted IS NULL
     GROUP BY p.actor
)
INSERT INTO tally (subject, slot, n)
SELECT 'outbox ' || l.actor, 0, l.n FROM living AS l
UNION ALL
SELECT 'posts ' || a.origin, 0, sum(l.n)
  FROM living AS l
  JOIN actor AS a ON a.id = l.actor
 GROUP BY a.origin;


-- nothing is counted by it any more

DROP INDEX object_deleted;
