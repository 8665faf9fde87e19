-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What others did to posts, shown or hidden as the rules about domains are.
-- What is little follows in the transaction of a rule.  Of more, the workers
-- judge a piece at a time, each a transaction of its own:
--
--     rule -> review_reactions -> (review) -> review_next ... -> nothing left
--
-- Whoever judges has a lock that one alone can have, and then waits for nobody:
-- what others have in their hands is judged later.  Who receives waits for him
-- when he wants what that one has in his: see unreact().

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE OR REPLACE FUNCTION review_lock()
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN hashtext('activitypub.review');


-- Of these reactions those that are not as the rules want them now.  Of each
-- host it is asked once.

CREATE OR REPLACE FUNCTION misjudged(ids bigint[])
    RETURNS bigint[]
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN ARRAY(
        SELECT w.id
          FROM (SELECT o.url, split_part(m.host, ':', 1) AS host,
                       array_agg(x.id) FILTER (WHERE x.hidden) AS hidden,
                       array_agg(x.id) FILTER (WHERE NOT x.hidden) AS shown
                  FROM unnest(ids) AS n (id)
                  JOIN reaction AS x ON x.id = n.id
                  JOIN remote_actor AS m ON m.uri = x.actor
                  JOIN object AS p ON p.id = x.object
                  JOIN actor AS a ON a.id = p.actor
                  JOIN origin AS o ON o.id = a.origin
                 GROUP BY 1, 2) AS g,
               unnest(CASE WHEN find_policy(g.url, g.host) = 'suspend'
                           THEN g.shown ELSE g.hidden END) AS w (id));
END
$$;


-- These reactions as the rules are now.  Returns the keys of what changed,
-- and the first one that could not be judged, if any.

CREATE OR REPLACE FUNCTION judge_reactions(ids bigint[], OUT keys jsonb,
    OUT missed bigint)
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wrong  bigint[] := misjudged(ids);
    held   bigint[];
BEGIN
    held := ARRAY(SELECT x.id FROM reaction AS x WHERE x.id = ANY (wrong)
                     FOR NO KEY UPDATE SKIP LOCKED);

    WITH changed AS (
        UPDATE reaction AS x SET hidden = NOT x.hidden
         WHERE x.id = ANY (held)
        RETURNING x.object, x.kind
    )
    SELECT coalesce(jsonb_agg(jsonb_build_array(o.url,
               substr(object_uri(a.uri, c.object), length(o.url) + 1)
                   || '/' || c.kind, '')), '[]') INTO keys
      FROM (SELECT DISTINCT w.object, w.kind FROM changed AS w) AS c
      JOIN object AS p ON p.id = c.object
      JOIN actor AS a ON a.id = p.actor
      JOIN origin AS o ON o.id = a.origin;

    SELECT min(w.id) INTO missed
      FROM (SELECT unnest(wrong) EXCEPT SELECT unnest(held)) AS w (id);
END
$$;


-- Up to so many reactions from domains and below them; '' has them all.
-- NULL: that would be more, or more actors than are worth a look.

CREATE OR REPLACE FUNCTION reactions_below(domains text[], most int)
    RETURNS bigint[]
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    actors  text[];
    ids     bigint[];
BEGIN
    IF '' = ANY (domains) THEN
        ids := ARRAY(SELECT x.id FROM reaction AS x
                      ORDER BY x.id LIMIT most + 1);

    ELSE
        actors := ARRAY(SELECT m.uri
                          FROM remote_actors_below(domains, 4 * most + 1)
                               AS m);

        IF cardinality(actors) > 4 * most THEN
            RETURN NULL;
        END IF;

        ids := ARRAY(SELECT x.id
                       FROM unnest(actors) AS m (uri)
                       JOIN reaction AS x ON x.actor = m.uri COLLATE "C"
                      LIMIT most + 1);
    END IF;

    RETURN CASE WHEN cardinality(ids) <= most THEN ids END;
END
$$;


-- The workers judge all that is behind "after".

CREATE OR REPLACE FUNCTION begin_review(after bigint)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    INSERT INTO review AS r (reached) VALUES (after)
    ON CONFLICT (one) DO UPDATE SET reached = least(r.reached,
                                                    excluded.reached);

    PERFORM notify_work('review');
END
$$;


-- What rules about these domains change.  Returns the keys of what changed;
-- NULL: the workers are at it, and every zone begins anew.

DROP FUNCTION IF EXISTS review_reactions(text[], text);

CREATE OR REPLACE FUNCTION review_reactions(domains text[])
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    ids    bigint[];
    done   record;
BEGIN
    PERFORM pg_advisory_xact_lock(review_lock(), 0);

    ids := reactions_below(domains, 5000);

    IF ids IS NULL THEN
        PERFORM begin_review(0);
        RETURN NULL;
    END IF;

    SELECT j.keys, j.missed INTO done FROM judge_reactions(ids) AS j;

    IF done.missed IS NOT NULL THEN
        PERFORM begin_review(done.missed - 1);
    END IF;

    -- while a review runs, a page may lack what is not hidden: is_shut_out()

    RETURN CASE WHEN NOT EXISTS (SELECT FROM review) THEN done.keys END;
END
$$;


-- The next piece.  True: there is another one.  False: nothing is left, or
-- somebody else has it.

CREATE OR REPLACE FUNCTION review_next(lim int)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    task   review;
    ids    bigint[];
    done   record;
BEGIN
    IF NOT EXISTS (SELECT FROM review)
       OR NOT pg_try_advisory_xact_lock(review_lock(), 0)
    THEN
        RETURN false;
    END IF;

    SELECT r.* INTO task FROM review AS r;

    IF NOT FOUND THEN
        RETURN false;
    END IF;

    ids := ARRAY(SELECT x.id FROM reaction AS x WHERE x.id > task.reached
                  ORDER BY x.id LIMIT greatest(lim, 1));

    SELECT j.keys, j.missed INTO done FROM judge_reactions(ids) AS j;

    PERFORM notify_pieces(done.keys);

    IF done.missed IS NULL AND cardinality(ids) < greatest(lim, 1) THEN
        DELETE FROM review;
        RETURN false;
    END IF;

    UPDATE review AS r
       SET reached = coalesce(done.missed - 1, ids[cardinality(ids)]);

    -- who has the first one needs a while

    RETURN done.missed IS DISTINCT FROM ids[1];
END
$$;


-- While not all is judged: whether a page shows what somebody did.

CREATE OR REPLACE FUNCTION is_shut_out(uri text, actor text)
    RETURNS boolean
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT find_policy(substring(uri FROM '^[^/]*//[^/]*'), url_host(actor))
           = 'suspend'
$$;
