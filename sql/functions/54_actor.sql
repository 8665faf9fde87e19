-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Actors that the database keeps itself: as those of a configuration, which
-- they are declared as by a node without a name.  What is configured is left
-- to the configuration.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- By URL or host; the only one if it is not given.

CREATE OR REPLACE FUNCTION find_origin(wanted text)
    RETURNS origin
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  origin;
    ids     int[];
BEGIN
    ids := ARRAY(SELECT o.id FROM origin AS o
                  WHERE wanted IS NULL OR rtrim(wanted, '/') IN (o.url, o.host)
                  LIMIT 2);

    IF cardinality(ids) > 1 THEN
        PERFORM refuse('22023', 'there are several origins: say which');
    END IF;

    IF cardinality(ids) = 0 THEN
        PERFORM refuse('P0002', CASE WHEN wanted IS NULL
            THEN 'there is no origin: nginx was never here'
            ELSE format('there is no origin "%s"', wanted)
            END);
    END IF;

    SELECT o.* INTO result FROM origin AS o WHERE o.id = ids[1];

    RETURN result;
END
$$;


-- Who configures an actor, or NULL.

CREATE OR REPLACE FUNCTION configured_by(actor_id bigint)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT min(d.node) FROM declaration AS d
     WHERE d.actor = actor_id AND d.node <> ''
$$;


-- The URL of an actor's document, as a key of activitypub_changed.

CREATE OR REPLACE FUNCTION actor_key_of(home origin, username text)
    RETURNS jsonb
    LANGUAGE sql IMMUTABLE
RETURN jsonb_build_array(home.url, home.prefix || username, '');


-- Many keys as notifications that can be read one by one: "*" would empty
-- every zone.

CREATE OR REPLACE FUNCTION notify_pieces(keys jsonb)
    RETURNS void
    LANGUAGE sql VOLATILE SET search_path = activitypub, pg_temp
AS $$
    SELECT notify_changed(piece.keys)
      FROM (SELECT jsonb_agg(k.key) AS keys
              FROM (SELECT key, sum(octet_length(key::text) + 2)
                                OVER (ORDER BY n) AS size
                      FROM jsonb_array_elements(notify_pieces.keys)
                           WITH ORDINALITY AS part (key, n)) AS k
             GROUP BY k.size / 4500) AS piece
$$;


CREATE OR REPLACE FUNCTION check_name(username text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF coalesce(username, '') !~ '^[a-z0-9_]{1,30}$' THEN
        PERFORM refuse('22023', format('"%s" cannot be the name of an actor: '
            '1 to 30 characters of a-z, 0-9 and "_"', left(username, 100)));
    END IF;

    IF username IN ('actor', 'inbox', 'nodeinfo') THEN
        PERFORM refuse('22023', format('the name "%s" is reserved', username));
    END IF;
END
$$;


-- What an actor of the database declares must not be somebody else's.

CREATE OR REPLACE FUNCTION check_place(home origin, actor_id bigint,
    wanted jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    holder  record;
BEGIN
    SELECT INTO holder a.handle, t.object
      FROM twin AS t
      JOIN actor AS a ON a.id = t.actor
     WHERE t.origin = home.id AND t.path = wanted ->> 'path'
       AND t.query = wanted ->> 'query' AND NOT t.gone
       AND (t.object IS NOT NULL OR t.actor IS DISTINCT FROM actor_id);

    IF FOUND THEN
        PERFORM refuse('23505', format(CASE WHEN holder.object IS NULL
            THEN 'url "%s" is the profile page of %s'
            ELSE 'url "%s" is already published by %s'
            END, wanted ->> 'url', holder.handle));
    END IF;

    SELECT INTO holder a.handle, s.path
      FROM section AS s
      JOIN actor AS a ON a.id = s.actor
     WHERE s.origin = home.id
       AND s.path IN (SELECT jsonb_array_elements_text(wanted -> 'sections'))
       AND s.actor IS DISTINCT FROM actor_id AND is_declared(s.actor)
     LIMIT 1;

    IF FOUND THEN
        PERFORM refuse('23505', format('section "%s" is that of %s',
                                       holder.path, holder.handle));
    END IF;
END
$$;


-- Complains when nobody can be called that any more, or yet.

CREATE OR REPLACE FUNCTION check_new(home origin, username text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    wanted  text := username || '@' || home.account_domain;
    other   actor;
BEGIN
    PERFORM check_name(username);

    SELECT a.* INTO other FROM actor AS a
     WHERE a.handle = wanted AND NOT a.instance;

    IF NOT FOUND THEN
        RETURN;
    END IF;

    IF other.deleted IS NOT NULL THEN
        PERFORM refuse('23505', format('%s is deleted, and nobody can have '
                                       'that name again', wanted));
    END IF;

    IF other.origin <> home.id THEN
        PERFORM refuse('23505', format('handle "%s" is pinned to "%s"', wanted,
                                       other.uri));
    END IF;

    IF configured_by(other.id) IS NOT NULL THEN
        PERFORM refuse('23505', format('%s is an actor already: it is in '
            'the configuration of nginx (%s)', wanted,
            configured_by(other.id)));
    END IF;

    IF is_kept(other.id) THEN
        PERFORM refuse('23505', format('%s is an actor already', wanted));
    END IF;
END
$$;


-- What a new actor would declare, checked.

CREATE OR REPLACE FUNCTION make_declaration(home origin, username text,
    profile jsonb)
    RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = activitypub, pg_temp
AS $$
    SELECT apply_profile(home, jsonb_build_object('username', username),
                         profile)
$$;


CREATE OR REPLACE FUNCTION lock_declarations()
    RETURNS void
    LANGUAGE sql VOLATILE
AS $$
    SELECT pg_advisory_xact_lock(hashtext('activitypub.declare'), 0)
$$;


-- Adds one, and returns the keys of what changed.

CREATE OR REPLACE FUNCTION add_actor(home origin, username text,
    wanted jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM check_place(home, (SELECT a.id FROM actor AS a
                                WHERE a.origin = home.id
                                  AND a.name = username), wanted);

    RETURN jsonb_build_array(actor_key_of(home, username))
           || declare_actor('', home, username, wanted);
END
$$;


CREATE OR REPLACE FUNCTION actor_add(name text, profile jsonb DEFAULT '{}',
    origin text DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    home  origin := find_origin(actor_add.origin);
BEGIN
    PERFORM lock_declarations();
    PERFORM check_new(home, actor_add.name);
    PERFORM notify_changed(add_actor(home, actor_add.name,
                make_declaration(home, actor_add.name, actor_add.profile)));

    RETURN home.url || home.prefix || actor_add.name;
END
$$;


-- One of many; NULL: it is there already, the very same.

CREATE OR REPLACE FUNCTION add_one_of_many(home origin, profile jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    username  text := profile ->> 'actor';
    wanted    jsonb;
BEGIN
    PERFORM check_name(username);

    wanted := make_declaration(home, username, profile - 'actor');

    IF EXISTS (SELECT FROM actor AS a
                WHERE a.origin = home.id AND a.name = username
                  AND a.declaration = wanted AND a.deleted IS NULL
                  AND is_kept(a.id) AND configured_by(a.id) IS NULL)
    THEN
        RETURN NULL;
    END IF;

    PERFORM check_new(home, username);

    RETURN add_actor(home, username, wanted);
END
$$;


-- Adds those that are new, and returns the keys of what changed.

CREATE OR REPLACE FUNCTION add_many(home origin, actors jsonb, OUT keys jsonb,
    OUT count int)
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    item  jsonb;
    one   jsonb;
BEGIN
    keys := '[]'::jsonb;
    count := 0;

    FOR item IN SELECT * FROM jsonb_array_elements(actors) LOOP
        one := add_one_of_many(home, item);

        IF one IS NOT NULL THEN
            keys := keys || one;
            count := count + 1;
        END IF;
    END LOOP;
END
$$;


-- [{"actor": "ann", "name": "Ann", …}, …]; how many are new.

CREATE OR REPLACE FUNCTION actors_add(actors jsonb, origin text DEFAULT NULL)
    RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    home    origin := find_origin(actors_add.origin);
    result  record;
BEGIN
    IF jsonb_typeof(actors_add.actors) IS DISTINCT FROM 'array' THEN
        PERFORM refuse('22023', 'actors are a JSON array of profiles');
    END IF;

    PERFORM lock_declarations();

    SELECT INTO result m.keys, m.count
      FROM add_many(home, actors_add.actors) AS m;

    PERFORM notify_pieces(result.keys);

    RETURN result.count;
END
$$;


-- What is given is changed; true: the actor looks different now.

CREATE OR REPLACE FUNCTION actor_edit(actor text, profile jsonb)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    was     actor;
    home    origin;
    wanted  jsonb;
BEGIN
    PERFORM lock_declarations();

    was := find_living(actor_edit.actor);

    IF configured_by(was.id) IS NOT NULL OR NOT is_kept(was.id) THEN
        PERFORM refuse('55000', format(CASE WHEN is_declared(was.id)
            THEN '%s is in the configuration of nginx (%s): change it there'
            ELSE '%s is not configured any more: add it first'
            END, was.handle, configured_by(was.id)));
    END IF;

    SELECT o.* INTO home FROM origin AS o WHERE o.id = was.origin;

    wanted := apply_profile(home, was.declaration, actor_edit.profile);

    IF wanted = was.declaration THEN
        RETURN false;
    END IF;

    PERFORM check_place(home, was.id, wanted);

    -- a configuration may have said something else meanwhile

    UPDATE declaration AS d SET hash = ''
     WHERE d.node = '' AND d.actor = was.id;

    PERFORM notify_changed(jsonb_build_array(actor_key_of(home, was.name))
                           || declare_actor('', home, was.name, wanted));
    RETURN true;
END
$$;


-- As find_actor(), and it is not deleted.

CREATE OR REPLACE FUNCTION find_living(wanted text)
    RETURNS actor
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  actor := find_actor(wanted);
BEGIN
    IF result.deleted IS NOT NULL THEN
        PERFORM refuse('P0002', format('actor %s is deleted', result.handle));
    END IF;

    RETURN result;
END
$$;
