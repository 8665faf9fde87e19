-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Ids, and finding what somebody means by a name.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- RFC 9562 section 5.7 with microseconds in rand_a (section 6.2, method 3):
-- ids of one session sort by the time they were made.

CREATE OR REPLACE FUNCTION uuid7()
    RETURNS uuid
    LANGUAGE sql VOLATILE
AS $$
    SELECT encode(int8send((us / 1000 << 16)
                           | x'7000'::int | us % 1000 * 4096 / 1000)
                  || substring(uuid_send(gen_random_uuid()) FROM 9),
                  'hex')::uuid
      FROM (SELECT floor(extract(epoch FROM clock_timestamp())
                         * 1000000)::bigint) AS clock (us)
$$;


CREATE OR REPLACE FUNCTION is_uuid(text text)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
RETURN text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';


CREATE OR REPLACE FUNCTION object_uri(actor_uri text, object uuid)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
RETURN actor_uri || '/' || object;


CREATE OR REPLACE FUNCTION activity_uri(actor_uri text, activity uuid)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
RETURN actor_uri || '/activities/' || activity;


-- An actor is declared while any node says so.

CREATE OR REPLACE FUNCTION is_declared(actor bigint)
    RETURNS boolean
    LANGUAGE sql STABLE STRICT SET search_path = activitypub, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM declaration AS d WHERE d.actor = $1)
$$;


-- ... kept by the database itself, whose node has no name.

CREATE OR REPLACE FUNCTION is_kept(actor_id bigint)
    RETURNS boolean
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM declaration AS d
                    WHERE d.node = '' AND d.actor = actor_id)
$$;


-- By id, by handle, or by a name that only one actor has; of several the one
-- that is declared.

CREATE OR REPLACE FUNCTION find_actor(wanted text)
    RETURNS actor
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  actor;
    ids     bigint[];
BEGIN
    IF wanted ~ '^https?://' THEN
        ids := ARRAY(SELECT a.id FROM actor AS a
                      WHERE a.uri = wanted AND NOT a.instance);

    ELSIF strpos(ltrim(wanted, '@'), '@') > 0 THEN
        ids := ARRAY(SELECT a.id FROM actor AS a
                      WHERE a.handle = lower(ltrim(wanted, '@') COLLATE "C")
                        AND NOT a.instance);

    ELSE
        ids := ARRAY(SELECT a.id FROM actor AS a
                      WHERE a.name = ltrim(wanted, '@') AND NOT a.instance);
    END IF;

    IF cardinality(ids) > 1 THEN
        ids := ARRAY(SELECT i FROM unnest(ids) AS i WHERE is_declared(i));
    END IF;

    IF cardinality(ids) > 1 THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('several actors are named "%s": give the '
                             'handle or the id', wanted);
    END IF;

    IF coalesce(cardinality(ids), 0) = 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'P0002',
            MESSAGE = format('there is no actor "%s"', wanted);
    END IF;

    SELECT a.* INTO result FROM actor AS a WHERE a.id = ids[1];

    RETURN result;
END
$$;


-- The query of a page: without empty parameters, and without those by which
-- others want to know where a reader came from.  The same names stand in
-- core/fedi_query.c.

CREATE OR REPLACE FUNCTION page_query(query text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
AS $$
    SELECT coalesce(string_agg(p, '&' ORDER BY n), '')
      FROM string_to_table(query, '&') WITH ORDINALITY AS part (p, n)
     WHERE p <> ''
       AND (p COLLATE "C") !~* (
           '^(__hs|hsa_|mtm_|pk_|utm_|('
           '__s|_ga|_gl|_hsenc|_hsmi|_ke|_kx|_openstat|dclid|ef_id|epik'
           '|fbclid|gad_campaignid|gad_source|gbraid|gclid|gclsrc'
           '|hsctatracking|igsh|igshid|li_fat_id|mc_cid|mc_eid|mibextid'
           '|mkt_tok|ml_subscriber|ml_subscriber_hash|msclkid'
           '|oly_anon_id|oly_enc_id|rb_clickid|s_cid|s_kwcid|srsltid'
           '|sscid|ttclid|twclid|vero_conv|vero_id|wbraid|wickedid'
           '|yclid|ysclid'
           ')(=|$))')
$$;


-- A page URL taken apart as nginx does it: the path decoded, its slashes
-- merged; the query without what tells of the reader alone.  A path alone is
-- taken to be of "base".  "url" is what others see, trackers and all.  What
-- is wrong is said in "problem", and nothing else is then set.

CREATE OR REPLACE FUNCTION parse_page(page text, base text)
    RETURNS TABLE (problem text, origin text, url text, path text, query text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    part     text[];
    plain    text;
    written  text := page;
BEGIN
    IF page ~ '^/(?!/)' THEN
        written := base || page;
    END IF;

    written := percent_encode(written);

    problem := CASE
        WHEN octet_length(written) > 2048 THEN 'is longer than 2048 bytes'
        WHEN written ~ '[\u0001-\u0020"<>\\^`{|}\u007f]'
            THEN 'contains a space or another character no URL may have'
        WHEN strpos(written, '#') > 0 THEN 'has a fragment'
        WHEN written !~* '^https?://[^/?@]+([/?]|$)'
            THEN 'is not an absolute http or https URL, nor a path'
    END;

    IF problem IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;

    part := regexp_match(written, '^([^:]+)://([^/?]+)([^?]*)(?:\?(.*))?$');
    origin := lower(part[1] COLLATE "C") || '://'
              || lower(part[2] COLLATE "C");
    origin := regexp_replace(origin, '^(https://[^:]+):443$', '\1');
    origin := regexp_replace(origin, '^(http://[^:]+):80$', '\1');

    IF part[3] = '' THEN
        part[3] := '/';
    END IF;

    plain := regexp_replace(percent_decode(part[3]), '/+', '/', 'g');

    problem := CASE
        WHEN plain IS NULL THEN 'has a broken percent-escape'
        WHEN plain ~ '[\u0001-\u001f\u007f-\u009f]'
            THEN 'has a control character in its path'
        WHEN plain ~ '/\.\.?(/|$)' THEN 'has a "." or ".." in its path'
    END;

    IF problem IS NULL THEN
        path := plain;
        query := page_query(coalesce(part[4], ''));
        url := origin || part[3] || coalesce('?' || nullif(part[4], ''), '');
    END IF;

    RETURN NEXT;
END
$$;


-- A post by its id, its UUID or its page; of a path alone, if one origin only
-- has it.  Deleted ones are found too.

CREATE OR REPLACE FUNCTION find_object(wanted text)
    RETURNS uuid
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    ids  uuid[];
BEGIN
    IF is_uuid(lower(wanted COLLATE "C")) THEN
        ids := ARRAY(SELECT o.id FROM object AS o WHERE o.id = wanted::uuid);

    ELSIF wanted ~ '^https?://.*/[0-9a-f-]{36}$' AND is_uuid(right(wanted, 36))
    THEN
        ids := ARRAY(SELECT o.id
                       FROM object AS o JOIN actor AS a ON a.id = o.actor
                      WHERE o.id = right(wanted, 36)::uuid
                        AND object_uri(a.uri, o.id) = wanted);
    END IF;

    IF coalesce(cardinality(ids), 0) = 0 THEN
        ids := ARRAY(SELECT t.object
                       FROM origin AS o
                       CROSS JOIN parse_page(wanted, o.url) AS p
                       JOIN twin AS t ON t.origin = o.id AND t.path = p.path
                                     AND t.query = p.query
                      WHERE p.origin = o.url AND t.object IS NOT NULL);
    END IF;

    IF cardinality(ids) > 1 THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('several origins have a post at "%s": give its '
                             'id or the whole URL', wanted);
    END IF;

    IF coalesce(cardinality(ids), 0) = 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'P0002',
            MESSAGE = format('there is no post "%s"', wanted);
    END IF;

    RETURN ids[1];
END
$$;
