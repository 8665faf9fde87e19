-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What a worker does for somebody else, who waits for the result.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE OR REPLACE FUNCTION job_error(what text)
    RETURNS jsonb
    LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object('error', 'no worker ' || what || ' it',
                          'step', 'worker', 'later', true);


-- What is over goes.  What nobody took for a minute nobody waits for any more,
-- and what three workers did not finish a fourth will not.

CREATE OR REPLACE FUNCTION job_tidy()
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM job AS j
     WHERE j.id IN (SELECT f.id FROM job AS f
                     WHERE f.created <= now() - interval '1 h'
                       FOR UPDATE SKIP LOCKED);

    UPDATE job AS j
       SET state = 'done',
           result = CASE WHEN j.attempts = 0 THEN job_error('took')
                         ELSE job_error('finished')
                    END
     WHERE j.id IN (SELECT f.id FROM job AS f
                     WHERE f.state <> 'done'
                       AND (f.attempts = 0 AND NOT f.args ? 'farewell'
                            AND f.created <= now() - interval '1 min'
                            OR f.attempts >= 3 AND f.next_at <= now())
                       FOR UPDATE SKIP LOCKED);
END
$$;


-- "origin" is the URL or the host of an origin, or not given if there is
-- only one.

CREATE OR REPLACE FUNCTION job_create(kind text, origin text DEFAULT NULL,
    args jsonb DEFAULT '{}')
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    homes   text[];
    size    int := octet_length(job_create.args::text);
    result  bigint;
BEGIN
    IF coalesce(job_create.kind, '') NOT IN ('fetch', 'check') THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('there is no job "%s"', job_create.kind);
    END IF;

    IF size > 8192 THEN
        RAISE EXCEPTION USING
            ERRCODE = '54000',
            MESSAGE = format('the arguments of a job have %s bytes, and may '
                             'have 8192', size);
    END IF;

    homes := ARRAY(SELECT o.url FROM origin AS o
                    WHERE job_create.origin IS NULL
                       OR job_create.origin IN (o.url, o.host));

    IF cardinality(homes) <> 1 THEN
        RAISE EXCEPTION USING
            ERRCODE = CASE WHEN cardinality(homes) = 0 THEN 'P0002'
                           ELSE '22023'
                      END,
            MESSAGE = CASE
                WHEN cardinality(homes) > 1
                    THEN 'there are several origins: name one'
                WHEN job_create.origin IS NULL THEN 'there is no origin'
                ELSE format('there is no origin "%s"', job_create.origin)
            END;
    END IF;

    PERFORM job_tidy();

    IF (SELECT count(*) FROM job AS j
         WHERE j.state <> 'done' AND NOT j.args ? 'farewell') >= 32
       OR (SELECT count(*) FROM job AS j WHERE NOT j.args ? 'farewell') >= 256
    THEN
        RAISE EXCEPTION USING
            ERRCODE = '53400',
            MESSAGE = 'there are too many jobs already: try again later';
    END IF;

    INSERT INTO job (kind, origin, args)
    VALUES (job_create.kind, homes[1], coalesce(job_create.args, '{}'))
    RETURNING job.id INTO result;

    PERFORM notify_work('job');

    RETURN result;
END
$$;


DROP FUNCTION IF EXISTS job_claim();


-- The next one of these origins, for as long as a lease.

CREATE OR REPLACE FUNCTION job_claim(origins text[])
    RETURNS TABLE (id bigint, kind text, origin text, args jsonb)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM job_tidy();

    RETURN QUERY
    UPDATE job AS j
       SET state = 'running', attempts = j.attempts + 1,
           next_at = now() + lease_time()
     WHERE j.id = (SELECT f.id FROM job AS f
                    WHERE f.state <> 'done' AND f.next_at <= now()
                      AND f.origin = ANY (job_claim.origins)
                    ORDER BY f.next_at, f.id
                    LIMIT 1
                      FOR UPDATE SKIP LOCKED)
    RETURNING j.id, j.kind, j.origin, j.args;
END
$$;


-- What is said of an actor that may be gone is believed of its own server
-- alone: 410, or a Tombstone in its place.

CREATE OR REPLACE FUNCTION is_farewell(uri text, result jsonb)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE
RETURN coalesce(result ->> 'url' = uri
                AND (result ->> 'status' = '410'
                     OR (result ->> 'body' ~ '"type"\s*:\s*"Tombstone"'
                         AND result ->> 'body' !~ '"inbox"')), false);


-- The first result counts.  A server that does not answer whether somebody is
-- gone is asked again.

CREATE OR REPLACE FUNCTION job_done(id bigint, result jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    found  job;
BEGIN
    UPDATE job AS j
       SET state = 'done', result = coalesce(job_done.result, '{}')
     WHERE j.id = job_done.id AND j.state = 'running'
    RETURNING j.* INTO found;

    IF found.id IS NULL OR NOT found.args ? 'farewell' THEN
        RETURN;
    END IF;

    IF is_farewell(found.args ->> 'url', found.result) THEN
        PERFORM bury_actor(r)
           FROM remote_actor AS r
          WHERE r.uri = found.args ->> 'url' AND NOT r.gone;

    ELSIF found.result -> 'later' = 'true' AND found.attempts < 3 THEN
        UPDATE job AS j
           SET state = 'waiting', result = NULL,
               next_at = now() + found.attempts * interval '5 min'
         WHERE j.id = found.id;
    END IF;
END
$$;


-- Where no worker looks, nobody tidies up either: it is said all the same.

CREATE OR REPLACE FUNCTION job_result(id bigint)
    RETURNS TABLE (state text, result jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT CASE WHEN late.missed THEN 'done' ELSE j.state END,
           CASE WHEN late.missed THEN job_error('took') ELSE j.result END
      FROM job AS j,
           LATERAL (SELECT j.attempts = 0 AND j.state <> 'done'
                           AND j.created <= now() - interval '1 min')
             AS late (missed)
     WHERE j.id = job_result.id;
END
$$;


-- Of no use any more, or of no use yet: false if a worker is at it, or if it
-- is not there.

CREATE OR REPLACE FUNCTION job_forget(id bigint)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    DELETE FROM job AS j
     WHERE j.id = job_forget.id AND j.state <> 'running';

    RETURN FOUND;
END
$$;
