-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Who may send what now.  Hosts are looked at before deliveries, and stay
-- locked until the claim is committed: a host that may get nothing costs one
-- row, however long its queue.
--
-- These tables are empty at one moment and long at the next, and statistics
-- do not follow.  So the ways of reading that cost as much as there is are
-- put off, for what is called from here as well, and every index has the
-- order that is asked for.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Longer than any request takes.

CREATE OR REPLACE FUNCTION lease_time()
    RETURNS interval
    LANGUAGE sql IMMUTABLE
RETURN interval '90 s';


-- Answers to Follows, of which their hosts were not told.

CREATE OR REPLACE FUNCTION absorb_fresh()
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    names  text[];
BEGIN
    WITH fresh AS (
        UPDATE delivery AS d SET fresh = false
         WHERE d.id IN (SELECT n.id FROM delivery AS n WHERE n.fresh
                         LIMIT 256 FOR UPDATE SKIP LOCKED)
        RETURNING d.host
    )
    SELECT array_agg(f.host) INTO names FROM fresh AS f;

    IF names IS NOT NULL THEN
        PERFORM wake_hosts(names);
    END IF;
END
$$;


-- Not tried yet, or just now.

CREATE OR REPLACE FUNCTION is_first_try(d delivery)
    RETURNS boolean
    LANGUAGE sql STABLE
RETURN d.attempts = 0
       OR (d.attempts = 1 AND d.claim IS NOT NULL AND d.next_at > now());


-- For what was told before it about the same thing: at the same inbox
-- always, at another one of the host unless that has failed.

CREATE OR REPLACE FUNCTION waits_for_older(d delivery)
    RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM delivery AS e
         WHERE e.host = d.host AND e.actor = d.actor AND e.lane = d.lane
           AND e.id < d.id AND e.state = 'waiting'
           AND e.activity <> d.activity
           AND (e.inbox = d.inbox
                OR NOT EXISTS (
                       SELECT FROM delivery AS f
                        WHERE f.host = e.host AND f.actor = e.actor
                          AND f.lane = e.lane AND f.id <= e.id
                          AND f.state = 'waiting' AND f.inbox = e.inbox
                          AND NOT is_first_try(f))));
END
$$;


-- For an older Accept to a follower behind its inbox: until that is settled
-- if nobody else is behind the inbox, else unless that has failed.

CREATE OR REPLACE FUNCTION waits_for_accept(d delivery)
    RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN d.holds IS NULL AND EXISTS (
        SELECT FROM delivery AS a
         WHERE a.holds = d.inbox AND a.actor = d.actor AND a.id < d.id
           AND a.state = 'waiting' AND (d.patient OR is_first_try(a)));
END
$$;


-- Those of them that may be sent to their host, which the caller has locked.
-- Of an origin that has suspended it all that is queued there is gone: the
-- rule may be younger than the queue.

CREATE OR REPLACE FUNCTION sendable(peer text, ids bigint[],
    OUT allowed bigint[], OUT dropped int)
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    origins  int[];
BEGIN
    allowed := ids;
    dropped := 0;

    IF cardinality(ids) = 0 OR NOT has_policies() THEN
        RETURN;
    END IF;

    origins := suspended_origins(peer, ARRAY(
                   SELECT a.origin FROM delivery AS d
                     JOIN actor AS a ON a.id = d.actor
                    WHERE d.id = ANY (ids) AND NOT is_reject(d)));

    IF cardinality(origins) = 0 THEN
        RETURN;
    END IF;

    allowed := ARRAY(SELECT d.id
                       FROM unnest(ids) WITH ORDINALITY AS i (id, n)
                       JOIN delivery AS d ON d.id = i.id
                       JOIN actor AS a ON a.id = d.actor
                      WHERE is_reject(d) OR a.origin <> ALL (origins)
                      ORDER BY i.n);

    dropped := drop_deliveries(array_fill(peer, ARRAY[cardinality(origins)]),
                               origins);
END
$$;


-- Of a host that the caller has locked, up to "lim" of the deliveries that
-- are due and wait for no other.  Fresh ones are not ours: who absorbs them
-- has them locked, and may wait for this host.  Others may be locked by who
-- withdraws them or deletes their actor, in a transaction as long as he likes:
-- they are "held", and nobody waits for him.

DROP FUNCTION IF EXISTS claim_of_host(text, int, uuid);

CREATE FUNCTION claim_of_host(peer text, lim int, token uuid,
    OUT ids bigint[], OUT held boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    found    bigint[];
    dropped  int;
BEGIN
    LOOP
        found := ARRAY(
            SELECT d.id
              FROM delivery AS d
             WHERE d.host = peer AND d.state = 'waiting' AND d.next_at <= now()
               AND NOT d.fresh
               AND NOT waits_for_older(d) AND NOT waits_for_accept(d)
             ORDER BY d.next_at, d.id
             LIMIT lim);

        SELECT s.allowed, s.dropped INTO found, dropped
          FROM sendable(peer, found) AS s;

        EXIT WHEN dropped = 0;
    END LOOP;

    ids := ARRAY(SELECT d.id
                   FROM unnest(found) WITH ORDINALITY AS f (id, n)
                   JOIN delivery AS d ON d.id = f.id
                  ORDER BY f.n
                    FOR UPDATE OF d SKIP LOCKED);
    held := cardinality(ids) < cardinality(found);

    UPDATE delivery AS d
       SET claim = token, attempts = d.attempts + 1,
           next_at = now() + lease_time()
     WHERE d.id = ANY (ids);
END
$$;


-- What is on its way to a host, and when the first lease ends.  The CASE is
-- the index's own: no other one can be taken for it.

CREATE OR REPLACE FUNCTION leases_of(peer text, OUT busy int,
    OUT first timestamptz)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    SELECT count(*), min(d.next_at) INTO busy, first
      FROM delivery AS d
     WHERE CASE WHEN d.claim IS NOT NULL THEN d.host END = peer
       AND d.claim IS NOT NULL AND d.next_at > now();
END
$$;


-- Claims what one host may get, of which the caller has the lock, and plans
-- when to look at it again.  Never more than two at a time, and one while its
-- breaker is open.

CREATE OR REPLACE FUNCTION claim_and_plan(peer host, lim int, token uuid)
    RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    result  bigint[] := '{}'::bigint[];
    held    boolean := false;
    room    int;
BEGIN
    SELECT CASE WHEN peer.opened_at IS NULL THEN 2 ELSE 1 END - l.busy
      INTO room FROM leases_of(peer.name) AS l;

    IF room > 0 THEN
        SELECT c.ids, c.held INTO result, held
          FROM claim_of_host(peer.name, least(room, lim), token) AS c;
    END IF;

    -- Full: a lease will end.  Held: some may be free soon.  Else, unless
    -- there may be more than was asked for, whatever is due waits for
    -- something that is not, or is leased.

    IF cardinality(result) >= room THEN
        UPDATE host AS h
           SET next_at = (SELECT l.first FROM leases_of(peer.name) AS l)
         WHERE h.name = peer.name;

    ELSIF held THEN
        UPDATE host AS h SET next_at = now() + interval '1 s'
         WHERE h.name = peer.name;

    ELSIF cardinality(result) < lim THEN
        UPDATE host AS h
           SET next_at = (SELECT d.next_at FROM delivery AS d
                           WHERE d.host = peer.name AND d.state = 'waiting'
                             AND d.next_at > now()
                           ORDER BY d.next_at LIMIT 1)
         WHERE h.name = peer.name;
    END IF;

    RETURN result;
END
$$;


-- Takes as many hosts at a time as it needs at least: others want some.

CREATE OR REPLACE FUNCTION claim_ids(lim int, token uuid)
    RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  bigint[] := '{}'::bigint[];
    peer    host;
    more    boolean := true;
BEGIN
    WHILE more AND cardinality(result) < lim LOOP
        more := false;

        FOR peer IN
            SELECT h.* FROM host AS h
             WHERE h.next_at <= now()
             ORDER BY h.next_at, h.name
             LIMIT (lim - cardinality(result) + 1) / 2
               FOR UPDATE SKIP LOCKED
        LOOP
            more := true;
            result := result || claim_and_plan(
                          peer, lim - cardinality(result), token);
        END LOOP;
    END LOOP;

    RETURN result;
END
$$;


-- "parting": goes out although its host is suspended.

DROP FUNCTION IF EXISTS delivery_claim(int);

CREATE OR REPLACE FUNCTION delivery_claim(lim int)
    RETURNS TABLE (id bigint, claim uuid, inbox text, host text, actor text,
                   key_id text, activity text, body text, attempts int,
                   scheme text, parting boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_sort = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    ids  bigint[];
BEGIN
    PERFORM absorb_fresh();

    ids := claim_ids(delivery_claim.lim, gen_random_uuid());

    RETURN QUERY
    SELECT d.id, d.claim, d.inbox::text, d.host::text, a.uri,
           a.uri || '#main-key', activity_uri(a.uri, d.activity),
           coalesce(d.document, v.document), d.attempts, h.scheme,
           is_reject(d)
      FROM unnest(ids) WITH ORDINALITY AS taken (id, n)
      JOIN delivery AS d ON d.id = taken.id
      JOIN host AS h ON h.name = d.host
      JOIN actor AS a ON a.id = d.actor
      LEFT JOIN activity AS v ON v.id = d.activity
     ORDER BY taken.n;
END
$$;


-- Milliseconds until something is due, NULL if nothing waits.

CREATE OR REPLACE FUNCTION delivery_next()
    RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_sort = off SET jit = off
AS $$
BEGIN
    IF EXISTS (SELECT FROM delivery AS d WHERE d.fresh) THEN
        RETURN 0;
    END IF;

    RETURN (SELECT greatest(0, ceil(1000 * extract(epoch FROM
                       h.next_at - now())))::bigint
              FROM host AS h
             WHERE h.next_at IS NOT NULL
             ORDER BY h.next_at LIMIT 1);
END
$$;


CREATE OR REPLACE FUNCTION queue_state()
    RETURNS TABLE (waiting bigint, leased bigint, dead bigint,
                   oldest_seconds bigint, fanouts bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT count(*) FILTER (WHERE d.state = 'waiting' AND NOT leased.now),
           count(*) FILTER (WHERE leased.now),
           count(*) FILTER (WHERE d.state = 'dead'),
           greatest(0, floor(extract(epoch FROM clock_timestamp()
                       - min(d.created) FILTER (WHERE d.state = 'waiting'))))
               ::bigint,
           (SELECT count(*) FROM fanout)
      FROM delivery AS d,
           LATERAL (SELECT d.claim IS NOT NULL AND d.state = 'waiting'
                           AND d.next_at > now()) AS leased (now);
END
$$;
