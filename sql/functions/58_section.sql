-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Whose post a page is, by where it lies.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Who declares a section last has it.

CREATE OR REPLACE FUNCTION place_sections(actor_id bigint, origin_id int,
    paths jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    DELETE FROM section AS s
     WHERE s.actor = actor_id AND NOT coalesce(paths, '[]') ? s.path;

    INSERT INTO section AS s (origin, path, actor)
    SELECT DISTINCT origin_id, p.path, actor_id
      FROM jsonb_array_elements_text(coalesce(paths, '[]')) AS p (path)
    ON CONFLICT (origin, path) DO UPDATE SET actor = excluded.actor;
END
$$;


-- Who has the longest section that a page lies in, or NULL.

CREATE OR REPLACE FUNCTION section_actor(origin_id int, page_path text)
    RETURNS bigint
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT s.actor
      FROM section AS s
     WHERE s.origin = origin_id AND is_declared(s.actor)
       AND s.path = ANY (ARRAY(
               SELECT left(page_path, n)
                 FROM generate_series(1, length(page_path)) AS n
                WHERE substr(page_path, n, 1) = '/'))
     ORDER BY length(s.path) DESC
     LIMIT 1
$$;


-- The origin of a page; of a path alone, if there is one only.

CREATE OR REPLACE FUNCTION origin_of_page(wanted text)
    RETURNS origin
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  origin;
    place   record;
    base    text;
BEGIN
    SELECT min(o.url) INTO base FROM origin AS o HAVING count(*) = 1;

    IF wanted ~ '^/(?!/)' AND base IS NULL THEN
        PERFORM refuse('22023', format('url "%s" could be of several origins: '
            'give the whole URL, or name the actor', left(wanted, 200)));
    END IF;

    SELECT INTO place p.problem, p.origin
      FROM parse_page(coalesce(wanted, ''), base) AS p;

    IF place.problem IS NOT NULL THEN
        PERFORM refuse('22023', format('url "%s" %s', left(wanted, 200),
                                       place.problem));
    END IF;

    SELECT o.* INTO result FROM origin AS o WHERE o.url = place.origin;

    IF NOT FOUND THEN
        PERFORM refuse('P0002', format('url "%s" is on no origin of ours',
                                       left(wanted, 200)));
    END IF;

    RETURN result;
END
$$;


-- The author of a page, named or not.

CREATE OR REPLACE FUNCTION choose_actor(wanted text, url text)
    RETURNS actor
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    home    origin;
    place   page;
    ids     bigint[];
    result  actor;
BEGIN
    IF coalesce(wanted, '') <> '' THEN
        RETURN find_actor(wanted);
    END IF;

    home := origin_of_page(url);
    place := check_page(home, url);
    ids := ARRAY[section_actor(home.id, place.path)];

    IF ids[1] IS NULL THEN
        ids := ARRAY(SELECT a.id FROM actor AS a
                      WHERE a.origin = home.id AND NOT a.instance
                        AND is_declared(a.id)
                      LIMIT 2);
    END IF;

    IF cardinality(ids) = 0 THEN
        PERFORM refuse('P0002', format('%s has no actor', home.url));
    END IF;

    IF cardinality(ids) > 1 THEN
        PERFORM refuse('22023', format('url "%s" lies in nobody''s section, '
            'and %s has several actors: name one', place.url, home.url));
    END IF;

    SELECT a.* INTO result FROM actor AS a WHERE a.id = ids[1];

    RETURN result;
END
$$;
