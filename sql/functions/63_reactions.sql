-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What others did to a post, as far as its collections show it.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Adds to a total.  Who counts there for the first time takes over what
-- sessions have left that are no more; not those that are no more in the
-- list that this transaction has had before, who may be new and would wait.

CREATE OR REPLACE FUNCTION tally_add(counted text, much bigint)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    mine  int := pg_backend_pid();
BEGIN
    UPDATE tally AS t SET n = t.n + much, changed = clock_timestamp()
     WHERE t.subject = counted AND t.slot = mine;

    IF FOUND THEN
        RETURN;
    END IF;

    PERFORM pg_stat_clear_snapshot();

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


CREATE OR REPLACE FUNCTION tally_of(counted text)
    RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN (SELECT coalesce(sum(t.n), 0)::bigint FROM tally AS t
             WHERE t.subject = counted);
END
$$;


-- NULL: nothing was ever counted.

CREATE OR REPLACE FUNCTION tally_changed(counted text)
    RETURNS timestamptz
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN (SELECT max(t.changed) FROM tally AS t WHERE t.subject = counted);
END
$$;


-- What is shown now and was not, or the other way round.  Both tables are only
-- read: a join of them would have the plan of the first change of a session,
-- be it of no row, for one of thousands as well.

CREATE OR REPLACE FUNCTION tally_shown()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_add(s.subject, sum(s.n)::bigint)
       FROM (SELECT c.kind || ' ' || c.object, 1::bigint
               FROM counted AS c WHERE NOT c.hidden AND NOT c.waits
             UNION ALL
             SELECT w.kind || ' ' || w.object, -1
               FROM was AS w WHERE NOT w.hidden AND NOT w.waits)
            AS s (subject, n)
      GROUP BY s.subject
     HAVING sum(s.n) <> 0;

    RETURN NULL;
END
$$;


CREATE OR REPLACE FUNCTION is_public_name(name json)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
RETURN CASE WHEN json_typeof(name) = 'string'
            THEN name #>> '{}' IN (public_audience(), 'as:Public', 'Public')
            ELSE false
       END;


-- Whether an activity, or the post in it, is addressed to everybody.

CREATE OR REPLACE FUNCTION is_public(activity json)
    RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT
    SET search_path = activitypub, pg_temp
AS $$
DECLARE
    field  json;
BEGIN
    FOR field IN
        SELECT v.value
          FROM unnest(ARRAY[activity -> 'to', activity -> 'cc']) AS v (value)
         WHERE v.value IS NOT NULL
    LOOP
        IF json_typeof(field) = 'array' THEN
            IF EXISTS (SELECT FROM json_array_elements(field) AS e (value)
                        WHERE is_public_name(e.value))
            THEN
                RETURN true;
            END IF;

        ELSIF is_public_name(field) THEN
            RETURN true;
        END IF;
    END LOOP;

    RETURN false;
END
$$;


-- The collection that an activity stands in, or NULL.  What is not for
-- everybody stands in none; a like says nothing to anybody.

CREATE OR REPLACE FUNCTION reaction_kind(type text, body text)
    RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN CASE type
        WHEN 'Like' THEN 'likes'
        WHEN 'Announce' THEN CASE WHEN is_public(body::json) THEN 'shares' END
        WHEN 'Create' THEN CASE WHEN is_public(body::json -> 'object')
                                THEN 'replies'
                           END
    END;
END
$$;


-- An actor likes and shares a post once, whatever it says how often; the
-- last time is the one that an Undo names.  A reply may have to wait until
-- somebody approves it.

DROP FUNCTION IF EXISTS react(uuid, text, text, text);

CREATE OR REPLACE FUNCTION react(post uuid, kind text, actor text, item text,
    waits boolean)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    shown  text := CASE WHEN url_host(react.item) = url_host(react.actor)
                        THEN react.item
                        ELSE ''
                   END;
    known  boolean;
BEGIN
    IF react.kind = 'replies' AND coalesce(shown, '') = '' THEN
        RETURN;
    END IF;

    IF react.kind = 'replies' THEN
        known := EXISTS (SELECT FROM reaction AS r
                          WHERE r.actor = react.actor AND r.object = post
                            AND r.kind = 'replies'
                            AND hashtextextended(r.item, 0)
                                = hashtextextended(shown, 0)
                            AND r.item = shown);
    ELSE
        known := EXISTS (SELECT FROM reaction AS r
                          WHERE r.actor = react.actor AND r.object = post
                            AND r.kind = react.kind);
    END IF;

    IF NOT known THEN
        INSERT INTO reaction (object, kind, actor, item, waits)
        VALUES (post, react.kind, react.actor, coalesce(shown, ''),
                react.waits);

    ELSIF react.kind <> 'replies' THEN
        UPDATE reaction AS r SET item = coalesce(shown, '')
         WHERE r.actor = react.actor AND r.object = post
           AND r.kind = react.kind;

        PERFORM tally_add(react.kind || ' ' || post, 0);
    END IF;
END
$$;


-- Whether the site approves a reply of an actor just now, or any reply of it:
-- for those that it has not got, it has to wait itself.

CREATE OR REPLACE FUNCTION is_being_approved(actor text, post uuid DEFAULT NULL,
    item text DEFAULT NULL)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    waiting  bigint[];
BEGIN
    IF post IS NULL THEN
        waiting := ARRAY(SELECT r.id FROM reaction AS r
                          WHERE r.actor = is_being_approved.actor AND r.waits);
    ELSE
        waiting := ARRAY(SELECT r.id FROM reaction AS r
                          WHERE r.actor = is_being_approved.actor
                            AND r.object = post AND r.kind = 'replies'
                            AND hashtextextended(r.item, 0)
                                = hashtextextended(is_being_approved.item, 0)
                            AND r.item = is_being_approved.item AND r.waits);
    END IF;

    RETURN cardinality(waiting) > 0
           AND cardinality(waiting) > cardinality(ARRAY(
                   SELECT r.id FROM reaction AS r WHERE r.id = ANY (waiting)
                      FOR UPDATE SKIP LOCKED));
END
$$;


-- It is taken back.  Who judges it, see judge_reactions(), may have it in his
-- hands just now, and is waited for.

CREATE OR REPLACE FUNCTION unreact(post uuid, kind text, actor text,
    item text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    DELETE FROM reaction AS r
     WHERE r.actor = unreact.actor AND r.object = post
       AND r.kind = unreact.kind
       AND hashtextextended(r.item, 0)
           IN (hashtextextended(unreact.item, 0), hashtextextended('', 0))
       AND r.item IN (unreact.item, '');
END
$$;


-- Of an actor that is gone nothing is shown any more.

CREATE OR REPLACE FUNCTION unreact_all(actor text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    DELETE FROM reaction AS r WHERE r.actor = unreact_all.actor;
END
$$;
