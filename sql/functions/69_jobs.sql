-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What a worker does for somebody else, who waits for the result.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


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
    result  bigint;
BEGIN
    IF coalesce(job_create.kind, '') NOT IN ('fetch', 'check') THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('there is no job "%s"', job_create.kind);
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

    DELETE FROM job AS j WHERE j.created <= now() - interval '1 day';

    INSERT INTO job (kind, origin, args)
    VALUES (job_create.kind, homes[1], coalesce(job_create.args, '{}'))
    RETURNING job.id INTO result;

    PERFORM notify_work('job');

    RETURN result;
END
$$;


-- The next one, for as long as a lease.  What three workers did not finish
-- has failed.

CREATE OR REPLACE FUNCTION job_claim()
    RETURNS TABLE (id bigint, kind text, origin text, args jsonb)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    UPDATE job AS j
       SET state = 'done', result = '{"error": "no worker finished it"}'
     WHERE j.id IN (SELECT f.id FROM job AS f
                     WHERE f.state = 'running' AND f.next_at <= now()
                       AND f.attempts >= 3
                       FOR UPDATE SKIP LOCKED);

    RETURN QUERY
    UPDATE job AS j
       SET state = 'running', attempts = j.attempts + 1,
           next_at = now() + lease_time()
     WHERE j.id = (SELECT f.id FROM job AS f
                    WHERE f.state <> 'done' AND f.next_at <= now()
                    ORDER BY f.next_at, f.id
                    LIMIT 1
                      FOR UPDATE SKIP LOCKED)
    RETURNING j.id, j.kind, j.origin, j.args;
END
$$;


-- The first result counts.

CREATE OR REPLACE FUNCTION job_done(id bigint, result jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    UPDATE job AS j
       SET state = 'done', result = coalesce(job_done.result, '{}')
     WHERE j.id = job_done.id AND j.state = 'running';
END
$$;


CREATE OR REPLACE FUNCTION job_result(id bigint)
    RETURNS TABLE (state text, result jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT j.state, j.result FROM job AS j WHERE j.id = job_result.id;
END
$$;
