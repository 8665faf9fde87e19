-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Pages that the site has moved.  A worker tells of a redirect that somebody
-- got; when it has been there for a while the worker looks for itself, as a
-- stranger, and only then the post moves.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- The page of a living post, as a worker names it; NULL: there is none.

CREATE OR REPLACE FUNCTION find_twin(base text, page_path text,
    page_query text)
    RETURNS twin
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT t
      FROM origin AS o
      JOIN twin AS t ON t.origin = o.id
     WHERE o.url = base AND t.path = page_path AND t.query = page_query
       AND t.object IS NOT NULL AND NOT t.gone
$$;


-- Where a page leads to, if a post may move there without being asked for.
-- Else "verdict" says why not.  A Tombstone holds its page here: only its
-- owner may write over that.

CREATE OR REPLACE FUNCTION judge_move(was twin, target text)
    RETURNS TABLE (verdict text, url text, path text, query text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    home       origin;
    problem    text;
    elsewhere  text;
BEGIN
    SELECT o.* INTO home FROM origin AS o WHERE o.id = was.origin;

    SELECT p.problem, p.origin, p.url, p.path, p.query
      INTO problem, elsewhere, url, path, query
      FROM parse_page(coalesce(target, ''), home.url) AS p;

    verdict := CASE
        WHEN problem IS NOT NULL OR elsewhere <> home.url
             OR starts_with(path, home.prefix) OR path LIKE '/.well-known/%'
            THEN 'refused'
        WHEN (path, query) = (was.path, was.query) THEN 'same'
        WHEN EXISTS (SELECT FROM twin AS t
                      WHERE t.origin = was.origin AND t.path = judge_move.path
                        AND t.query = judge_move.query)
            THEN 'taken'
    END;

    url := regexp_replace(url, '\?.*$', '')
           || coalesce('?' || nullif(query, ''), '');

    RETURN NEXT;
END
$$;


-- A page to which several lead is no post's: a login, a farewell.

CREATE OR REPLACE FUNCTION is_shared(target redirect)
    RETURNS boolean
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM redirect AS r
         WHERE r.origin = target.origin AND r.path = target.path
           AND r.query = target.query AND r.object <> target.object
           AND r.seen > clock_timestamp() - interval '7 days')
$$;


-- Somebody who asked for that page was redirected to "target".  What to do:
-- "confirm", with the URL of the post, once it has been so for that many
-- seconds; "wait"; or nothing, for a reason.

CREATE OR REPLACE FUNCTION redirect_seen(origin text, path text, query text,
    target text, seconds int)
    RETURNS TABLE (verdict text, url text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    was     twin := find_twin(redirect_seen.origin, redirect_seen.path,
                              redirect_seen.query);
    moment  timestamptz := clock_timestamp();
    pause   interval := make_interval(secs => redirect_seen.seconds);
    place   page;
    entry   redirect;
BEGIN
    IF was.id IS NULL THEN
        verdict := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;

    SELECT j.verdict, j.url, j.path, j.query
      INTO verdict, place.url, place.path, place.query
      FROM judge_move(was, redirect_seen.target) AS j;

    IF verdict IS NOT NULL THEN
        DELETE FROM redirect AS r WHERE r.object = was.object;
        RETURN NEXT;
        RETURN;
    END IF;

    -- while somebody edits it, who may be long, nobody waits for him

    PERFORM FROM object AS p WHERE p.id = was.object
        FOR KEY SHARE SKIP LOCKED;

    IF NOT FOUND THEN
        verdict := 'wait';
        RETURN NEXT;
        RETURN;
    END IF;

    -- one that leads elsewhere now, or was not seen for long, begins anew

    INSERT INTO redirect AS r (object, origin, path, query, since, seen)
    VALUES (was.object, was.origin, place.path, place.query, moment, moment)
    ON CONFLICT (object) DO UPDATE
       SET (since, tried) = (
               SELECT CASE WHEN same THEN r.since ELSE moment END,
                      CASE WHEN same THEN r.tried END
                 FROM (SELECT (r.path, r.query) = (place.path, place.query)
                              AND r.seen > moment - greatest(pause * 2,
                                                        interval '7 days'))
                      AS old (same)),
           path = place.path, query = place.query, seen = moment
    RETURNING r.* INTO entry;

    -- who moved it or deleted it meanwhile has forgotten the row before us

    IF (find_twin(redirect_seen.origin, redirect_seen.path,
                  redirect_seen.query)).id IS DISTINCT FROM was.id
    THEN
        DELETE FROM redirect AS r WHERE r.object = was.object;
        verdict := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;

    verdict := CASE
        WHEN is_shared(entry) THEN 'shared'
        WHEN entry.since > moment - pause
             OR entry.tried > moment - pause THEN 'wait'
        ELSE 'confirm'
    END;

    IF verdict = 'confirm' THEN
        UPDATE redirect AS r SET tried = moment WHERE r.object = was.object;
        SELECT p.url INTO url FROM object AS p WHERE p.id = was.object;
    END IF;

    RETURN NEXT;
END
$$;


-- Whoever comes first has the page; the other one is where it was.

CREATE OR REPLACE FUNCTION take_page(was twin, place page)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM twin AS t WHERE t.id = was.id;

    INSERT INTO twin (origin, path, query, actor, object)
    VALUES (was.origin, place.path, place.query, was.actor, was.object)
    ON CONFLICT (origin, path, query) DO NOTHING;

    IF FOUND THEN
        RETURN true;
    END IF;

    INSERT INTO twin (origin, path, query, actor, object)
    VALUES (was.origin, was.path, was.query, was.actor, was.object);

    RETURN false;
END
$$;


-- Whoever has the post or its author in his hands is not waited for; who has
-- the page is.

CREATE OR REPLACE FUNCTION move_alone(origin text, path text, query text,
    target text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    was      twin := find_twin(move_alone.origin, move_alone.path,
                               move_alone.query);
    verdict  text;
    place    page;
    entry    redirect;
    keys     jsonb;
BEGIN
    IF was.id IS NULL THEN
        RETURN 'unknown';
    END IF;

    -- another may be moving it; the author comes first, as everywhere

    IF NOT keep_actor(was.actor) THEN
        RETURN 'busy';
    END IF;

    PERFORM FROM object AS p WHERE p.id = was.object FOR UPDATE SKIP LOCKED;

    IF NOT FOUND THEN
        RETURN 'busy';
    END IF;

    was := find_twin(move_alone.origin, move_alone.path, move_alone.query);

    IF was.id IS NULL THEN
        RETURN 'unknown';
    END IF;

    SELECT j.verdict, j.url, j.path, j.query
      INTO verdict, place.url, place.path, place.query
      FROM judge_move(was, move_alone.target) AS j;

    IF verdict IS NOT NULL THEN
        RETURN verdict;
    END IF;

    SELECT r.* INTO entry FROM redirect AS r
     WHERE r.object = was.object AND r.path = place.path
       AND r.query = place.query;

    IF NOT FOUND THEN
        RETURN 'unseen';
    ELSIF is_shared(entry) THEN
        RETURN 'shared';
    END IF;

    keys := keys_of_post(was.object);

    IF NOT take_page(was, place) THEN
        RETURN 'taken';
    END IF;

    PERFORM update_post(was.object::text, url => place.url);
    PERFORM notify_changed(keys);

    DELETE FROM redirect AS r WHERE r.object = was.object;

    RETURN 'moved';
END
$$;


-- A worker was redirected to "target", too, and found a page there.  "moved":
-- its followers will hear of that.  "busy": somebody else has the post in his
-- hands.  Who has that page may be about to want the post: he is not kept
-- waiting until PostgreSQL looks for a deadlock, and ends one of us.

CREATE OR REPLACE FUNCTION move_post(origin text, path text, query text,
    target text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET lock_timeout = '300ms'
AS $$
#variable_conflict use_column
BEGIN
    RETURN move_alone(move_post.origin, move_post.path, move_post.query,
                      move_post.target);
END
$$;
