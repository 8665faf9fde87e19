-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- The end of an actor.  Its row stays, as a Tombstone that nobody else can
-- stand on; its posts become Tombstones as well, its pages are the site's.
-- One Delete goes to everybody who may have something of it, and is signed
-- with its key as long as it is on its way.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- What it still had to say is not said any more.

CREATE OR REPLACE FUNCTION silence_actor(actor_id bigint)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM fanout AS f USING activity AS v
     WHERE v.id = f.activity AND v.actor = actor_id;

    -- what a worker is sending just now arrives, or is settled as ever

    DELETE FROM delivery AS d
     WHERE d.id IN (SELECT w.id FROM delivery AS w
                     WHERE w.actor = actor_id
                       AND (w.claim IS NULL OR w.state = 'dead'
                            OR w.next_at <= now())
                       FOR UPDATE SKIP LOCKED);
END
$$;


-- Everybody who follows it or was ever sent a post of it is to get the
-- farewell: they stand in "sent", as those that were sent "farewell".

CREATE OR REPLACE FUNCTION gather_inboxes(actor_id bigint, farewell uuid)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    INSERT INTO sent (object, inbox)
    SELECT gather_inboxes.farewell, f.inbox
      FROM follower AS f WHERE f.actor = actor_id
    UNION
    SELECT gather_inboxes.farewell, s.inbox
      FROM object AS p
      JOIN sent AS s ON s.object = p.id
     WHERE p.actor = actor_id;

    DELETE FROM sent AS s USING object AS p
     WHERE s.object = p.id AND p.actor = actor_id;

    DELETE FROM follower AS f WHERE f.actor = actor_id;
END
$$;


CREATE OR REPLACE FUNCTION bury_posts(actor actor, moment timestamptz)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    DELETE FROM pin AS n WHERE n.actor = bury_posts.actor.id;

    UPDATE activity AS v SET listed = false
     WHERE v.actor = bury_posts.actor.id AND v.listed;

    UPDATE object AS p
       SET title = '', content = '', excerpt = '', content_warning = '',
           language = '', deleted = moment, changed = moment,
           document = render_tombstone(object_uri(bury_posts.actor.uri, p.id),
                                       p.type, moment)
     WHERE p.actor = bury_posts.actor.id AND p.deleted IS NULL;
END
$$;


-- Every URL that an actor's bytes stand at.  NULL: they are so many that it
-- is cheaper to have every zone begin anew.

CREATE OR REPLACE FUNCTION keys_of_actor(actor actor, home origin)
    RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    WITH place (path, query) AS (
        SELECT home.prefix || actor.name || c.name, ''
          FROM unnest(ARRAY['', '/outbox', '/followers', '/following',
                            '/featured', '/inbox']) AS c (name)
        UNION ALL
        SELECT t.path, t.query FROM twin AS t WHERE t.actor = actor.id
        UNION ALL
        SELECT home.prefix || actor.name || '/' || p.id || c.name, ''
          FROM object AS p,
               unnest(ARRAY['', '/replies', '/likes', '/shares']) AS c (name)
         WHERE p.actor = actor.id AND p.deleted IS NULL
        UNION ALL
        SELECT home.prefix || actor.name || '/activities/' || v.id, ''
          FROM activity AS v
         WHERE v.actor = actor.id
    )
    SELECT CASE WHEN count(*) <= 10000
                THEN jsonb_agg(jsonb_build_array(home.url, place.path,
                                                 place.query))
           END
      FROM (SELECT p.path, p.query FROM place AS p LIMIT 10001) AS place
$$;


CREATE OR REPLACE FUNCTION actor_delete(actor text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    was       actor;
    home      origin;
    keys      jsonb;
    last_id   uuid := uuid7();
    moment    timestamptz := clock_timestamp();
BEGIN
    PERFORM lock_declarations();

    was := find_living(actor_delete.actor);

    -- whoever is publishing as this actor ends first

    PERFORM FROM actor AS a WHERE a.id = was.id FOR UPDATE;

    SELECT o.* INTO home FROM origin AS o WHERE o.id = was.origin;

    keys := keys_of_actor(was, home);

    PERFORM silence_actor(was.id);
    PERFORM gather_inboxes(was.id, last_id);
    PERFORM bury_posts(was, moment);

    DELETE FROM twin AS t WHERE t.actor = was.id;
    DELETE FROM section AS s WHERE s.actor = was.id;
    DELETE FROM declaration AS d WHERE d.actor = was.id;

    INSERT INTO activity (id, actor, type, listed, published, document)
    VALUES (last_id, was.id, 'Delete', false, moment,
            render_activity(activity_uri(was.uri, last_id), 'Delete', was.uri,
                            moment, to_json(was.uri), NULL, plain_context()));
    INSERT INTO fanout (activity) VALUES (last_id);

    UPDATE actor AS a
       SET deleted = moment, changed = moment, farewell = last_id,
           declaration = '{}',
           document = render_tombstone(a.uri,
               coalesce(was.declaration ->> 'type', 'Person'), moment)
     WHERE a.id = was.id;

    IF keys IS NULL THEN
        PERFORM pg_notify('activitypub_changed', '*');
    ELSE
        PERFORM notify_pieces(keys);
    END IF;

    PERFORM notify_work('fanout');
END
$$;


-- The keys of deleted actors whose last words have arrived, or never will.

CREATE OR REPLACE FUNCTION forget_keys()
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    ids  bigint[];
BEGIN
    ids := ARRAY(
        SELECT a.id FROM actor AS a
         WHERE a.farewell IS NOT NULL
           AND NOT EXISTS (SELECT FROM fanout AS f
                            WHERE f.activity = a.farewell)
           AND NOT EXISTS (SELECT FROM delivery AS d
                            WHERE d.activity = a.farewell
                              AND d.state = 'waiting')
         ORDER BY a.id
         LIMIT 20
           FOR UPDATE OF a SKIP LOCKED);

    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;

    DELETE FROM actor_key AS k WHERE k.actor = ANY (ids);
    UPDATE actor AS a SET farewell = NULL WHERE a.id = ANY (ids);
END
$$;
