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
-- posts to its own inbox, to see whether that can be done.

CREATE OR REPLACE FUNCTION remote_key(key_id text)
    RETURNS TABLE (actor text, public_pem text, inbox text,
                   shared_inbox text, fetched bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT r.uri::text, r.public_pem, r.inbox::text, r.shared_inbox::text,
           epoch(r.fetched)
      FROM remote_actor AS r
     WHERE r.key_id = remote_key.key_id AND r.key_id <> '' AND NOT r.gone;

    IF NOT FOUND AND right(remote_key.key_id, 9) = '#main-key' THEN
        RETURN QUERY
        SELECT a.uri::text, k.public_pem, '', '', epoch(now())
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


-- Those above "after", ascending: the whole set, a piece at a time.

CREATE OR REPLACE FUNCTION remote_actors(after bigint, lim int)
    RETURNS TABLE (id bigint, uri text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
    SELECT r.id, r.uri::text
      FROM remote_actor AS r
     WHERE r.id > remote_actors.after AND NOT r.gone
     ORDER BY r.id
     LIMIT remote_actors.lim
$$;


-- What an actor's document said when it was fetched.  A key that another
-- actor had is this one's from now on: both documents were asked for it.
-- An inbox elsewhere would aim what we send at somebody else.

CREATE OR REPLACE FUNCTION remote_actor_set(uri text, host text, inbox text,
    shared_inbox text, key_id text, public_pem text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    home    text := split_part(url_host(remote_actor_set.uri), ':', 1);
    shared  text := coalesce(remote_actor_set.shared_inbox, '');
    key     text := coalesce(remote_actor_set.key_id, '');
    place   text;
    found   bigint;
BEGIN
    IF split_part(url_host(remote_actor_set.inbox), ':', 1)
       IS DISTINCT FROM home
    THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('the inbox "%s" is not on the host of "%s"',
                             left(remote_actor_set.inbox, 200),
                             left(remote_actor_set.uri, 200));
    END IF;

    IF split_part(url_host(shared), ':', 1) IS DISTINCT FROM home THEN
        shared := '';
    END IF;

    UPDATE remote_actor AS r SET key_id = '', public_pem = ''
     WHERE r.key_id = key AND r.key_id <> ''
       AND r.uri <> remote_actor_set.uri;

    INSERT INTO remote_actor AS r (uri, host, inbox, shared_inbox, key_id,
                                   public_pem)
    VALUES (remote_actor_set.uri, remote_actor_set.host,
            remote_actor_set.inbox, shared, key,
            coalesce(remote_actor_set.public_pem, ''))
    ON CONFLICT (uri) DO UPDATE
       SET host = excluded.host, inbox = excluded.inbox,
           shared_inbox = excluded.shared_inbox, key_id = excluded.key_id,
           public_pem = excluded.public_pem, fetched = now(), gone = false
    RETURNING r.id INTO found;

    place := coalesce(nullif(shared, ''), remote_actor_set.inbox);

    UPDATE follower AS f SET inbox = place
     WHERE f.remote_actor = found AND f.inbox <> place;
END
$$;
