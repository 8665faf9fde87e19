-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What follows from an activity that is genuine and allowed.  Many calls
-- share a transaction, and many transactions run at once: nothing here waits
-- for a row that others need, counts in one, or catches an error.  An actor's
-- own activities are the exception: they are received one after the other.
-- For the site least of all, whose transactions are as long as it likes, and
-- may wait for us: what it has locked is "busy", and its sender comes again.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE OR REPLACE FUNCTION fingerprint(actor text, activity_id text)
    RETURNS bytea
    LANGUAGE sql STABLE
RETURN sha256(convert_to(actor || E'\n' || activity_id, 'UTF8'));


-- Until the transaction ends, no other one receives anything of this actor: a
-- Delete finds its Create, and a second Like the first.  Whoever shares a
-- transaction calls receive() in the order of the actors, and comes here with
-- the lock of the policy taken, so that nobody waits in a circle.  Actors that
-- share a lock spoil the order: hashtext() and hashtextextended() have no
-- secret and are turned around at once, whatever number they begin with.

CREATE OR REPLACE FUNCTION await_turn(actor text)
    RETURNS void
    LANGUAGE sql VOLATILE
RETURN pg_advisory_xact_lock(('x' || encode(substr(sha256(convert_to(
    actor, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint);


-- True: it was not here before.  One that has no id is known by its bytes.

CREATE OR REPLACE FUNCTION take_in(actor text, id text, type text,
    object text, target text, body text, kept boolean)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    name  text := coalesce(nullif(take_in.id, ''), 'sha256:' || encode(
                      sha256(convert_to(take_in.body, 'UTF8')), 'hex'));
BEGIN
    INSERT INTO received (fingerprint, actor, activity_id, type, object,
                          target, body)
    VALUES (fingerprint(take_in.actor, name), take_in.actor, name,
            take_in.type, coalesce(take_in.object, ''), take_in.target,
            CASE WHEN take_in.kept THEN take_in.body ELSE '' END)
    ON CONFLICT (fingerprint) DO NOTHING;

    RETURN FOUND;
END
$$;


-- An actor of this origin that somebody may write to, or its instance actor.

CREATE OR REPLACE FUNCTION our_actor(origin_url text, wanted text)
    RETURNS actor
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  actor;
BEGIN
    SELECT a.* INTO result
      FROM actor AS a
      JOIN origin AS o ON o.id = a.origin
     WHERE a.uri = wanted AND o.url = origin_url
       AND (a.instance OR is_declared(a.id));

    RETURN result;
END
$$;


-- Until the transaction ends, nobody deletes this actor.  False: it is deleted,
-- or somebody is about to.

CREATE OR REPLACE FUNCTION keep_actor(actor_id bigint)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM FROM actor AS a
      WHERE a.id = actor_id AND a.deleted IS NULL
        FOR KEY SHARE SKIP LOCKED;

    RETURN FOUND;
END
$$;


-- Whom of ours somebody follows, kept as above.  Who is being deleted is not
-- among them: that one takes its followers along.

CREATE OR REPLACE FUNCTION followed_by(follower_id bigint)
    RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN ARRAY(SELECT a.id
                   FROM follower AS f
                   JOIN actor AS a ON a.id = f.actor
                  WHERE f.remote_actor = follower_id
                    FOR KEY SHARE OF a SKIP LOCKED);
END
$$;


-- A living post of this origin, by its id.

CREATE OR REPLACE FUNCTION our_post(origin_url text, wanted text)
    RETURNS uuid
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF wanted IS NULL OR NOT starts_with(wanted, origin_url || '/')
       OR NOT is_uuid(right(wanted, 36))
    THEN
        RETURN NULL;
    END IF;

    RETURN (SELECT p.id
              FROM object AS p
              JOIN actor AS a ON a.id = p.actor
             WHERE p.id = right(wanted, 36)::uuid AND p.deleted IS NULL
               AND object_uri(a.uri, p.id) = wanted);
END
$$;


-- What was kept of an actor, by its id, or by what it did to which post: an
-- Undo may name the same thing anew.

CREATE OR REPLACE FUNCTION kept_before(actor text, id text, type text,
    post uuid)
    RETURNS received
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    result  received;
BEGIN
    SELECT w.* INTO result FROM received AS w
     WHERE w.fingerprint = fingerprint(kept_before.actor, kept_before.id)
       AND w.body <> '';

    IF NOT FOUND THEN
        SELECT w.* INTO result FROM received AS w
         WHERE w.target = post::text AND w.actor = kept_before.actor
           AND w.type = kept_before.type
           AND w.type IN ('Like', 'Dislike', 'EmojiReact', 'Announce')
         ORDER BY w.id DESC LIMIT 1;
    END IF;

    RETURN result;
END
$$;


-- A Follow, by whom it names or by its id; or what was kept, which is kept
-- as well.  Without an id it is not known from one of last year: who follows
-- now is what counts.

CREATE OR REPLACE FUNCTION receive_undo(sender remote_actor, id text,
    target actor, inner_type text, inner_id text, post uuid, body text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    whom    bigint;
    answer  uuid;
    what    received;
BEGIN
    SELECT f.actor INTO whom
      FROM follower AS f
     WHERE f.remote_actor = sender.id
       AND CASE WHEN coalesce(inner_type, 'Follow') <> 'Follow' THEN false
                WHEN target.id IS NOT NULL THEN f.actor = target.id
                ELSE f.follow_id = inner_id AND inner_id <> ''
           END;

    IF NOT FOUND THEN
        what := kept_before(sender.uri, inner_id, inner_type, post);

        IF what.id IS NULL THEN
            RETURN 'ignored';
        END IF;
    END IF;

    IF whom IS NOT NULL AND NOT keep_actor(whom) THEN
        RETURN 'busy';
    END IF;

    IF (whom IS NULL OR id <> '')
       AND NOT take_in(sender.uri, id, 'Undo',
                       coalesce(what.activity_id, inner_id),
                       coalesce(what.target, target.uri, ''), body,
                       whom IS NULL)
    THEN
        RETURN 'duplicate';
    END IF;

    IF whom IS NULL THEN
        IF what.type IN ('Like', 'Announce') THEN
            PERFORM unreact(what.target::uuid,
                            CASE what.type WHEN 'Like' THEN 'likes'
                                           ELSE 'shares'
                            END, sender.uri, what.activity_id);
        END IF;

        RETURN 'kept';
    END IF;

    DELETE FROM follower AS f
     WHERE f.actor = whom AND f.remote_actor = sender.id
    RETURNING f.accept INTO answer;

    IF FOUND THEN
        PERFORM withdraw_answer(answer);
        PERFORM notify_changed(jsonb_build_array(followers_key(whom)));
    END IF;

    RETURN 'undone';
END
$$;


-- An actor that is gone: nothing of it stays but that.  Whoever says so, what
-- is being received of it comes first: see await_turn().

CREATE OR REPLACE FUNCTION bury_actor(sender remote_actor)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    keys     jsonb;
    answers  uuid[];
    ours     bigint[];
BEGIN
    PERFORM await_turn(sender.uri);

    ours := followed_by(sender.id);

    WITH dropped AS (
        DELETE FROM follower AS f
         WHERE f.remote_actor = sender.id AND f.actor = ANY (ours)
        RETURNING f.actor, f.accept
    )
    SELECT jsonb_agg(followers_key(d.actor)), array_agg(d.accept)
      INTO keys, answers
      FROM dropped AS d;

    PERFORM withdraw_answer(a.answer) FROM unnest(answers) AS a (answer);

    UPDATE remote_actor AS r SET gone = true WHERE r.id = sender.id;
    DELETE FROM remote_key AS k WHERE k.remote_actor = sender.id;

    PERFORM unreact_all(sender.uri);
    PERFORM notify_changed(keys);
END
$$;


-- An actor that says of itself that it is gone.

CREATE OR REPLACE FUNCTION receive_farewell(sender remote_actor, id text,
    body text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF is_being_approved(sender.uri) THEN
        RETURN 'busy';
    END IF;

    IF NOT take_in(sender.uri, id, 'Delete', sender.uri, sender.uri, body,
                   false)
    THEN
        RETURN 'duplicate';
    END IF;

    PERFORM bury_actor(sender);

    RETURN 'deleted';
END
$$;


-- A Delete of what is not here: the Create may be on its way, for as long as
-- servers try.  Each that comes takes some along whose time is up.

CREATE OR REPLACE FUNCTION bury(actor text, object text)
    RETURNS void
    LANGUAGE sql VOLATILE SET search_path = activitypub, pg_temp
AS $$
    DELETE FROM tombstone AS t
     WHERE t.fingerprint IN (SELECT o.fingerprint FROM tombstone AS o
                              WHERE o.buried < now() - interval '30 days'
                              ORDER BY o.buried LIMIT 4
                                FOR UPDATE SKIP LOCKED);

    INSERT INTO tombstone (fingerprint)
    VALUES (fingerprint(bury.actor, bury.object))
        ON CONFLICT DO NOTHING
$$;


-- What concerns a post of ours, directly or by way of what was kept before.

DROP FUNCTION IF EXISTS receive_reaction(text, remote_actor, text, text, text,
                                         text, text);

CREATE OR REPLACE FUNCTION receive_reaction(origin_url text,
    sender remote_actor, id text, type text, object text, about text,
    body text, limited boolean)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    concerned  text;
    kind       text;
    withdrawn  boolean;
BEGIN
    IF type IN ('Update', 'Delete') THEN
        SELECT w.target INTO concerned FROM received AS w
         WHERE w.object = receive_reaction.object AND w.type = 'Create'
           AND w.actor = sender.uri
         ORDER BY w.id LIMIT 1;
    ELSE
        concerned := our_post(origin_url, about)::text;
    END IF;

    IF concerned IS NULL THEN

        IF type = 'Delete' THEN
            PERFORM bury(sender.uri, object);
        END IF;

        RETURN 'ignored';
    END IF;

    -- a post is made once: one that was deleted does not come back

    IF type = 'Create'
       AND (EXISTS (SELECT FROM received AS w
                     WHERE w.object = receive_reaction.object
                       AND w.type = 'Create' AND w.actor = sender.uri)
            OR EXISTS (SELECT FROM tombstone AS t
                        WHERE t.fingerprint
                              = fingerprint(sender.uri,
                                            receive_reaction.object)))
    THEN
        RETURN 'duplicate';
    END IF;

    withdrawn := CASE type
        WHEN 'Delete' THEN true
        WHEN 'Update' THEN is_public(body::json -> 'object') IS FALSE
        ELSE false
    END;

    IF withdrawn AND is_being_approved(sender.uri, concerned::uuid, object)
    THEN
        RETURN 'busy';
    END IF;

    IF NOT take_in(sender.uri, receive_reaction.id, receive_reaction.type,
                   receive_reaction.object, concerned, body, true)
    THEN
        RETURN 'duplicate';
    END IF;

    kind := reaction_kind(type, body);

    IF kind IS NOT NULL THEN
        PERFORM react(concerned::uuid, kind, sender.uri,
                      CASE kind WHEN 'replies' THEN object ELSE id END,
                      limited AND kind = 'replies');

    ELSIF withdrawn THEN
        PERFORM unreact(concerned::uuid, 'replies', sender.uri, object);
    END IF;

    RETURN 'kept';
END
$$;


-- "actor" has signed; "object" is the object's id, "inner_type", "inner_id"
-- and "inner_object" are what an embedded one says of itself: its type, its
-- id, and its own object, or of a post what that replies to.

CREATE OR REPLACE FUNCTION receive(origin text, actor text, id text,
    type text, object text, inner_type text, inner_object text,
    inner_id text, body text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    sender  remote_actor;
    named   text := coalesce(nullif(receive.inner_id, ''), receive.object);
    policy  text;
BEGIN
    SELECT r.* INTO sender FROM remote_actor AS r
     WHERE r.uri = receive.actor;

    IF NOT FOUND THEN
        RETURN 'unknown_actor';
    END IF;

    -- whoever asked before may not have known of the rule yet

    policy := policy_on_entry(receive.origin, sender.host);

    IF policy = 'suspend' THEN
        RETURN 'blocked';
    END IF;

    PERFORM await_turn(receive.actor);

    sender.gone := (SELECT r.gone FROM remote_actor AS r
                     WHERE r.id = sender.id);

    IF receive.type = 'Delete' AND receive.object = receive.actor THEN
        RETURN CASE WHEN sender.gone THEN 'ignored'
                    ELSE receive_farewell(sender, receive.id, receive.body)
               END;
    END IF;

    IF sender.gone THEN
        RETURN 'unknown_actor';
    END IF;

    CASE receive.type
    WHEN 'Follow' THEN
        RETURN receive_follow(sender,
                              our_actor(receive.origin, receive.object),
                              receive.id, receive.body);

    WHEN 'Undo' THEN
        RETURN receive_undo(sender, receive.id,
                            our_actor(receive.origin, receive.inner_object),
                            receive.inner_type, named,
                            our_post(receive.origin, receive.inner_object),
                            receive.body);

    WHEN 'Like', 'Dislike', 'EmojiReact', 'Announce', 'Update', 'Delete' THEN
        RETURN receive_reaction(receive.origin, sender, receive.id,
                                receive.type, named, receive.object,
                                receive.body, policy = 'limit');

    WHEN 'Create' THEN
        RETURN receive_reaction(receive.origin, sender, receive.id,
                                receive.type, named, receive.inner_object,
                                receive.body, policy = 'limit');
    ELSE
        RETURN 'ignored';
    END CASE;
END
$$;
