-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Keys: ours to sign with, and those of others to verify with.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- The name of a URL's server, with its port: what limits are counted by.

CREATE OR REPLACE FUNCTION url_host(url text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
RETURN lower(substring(url FROM '^https?://([^/?#]+)') COLLATE "C");


CREATE OR REPLACE FUNCTION signing_key(actor text)
    RETURNS TABLE (key_id text, private_pem text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT a.uri || '#main-key', k.private_pem
      FROM actor AS a
      JOIN actor_key AS k ON k.actor = a.id
     WHERE a.uri = signing_key.actor;
END
$$;


-- No row: not known, or gone.  An instance actor of ours is known as well: it
-- posts to its own inbox, to see whether that can be done.  "expires" is 0
-- for a key that does not.

DROP FUNCTION IF EXISTS remote_key(text);

CREATE OR REPLACE FUNCTION remote_key(key_id text)
    RETURNS TABLE (actor text, public_pem text, inbox text,
                   shared_inbox text, fetched bigint, expires bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT r.uri::text, k.text, r.inbox::text, r.shared_inbox::text,
           epoch(k.fetched), coalesce(epoch(k.expires), 0)
      FROM remote_key AS k
      JOIN remote_actor AS r ON r.id = k.remote_actor
     WHERE k.key_id = remote_key.key_id AND NOT r.gone;

    IF NOT FOUND AND right(remote_key.key_id, 9) = '#main-key' THEN
        RETURN QUERY
        SELECT a.uri::text, k.public_pem, '', '', epoch(now()), 0::bigint
          FROM actor AS a
          JOIN actor_key AS k ON k.actor = a.id
         WHERE a.uri = left(remote_key.key_id, -9) AND a.instance;
    END IF;
END
$$;


CREATE OR REPLACE FUNCTION remote_known(actor text)
    RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN EXISTS (SELECT FROM remote_actor AS r
                    WHERE r.uri = remote_known.actor AND NOT r.gone);
END
$$;


DROP FUNCTION IF EXISTS remote_actors(bigint, int);


-- Those above "after", ascending: the whole set, a piece at a time.  One that
-- was learned lately may have been called unknown since.

CREATE FUNCTION remote_actors(after bigint, lim int)
    RETURNS TABLE (id bigint, uri text, recent boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
    SELECT r.id, r.uri::text, r.fetched > now() - interval '20 min'
      FROM remote_actor AS r
     WHERE r.id > remote_actors.after AND NOT r.gone
     ORDER BY r.id
     LIMIT remote_actors.lim
$$;


-- Somebody said that this actor is gone, when nobody could tell who it was:
-- its server is asked.  See job_done().

CREATE OR REPLACE FUNCTION doubt_actor(uri text, origin text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF remote_known(doubt_actor.uri)
       AND NOT EXISTS (SELECT FROM job AS j
                        WHERE j.args ? 'farewell'
                          AND j.args ->> 'url' = doubt_actor.uri)
       AND (SELECT count(*) FROM job AS j
             WHERE j.args ? 'farewell' AND j.state <> 'done') < 256
    THEN
        INSERT INTO job (kind, origin, args)
        VALUES ('fetch', doubt_actor.origin,
                jsonb_build_object('url', doubt_actor.uri,
                                   'farewell', true));

        PERFORM notify_work('job');
    END IF;
END
$$;


-- What an actor's document said when it was fetched.  "keys" are all that it
-- lists, each {"id"} with "text" if that was asked for and "expires" if it
-- does: seconds since 1970.  "key_id" is the one that somebody has signed
-- with.  If another actor has that, nothing is kept and the other one's URI is
-- returned, unless it is "over": whose document was asked again, and does not
-- list the key any more.  An inbox elsewhere would aim what we send at
-- somebody else.

CREATE OR REPLACE FUNCTION remote_actor_keep(uri text, host text, inbox text,
    shared_inbox text, keys jsonb, key_id text, over text DEFAULT '')
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    home    text := split_part(url_host(remote_actor_keep.uri), ':', 1);
    shared  text := coalesce(remote_actor_keep.shared_inbox, '');
    place   text;
    other   text;
    kept    bigint;
    ours    bigint[];
BEGIN
    IF split_part(url_host(remote_actor_keep.inbox), ':', 1)
       IS DISTINCT FROM home
    THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('the inbox "%s" is not on the host of "%s"',
                             left(remote_actor_keep.inbox, 200),
                             left(remote_actor_keep.uri, 200));
    END IF;

    IF split_part(url_host(shared), ':', 1) IS DISTINCT FROM home THEN
        shared := '';
    END IF;

    -- as who receives: nothing of them is, nor are they buried, meanwhile

    FOR place IN
        SELECT n.uri
          FROM (SELECT remote_actor_keep.uri COLLATE "C"
                UNION
                SELECT r.uri
                  FROM remote_key AS k
                  JOIN remote_actor AS r ON r.id = k.remote_actor
                 WHERE k.key_id = remote_actor_keep.key_id)
               AS n (uri)
         ORDER BY n.uri
    LOOP
        PERFORM await_turn(place);
    END LOOP;

    SELECT r.uri INTO other
      FROM remote_key AS k
      JOIN remote_actor AS r ON r.id = k.remote_actor
     WHERE k.key_id = remote_actor_keep.key_id
       AND r.uri <> remote_actor_keep.uri
       AND NOT r.gone
       FOR UPDATE OF k;

    IF FOUND AND other IS DISTINCT FROM remote_actor_keep.over THEN
        RETURN other;
    END IF;

    INSERT INTO remote_actor AS r (uri, host, inbox, shared_inbox)
    VALUES (remote_actor_keep.uri, remote_actor_keep.host,
            remote_actor_keep.inbox, shared)
    ON CONFLICT (uri) DO UPDATE
       SET host = excluded.host, inbox = excluded.inbox,
           shared_inbox = excluded.shared_inbox, fetched = now(),
           gone = false
    RETURNING r.id INTO kept;

    PERFORM remote_keys_set(kept, remote_actor_keep.keys,
                            coalesce(remote_actor_keep.over, ''));

    place := coalesce(nullif(shared, ''), remote_actor_keep.inbox);

    IF EXISTS (SELECT FROM follower AS f
                WHERE f.remote_actor = kept AND f.inbox <> place)
    THEN
        ours := followed_by(kept);

        UPDATE follower AS f SET inbox = place
         WHERE f.remote_actor = kept AND f.actor = ANY (ours)
           AND f.inbox <> place;
    END IF;

    RETURN '';
END
$$;


-- Whether a key of one actor may become another's: "over" gives up its own.

CREATE OR REPLACE FUNCTION may_take_key(holder bigint, owner bigint, over text)
    RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN holder = owner
           OR EXISTS (SELECT FROM remote_actor AS r
                       WHERE r.id = holder AND (r.gone OR r.uri = over));
END
$$;


-- What an actor does not list is not its own any more; of its other keys
-- only those are taken that are nobody else's.  Those of others are not even
-- locked: one who lists them all would have them in an order of his own.

CREATE OR REPLACE FUNCTION remote_keys_set(owner bigint, keys jsonb,
    over text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM remote_key AS k
     WHERE k.remote_actor = owner
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(keys) AS listed (key)
                        WHERE listed.key ->> 'id' = k.key_id);

    INSERT INTO remote_key AS k (key_id, remote_actor, text, expires)
    SELECT DISTINCT ON (listed.key ->> 'id')
           listed.key ->> 'id', owner, listed.key ->> 'text',
           to_timestamp((listed.key ->> 'expires')::double precision)
      FROM jsonb_array_elements(keys) AS listed (key)
     WHERE listed.key ->> 'id' <> '' AND listed.key ->> 'text' <> ''
       AND NOT EXISTS (SELECT FROM remote_key AS o
                        WHERE o.key_id = listed.key ->> 'id'
                          AND NOT may_take_key(o.remote_actor, owner, over))
     ORDER BY 1
    ON CONFLICT (key_id) DO UPDATE
       SET remote_actor = excluded.remote_actor, text = excluded.text,
           expires = excluded.expires, fetched = now()
     WHERE may_take_key(k.remote_actor, excluded.remote_actor, over);
END
$$;


-- The same with one key, as it was asked for before an actor had several.

CREATE OR REPLACE FUNCTION remote_actor_set(uri text, host text, inbox text,
    shared_inbox text, key_id text, public_pem text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    other  text;
BEGIN
    other := remote_actor_keep(
                 remote_actor_set.uri, remote_actor_set.host,
                 remote_actor_set.inbox, remote_actor_set.shared_inbox,
                 jsonb_build_array(jsonb_build_object(
                     'id', coalesce(remote_actor_set.key_id, ''),
                     'text', coalesce(remote_actor_set.public_pem, ''))),
                 coalesce(remote_actor_set.key_id, ''));

    IF other <> '' THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('the key "%s" is that of "%s"',
                             left(remote_actor_set.key_id, 200),
                             left(other, 200));
    END IF;
END
$$;
