-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What a configuration declares: origins, actors, their keys.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- One notification for what a call changed: [[origin, path, query], ...], or
-- "*" when that is more than a payload holds.

CREATE OR REPLACE FUNCTION notify_changed(keys jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT
AS $$
DECLARE
    payload  text;
BEGIN
    SELECT jsonb_agg(DISTINCT k)::text INTO payload
      FROM jsonb_array_elements(keys) AS k;

    IF octet_length(payload) > 7000 THEN
        payload := '*';
    END IF;

    IF payload IS NOT NULL THEN
        PERFORM pg_notify('activitypub_changed', payload);
    END IF;
END
$$;


-- There is work for the workers: "fanout", "delivery", "job" or "review".  The
-- same said twice in a transaction is heard once.

CREATE OR REPLACE FUNCTION notify_work(kind text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT
AS $$
BEGIN
    PERFORM pg_notify('activitypub_work', kind);
END
$$;


-- An activity, and the row by which the followers get it: nothing goes out
-- for the instance actor, nor for what is not declared.

CREATE OR REPLACE FUNCTION announce(actor_id bigint, type text, post uuid,
    published timestamptz, object json, target text, context json)
    RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  uuid := uuid7();
    body    text;
    sender  actor;
BEGIN
    SELECT a.* INTO sender FROM actor AS a WHERE a.id = actor_id;

    body := render_activity(activity_uri(sender.uri, result), type,
                            sender.uri, published, object, target, context);

    INSERT INTO activity (id, actor, type, object, listed, published, document)
    VALUES (result, actor_id, type, post, type = 'Create', published, body);

    IF NOT sender.instance AND is_declared(actor_id) THEN
        INSERT INTO fanout (activity) VALUES (result);
        PERFORM notify_work('fanout');
    END IF;

    RETURN result;
END
$$;


-- Renders an actor whose row the caller has locked.  When its bytes changed,
-- the followers are told and the keys of what changed are returned, else
-- NULL.  The first rendering is nobody's news.

CREATE OR REPLACE FUNCTION refresh_actor(actor_id bigint)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    old   actor;
    home  origin;
    body  text;
BEGIN
    SELECT a.* INTO old FROM actor AS a WHERE a.id = actor_id;
    SELECT o.* INTO home FROM origin AS o WHERE o.id = old.origin;

    body := CASE WHEN old.instance THEN render_instance(actor_id)
                 ELSE render_actor(actor_id)
            END;

    IF body IS NOT DISTINCT FROM old.document THEN
        RETURN NULL;
    END IF;

    UPDATE actor SET document = body, changed = clock_timestamp()
     WHERE id = actor_id;

    IF old.document IS NOT NULL AND body IS NOT NULL AND NOT old.instance THEN
        PERFORM announce(actor_id, 'Update', NULL, clock_timestamp(),
                         embed(body), NULL, actor_context());
    END IF;

    RETURN jsonb_build_array(jsonb_build_array(
               home.url, substr(old.uri, length(home.url) + 1), ''))
           || (SELECT coalesce(jsonb_agg(jsonb_build_array(
                                   home.url, t.path, t.query)), '[]')
                 FROM twin AS t
                WHERE t.actor = actor_id AND t.object IS NULL);
END
$$;


-- The configuration says where a profile page is, whatever stood there: a
-- post keeps its id, its page is the actor's from now on.  Returns the keys
-- of the pages that changed hands.

CREATE OR REPLACE FUNCTION place_profile(actor_id bigint, origin_id int,
    page_path text, page_query text)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    keys  jsonb := '[]'::jsonb;
    base  text;
    old   twin;
BEGIN
    SELECT o.url INTO base FROM origin AS o WHERE o.id = origin_id;

    SELECT t.* INTO old FROM twin AS t
     WHERE t.actor = actor_id AND t.object IS NULL;

    IF FOUND THEN
        IF (old.path, old.query)
           IS NOT DISTINCT FROM (page_path, coalesce(page_query, ''))
        THEN
            RETURN keys;
        END IF;

        DELETE FROM twin AS t WHERE t.id = old.id;
        keys := keys || jsonb_build_array(
                            jsonb_build_array(base, old.path, old.query));
    END IF;

    IF page_path IS NULL THEN
        RETURN keys;
    END IF;

    INSERT INTO twin AS t (origin, path, query, actor)
    VALUES (origin_id, page_path, coalesce(page_query, ''), actor_id)
    ON CONFLICT (origin, path, query) DO UPDATE
       SET actor = excluded.actor, object = NULL, gone = false;

    RETURN keys || jsonb_build_array(
                       jsonb_build_array(base, page_path,
                                         coalesce(page_query, '')));
END
$$;


-- What keeps a declaration from being taken, a row each: a host that is
-- pinned otherwise, a handle that lives elsewhere.  In plpgsql, as all that
-- declare() asks: a thousand origins are declared by one session, which plans
-- it once.

CREATE OR REPLACE FUNCTION find_conflicts(wanted jsonb)
    RETURNS TABLE (subject text, detail text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT wanted ->> 'origin',
           format('host "%s" is pinned to origin "%s", prefix "%s", account '
                  'domain "%s", and cannot become origin "%s", prefix "%s", '
                  'account domain "%s"', o.host, o.url, o.prefix,
                  o.account_domain, wanted ->> 'origin', wanted ->> 'prefix',
                  wanted ->> 'account_domain')
      FROM origin AS o
     WHERE o.host = wanted ->> 'host'
       AND (o.url, o.prefix, o.account_domain)
           IS DISTINCT FROM (wanted ->> 'origin', wanted ->> 'prefix',
                             wanted ->> 'account_domain')
    UNION ALL
    SELECT (wanted ->> 'origin') || (wanted ->> 'prefix')
               || (d.actor ->> 'username'),
           format('handle "%s" is pinned to "%s", and cannot become "%s%s%s"',
                  a.handle, a.uri, wanted ->> 'origin', wanted ->> 'prefix',
                  d.actor ->> 'username')
      FROM jsonb_array_elements(wanted -> 'actors') AS d (actor)
      JOIN actor AS a
        ON a.handle = (d.actor ->> 'username') || '@'
                      || (wanted ->> 'account_domain')
       AND NOT a.instance
      JOIN origin AS o ON o.id = a.origin AND o.host <> wanted ->> 'host';
END
$$;


-- An actor that this node has said before, when actors look different since
-- then.  What another node has said of it meanwhile stays.

CREATE OR REPLACE FUNCTION repeat_actor(node_name text, actor_id bigint,
    stamp text)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM FROM actor AS a WHERE a.id = actor_id FOR NO KEY UPDATE;

    UPDATE declaration AS d SET hash = stamp
     WHERE d.node = node_name AND d.actor = actor_id;

    RETURN coalesce(refresh_actor(actor_id), '[]');
END
$$;


-- One actor of a declaration, if this node has something new to say about
-- it.  Returns the keys of what changed.

CREATE OR REPLACE FUNCTION declare_actor(node_name text, home origin,
    username text, wanted jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    actor_id  bigint;
    known     text;
    words     text;
    stamp     text;
    keys      jsonb;
    is_root   boolean := username = 'actor';
BEGIN
    words := encode(sha256(convert_to(wanted::text, 'UTF8')), 'hex');
    stamp := render_version() || ':' || words;

    SELECT INTO actor_id, known a.id, d.hash
      FROM actor AS a
      LEFT JOIN declaration AS d ON d.actor = a.id AND d.node = node_name
     WHERE a.origin = home.id AND a.name = username;

    IF known = stamp THEN
        RETURN '[]'::jsonb;
    END IF;

    IF split_part(known, ':', 2) = words THEN
        RETURN repeat_actor(node_name, actor_id, stamp);
    END IF;

    -- this locks the row: a key that is being set is waited for

    INSERT INTO actor AS a (origin, name, instance, handle, uri, declaration)
    VALUES (home.id, username, is_root,
            CASE WHEN is_root THEN home.host ELSE username END
                || '@' || home.account_domain,
            home.url || home.prefix || username, wanted)
    ON CONFLICT (origin, name) DO UPDATE SET declaration = wanted
    RETURNING a.id INTO actor_id;

    INSERT INTO declaration AS d (node, actor, hash)
    VALUES (node_name, actor_id, stamp)
    ON CONFLICT (node, actor) DO UPDATE SET hash = stamp;

    keys := place_profile(actor_id, home.id, wanted ->> 'path',
                          wanted ->> 'query');

    PERFORM place_sections(actor_id, home.id, wanted -> 'sections');

    RETURN keys || coalesce(refresh_actor(actor_id), '[]');
END
$$;


-- What C has checked already is checked once more where it would be kept
-- for ever.

CREATE OR REPLACE FUNCTION check_declaration(wanted jsonb)
    RETURNS void
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    bad  text;
BEGIN
    IF wanted ->> 'origin' IS NULL OR wanted ->> 'host' IS NULL
       OR wanted ->> 'prefix' IS NULL OR wanted ->> 'account_domain' IS NULL
       OR jsonb_typeof(wanted -> 'actors') IS DISTINCT FROM 'array'
    THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = 'a declaration needs origin, host, prefix, '
                      'account_domain and actors';
    END IF;

    SELECT d.actor ->> 'username' INTO bad
      FROM jsonb_array_elements(wanted -> 'actors') AS d (actor)
     WHERE coalesce(d.actor ->> 'username', '') !~ '^[a-z0-9_]{1,30}$'
        OR d.actor ->> 'username' IN ('actor', 'inbox', 'nodeinfo')
     LIMIT 1;

    IF FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('"%s" cannot be the name of an actor', bad);
    END IF;
END
$$;


CREATE OR REPLACE FUNCTION declare(node text, declaration jsonb)
    RETURNS TABLE (verdict text, subject text, detail text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted   jsonb := declare.declaration;
    home     origin;
    item     jsonb;
    changed  jsonb;
BEGIN
    PERFORM check_declaration(wanted);

    IF coalesce(declare.node, '') = '' THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = 'a node needs a name: without one it is the database';
    END IF;

    -- One declaration at a time, of any host: a handle is pinned across
    -- hosts, and locks for each of its parts could be taken crosswise.

    PERFORM pg_advisory_xact_lock(hashtext('activitypub.declare'), 0);

    RETURN QUERY SELECT 'conflict', c.subject, c.detail
                   FROM find_conflicts(wanted) AS c;
    IF FOUND THEN
        RETURN;
    END IF;

    INSERT INTO origin (url, host, prefix, account_domain)
    VALUES (wanted ->> 'origin', wanted ->> 'host', wanted ->> 'prefix',
            wanted ->> 'account_domain')
    ON CONFLICT (host) DO NOTHING;

    SELECT o.* INTO home FROM origin AS o WHERE o.host = wanted ->> 'host';

    changed := declare_actor(declare.node, home, 'actor', '{}');

    FOR item IN SELECT * FROM jsonb_array_elements(wanted -> 'actors') LOOP
        CONTINUE WHEN EXISTS (SELECT FROM actor AS a
                               WHERE a.origin = home.id
                                 AND a.name = item ->> 'username'
                                 AND a.deleted IS NOT NULL);

        changed := changed || declare_actor(declare.node, home,
                                            item ->> 'username', item);
    END LOOP;

    PERFORM notify_changed(changed);
    PERFORM forget_vanished(declare.node, home.id, wanted);

    RETURN QUERY SELECT 'ok', home.url, '';
    RETURN QUERY SELECT r.verdict, r.subject, r.detail
                   FROM review_actors(home.id, wanted) AS r;
END
$$;


-- This node does not declare them any more; another one may.

CREATE OR REPLACE FUNCTION forget_vanished(node_name text, origin_id int,
    wanted jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM declaration AS d
     USING actor AS a
     WHERE d.node = node_name AND d.actor = a.id AND a.origin = origin_id
       AND NOT a.instance
       AND NOT wanted -> 'actors' @> jsonb_build_array(
                   jsonb_build_object('username', a.name));
END
$$;


-- Who is not in a declaration, nor kept by the database itself; who is, and
-- was deleted; and who has no key yet.

CREATE OR REPLACE FUNCTION review_actors(origin_id int, wanted jsonb)
    RETURNS TABLE (verdict text, subject text, detail text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT 'vanished', a.uri,
           format('actor "%s" is not configured any more: it answers 404, '
                  'and keeps its key and its followers', a.handle)
      FROM actor AS a
     WHERE a.origin = origin_id AND NOT a.instance AND a.deleted IS NULL
       AND NOT is_kept(a.id)
       AND NOT wanted -> 'actors' @> jsonb_build_array(
                   jsonb_build_object('username', a.name))
    UNION ALL
    SELECT 'deleted', a.uri,
           format('actor "%s" was deleted and answers 410: it cannot be '
                  'configured again', a.handle)
      FROM jsonb_array_elements(wanted -> 'actors') AS d (actor)
      JOIN actor AS a ON a.origin = origin_id
                     AND a.name = d.actor ->> 'username'
     WHERE a.deleted IS NOT NULL
    UNION ALL
    SELECT 'keyless', a.uri, ''
      FROM actor AS a
     WHERE a.origin = origin_id AND a.deleted IS NULL
       AND (a.instance
            OR wanted -> 'actors' @> jsonb_build_array(
                   jsonb_build_object('username', a.name)))
       AND NOT EXISTS (SELECT FROM actor_key AS k WHERE k.actor = a.id)
    ORDER BY 1 DESC, 2;
END
$$;


-- True: it is the key now.  False: the actor had one, which stays, or needs
-- none any more.

CREATE OR REPLACE FUNCTION actor_key_set(actor text, private_pem text,
    public_pem text)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    actor_id  bigint;
    gone      boolean;
BEGIN
    IF coalesce(public_pem, '') !~ '^-----BEGIN PUBLIC KEY-----\n'
       OR coalesce(private_pem, '') !~ '^-----BEGIN [A-Z ]*PRIVATE KEY-----\n'
    THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = 'a key is a private and a public key, each as PEM';
    END IF;

    SELECT a.id, a.deleted IS NOT NULL INTO actor_id, gone FROM actor AS a
     WHERE a.uri = actor_key_set.actor
       FOR NO KEY UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'P0002',
            MESSAGE = format('there is no actor "%s"', actor_key_set.actor);
    END IF;

    IF gone THEN
        RETURN false;
    END IF;

    INSERT INTO actor_key (actor, private_pem, public_pem)
    VALUES (actor_id, actor_key_set.private_pem, actor_key_set.public_pem)
    ON CONFLICT DO NOTHING;

    IF NOT FOUND THEN
        RETURN false;
    END IF;

    PERFORM notify_changed(refresh_actor(actor_id));

    RETURN true;
END
$$;
