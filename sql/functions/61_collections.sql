-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Collections.  A page is named by the last item of the page before it, so
-- that what comes and goes meanwhile moves nothing; and only what a "next"
-- may name is a page: else anybody could fill every zone with pages that
-- nobody asks for.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE OR REPLACE FUNCTION paged_collections()
    RETURNS text[]
    LANGUAGE sql IMMUTABLE
RETURN '{outbox,followers,replies,likes,shares}'::text[];


-- What the documents embedded in one collection may have together: Mastodon
-- reads a megabyte, and a zone holds what is an eighth of it.

CREATE OR REPLACE FUNCTION embed_limit()
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN 256 * 1024;


-- The number in "page=NUMBER", 0 for the first page, NULL for anything else.

CREATE OR REPLACE FUNCTION page_above(query text)
    RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT
RETURN CASE WHEN query = 'page' THEN 0
            WHEN query ~ '^page=[1-9][0-9]{0,17}$'
                THEN substr(query, 6)::bigint
       END;


-- A collection of its own pages, or when it is empty the whole of it.

CREATE OR REPLACE FUNCTION render_root(uri text, type text, total bigint)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT json_strip_nulls(json_build_object(
               '@context', plain_context(),
               'id', uri,
               'type', type,
               'totalItems', greatest(total, 0),
               'first', CASE WHEN total > 0 THEN uri || '?page' END,
               'items', CASE WHEN total <= 0 AND type = 'Collection'
                             THEN '[]'::json
                        END,
               'orderedItems', CASE WHEN total <= 0
                                     AND type = 'OrderedCollection'
                                    THEN '[]'::json
                               END))::text
$$;


CREATE OR REPLACE FUNCTION render_page(uri text, query text, type text,
    next text, items json)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT json_strip_nulls(json_build_object(
               '@context', plain_context(),
               'id', uri || '?' || query,
               'type', type || 'Page',
               'partOf', uri,
               'next', uri || '?page=' || next,
               'items', CASE type WHEN 'Collection' THEN items END,
               'orderedItems', CASE type WHEN 'OrderedCollection' THEN items
                               END))::text
$$;


-- Twenty at a time, or fewer large ones, newest first.

CREATE OR REPLACE FUNCTION render_outbox_page(actor_id bigint, uri text,
    query text)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    below  uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid;
    items  json;
    last   uuid;
    more   boolean;
BEGIN
    IF query <> 'page' THEN
        below := substr(query, 6)::uuid;
    END IF;

    WITH found AS (
        SELECT v.id, serve_activity(v, a.uri, p) AS body,
               row_number() OVER (ORDER BY v.id DESC) AS n
          FROM activity AS v
          JOIN actor AS a ON a.id = v.actor
          JOIN object AS p ON p.id = v.object
         WHERE v.actor = actor_id AND v.listed AND v.id < below
         ORDER BY v.id DESC
         LIMIT 21
    ), shown AS (
        SELECT f.id, f.body, f.n,
               f.n <= 20 AND (f.n = 1 OR sum(octet_length(f.body))
                                OVER (ORDER BY f.n) <= embed_limit()) AS fits
          FROM found AS f
    )
    SELECT INTO items, last, more
           json_agg(embed(s.body) ORDER BY s.n) FILTER (WHERE s.fits),
           (array_agg(s.id ORDER BY s.n DESC) FILTER (WHERE s.fits))[1],
           bool_or(NOT s.fits)
      FROM shown AS s;

    RETURN json_strip_nulls(json_build_object(
        '@context', object_context(),
        'id', uri || '?' || query,
        'type', 'OrderedCollectionPage',
        'partOf', uri,
        'next', CASE WHEN more THEN uri || '?page=' || last END,
        'orderedItems', coalesce(items, '[]')))::text;
END
$$;


CREATE OR REPLACE FUNCTION render_outbox(actor_id bigint, uri text,
    query text)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF (CASE WHEN query = 'page' THEN true
             WHEN query LIKE 'page=%' AND is_uuid(substr(query, 6))
             THEN EXISTS (SELECT FROM activity AS v
                           WHERE v.id = substr(query, 6)::uuid
                             AND v.actor = actor_id)
        END)
    THEN
        RETURN render_outbox_page(actor_id, uri, query);
    END IF;

    IF query <> '' THEN
        RETURN NULL;
    END IF;

    RETURN json_strip_nulls(json_build_object(
        '@context', object_context(),
        'id', uri,
        'type', 'OrderedCollection',
        'totalItems', greatest(tally_of('outbox ' || actor_id), 0),
        'first', uri || '?page'))::text;
END
$$;


-- Notes as they are, as long as they are not too much together, and the ids
-- of the rest: Mastodon takes nothing else that is embedded.

CREATE OR REPLACE FUNCTION render_featured(actor_id bigint, uri text)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    WITH featured AS (
        SELECT p.type, p.document, o.uri AS id,
               row_number() OVER pinned AS n,
               sum(octet_length(p.document)) FILTER (WHERE p.type = 'Note')
                   OVER pinned AS size
          FROM pin AS n
          JOIN object AS p ON p.id = n.object
          JOIN actor AS a ON a.id = p.actor,
               LATERAL (SELECT object_uri(a.uri, p.id)) AS o (uri)
         WHERE n.actor = actor_id
        WINDOW pinned AS (ORDER BY n.created DESC, n.object DESC)
    )
    SELECT render_collection(uri, count(*), coalesce(json_agg(
               CASE WHEN f.type = 'Note' AND f.size <= embed_limit()
                    THEN embed(f.document)
                    ELSE to_json(f.id)
               END ORDER BY f.n), '[]'))
      FROM featured AS f
$$;


-- Fifty at a time, in the order in which they became known.  One that left
-- may still be where a page begins.

CREATE OR REPLACE FUNCTION hides_followers(owner actor)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE
RETURN coalesce((owner.declaration -> 'hide_followers')::boolean, false);


CREATE OR REPLACE FUNCTION render_followers(owner actor, uri text, query text)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    hidden  boolean := hides_followers(owner);
    above   bigint := page_above(query);
    items   json;
    last    bigint;
BEGIN
    IF query = '' THEN
        RETURN CASE
            WHEN hidden THEN render_collection(
                uri, greatest(tally_of('followers ' || owner.id), 0), NULL)
            ELSE render_root(uri, 'OrderedCollection',
                             tally_of('followers ' || owner.id))
        END;
    END IF;

    IF hidden OR above IS NULL OR owner.instance
       OR (above > 0 AND NOT EXISTS (SELECT FROM remote_actor AS r
                                      WHERE r.id = above))
    THEN
        RETURN NULL;
    END IF;

    SELECT INTO items, last
           json_agg(f.uri ORDER BY f.n) FILTER (WHERE f.n <= 50),
           CASE WHEN count(*) > 50 THEN (array_agg(f.id ORDER BY f.n))[50] END
      FROM (SELECT r.id, r.uri, w.n
              FROM (SELECT remote_actor AS id,
                           row_number() OVER (ORDER BY remote_actor) AS n
                      FROM follower
                     WHERE actor = owner.id AND remote_actor > above
                     ORDER BY remote_actor
                     LIMIT 51) AS w
              JOIN remote_actor AS r ON r.id = w.id) AS f;

    RETURN render_page(uri, query, 'OrderedCollection', last::text,
                       coalesce(items, '[]'));
END
$$;


-- Fifty at a time, the oldest first: their ids and nothing of what they say.
-- Whoever wants to know asks where it can be known.  Of whom a new rule shuts
-- out nothing is on a page, although it may not be hidden yet.

CREATE OR REPLACE FUNCTION render_reactions(post uuid, name text, uri text,
    query text)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    above  bigint := page_above(query);
    late   boolean;
    items  json;
    last   bigint;
BEGIN
    IF query = '' THEN
        RETURN render_root(uri, 'Collection', tally_of(name || ' ' || post));
    END IF;

    IF above IS NULL
       OR (above > 0 AND NOT EXISTS (SELECT FROM reaction AS r
                                      WHERE r.id = above AND r.object = post
                                        AND r.kind = name))
    THEN
        RETURN NULL;
    END IF;

    late := EXISTS (SELECT FROM review);

    SELECT INTO items, last
           json_agg(f.item ORDER BY f.id)
               FILTER (WHERE CASE WHEN f.n > 50 OR f.item = '' THEN false
                                  WHEN late THEN NOT is_shut_out(uri, f.actor)
                                  ELSE true
                             END),
           CASE WHEN count(*) > 50 THEN (array_agg(f.id ORDER BY f.id))[50] END
      FROM (SELECT r.id, r.item, r.actor,
                   row_number() OVER (ORDER BY r.id) AS n
              FROM reaction AS r
             WHERE r.object = post AND r.kind = name AND r.id > above
               AND NOT r.hidden AND NOT r.waits
             ORDER BY r.id
             LIMIT 51) AS f;

    RETURN render_page(uri, query, 'Collection', last::text,
                       coalesce(items, '[]'));
END
$$;


-- Nobody of ours follows anybody; that nobody may read an inbox is told by
-- an empty one.  What is not known to have changed at a certain time is not
-- dated; neither is what anybody may hide and show again.

CREATE OR REPLACE FUNCTION document_of_collection(owner actor, name text,
    query text)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    id      text := owner.uri || '/' || name;
    result  text;
BEGIN
    IF name = 'outbox' AND NOT owner.instance THEN
        result := render_outbox(owner.id, id, query);

    ELSIF name = 'followers' THEN
        result := render_followers(owner, id, query);

    ELSIF query = '' AND name = 'featured' AND NOT owner.instance THEN
        result := render_featured(owner.id, id);

    ELSIF query = '' AND name IN ('inbox', 'outbox', 'following') THEN
        result := render_collection(id, 0, '[]');
    END IF;

    IF result IS NOT NULL THEN
        RETURN QUERY
        SELECT 200, 'collection', id, '',
               CASE WHEN owner.instance THEN '' ELSE owner.name END,
               CASE WHEN name IN ('inbox', 'following') OR owner.instance
                        THEN epoch(owner.created)
                    WHEN name = 'followers' AND NOT hides_followers(owner)
                        THEN epoch(coalesce(
                                 tally_changed('followers ' || owner.id),
                                 owner.created))
                    ELSE 0
               END,
               result;
    END IF;
END
$$;


-- What others did to a post.  Of a deleted one: not there.

DROP FUNCTION IF EXISTS document_of_reactions(actor, uuid, text);

CREATE OR REPLACE FUNCTION document_of_reactions(owner actor, object_id uuid,
    name text, query text)
    RETURNS TABLE (status int, kind text, uri text, url text, actor text,
                   updated bigint, body text)
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    id      text := object_uri(owner.uri, object_id) || '/' || name;
    made    timestamptz;
    result  text;
BEGIN
    SELECT p.published INTO made FROM object AS p
     WHERE p.id = object_id AND p.actor = owner.id AND p.deleted IS NULL;

    IF FOUND AND name IN ('replies', 'likes', 'shares') THEN
        result := render_reactions(object_id, name, id, query);
    END IF;

    IF result IS NOT NULL THEN
        RETURN QUERY
        SELECT 200, 'collection', id, '', owner.name,
               epoch(coalesce(tally_changed(name || ' ' || object_id), made)),
               result;
    END IF;
END
$$;
