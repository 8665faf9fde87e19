-- version: 5
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What stands in a post's collections, and how many there are of whatever
-- is counted often and may be many.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- "kind" is the name of the collection.  "item" is the id that stands there,
-- of the activity or of the reply; '' is counted only.  No row of a post is
-- locked by who likes it, so "object" is no foreign key.

CREATE TABLE reaction (
    id      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object  uuid    NOT NULL,
    kind    text    NOT NULL CHECK (kind IN ('replies', 'likes', 'shares')),
    actor   text    COLLATE "C" NOT NULL,
    item    text    COLLATE "C" NOT NULL
);

CREATE INDEX reaction_page ON reaction (object, kind, id);

CREATE INDEX reaction_actor ON reaction (actor, object, kind);


-- A total is the sum of its slots.  A slot is written by one session alone,
-- whose process it is named for: nobody waits for another one to count.

CREATE TABLE tally (
    subject  text    COLLATE "C" NOT NULL,
    slot     int     NOT NULL,
    n        bigint  NOT NULL,

    PRIMARY KEY (subject, slot)
)
WITH (fillfactor = 50);


-- Adds to a total.  Who counts there for the first time takes over what
-- sessions have left that are no more.

CREATE FUNCTION tally_add(counted text, much bigint)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    mine  int := pg_backend_pid();
BEGIN
    UPDATE tally AS t SET n = t.n + much
     WHERE t.subject = counted AND t.slot = mine;

    IF FOUND THEN
        RETURN;
    END IF;

    WITH dead AS (
        SELECT t.slot FROM tally AS t
         WHERE t.subject = counted
           AND t.slot NOT IN (SELECT s.pid FROM pg_stat_activity AS s
                               WHERE s.pid IS NOT NULL)
           FOR UPDATE SKIP LOCKED
    ), taken AS (
        DELETE FROM tally AS t USING dead AS d
         WHERE t.subject = counted AND t.slot = d.slot
        RETURNING t.n
    )
    INSERT INTO tally (subject, slot, n)
    SELECT counted, mine, much + coalesce(sum(t.n), 0) FROM taken AS t;
END
$$;


-- The tables say themselves what came and went, whoever writes them.

CREATE FUNCTION tally_followers()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_add('followers ' || c.actor,
                      CASE TG_OP WHEN 'DELETE' THEN -count(*) ELSE count(*)
                      END)
       FROM counted AS c
      GROUP BY c.actor;

    RETURN NULL;
END
$$;

CREATE TRIGGER follower_came AFTER INSERT ON follower
    REFERENCING NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION tally_followers();

CREATE TRIGGER follower_went AFTER DELETE ON follower
    REFERENCING OLD TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION tally_followers();


CREATE FUNCTION tally_reactions()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_add(c.kind || ' ' || c.object,
                      CASE TG_OP WHEN 'DELETE' THEN -count(*) ELSE count(*)
                      END)
       FROM counted AS c
      GROUP BY c.kind, c.object;

    RETURN NULL;
END
$$;

CREATE TRIGGER reaction_came AFTER INSERT ON reaction
    REFERENCING NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION tally_reactions();

CREATE TRIGGER reaction_went AFTER DELETE ON reaction
    REFERENCING OLD TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION tally_reactions();


-- What came before this: the last Like and Announce of each, unless it was
-- undone, and the public replies that were not deleted.

INSERT INTO tally (subject, slot, n)
SELECT 'followers ' || f.actor, 0, count(*) FROM follower AS f
 GROUP BY f.actor;

INSERT INTO reaction (object, kind, actor, item)
SELECT w.object, w.kind, w.actor, w.item
  FROM (SELECT DISTINCT ON (r.target, r.type, r.actor)
               r.id, r.target::uuid AS object, r.actor,
               CASE r.type WHEN 'Like' THEN 'likes' ELSE 'shares' END AS kind,
               CASE WHEN r.activity_id LIKE 'http%' THEN r.activity_id
                    ELSE ''
               END AS item
          FROM received AS r
         WHERE r.body <> ''
           AND (r.type = 'Like'
                OR r.type = 'Announce'
                   AND r.body LIKE '%https://www.w3.org/ns/activitystreams#Public"%')
           AND NOT EXISTS (SELECT FROM received AS u
                            WHERE u.type = 'Undo' AND u.target = r.target
                              AND u.actor = r.actor
                              AND u.object = r.activity_id)
         ORDER BY r.target, r.type, r.actor, r.id DESC) AS w
 ORDER BY w.id;

INSERT INTO reaction (object, kind, actor, item)
SELECT r.target::uuid, 'replies', r.actor, r.object
  FROM received AS r
 WHERE r.type = 'Create'
   AND r.body LIKE '%https://www.w3.org/ns/activitystreams#Public"%'
   AND NOT EXISTS (SELECT FROM received AS d
                    WHERE d.type = 'Delete' AND d.target = r.target
                      AND d.actor = r.actor AND d.object = r.object)
 ORDER BY r.id;
