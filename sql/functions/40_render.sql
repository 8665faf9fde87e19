-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Every ActivityPub document is put together here.  json keeps the order of
-- the members, json_strip_nulls() drops those that are not set and the white
-- space: the same rows always make the same bytes.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- To be raised when actors look different from now on: declare() renders
-- every actor again, once for each node, and tells what became different.

CREATE OR REPLACE FUNCTION render_version()
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN 2;


CREATE OR REPLACE FUNCTION public_audience()
    RETURNS text
    LANGUAGE sql IMMUTABLE
RETURN 'https://www.w3.org/ns/activitystreams#Public';


CREATE OR REPLACE FUNCTION plain_context()
    RETURNS json
    LANGUAGE sql IMMUTABLE
RETURN '["https://www.w3.org/ns/activitystreams"]'::json;


CREATE OR REPLACE FUNCTION object_context()
    RETURNS json
    LANGUAGE sql IMMUTABLE
RETURN '["https://www.w3.org/ns/activitystreams",
         {"sensitive": "as:sensitive", "Hashtag": "as:Hashtag"}]'::json;


-- "webfinger" is FEP-2c59's term, defined here as its own context does:
-- nobody has to fetch that one.

CREATE OR REPLACE FUNCTION actor_context()
    RETURNS json
    LANGUAGE sql IMMUTABLE
RETURN '["https://www.w3.org/ns/activitystreams",
         "https://w3id.org/security/v1",
         {"manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
          "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
          "toot": "http://joinmastodon.org/ns#",
          "featured": {"@id": "toot:featured", "@type": "@id"},
          "discoverable": "toot:discoverable",
          "indexable": "toot:indexable",
          "attributionDomains": {"@id": "toot:attributionDomains",
                                 "@container": "@set"},
          "schema": "http://schema.org#",
          "PropertyValue": "schema:PropertyValue",
          "value": "schema:value",
          "wf": "https://purl.archive.org/socialweb/webfinger#",
          "webfinger": "wf:webfinger"}]'::json;


-- A document as a part of another one: without the context.  Every document
-- made here begins with that, and "id" comes next; a context has "@id" only.

CREATE OR REPLACE FUNCTION embed(document text)
    RETURNS json
    LANGUAGE sql IMMUTABLE STRICT
RETURN ('{' || substr(document, strpos(document, '"id":')))::json;


-- A link whose text is the URL, letter by letter, for Mastodon verifies no
-- other; a class that it knows hides the scheme.

CREATE OR REPLACE FUNCTION render_profile_link(url text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT SET search_path = activitypub, pg_temp
RETURN format('<a href="%s" rel="me nofollow noopener" target="_blank">'
              '<span class="invisible">%s</span>%s</a>',
              escape_html(url), substring(url FROM '^https?://'),
              escape_html(regexp_replace(url, '^https?://', '')));


-- Profile fields: a value that is a URL becomes a link.

CREATE OR REPLACE FUNCTION render_fields(fields jsonb)
    RETURNS json
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT coalesce(json_agg(json_build_object(
               'type', 'PropertyValue',
               'name', one_line(f.field ->> 'name'),
               'value', CASE WHEN v.value ~ '^https?://[^\s<>"]+$'
                             THEN render_profile_link(v.value)
                             ELSE escape_html(v.value)
                        END) ORDER BY f.n), '[]'::json)
      FROM jsonb_array_elements(coalesce(fields, '[]'))
           WITH ORDINALITY AS f (field, n),
           LATERAL (SELECT one_line(f.field ->> 'value')) AS v (value)
$$;


-- Whose pages may say that somebody here wrote them: Mastodon takes what is
-- below a name along with it.

CREATE OR REPLACE FUNCTION render_domains(home origin)
    RETURNS json
    LANGUAGE sql IMMUTABLE SET search_path = activitypub, pg_temp
RETURN CASE WHEN home.account_domain = home.host
            THEN json_build_array(home.host)
            ELSE json_build_array(home.host, home.account_domain)
       END;


CREATE OR REPLACE FUNCTION render_image(url text, media_type text)
    RETURNS json
    LANGUAGE sql STABLE
RETURN CASE WHEN url <> '' THEN json_build_object(
    'type', 'Image',
    'mediaType', nullif(media_type, ''),
    'url', url)
END;


CREATE OR REPLACE FUNCTION render_key(actor_uri text, pem text)
    RETURNS json
    LANGUAGE sql STABLE
RETURN json_build_object(
    'id', actor_uri || '#main-key',
    'owner', actor_uri,
    'publicKeyPem', pem);


-- NULL without a key: nobody can use an actor that signs nothing.

CREATE OR REPLACE FUNCTION render_actor(actor bigint)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT json_strip_nulls(json_build_object(
               '@context', actor_context(),
               'id', a.uri,
               'type', coalesce(a.declaration ->> 'type', 'Person'),
               'preferredUsername', a.name,
               'name', coalesce(nullif(one_line(a.declaration ->> 'name'), ''),
                                a.name),
               'summary', nullif(paragraphs(a.declaration ->> 'summary'), ''),
               'url', nullif(a.declaration ->> 'url', ''),
               'inbox', a.uri || '/inbox',
               'outbox', a.uri || '/outbox',
               'followers', a.uri || '/followers',
               'following', a.uri || '/following',
               'featured', a.uri || '/featured',
               'endpoints', json_build_object(
                   'sharedInbox', o.url || o.prefix || 'inbox'),
               'icon', render_image(a.declaration ->> 'icon',
                                    a.declaration ->> 'icon_type'),
               'image', render_image(a.declaration ->> 'image',
                                     a.declaration ->> 'image_type'),
               'published', iso_time(a.created),
               'manuallyApprovesFollowers', false,
               'discoverable',
                   coalesce((a.declaration -> 'discoverable')::boolean, true),
               'indexable',
                   coalesce((a.declaration -> 'indexable')::boolean, true),
               'attributionDomains', render_domains(o),
               'alsoKnownAs', a.declaration -> 'also_known_as',
               'attachment', render_fields(a.declaration -> 'fields'),
               'webfinger', a.handle,
               'publicKey', render_key(a.uri, k.public_pem)))::text
      FROM actor AS a
      JOIN origin AS o ON o.id = a.origin
      JOIN actor_key AS k ON k.actor = a.id
     WHERE a.id = $1 AND NOT a.instance
$$;


-- The instance actor signs what the whole origin asks of others.

CREATE OR REPLACE FUNCTION render_instance(actor bigint)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT json_strip_nulls(json_build_object(
               '@context', actor_context(),
               'id', a.uri,
               'type', 'Application',
               'preferredUsername', o.host,
               'name', o.host,
               'url', o.url || '/',
               'inbox', a.uri || '/inbox',
               'outbox', a.uri || '/outbox',
               'followers', a.uri || '/followers',
               'following', a.uri || '/following',
               'endpoints', json_build_object(
                   'sharedInbox', o.url || o.prefix || 'inbox'),
               'published', iso_time(a.created),
               'manuallyApprovesFollowers', true,
               'discoverable', false,
               'indexable', false,
               'publicKey', render_key(a.uri, k.public_pem)))::text
      FROM actor AS a
      JOIN origin AS o ON o.id = a.origin
      JOIN actor_key AS k ON k.actor = a.id
     WHERE a.id = $1 AND a.instance
$$;


-- A Note is title, teaser and link: with a name, a summary or a preview
-- Threads would refuse it.  An Article is the whole, under its own members.

CREATE OR REPLACE FUNCTION render_content(post object, teaser text)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT CASE
        WHEN post.type = 'Article' AND btrim(post.content, E' \t\r\n') <> ''
            THEN post.content
        ELSE paragraphs(post.title) || paragraphs(teaser)
             || format('<p><a href="%1$s">%1$s</a></p>', escape_html(post.url))
    END
$$;


CREATE OR REPLACE FUNCTION render_object(post object, actor_uri text)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    uri      text := object_uri(actor_uri, post.id);
    warning  text := nullif(post.content_warning, '');
    article  boolean := post.type = 'Article';
    teaser   text;
    html     text;
BEGIN
    teaser := coalesce(nullif(post.excerpt, ''), make_excerpt(post.content));
    html := render_content(post, teaser);

    RETURN json_strip_nulls(json_build_object(
        '@context', object_context(),
        'id', uri,
        'type', post.type,
        'attributedTo', actor_uri,
        'name', CASE WHEN article THEN nullif(post.title, '') END,
        'summary', coalesce(warning, CASE WHEN article
                                          THEN nullif(one_line(teaser), '')
                                     END),
        'sensitive', CASE WHEN warning IS NOT NULL THEN true END,
        'content', html,
        'contentMap', CASE WHEN post.language <> ''
                           THEN json_build_object(post.language, html)
                      END,
        'url', post.url,
        'published', iso_time(post.published),
        'updated', iso_time(post.updated),
        'to', json_build_array(public_audience()),
        'cc', json_build_array(actor_uri || '/followers'),
        'tag', json_build_array(),
        'attachment', json_build_array(),
        'replies', uri || '/replies',
        'likes', uri || '/likes',
        'shares', uri || '/shares'))::text;
END
$$;


-- Of an object, or of an activity whose object is gone.

CREATE OR REPLACE FUNCTION render_tombstone(uri text, former_type text,
    deleted timestamptz)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT json_strip_nulls(json_build_object(
               '@context', plain_context(),
               'id', uri,
               'type', 'Tombstone',
               'formerType', former_type,
               'deleted', iso_time(deleted)))::text
$$;


CREATE OR REPLACE FUNCTION render_activity(uri text, type text,
    actor_uri text, published timestamptz, object json, target text,
    context json)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT json_strip_nulls(json_build_object(
               '@context', context,
               'id', uri,
               'type', type,
               'actor', actor_uri,
               'published', iso_time(published),
               'to', json_build_array(public_audience()),
               'cc', json_build_array(actor_uri || '/followers'),
               'object', object,
               'target', target))::text
$$;


-- An activity as it is served: around what its post is today.

CREATE OR REPLACE FUNCTION serve_activity(activity activity, actor_uri text,
    post object)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT CASE
        WHEN post.id IS NULL OR activity.type NOT IN ('Create', 'Update')
            THEN activity.document
        WHEN post.deleted IS NOT NULL
            THEN render_tombstone(activity_uri(actor_uri, activity.id),
                                  activity.type, post.deleted)
        WHEN post.updated IS NULL
            THEN activity.document
        ELSE render_activity(activity_uri(actor_uri, activity.id),
                             activity.type, actor_uri, activity.published,
                             embed(post.document), NULL, object_context())
    END
$$;


-- A collection in one piece.  "items" of NULL: only the total is told.

CREATE OR REPLACE FUNCTION render_collection(uri text, total bigint,
    items json)
    RETURNS text
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    SELECT json_strip_nulls(json_build_object(
               '@context', object_context(),
               'id', uri,
               'type', 'OrderedCollection',
               'totalItems', total,
               'orderedItems', items))::text
$$;
