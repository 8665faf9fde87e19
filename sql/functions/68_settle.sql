-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What became of a delivery, and when to try again.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Before the next try, after so many.

CREATE OR REPLACE FUNCTION retry_delay(attempts int)
    RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT
RETURN (ARRAY['30 s', '2 min', '10 min', '30 min', '1 h', '2 h', '4 h', '8 h',
              '12 h']::interval[])[greatest(1, least(attempts, 9))];


-- A server that is back is not met by all of us at the same moment.

CREATE OR REPLACE FUNCTION jitter(delay interval)
    RETURNS interval
    LANGUAGE sql VOLATILE STRICT
RETURN delay * (0.8 + 0.4 * random());


-- Between two looks at a server whose breaker is open, after so many
-- failures in a row; NULL: it is closed.

CREATE OR REPLACE FUNCTION probe_delay(failures int)
    RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT
RETURN CASE WHEN failures >= 5
            THEN least(interval '5 min' * 2 ^ least(failures - 5, 10),
                       interval '1 h')
       END;


-- gone, refused or retry: the status decides, if there is one.

CREATE OR REPLACE FUNCTION settle_verdict(outcome text, status int)
    RETURNS text
    LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN status IN (404, 410) THEN 'gone'
    WHEN status IN (401, 408, 425, 429) THEN 'retry'
    WHEN status BETWEEN 400 AND 499 THEN 'refused'
    WHEN outcome IN ('gone', 'refused') THEN outcome
    ELSE 'retry'
END;


-- These Accepts are settled, one way or the other: the followers count as
-- told.  A follower that is locked is about to follow anew or to go, and both
-- have the last word: whoever receives that may be waiting for us.

CREATE OR REPLACE FUNCTION release_followers(accepts uuid[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    UPDATE follower AS f SET accept = NULL
     WHERE (f.actor, f.remote_actor) IN (
               SELECT l.actor, l.remote_actor FROM follower AS l
                WHERE l.accept = ANY (accepts) FOR UPDATE SKIP LOCKED);
END
$$;


-- It stays visible for thirty days.

CREATE OR REPLACE FUNCTION bury_delivery(was delivery)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    UPDATE delivery AS d
       SET state = 'dead', claim = NULL, fresh = false,
           next_at = now() + interval '30 days'
     WHERE d.id = was.id;

    IF was.holds IS NOT NULL THEN
        PERFORM release_followers(ARRAY[was.activity]);
    END IF;
END
$$;


-- Of an actor that is gone, and whose key is: nothing of it can be signed.

CREATE OR REPLACE FUNCTION is_silent(actor_id bigint)
    RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM actor AS a
                    WHERE a.id = actor_id AND a.deleted IS NOT NULL
                      AND a.farewell IS NULL);
END
$$;


-- After "delay", or never again if its time is up by then, or its actor's.

CREATE OR REPLACE FUNCTION postpone_delivery(was delivery, delay interval)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF now() + delay > was.expires OR is_silent(was.actor) THEN
        PERFORM bury_delivery(was);
        RETURN;
    END IF;

    UPDATE delivery AS d SET claim = NULL, next_at = now() + delay
     WHERE d.id = was.id;
END
$$;


-- An inbox that is said not to be there is asked three times over a day;
-- then whoever had it follows nobody any more.  Returns the keys of what
-- changed.

CREATE OR REPLACE FUNCTION settle_gone(was delivery)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    keys  jsonb;
BEGIN
    UPDATE delivery AS d
       SET gone = d.gone + 1, gone_since = coalesce(d.gone_since, now())
     WHERE d.id = was.id
    RETURNING d.* INTO was;

    IF was.gone < 3 OR was.gone_since > now() - interval '24 h' THEN
        PERFORM postpone_delivery(was, interval '12 h'
                                       * (1 + 0.2 * random()));
        RETURN NULL;
    END IF;

    WITH dropped AS (
        DELETE FROM follower AS f
         WHERE (f.actor, f.remote_actor) IN (
                   SELECT l.actor, l.remote_actor
                     FROM remote_actor AS r
                     JOIN follower AS l ON l.remote_actor = r.id
                    WHERE r.inbox = was.inbox FOR UPDATE OF l SKIP LOCKED)
        RETURNING f.actor
    )
    SELECT jsonb_agg(followers_key(d.actor)) INTO keys FROM dropped AS d;

    PERFORM bury_delivery(was);

    RETURN keys;
END
$$;


-- What was not delivered, of a claim that is still good.  Returns the keys of
-- what changed.

CREATE OR REPLACE FUNCTION settle_one(was delivery, verdict text,
    retry_after bigint)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF verdict = 'gone' THEN
        RETURN settle_gone(was);
    END IF;

    UPDATE delivery AS d SET gone = 0, gone_since = NULL
     WHERE d.id = was.id AND d.gone > 0;

    IF verdict = 'refused' THEN
        PERFORM bury_delivery(was);
        RETURN NULL;
    END IF;

    PERFORM postpone_delivery(was,
        greatest(jitter(retry_delay(was.attempts)),
                 least(greatest(retry_after, 0), 43200) * interval '1 s'));

    RETURN NULL;
END
$$;


-- A server that answers at all is well.

CREATE OR REPLACE FUNCTION close_breakers(names text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    UPDATE host AS h
       SET failures = 0, opened_at = NULL, held_until = NULL
     WHERE h.name = ANY (names) AND h.failures > 0;
END
$$;


-- Five failures in a row, and it is only looked at from time to time.  What
-- waits for it longer than it may is given up without a try.

CREATE OR REPLACE FUNCTION note_failure(peer text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    late  delivery;
BEGIN
    UPDATE host AS h
       SET failures = h.failures + 1,
           held_until = now() + probe_delay(h.failures + 1),
           opened_at = CASE WHEN probe_delay(h.failures + 1) IS NOT NULL
                            THEN coalesce(h.opened_at, now())
                       END
     WHERE h.name = peer;

    FOR late IN
        SELECT d.* FROM delivery AS d
         WHERE d.host = peer AND d.state = 'waiting' AND d.next_at <= now()
           AND d.expires <= now()
         ORDER BY d.next_at LIMIT 1000 FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM bury_delivery(late);
    END LOOP;
END
$$;


-- When to look at these hosts again.

CREATE OR REPLACE FUNCTION plan_hosts(names text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    UPDATE host AS h
       SET used = now(),
           next_at = (SELECT greatest(d.next_at, h.held_until)
                        FROM delivery AS d
                       WHERE d.host = h.name AND d.state = 'waiting'
                       ORDER BY d.next_at LIMIT 1)
     WHERE h.name = ANY (names);
END
$$;


-- A few of what nobody needs any more.

CREATE OR REPLACE FUNCTION forget_old()
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM delivery AS d
     WHERE d.id IN (SELECT o.id FROM delivery AS o
                     WHERE o.state = 'dead' AND o.next_at <= now()
                     ORDER BY o.next_at LIMIT 200 FOR UPDATE SKIP LOCKED);

    DELETE FROM host AS h
     WHERE h.name IN (SELECT o.name FROM host AS o
                       WHERE o.next_at IS NULL
                         AND o.used <= now() - interval '14 days'
                       ORDER BY o.used LIMIT 20 FOR UPDATE SKIP LOCKED);

    PERFORM forget_keys();
END
$$;


-- They took another kind of signature than they were known to.

CREATE OR REPLACE FUNCTION note_schemes(names text[], schemes text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    UPDATE host AS h SET scheme = l.scheme
      FROM unnest(names, schemes) AS l (name, scheme)
     WHERE h.name = l.name AND h.scheme <> l.scheme;
END
$$;


-- What arrived, all at once: that is most of it.  A claim has only what waits,
-- and to say so would offer the planner an index of the whole queue.

CREATE OR REPLACE FUNCTION settle_delivered(results jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    names    text[];
    accepts  uuid[];
    schemes  text[];
BEGIN
    WITH delivered AS (
        DELETE FROM delivery AS d
         USING jsonb_to_recordset(results)
               AS r (id bigint, claim uuid, outcome text, scheme text)
         WHERE d.id = r.id AND d.claim = r.claim AND r.outcome = 'delivered'
        RETURNING d.host, CASE WHEN d.holds IS NOT NULL THEN d.activity END,
                  r.scheme
    )
    SELECT array_agg(g.host), array_agg(g.accept), array_agg(g.scheme)
      INTO names, accepts, schemes
      FROM delivered AS g (host, accept, scheme);

    PERFORM note_schemes(names, schemes);

    PERFORM close_breakers(names);
    PERFORM release_followers(accepts);
END
$$;


-- Of these results those whose claims are still good, with their deliveries
-- locked.  One that somebody else has locked is late, and its actor is being
-- deleted: nobody waits for that, whose transaction may be long, and who may
-- wait for a follower that was settled just now.

CREATE OR REPLACE FUNCTION lock_results(results jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN to_jsonb(ARRAY(
        SELECT r.item
          FROM jsonb_array_elements(results) WITH ORDINALITY AS r (item, n)
          JOIN delivery AS d
            ON d.id = (r.item ->> 'id')::bigint
           AND d.claim = (r.item ->> 'claim')::uuid
         ORDER BY r.n
           FOR UPDATE OF d SKIP LOCKED));
END
$$;


-- [{"id": 1, "claim": "…", "outcome": "delivered|retry|gone|refused",
--   "status": 202, "retry_after": 60, "error": "…",
--   "scheme": "rfc9421"}, …]

CREATE OR REPLACE FUNCTION delivery_settle(results jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_sort = off SET jit = off
AS $$
DECLARE
    names    text[];
    item     record;
    was      delivery;
    verdict  text;
    keys     jsonb := '[]'::jsonb;
BEGIN
    names := ARRAY(SELECT DISTINCT d.host
                     FROM jsonb_to_recordset(results)
                          AS r (id bigint, claim uuid)
                     JOIN delivery AS d ON d.id = r.id AND d.claim = r.claim);

    PERFORM FROM host AS h WHERE h.name = ANY (names)
      ORDER BY h.name FOR UPDATE;

    results := lock_results(results);

    PERFORM settle_delivered(results);

    FOR item IN
        SELECT r.* FROM jsonb_to_recordset(results)
            AS r (id bigint, claim uuid, outcome text, status int,
                  retry_after bigint, error text)
         WHERE r.outcome IS DISTINCT FROM 'delivered'
    LOOP
        UPDATE delivery AS d
           SET status = item.status,
               last_error = left(coalesce(item.error, ''), 500)
         WHERE d.id = item.id AND d.claim = item.claim
        RETURNING d.* INTO was;

        CONTINUE WHEN NOT FOUND;

        verdict := settle_verdict(item.outcome, item.status);
        keys := keys || coalesce(settle_one(was, verdict, item.retry_after),
                                 '[]');


        IF verdict = 'retry' THEN
            PERFORM note_failure(was.host);
        ELSE
            PERFORM close_breakers(ARRAY[was.host]);
        END IF;
    END LOOP;

    PERFORM plan_hosts(names);
    PERFORM forget_old();
    PERFORM notify_changed(keys);
END
$$;


-- One, or all of a host, or all: those that wait are due now, those that are
-- dead live again, and their hosts get another chance.  What nobody can sign
-- stays as it is, and what somebody is about to take away.

CREATE OR REPLACE FUNCTION delivery_retry(id bigint DEFAULT NULL,
    host text DEFAULT NULL)
    RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    names  text[];
    ids    bigint[];
    count  int;
BEGIN
    ids := ARRAY(SELECT d.id FROM delivery AS d
                  WHERE (d.id = delivery_retry.id
                         OR delivery_retry.id IS NULL)
                    AND (d.host = delivery_retry.host
                         OR delivery_retry.host IS NULL)
                    AND NOT d.fresh AND NOT is_silent(d.actor));

    names := ARRAY(SELECT DISTINCT d.host FROM delivery AS d
                    WHERE d.id = ANY (ids));

    -- locked, and told, before what is theirs

    PERFORM wake_hosts(names);

    UPDATE host AS h
       SET failures = 0, opened_at = NULL, held_until = NULL, next_at = now()
     WHERE h.name = ANY (names);

    UPDATE delivery AS d
       SET next_at = now(), claim = NULL,
           attempts = CASE WHEN d.state = 'dead' THEN 0 ELSE d.attempts END,
           expires = CASE WHEN d.state = 'dead'
                          THEN now() + interval '8 days'
                          ELSE d.expires
                     END,
           gone = CASE WHEN d.state = 'dead' THEN 0 ELSE d.gone END,
           gone_since = CASE WHEN d.state = 'dead' THEN NULL
                             ELSE d.gone_since
                        END,
           state = 'waiting'
     WHERE d.id IN (SELECT w.id FROM delivery AS w
                     WHERE w.id = ANY (ids)
                       AND (w.claim IS NULL OR w.next_at <= now())
                       FOR UPDATE SKIP LOCKED);

    GET DIAGNOSTICS count = ROW_COUNT;

    IF count > 0 THEN
        PERFORM notify_work('delivery');
    END IF;

    RETURN count;
END
$$;
