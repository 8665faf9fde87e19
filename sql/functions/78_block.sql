-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Rules about domains, and what follows from them.  Whoever writes one has
-- the lock of declare(); who suspends waits for those who receive, too: see
-- policy_on_entry().
--
-- A rule of the database that suspends is somebody's decision: the followers
-- are rejected and gone.  One of a configuration may be a slip that the next
-- reload takes back: it stops traffic and hides, and nobody is told.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Many rules of the database at once: [{"domain": "one.example",
-- "severity": "suspend", "reason": "…"}, …].

CREATE OR REPLACE FUNCTION block_domains(blocks jsonb, origin text DEFAULT '')
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    whose      text := rule_origin(block_domains.origin);
    changed    text[];
    suspended  text[];
    shut       text[];
    parted     record;
    shown      jsonb;
BEGIN
    IF jsonb_typeof(block_domains.blocks) IS DISTINCT FROM 'array' THEN
        PERFORM refuse('22023', 'blocks are a JSON array of rules');
    END IF;

    PERFORM lock_declarations();
    PERFORM check_domain(b ->> 'domain', coalesce(b ->> 'severity', 'suspend'))
       FROM jsonb_array_elements(block_domains.blocks) AS b;

    suspended := ARRAY(SELECT DISTINCT b ->> 'domain'
                         FROM jsonb_array_elements(block_domains.blocks) AS b
                        WHERE coalesce(b ->> 'severity', 'suspend')
                              = 'suspend');

    -- where few are allowed, who is so no more is suspended as well

    shut := ARRAY(SELECT b ->> 'domain'
                    FROM jsonb_array_elements(block_domains.blocks) AS b
                    JOIN domain_policy AS p ON p.domain = b ->> 'domain'
                   WHERE p.severity = 'allow' AND b ->> 'severity' <> 'allow');

    IF cardinality(suspended || shut) > 0 THEN
        PERFORM lock_policies(suspended || shut);
    END IF;

    WITH wanted AS (
        SELECT DISTINCT ON (b ->> 'domain')
               b ->> 'domain' AS domain,
               coalesce(b ->> 'severity', 'suspend') AS severity,
               coalesce(b ->> 'reason', '') AS reason
          FROM jsonb_array_elements(block_domains.blocks) AS b
         ORDER BY b ->> 'domain', severity_rank(coalesce(b ->> 'severity',
                                                         'suspend')) DESC
    ), written AS (
        INSERT INTO domain_policy AS p (origin, domain, severity, reason)
        SELECT whose, w.domain, w.severity, w.reason FROM wanted AS w
         ORDER BY w.domain
        ON CONFLICT (domain, origin, source) DO UPDATE
           SET severity = excluded.severity,
               reason = coalesce(nullif(excluded.reason, ''), p.reason)
         WHERE p.severity <> excluded.severity
            OR excluded.reason NOT IN ('', p.reason)
        RETURNING p.domain
    )
    SELECT coalesce(array_agg(w.domain), '{}') INTO changed FROM written AS w;

    -- who was suspended by a configuration alone may still have followers

    SELECT INTO parted 0::bigint AS rejected, '[]'::jsonb AS keys;

    IF cardinality(suspended) > 0 THEN
        SELECT INTO parted r.rejected, r.keys
          FROM part_from(suspended, whose) AS r;
    END IF;

    shown := review_reactions(changed);

    PERFORM tell_policies(changed, shown || parted.keys);

    IF shown IS NULL THEN
        PERFORM notify_changed(parted.keys);
    END IF;

    RETURN parted.rejected;
END
$$;


CREATE OR REPLACE FUNCTION block_domain(domain text,
    severity text DEFAULT 'suspend', reason text DEFAULT '',
    origin text DEFAULT '')
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF block_domain.severity = 'allow' THEN
        PERFORM refuse('22023', '"allow" does not block: allow_domain() '
                                'allows');
    END IF;

    RETURN block_domains(jsonb_build_array(jsonb_build_object(
               'domain', coalesce(block_domain.domain, ''),
               'severity', coalesce(block_domain.severity, ''),
               'reason', block_domain.reason)), block_domain.origin);
END
$$;


-- Instead of what the database has said of the domain itself.

CREATE OR REPLACE FUNCTION allow_domain(domain text, reason text DEFAULT '',
    origin text DEFAULT '')
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM block_domains(jsonb_build_array(jsonb_build_object(
                'domain', coalesce(allow_domain.domain, ''),
                'severity', 'allow', 'reason', allow_domain.reason)),
                allow_domain.origin);
END
$$;


-- Takes back what the database says of a domain, be it a block or not.

CREATE OR REPLACE FUNCTION unblock_domain(domain text, origin text DEFAULT '')
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    whose  text := rule_origin(unblock_domain.origin);
    was    domain_policy;
BEGIN
    PERFORM lock_declarations();

    SELECT p.* INTO was FROM domain_policy AS p
     WHERE p.domain = unblock_domain.domain AND p.origin = whose
       AND p.source = 'database' AND p.domain <> '';

    IF NOT FOUND THEN
        RETURN false;
    END IF;

    -- without it, what is above it counts

    IF was.severity <> 'suspend' THEN
        PERFORM lock_policies(ARRAY[was.domain]);
    END IF;

    DELETE FROM domain_policy AS p WHERE p.id = was.id;

    PERFORM tell_policies(ARRAY[was.domain],
                          review_reactions(ARRAY[was.domain]));

    RETURN true;
END
$$;


-- What a configuration says of an origin: [{"domain": "one.example",
-- "severity": "suspend"}, …] and ["two.example", …].  True: it is news.

CREATE OR REPLACE FUNCTION declared_policy(mode text, blocks jsonb,
    allows jsonb)
    RETURNS TABLE (domain text, severity text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (r.domain) r.domain, r.severity
      FROM (SELECT b ->> 'domain', coalesce(b ->> 'severity', 'suspend')
              FROM jsonb_array_elements(blocks) AS b
            UNION ALL
            SELECT a, 'allow' FROM jsonb_array_elements_text(allows) AS a
            UNION ALL
            SELECT '', 'suspend' WHERE mode = 'allowlist')
           AS r (domain, severity)
     ORDER BY r.domain, severity_rank(r.severity) DESC;
END
$$;


CREATE OR REPLACE FUNCTION declare_policy(origin text, mode text,
    blocks jsonb, allows jsonb)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    home     origin := find_origin(declare_policy.origin);
    changed  text[];
BEGIN
    IF coalesce(mode, '') NOT IN ('blocklist', 'allowlist') THEN
        PERFORM refuse('22023', 'a federation mode is blocklist or allowlist');
    END IF;

    PERFORM lock_declarations();
    PERFORM check_domain(d.domain, d.severity)
       FROM declared_policy('blocklist', blocks, allows) AS d;

    changed := ARRAY(
        SELECT coalesce(d.domain, p.domain)
          FROM declared_policy(mode, blocks, allows) AS d
          FULL JOIN (SELECT w.domain, w.severity FROM domain_policy AS w
                      WHERE w.origin = home.url
                        AND w.source = 'configuration') AS p
            ON p.domain = d.domain
         WHERE p.severity IS DISTINCT FROM d.severity);

    IF cardinality(changed) = 0 THEN
        RETURN false;
    END IF;

    PERFORM lock_policies(changed);

    UPDATE origin AS o SET federation_mode = mode
     WHERE o.id = home.id AND o.federation_mode <> mode;

    DELETE FROM domain_policy AS p
     WHERE p.origin = home.url AND p.source = 'configuration'
       AND p.domain = ANY (changed);

    INSERT INTO domain_policy (origin, domain, severity, source)
    SELECT home.url, d.domain, d.severity, 'configuration'
      FROM declared_policy(mode, blocks, allows) AS d
     WHERE d.domain = ANY (changed);

    PERFORM tell_policies(changed, review_reactions(changed));

    RETURN true;
END
$$;


-- Whether a host would be suspended, were these domains.

CREATE OR REPLACE FUNCTION would_part(origin_url text, host text,
    domains text[])
    RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    above  text[] := domains_above(bare_host(would_part.host));
    ahead  text;
BEGIN
    SELECT p.severity INTO ahead
      FROM domain_policy AS p
     WHERE p.domain = ANY (above) AND p.origin IN ('', origin_url)
       AND octet_length(p.domain) > (SELECT max(octet_length(d))
                                       FROM unnest(above) AS d
                                      WHERE d = ANY (domains))
     ORDER BY octet_length(p.domain) DESC, severity_rank(p.severity) DESC
     LIMIT 1;

    RETURN coalesce(ahead, 'suspend') = 'suspend';
END
$$;


-- The rules about what is below these domains, which come before theirs.

CREATE OR REPLACE FUNCTION ruled_below(domains text[])
    RETURNS text[]
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT p.domain
                   FROM domain_policy AS p,
                        unnest(domains_above(p.domain)) AS a (name)
                   JOIN unnest(domains) AS d (name)
                     ON d.name = a.name COLLATE "C"
                  WHERE a.name <> p.domain);
END
$$;


-- What it would cost to suspend them: followers, what is shown of theirs,
-- what is on its way, and how many servers that is about.

CREATE OR REPLACE FUNCTION blocks_cost(domains text[], origin text DEFAULT '')
    RETURNS TABLE (followers bigint, replies bigint, reactions bigint,
                   deliveries bigint, hosts bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    whose  text := rule_origin(blocks_cost.origin);
    ruled  text[] := ruled_below(domains);
BEGIN
    SELECT INTO followers coalesce(sum(g.n), 0)
      FROM (SELECT o.url, m.host, count(*) AS n
              FROM remote_actors_below(domains) AS m
              JOIN follower AS f ON f.remote_actor = m.id
              JOIN actor AS a ON a.id = f.actor
              JOIN origin AS o ON o.id = a.origin
             WHERE whose IN ('', o.url)
             GROUP BY o.url, m.host OFFSET 0) AS g
     WHERE NOT domains_above(bare_host(g.host)) && ruled
        OR would_part(g.url, g.host, domains);

    SELECT INTO replies, reactions
           coalesce(sum(g.n) FILTER (WHERE g.is_reply), 0),
           coalesce(sum(g.n) FILTER (WHERE NOT g.is_reply), 0)
      FROM (SELECT o.url, m.host, x.kind = 'replies' AS is_reply,
                   count(*) AS n
              FROM remote_actors_below(domains) AS m
              JOIN reaction AS x ON x.actor = m.uri
              JOIN object AS p ON p.id = x.object
              JOIN actor AS a ON a.id = p.actor
              JOIN origin AS o ON o.id = a.origin
             WHERE whose IN ('', o.url) AND NOT x.hidden AND NOT x.waits
             GROUP BY 1, 2, 3 OFFSET 0) AS g
     WHERE NOT domains_above(bare_host(g.host)) && ruled
        OR would_part(g.url, g.host, domains);

    SELECT INTO deliveries coalesce(sum(g.n), 0)
      FROM (SELECT o.url, n.host, count(*) AS n
              FROM (SELECT DISTINCT h FROM hosts_below(domains) AS h)
                   AS n (host)
              JOIN delivery AS d ON d.host = n.host AND d.state = 'waiting'
              JOIN actor AS a ON a.id = d.actor
              JOIN origin AS o ON o.id = a.origin
             WHERE whose IN ('', o.url) AND NOT is_reject(d)
             GROUP BY 1, 2 OFFSET 0) AS g
     WHERE NOT domains_above(bare_host(g.host)) && ruled
        OR would_part(g.url, g.host, domains);

    SELECT INTO hosts count(*)
      FROM (SELECT m.host FROM remote_actors_below(domains) AS m
            UNION
            SELECT split_part(h, ':', 1) FROM hosts_below(domains) AS h) AS n;

    RETURN NEXT;
END
$$;


CREATE OR REPLACE FUNCTION block_cost(domain text, origin text DEFAULT '')
    RETURNS TABLE (followers bigint, replies bigint, reactions bigint,
                   deliveries bigint, hosts bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM check_domain(block_cost.domain, 'suspend');

    RETURN QUERY
    SELECT * FROM blocks_cost(ARRAY[block_cost.domain], block_cost.origin);
END
$$;


-- A reply that came from where replies wait.

CREATE OR REPLACE FUNCTION approve_reply(reply text)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    keys  jsonb;
BEGIN
    WITH shown AS (
        UPDATE reaction AS x SET waits = false
         WHERE x.waits AND x.item = approve_reply.reply
        RETURNING x.object
    )
    SELECT INTO keys
           jsonb_agg(jsonb_build_array(o.url,
               substr(object_uri(a.uri, s.object), length(o.url) + 1)
               || '/replies', ''))
      FROM shown AS s
      JOIN object AS p ON p.id = s.object
      JOIN actor AS a ON a.id = p.actor
      JOIN origin AS o ON o.id = a.origin;

    PERFORM notify_changed(keys);

    RETURN keys IS NOT NULL;
END
$$;
