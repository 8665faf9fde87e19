-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- A Follow and its answer: accepted at once, by the instance actor rejected.
-- The answer is a delivery like any other, and is withdrawn as long as nobody
-- has tried to send it.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- A Follow as a part of its answer: the members as they came, byte for byte,
-- without the context.  Of a huge one only what it is found by.

CREATE OR REPLACE FUNCTION embed_follow(body text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
AS $$
    SELECT '{' || coalesce(string_agg(to_json(m.key)::text || ':'
                                      || m.value::text, ',' ORDER BY m.n), '')
               || '}'
      FROM json_each(body::json) WITH ORDINALITY AS m (key, value, n)
     WHERE m.key <> '@context'
       AND (octet_length(body) <= 16384
            OR m.key IN ('id', 'type', 'actor', 'object'))
$$;


-- An Accept or a Reject.

CREATE OR REPLACE FUNCTION render_answer(uri text, type text, actor_uri text,
    follower_uri text, follow text)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT format('{"@context":%s,"id":%s,"type":%s,"actor":%s,"to":[%s],'
                  '"object":%s}', plain_context(), to_json(uri),
                  to_json(type), to_json(actor_uri), to_json(follower_uri),
                  embed_follow(follow))
$$;


-- The path of an actor's followers, as a key of activitypub_changed.

CREATE OR REPLACE FUNCTION followers_key(actor_id bigint)
    RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT jsonb_build_array(o.url,
               substr(a.uri, length(o.url) + 1) || '/followers', '')
      FROM actor AS a
      JOIN origin AS o ON o.id = a.origin
     WHERE a.id = actor_id
$$;


-- Queues an answer to a Follow.  Its host is told later, when deliveries are
-- claimed: that row is everybody's.

CREATE OR REPLACE FUNCTION answer_follow(type text, sender remote_actor,
    target actor, follow text)
    RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  uuid := uuid7();
BEGIN
    INSERT INTO delivery (activity, document, actor, lane, host, inbox, holds,
                          fresh)
    VALUES (result, render_answer(activity_uri(target.uri, result), type,
                                  target.uri, sender.uri, follow),
            target.id, result, url_host(sender.inbox), sender.inbox,
            CASE WHEN type = 'Accept'
                 THEN coalesce(nullif(sender.shared_inbox, ''), sender.inbox)
            END, true);

    PERFORM notify_work('delivery');

    RETURN result;
END
$$;


-- An answer that nobody has tried to send yet is not sent: who asks again and
-- again gets one, whether it is there to take it or not.

CREATE OR REPLACE FUNCTION withdraw_answer(answer uuid)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM delivery AS d
     WHERE d.id = (SELECT w.id FROM delivery AS w
                    WHERE w.activity = answer AND w.state = 'waiting'
                      AND w.attempts = 0 AND w.claim IS NULL
                      FOR UPDATE SKIP LOCKED);
END
$$;


-- The instance actor rejects, and remembers nobody.

CREATE OR REPLACE FUNCTION reject_follow(sender remote_actor, target actor,
    follow text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM withdraw_answer(d.activity)
       FROM delivery AS d
      WHERE d.host = url_host(sender.inbox) AND d.actor = target.id
        AND d.state = 'waiting' AND d.attempts = 0 AND d.inbox = sender.inbox
        AND d.document::json #>> '{to,0}' = sender.uri;

    PERFORM answer_follow('Reject', sender, target, follow);
END
$$;


-- A known follower is accepted again: its server may have forgotten.

CREATE OR REPLACE FUNCTION receive_follow(sender remote_actor, target actor,
    follow_id text, body text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    answer  uuid;
    known   boolean;
BEGIN
    -- who is being deleted just now may be gone when that is over, and whoever
    -- follows then would never hear of it

    IF NOT keep_actor(target.id) THEN
        RETURN CASE WHEN EXISTS (SELECT FROM actor AS a
                                  WHERE a.id = target.id AND a.deleted IS NULL)
                    THEN 'busy' ELSE 'ignored'
               END;
    END IF;

    IF NOT take_in(sender.uri, follow_id, 'Follow', target.uri, target.uri,
                   body, false)
    THEN
        RETURN 'duplicate';
    END IF;

    IF target.instance THEN
        PERFORM reject_follow(sender, target, body);
        RETURN 'rejected';
    END IF;

    PERFORM withdraw_answer(f.accept)
       FROM follower AS f
      WHERE f.actor = target.id AND f.remote_actor = sender.id
        AND f.accept IS NOT NULL;

    answer := answer_follow('Accept', sender, target, body);

    INSERT INTO follower AS f (actor, remote_actor, inbox, follow_id, accept)
    VALUES (target.id, sender.id,
            coalesce(nullif(sender.shared_inbox, ''), sender.inbox),
            coalesce(receive_follow.follow_id, ''), answer)
    ON CONFLICT (actor, remote_actor) DO UPDATE
       SET follow_id = excluded.follow_id, accept = excluded.accept
    RETURNING f.xmax <> 0 INTO known;

    IF NOT known THEN
        PERFORM notify_changed(jsonb_build_array(followers_key(target.id)));
    END IF;

    RETURN 'accepted';
END
$$;
