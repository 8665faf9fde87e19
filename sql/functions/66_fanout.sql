-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- From an activity to a row for each inbox that has to get it.
--
-- Rows of "host" are waited for in the order of their names, and before any
-- delivery of theirs that is not fresh: so do fan-out, settlement and retry.
-- Who claims waits for none but those of the fresh.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- The hosts of these inboxes have something to do.

CREATE OR REPLACE FUNCTION wake_hosts(names text[])
    RETURNS void
    LANGUAGE sql VOLATILE SET search_path = activitypub, pg_temp
AS $$
    INSERT INTO host AS h (name, next_at)
    SELECT DISTINCT n.name COLLATE "C", now()
      FROM unnest(names) AS n (name)
     ORDER BY 1
    ON CONFLICT (name) DO UPDATE
       SET next_at = least(h.next_at, greatest(excluded.next_at, h.held_until)),
           used = now()
$$;


-- The next inboxes behind "reached", in order, each once however many
-- followers are behind it.  An edit or a delete goes to all that were ever
-- sent the post, too; the farewell of an actor to those that were gathered.

CREATE OR REPLACE FUNCTION next_inboxes(told activity, reached text, lim int)
    RETURNS text[]
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN ARRAY(
        SELECT i.inbox
          FROM ((SELECT f.inbox FROM follower AS f
                  WHERE f.actor = told.actor AND f.inbox > reached
                  GROUP BY f.inbox ORDER BY f.inbox LIMIT lim)
                UNION
                (SELECT s.inbox FROM sent AS s
                  WHERE s.object = coalesce(told.object, told.id)
                    AND s.inbox > reached
                    AND told.type IN ('Update', 'Delete')
                  ORDER BY s.inbox LIMIT lim)) AS i
         ORDER BY i.inbox LIMIT lim);
END
$$;


-- Queues an activity for inboxes.  Our own actors live here: nothing is sent
-- to them, nor to who is suspended.

CREATE OR REPLACE FUNCTION queue_deliveries(told activity, inboxes text[])
    RETURNS int
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    away    text[];
    shut    text[];
    queued  int;
BEGIN
    SELECT suspended_hosts(o.url, ARRAY(SELECT url_host(i)
                                          FROM unnest(inboxes) AS i))
      INTO shut
      FROM actor AS a JOIN origin AS o ON o.id = a.origin
     WHERE a.id = told.actor;

    away := ARRAY(SELECT i FROM unnest(inboxes) AS i
                   WHERE NOT EXISTS (SELECT FROM origin AS o
                                      WHERE starts_with(i, o.url || '/'))
                     AND url_host(i) <> ALL (shut));

    PERFORM wake_hosts(ARRAY(SELECT url_host(i) FROM unnest(away) AS i));

    INSERT INTO delivery (activity, actor, lane, host, inbox, patient)
    SELECT told.id, told.actor,
           coalesce(told.object, '00000000-0000-0000-0000-000000000000'),
           url_host(i), i,
           NOT EXISTS (SELECT FROM follower AS f
                        WHERE f.actor = told.actor AND f.inbox = i
                          AND f.accept IS NULL)
      FROM unnest(away) WITH ORDINALITY AS row (i, n)
     ORDER BY row.n
    ON CONFLICT (activity, inbox) DO NOTHING;

    GET DIAGNOSTICS queued = ROW_COUNT;

    IF told.object IS NOT NULL THEN
        INSERT INTO sent (object, inbox)
        SELECT told.object, i FROM unnest(away) AS i
        ON CONFLICT DO NOTHING;
    END IF;

    IF queued > 0 THEN
        PERFORM notify_work('delivery');
    END IF;

    RETURN queued;
END
$$;


-- One piece of one fan-out.  What is told about a post is expanded in the
-- order it was told, so that a delete comes behind all it has to delete.

CREATE OR REPLACE FUNCTION fanout_expand(lim int)
    RETURNS TABLE (fanout uuid, expanded int, done boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_sort = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    task     fanout;
    told     activity;
    inboxes  text[];
BEGIN
    SELECT f.* INTO task
      FROM fanout AS f
      JOIN activity AS v ON v.id = f.activity
     WHERE NOT EXISTS (SELECT FROM activity AS e
                         JOIN fanout AS g ON g.activity = e.id
                        WHERE e.object = v.object AND e.id < v.id)
     ORDER BY f.activity
     LIMIT 1
       FOR UPDATE OF f SKIP LOCKED;

    IF NOT FOUND THEN
        RETURN;
    END IF;

    SELECT v.* INTO told FROM activity AS v WHERE v.id = task.activity;

    inboxes := next_inboxes(told, task.reached, greatest(lim, 1));

    fanout := task.activity;
    expanded := queue_deliveries(told, inboxes);
    done := cardinality(inboxes) < greatest(lim, 1);

    IF NOT done THEN
        UPDATE fanout AS f SET reached = inboxes[cardinality(inboxes)]
         WHERE f.activity = task.activity;
    ELSE
        DELETE FROM fanout AS f WHERE f.activity = task.activity;

        IF told.type = 'Delete' THEN
            DELETE FROM sent AS s
             WHERE s.object = coalesce(told.object, told.id);
        END IF;

        IF told.type = 'Delete' AND told.object IS NULL THEN
            PERFORM forget_keys();
        END IF;
    END IF;

    RETURN NEXT;
END
$$;
