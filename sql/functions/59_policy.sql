-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Which rule counts for a host: that of the longest domain that the host is
-- or is below, and of several about that domain the strictest.  Who has
-- written it, and whether for one origin or for all, is the same.
--
-- receive() comes by here each time.  Without any rule it costs one look at
-- an empty index, and a lock that everybody shares.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- The stricter the more.

CREATE OR REPLACE FUNCTION severity_rank(severity text)
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN CASE severity WHEN 'suspend' THEN 4 WHEN 'limit' THEN 3
                     WHEN 'reject_media' THEN 2 WHEN 'allow' THEN 1 ELSE 0
       END;


-- The host of HOST or HOST:PORT, as it stands in rules.

CREATE OR REPLACE FUNCTION bare_host(place text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
RETURN rtrim(lower(split_part(place, ':', 1) COLLATE "C"), '.');


-- The domains whose rules are about a host: itself, whatever it is below,
-- and '' that everything is below.

CREATE OR REPLACE FUNCTION domains_above(host text)
    RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
DECLARE
    result  text[] := ARRAY['', host];
    dot     int := strpos(host, '.');
BEGIN
    WHILE dot > 0 AND cardinality(result) < 128 LOOP
        host := substr(host, dot + 1);
        result := result || host;
        dot := strpos(host, '.');
    END LOOP;

    RETURN result;
END
$$;


-- The domain above another one, '' above all that can have a rule.

CREATE OR REPLACE FUNCTION domain_above(name text)
    RETURNS text
    LANGUAGE sql IMMUTABLE
RETURN CASE WHEN name LIKE '%.%.%' THEN substr(name, strpos(name, '.') + 1)
            ELSE '' END;


-- Whether one of them lets a host in where only some are.

CREATE OR REPLACE FUNCTION is_let_in(origin_url text, host text)
    RETURNS boolean
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM activitypub.domain_policy AS p
                        WHERE p.domain = '' AND p.origin = origin_url)
           OR EXISTS (SELECT FROM activitypub.domain_policy AS p
                       WHERE p.domain = ANY (activitypub.domains_above(
                                             activitypub.bare_host(host)))
                         AND p.origin IN ('', origin_url)
                         AND p.severity = 'allow');
END
$$;


-- suspend, limit, reject_media, allow, or none.  Where all are suspended but
-- those that are allowed, a milder rule about somebody does not let him in.
--
-- Every request comes by here, and every host of a fan-out: nothing is set,
-- not even a path, and what is looked for first is so plain that it has one
-- plan for good.  One query for all of it takes ten times as long.

CREATE OR REPLACE FUNCTION find_policy(origin_url text, host text)
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    name   text := activitypub.bare_host(host);
    first  text;
    rule   text;
BEGIN
    -- '' is the first of all

    SELECT p.domain INTO first
      FROM activitypub.domain_policy AS p ORDER BY p.domain LIMIT 1;

    IF NOT FOUND THEN
        RETURN 'none';
    END IF;

    WHILE name <> '' OR first = '' LOOP
        PERFORM FROM activitypub.domain_policy AS p WHERE p.domain = name;

        IF FOUND THEN
            SELECT p.severity INTO rule
              FROM activitypub.domain_policy AS p
             WHERE p.domain = name AND p.origin IN ('', origin_url)
             ORDER BY activitypub.severity_rank(p.severity) DESC
             LIMIT 1;
        END IF;

        EXIT WHEN FOUND OR name = '';

        name := activitypub.domain_above(name);
    END LOOP;

    IF rule IN ('limit', 'reject_media') THEN
        IF NOT activitypub.is_let_in(origin_url, host) THEN
            RETURN 'suspend';
        END IF;
    END IF;

    RETURN coalesce(rule, 'none');
END
$$;


CREATE OR REPLACE FUNCTION policy_of(origin text, host text)
    RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
    SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN find_policy(policy_of.origin, policy_of.host);
END
$$;


CREATE OR REPLACE FUNCTION has_policies()
    RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM domain_policy);
END
$$;


-- Of these hosts those to which nothing of an origin goes.  Few have a rule,
-- so those are looked for first, all at once.

CREATE OR REPLACE FUNCTION suspended_hosts(origin_url text, hosts text[])
    RETURNS text[]
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    ruled  text[];
BEGIN
    IF NOT has_policies() THEN
        RETURN '{}'::text[];
    END IF;

    IF EXISTS (SELECT FROM domain_policy AS p WHERE p.domain = '') THEN
        ruled := ARRAY(SELECT DISTINCT h FROM unnest(hosts) AS h);
    ELSE
        ruled := ARRAY(
            WITH RECURSIVE above (host, name) AS (
                SELECT h, bare_host(h)
                  FROM (SELECT DISTINCT unnest(hosts)) AS d (h)
                UNION ALL
                SELECT a.host, substr(a.name, strpos(a.name, '.') + 1)
                  FROM above AS a WHERE a.name LIKE '%.%.%'
            )
            SELECT DISTINCT a.host
              FROM above AS a
              JOIN domain_policy AS p ON p.domain = a.name COLLATE "C");
    END IF;

    RETURN ARRAY(SELECT h FROM unnest(ruled) AS h
                  WHERE find_policy(origin_url, h) = 'suspend');
END
$$;


-- One of us is about to suspend domains, and what those send in the meantime
-- must not stay.  So who receives shares a lock with everybody else, which
-- that one has to have alone.  While it has, which may be for seconds, those
-- that it does not concern go by the locks of their own domains.

CREATE OR REPLACE FUNCTION policy_lock(domain text)
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN hashtext('activitypub.policy ' || domain);


-- Whether one of us suspends a host just now.

CREATE OR REPLACE FUNCTION is_being_blocked(host text)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    name  text;
BEGIN
    -- there may be too many to have a lock for each

    PERFORM pg_advisory_xact_lock_shared(1097888848, policy_lock(''));

    FOREACH name IN ARRAY domains_above(bare_host(host)) LOOP
        IF name <> '' AND NOT pg_try_advisory_xact_lock_shared(
                                  1097888848, policy_lock(name))
        THEN
            RETURN true;
        END IF;
    END LOOP;

    RETURN false;
END
$$;


-- What a sender is to an origin, for as long as the transaction lasts.  Who
-- is being suspended just now is.

CREATE OR REPLACE FUNCTION policy_on_entry(origin_url text, sender_host text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock_shared(1097888848, 0) THEN
        IF activitypub.is_being_blocked(sender_host) THEN
            RETURN 'suspend';
        END IF;
    END IF;

    RETURN activitypub.find_policy(origin_url, sender_host);
END
$$;


-- The other side of it: waits for those who are receiving just now.

CREATE OR REPLACE FUNCTION lock_policies(domains text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    name  text;
BEGIN
    IF cardinality(domains) > 64 THEN
        domains := '{""}';
    END IF;

    FOR name IN SELECT DISTINCT d FROM unnest(domains) AS d ORDER BY d LOOP
        PERFORM pg_advisory_xact_lock(1097888848, policy_lock(name));
    END LOOP;

    PERFORM pg_advisory_xact_lock(1097888848, 0);
END
$$;


-- For the complete set in the zone: rules above "after", ascending.  Not the
-- strictest of a domain alone: where only some are allowed, that somebody is
-- counts beside what else is said of him.  And that an origin allows some only
-- is its configuration's to know.

DROP FUNCTION IF EXISTS is_strictest(domain_policy);

CREATE OR REPLACE FUNCTION domain_policies(after bigint, lim int)
    RETURNS TABLE (id bigint, origin text, domain text, severity text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT p.id, p.origin::text, p.domain::text, p.severity
      FROM domain_policy AS p
     WHERE p.id > domain_policies.after AND p.domain <> ''
     ORDER BY p.id
     LIMIT domain_policies.lim;
END
$$;


-- Of the domains that a notification names, ["policy", DOMAIN, ""], the rules
-- that there are now.

CREATE OR REPLACE FUNCTION domain_policies_at(keys jsonb)
    RETURNS TABLE (id bigint, origin text, domain text, severity text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT p.id, p.origin::text, p.domain::text, p.severity
      FROM (SELECT DISTINCT k ->> 1
              FROM jsonb_array_elements(domain_policies_at.keys) AS k
             WHERE k ->> 0 = 'policy' AND k ->> 2 = '' AND k ->> 1 <> '')
           AS key (domain)
      JOIN domain_policy AS p ON p.domain = key.domain
     ORDER BY p.id;
END
$$;
