-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What follows from rules about domains: what is hidden, what is not sent any
-- more, and who is parted from.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- What is wrong with it, or NULL.  Who calls has folded it already.

CREATE OR REPLACE FUNCTION domain_problem(domain text)
    RETURNS text
    LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN coalesce(domain, '') = '' THEN 'a domain is needed'
    WHEN domain ~ '[/@?#]' OR domain ~ '^[a-z]+:'
        THEN 'a domain alone is wanted, without scheme, path or user'
    WHEN domain ~ '\*'
        THEN 'subdomains are included, write the domain without a wildcard'
    WHEN domain ~ '[][]' OR domain ~ ':.*:' OR domain ~ '(^|\.)[0-9]+$'
        THEN 'it is an IP address, not a domain'
    WHEN domain ~ ':'
        THEN 'a domain alone is wanted, without a port'
    WHEN domain ~ '[^\u0001-\u007f]' OR domain ~ '[A-Z]' OR domain ~ '\.$'
        THEN 'it is not in the spelling in which domains are compared: '
             'ASCII in lower case, without a dot at the end'
    WHEN strpos(domain, '.') = 0
        THEN 'it has one label, and a whole top-level domain cannot be named'
    WHEN octet_length(domain) > 253
         OR domain !~ ('^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+'
                       '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
        THEN 'it is not a host name'
END;


-- A rule that is about us, too, would have us cut off from ourselves.

CREATE OR REPLACE FUNCTION check_domain(domain text, severity text)
    RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    problem  text := domain_problem(check_domain.domain);
    ours     text;
BEGIN
    IF problem IS NOT NULL THEN
        PERFORM refuse('22023', format('"%s" cannot have a rule: %s',
                       left(coalesce(check_domain.domain, ''), 100), problem));
    END IF;

    IF severity_rank(check_domain.severity) = 0 THEN
        PERFORM refuse('22023', format('"%s" is no severity: suspend, limit '
                       'or reject_media', left(check_domain.severity, 100)));
    END IF;

    SELECT n.name INTO ours
      FROM origin AS o,
           unnest(ARRAY[bare_host(url_host(o.url)), o.account_domain]) AS n (name)
     WHERE check_domain.severity <> 'allow'
       AND check_domain.domain = ANY (domains_above(n.name))
     LIMIT 1;

    IF FOUND THEN
        PERFORM refuse('22023', format('"%s" cannot be blocked: "%s" is our '
                       'own', check_domain.domain, ours));
    END IF;
END
$$;


-- '' for all; else the URL of the origin with that URL or host.

CREATE OR REPLACE FUNCTION rule_origin(origin text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF coalesce(rule_origin.origin, '') = '' THEN
        RETURN '';
    END IF;

    RETURN (find_origin(rule_origin.origin)).url;
END
$$;


-- Domains read backwards, without those that are below another one of them:
-- these come right behind it.

CREATE OR REPLACE FUNCTION backwards(domains text[])
    RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    result  text[] := '{}'::text[];
    last    text;
    name    text;
BEGIN
    FOR name IN
        SELECT reverse(d) FROM unnest(domains) AS d
         ORDER BY (reverse(d) || '.') COLLATE "C"
    LOOP
        IF last IS NULL OR NOT starts_with(name || '.', last || '.') THEN
            result := result || name;
            last := name;
        END IF;
    END LOOP;

    RETURN result;
END
$$;


-- The remote actors at domains and below them, each once, and no more than
-- so many; '' has them all.

DROP FUNCTION IF EXISTS remote_actors_below(text[]);

CREATE OR REPLACE FUNCTION remote_actors_below(domains text[],
    most bigint DEFAULT NULL)
    RETURNS TABLE (id bigint, uri text, host text, inbox text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF '' = ANY (domains) THEN
        RETURN QUERY
        SELECT r.id, r.uri::text, split_part(r.host, ':', 1)::text,
               r.inbox::text
          FROM remote_actor AS r
         LIMIT most;
        RETURN;
    END IF;

    RETURN QUERY
    SELECT r.id, r.uri::text, split_part(r.host, ':', 1)::text, r.inbox::text
      FROM (SELECT u.d COLLATE "C" FROM unnest(backwards(domains)) AS u (d))
           AS name (backwards),
           LATERAL (
               SELECT w.* FROM remote_actor AS w
                WHERE reverse(split_part(w.host, ':', 1)) = name.backwards
               UNION ALL
               SELECT w.* FROM remote_actor AS w
                WHERE reverse(split_part(w.host, ':', 1))
                          > name.backwards || '.'
                  AND reverse(split_part(w.host, ':', 1))
                          < name.backwards || '/') AS r
     LIMIT most;
END
$$;


-- The servers there that have ever had a queue, with their ports.

CREATE OR REPLACE FUNCTION hosts_below(domains text[])
    RETURNS SETOF text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT h.name::text
      FROM (SELECT u.d COLLATE "C" FROM unnest(backwards(domains)) AS u (d))
           AS name (backwards),
           LATERAL (
               SELECT w.name FROM host AS w
                WHERE reverse(split_part(w.name, ':', 1)) = name.backwards
               UNION ALL
               SELECT w.name FROM host AS w
                WHERE reverse(split_part(w.name, ':', 1))
                          > name.backwards || '.'
                  AND reverse(split_part(w.name, ':', 1))
                          < name.backwards || '/') AS h;
END
$$;


-- Every node hears of it, and every zone drops what shows it.

CREATE OR REPLACE FUNCTION tell_policies(domains text[], keys jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM notify_pieces(
        (SELECT jsonb_agg(jsonb_build_array(
                    'policy', coalesce(nullif(d, ''), '*'), ''))
           FROM unnest(domains) AS d) || coalesce(keys, '[]'));

    IF keys IS NULL THEN
        PERFORM pg_notify('activitypub_changed', '*');
    END IF;
END
$$;


-- Of these origins those of which nothing goes to a host.

CREATE OR REPLACE FUNCTION suspended_origins(peer text, ids int[])
    RETURNS int[]
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN ARRAY(SELECT o.id FROM origin AS o
                  WHERE o.id = ANY (ids)
                    AND find_policy(o.url, peer) = 'suspend');
END
$$;


-- A Reject is all that is still said to who is suspended.

CREATE OR REPLACE FUNCTION is_reject(d delivery)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE
RETURN d.document IS NOT NULL AND d.holds IS NULL;


-- Of hosts that the caller has locked: what waits for each of them of the
-- origin that stands at the same place.  What a worker is sending just now
-- arrives, or is settled as ever.

DROP FUNCTION IF EXISTS drop_deliveries(text, int[]);

CREATE OR REPLACE FUNCTION drop_deliveries(peers text[], origins int[])
    RETURNS int
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    accepts  uuid[];
    dropped  int;
BEGIN
    WITH gone AS (
        DELETE FROM delivery AS d
         WHERE d.id IN (SELECT w.id
                          FROM unnest(peers, origins) AS shut (peer, origin)
                          JOIN delivery AS w
                            ON w.host = shut.peer COLLATE "C"
                          JOIN actor AS a
                            ON a.id = w.actor AND a.origin = shut.origin
                         WHERE w.state = 'waiting' AND NOT is_reject(w)
                           AND (w.claim IS NULL OR w.next_at <= now())
                           FOR UPDATE OF w SKIP LOCKED)
        RETURNING CASE WHEN d.holds IS NOT NULL THEN d.activity END
    )
    SELECT count(*), array_agg(g.accept) FILTER (WHERE g.accept IS NOT NULL)
      INTO dropped, accepts
      FROM gone AS g (accept);

    PERFORM release_followers(accepts);

    RETURN dropped;
END
$$;


-- The same for all that is suspended of what waits there.

CREATE OR REPLACE FUNCTION drop_suspended(names text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    peers    text[];
    origins  int[];
BEGIN
    SELECT array_agg(q.host), array_agg(q.origin) INTO peers, origins
      FROM (SELECT DISTINCT d.host, a.origin, o.url
              FROM unnest(names) AS n (name)
              JOIN delivery AS d
                ON d.host = n.name COLLATE "C" AND d.state = 'waiting'
              JOIN actor AS a ON a.id = d.actor
              JOIN origin AS o ON o.id = a.origin
            OFFSET 0) AS q
     WHERE find_policy(q.url, q.host) = 'suspend';

    PERFORM drop_deliveries(peers, origins);
END
$$;


CREATE OR REPLACE FUNCTION render_reject(reject_uri text, our_uri text,
    follower_uri text, follow_id text)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT format('{"@context":%s,"id":%s,"type":"Reject","actor":%s,'
                  '"to":[%s],"object":{%s"type":"Follow","actor":%s,'
                  '"object":%s}}', plain_context(), to_json(reject_uri),
                  to_json(our_uri), to_json(follower_uri),
                  CASE WHEN follow_id = '' THEN ''
                       ELSE format('"id":%s,', to_json(follow_id))
                  END, to_json(follower_uri), to_json(our_uri))
$$;


-- The followers at these domains, as far as they are suspended now: each gets
-- its Reject.  The rows of their hosts are locked.  Returns how many there
-- were, and the keys of what changed.

CREATE OR REPLACE FUNCTION reject_followers(domains text[], origin_url text,
    OUT rejected bigint, OUT keys jsonb)
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH found AS MATERIALIZED (
        SELECT f.actor, f.remote_actor, a.uri AS ours, m.uri, m.host, m.inbox,
               o.url
          FROM remote_actors_below(domains) AS m
          JOIN follower AS f ON f.remote_actor = m.id
          JOIN actor AS a ON a.id = f.actor
          JOIN origin AS o ON o.id = a.origin
         WHERE origin_url IN ('', o.url)
    ), judged AS MATERIALIZED (
        SELECT d.url, d.host
          FROM (SELECT DISTINCT f.url, f.host FROM found AS f
                 OFFSET 0) AS d
         WHERE find_policy(d.url, d.host) = 'suspend'
    ), dropped AS (
        DELETE FROM follower AS f
         USING found AS w
          JOIN judged AS j ON j.url = w.url AND j.host = w.host
         WHERE f.actor = w.actor AND f.remote_actor = w.remote_actor
        RETURNING uuid7() AS id, f.actor, f.follow_id, w.ours, w.uri, w.inbox
    ), queued AS (
        INSERT INTO delivery (activity, document, actor, lane, host, inbox)
        SELECT d.id, render_reject(activity_uri(d.ours, d.id), d.ours, d.uri,
                                   d.follow_id),
               d.actor, d.id, url_host(d.inbox), d.inbox
          FROM dropped AS d
        RETURNING actor
    ), told AS (
        SELECT q.actor, count(*) AS n FROM queued AS q GROUP BY q.actor
    )
    SELECT INTO rejected, keys
           coalesce(sum(t.n), 0), coalesce(jsonb_agg(followers_key(t.actor)),
                                           '[]')
      FROM told AS t;
END
$$;


-- What follows from new rules that suspend.

CREATE OR REPLACE FUNCTION part_from(domains text[], origin_url text,
    OUT rejected bigint, OUT keys jsonb)
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    names  text[];
BEGIN
    -- hosts in order, and before what is theirs: as the fan-out does

    names := ARRAY(SELECT h FROM hosts_below(domains) AS h
                    UNION
                   SELECT url_host(m.inbox)::text
                     FROM remote_actors_below(domains) AS m
                    WHERE EXISTS (SELECT FROM follower AS f
                                   WHERE f.remote_actor = m.id));

    PERFORM wake_hosts(names);

    PERFORM drop_suspended(names);

    SELECT INTO rejected, keys r.rejected, r.keys
      FROM reject_followers(domains, origin_url) AS r;

    IF rejected > 0 THEN
        PERFORM notify_work('delivery');
    END IF;
END
$$;
