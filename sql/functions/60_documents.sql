-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- The document at a URL.  In PL/pgSQL throughout: it keeps its plans, where a
-- function in SQL would be planned at every call.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Of whom anything is told: a node that does not have all actors of the
-- database in its zone asks for any name.

CREATE OR REPLACE FUNCTION is_somebody(a actor)
    RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    RETURN a.instance OR a.deleted IS NOT NULL
           OR EXISTS (SELECT FROM declaration AS d WHERE d.actor = a.id);
END
$$;


CREATE OR REPLACE FUNCTION document_of_actor(actor_id bigint)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT CASE WHEN a.document IS NULL THEN 503
                WHEN a.deleted IS NOT NULL THEN 410
                ELSE 200
           END, 'actor', a.uri,
           CASE WHEN a.instance THEN o.url || '/'
                ELSE coalesce(a.declaration ->> 'url', '')
           END,
           CASE WHEN a.instance THEN '' ELSE a.name END,
           epoch(a.changed), coalesce(a.document, '')
      FROM actor AS a
      JOIN origin AS o ON o.id = a.origin
     WHERE a.id = actor_id;
END
$$;


CREATE OR REPLACE FUNCTION document_of_object(object_id uuid, owner bigint)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT CASE WHEN p.deleted IS NULL THEN 200 ELSE 410 END, 'object',
           object_uri(a.uri, p.id), p.url, a.name, epoch(p.changed), p.document
      FROM object AS p
      JOIN actor AS a ON a.id = p.actor
     WHERE p.id = object_id AND p.actor = owner;
END
$$;


CREATE OR REPLACE FUNCTION document_of_activity(activity_id uuid,
    owner bigint)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT CASE WHEN w.is_gone
                 OR (p.deleted IS NOT NULL
                     AND v.type IN ('Create', 'Update')) THEN 410
                ELSE 200
           END, 'activity', activity_uri(a.uri, v.id), '', a.name,
           epoch(coalesce(p.changed, v.published)),
           CASE WHEN w.is_gone
                THEN render_tombstone(activity_uri(a.uri, v.id), v.type,
                                      a.deleted)
                ELSE serve_activity(v, a.uri, p)
           END
      FROM activity AS v
      JOIN actor AS a ON a.id = v.actor
      LEFT JOIN object AS p ON p.id = v.object,
           LATERAL (SELECT a.deleted IS NOT NULL AND v.type <> 'Delete')
           AS w (is_gone)
     WHERE v.id = activity_id AND v.actor = owner;
END
$$;


-- its last parameter had another name once, which REPLACE does not change

DROP FUNCTION IF EXISTS document_of_page(int, text, text);

CREATE OR REPLACE FUNCTION document_of_page(origin_id int, page_path text,
    asked text)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    page  twin;
BEGIN
    -- as it was asked for, else what is left of it without trackers

    SELECT t.* INTO page FROM twin AS t
      JOIN actor AS a ON a.id = t.actor
     WHERE t.origin = origin_id AND t.path = page_path
       AND t.query IN (asked, page_query(asked)) AND is_somebody(a)
     ORDER BY t.query = asked DESC
     LIMIT 1;

    IF NOT FOUND THEN
        RETURN;
    END IF;

    IF page.object IS NULL THEN
        RETURN QUERY SELECT * FROM document_of_actor(page.actor);

    ELSE
        RETURN QUERY SELECT * FROM document_of_object(page.object, page.actor);
    END IF;
END
$$;


-- "part" is what follows the prefix, between its slashes.

CREATE OR REPLACE FUNCTION document_of_machine(home origin, part text[],
    query text)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    owner  actor;
    n      int := cardinality(part);
BEGIN
    IF part = '{inbox}' AND query = '' THEN
        RETURN QUERY
        SELECT 200, 'collection', i.uri, '', '', epoch(home.created),
               render_collection(i.uri, 0, '[]')
          FROM (VALUES (home.url || home.prefix || 'inbox')) AS i (uri);
        RETURN;
    END IF;

    -- not a document of its own: what the two of NodeInfo are made with

    IF part = '{nodeinfo}' AND query = '' THEN
        RETURN QUERY
        SELECT 200, 'usage', home.url || home.prefix || 'nodeinfo', '', '',
               epoch(now()), render_usage(home.id);
        RETURN;
    END IF;

    SELECT a.* INTO owner FROM actor AS a
     WHERE a.origin = home.id AND a.name = part[1] AND is_somebody(a);

    IF NOT FOUND OR n > 3
       OR (query <> ''
           AND (n = 1 OR NOT part[n] = ANY (paged_collections())))
    THEN
        RETURN;
    END IF;

    IF n = 1 THEN
        RETURN QUERY SELECT * FROM document_of_actor(owner.id);

    ELSIF n = 2 AND is_uuid(part[2]) THEN
        RETURN QUERY SELECT * FROM document_of_object(part[2]::uuid, owner.id);

    ELSIF n = 2 AND owner.deleted IS NULL THEN
        RETURN QUERY
        SELECT * FROM document_of_collection(owner, part[2], query);

    ELSIF part[2] = 'activities' AND is_uuid(part[3]) THEN
        RETURN QUERY
        SELECT * FROM document_of_activity(part[3]::uuid, owner.id);

    ELSIF is_uuid(part[2]) THEN
        RETURN QUERY
        SELECT * FROM document_of_reactions(owner, part[2]::uuid, part[3],
                                            query);
    END IF;
END
$$;


-- No row: there is nothing.  Below the prefix only machine URLs are known,
-- elsewhere only pages.

CREATE OR REPLACE FUNCTION document(origin text, path text, query text)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    home  origin;
BEGIN
    SELECT o.* INTO home FROM origin AS o WHERE o.url = document.origin;

    IF NOT FOUND THEN
        RETURN;
    END IF;

    IF starts_with(document.path, home.prefix) THEN
        RETURN QUERY
        SELECT * FROM document_of_machine(home,
            string_to_array(substr(document.path, length(home.prefix) + 1),
                            '/'),
            document.query);

    ELSE
        RETURN QUERY
        SELECT * FROM document_of_page(home.id, document.path, document.query);
    END IF;
END
$$;
