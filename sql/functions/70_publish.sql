-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What a CMS calls: posts, from their first word to their Tombstone.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Misskey takes 64 KiB and no more; an activity is held a little below.

CREATE OR REPLACE FUNCTION document_limit()
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN 60 * 1024;


CREATE OR REPLACE FUNCTION check_post(post object)
    RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    problem  text;
BEGIN
    problem := CASE
        WHEN post.title = '' AND post.content = ''
            THEN 'a post needs a title or a content'
        WHEN post.language <> ''
             AND (post.language !~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'
                  OR length(post.language) > 35)
            THEN format('"%s" is not a language tag like "en" or "pt-BR"',
                        post.language)
        WHEN NOT isfinite(post.published) OR post.published < '0001-01-01Z'
            THEN 'the time of publication is not a time of our era'
        WHEN post.published > clock_timestamp() + interval '1 day'
            THEN format('the time of publication, %s, is in the future',
                        to_char(post.published AT TIME ZONE 'UTC',
                                'YYYY-MM-DD HH24:MI "UTC"'))
    END;

    IF problem IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = problem;
    END IF;
END
$$;


-- The document of a post, if its activity stays deliverable.

CREATE OR REPLACE FUNCTION render_checked(post object, actor_uri text)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  text := render_object(post, actor_uri);
    size    int;
BEGIN
    size := octet_length(render_activity(
                activity_uri(actor_uri, post.id), 'Create', actor_uri,
                post.published, embed(result), NULL, object_context()));

    IF size > document_limit() THEN
        RAISE EXCEPTION USING
            ERRCODE = '54000',
            MESSAGE = format('the post is %s bytes long as an activity and '
                             'may have %s: shorten %s', size,
                             document_limit(),
                             CASE post.type
                                 WHEN 'Article'
                                     THEN 'it, or publish it as a note'
                                 ELSE 'its title or its excerpt'
                             END);
    END IF;

    RETURN result;
END
$$;


-- A page that can be published: on the actor's origin, outside of what the
-- module answers itself.

CREATE OR REPLACE FUNCTION check_page(home origin, wanted text)
    RETURNS page
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    origin   text;
    place    page;
    problem  text;
BEGIN
    SELECT p.problem, p.origin, p.url, p.path, p.query
      INTO problem, origin, place.url, place.path, place.query
      FROM parse_page(coalesce(wanted, ''), home.url) AS p;

    IF problem IS NULL THEN
        problem := CASE
            WHEN origin <> home.url
                THEN format('is not on the actor''s origin %s', home.url)
            WHEN starts_with(place.path, home.prefix)
                 OR place.path LIKE '/.well-known/%'
                THEN 'is not a page: the module answers there itself'
        END;
    END IF;

    IF problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('url "%s" %s', left(wanted, 200), problem);
    END IF;

    RETURN place;
END
$$;


-- Complains when a page is an actor's, or a living post's other than "mine".

CREATE OR REPLACE FUNCTION check_page_free(origin_id int, place page,
    mine uuid)
    RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    holder  record;
BEGIN
    SELECT INTO holder a.handle, a.uri, t.object
      FROM twin AS t
      JOIN actor AS a ON a.id = t.actor
     WHERE t.origin = origin_id AND t.path = place.path
       AND t.query = place.query AND NOT t.gone
       AND (t.object = mine) IS NOT TRUE;

    IF FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = '23505',
            MESSAGE = format(CASE WHEN holder.object IS NULL
                THEN 'url "%s" is the profile page of %s'
                ELSE 'url "%s" is already published by %s as %s'
                END, place.url, holder.handle,
                object_uri(holder.uri, holder.object));
    END IF;
END
$$;


-- Two who publish one page at the same time meet here: the second one waits
-- for the first, and is refused.

CREATE OR REPLACE FUNCTION claim_page(origin_id int, place page,
    post object)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    INSERT INTO twin AS t (origin, path, query, actor, object)
    VALUES (origin_id, place.path, place.query, post.actor, post.id)
    ON CONFLICT (origin, path, query) DO UPDATE
       SET actor = excluded.actor, object = excluded.object, gone = false
     WHERE t.gone;

    IF NOT FOUND THEN
        PERFORM check_page_free(origin_id, place, post.id);

        -- it is held by a transaction that this one cannot see

        RAISE EXCEPTION USING
            ERRCODE = '23505',
            MESSAGE = format('url "%s" is already published', place.url);
    END IF;
END
$$;


-- Every URL whose bytes come from a post.

CREATE OR REPLACE FUNCTION keys_of_post(object_id uuid)
    RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = activitypub, pg_temp
AS $$
    WITH post AS (
        SELECT p.id, o.url, a.id AS actor,
               substr(a.uri, length(o.url) + 1) AS path
          FROM object AS p
          JOIN actor AS a ON a.id = p.actor
          JOIN origin AS o ON o.id = a.origin
         WHERE p.id = object_id
    ), key (path, query) AS (
        SELECT object_uri(post.path, post.id), '' FROM post
        UNION ALL
        SELECT t.path, t.query FROM post JOIN twin AS t ON t.object = post.id
        UNION ALL
        SELECT post.path || '/outbox', '' FROM post
        UNION ALL
        SELECT post.path || '/featured', ''
          FROM post JOIN pin AS n ON n.object = post.id
        UNION ALL
        SELECT activity_uri(post.path, v.id), ''
          FROM post JOIN activity AS v ON v.object = post.id
         WHERE v.type IN ('Create', 'Update')
    )
    SELECT jsonb_agg(jsonb_build_array(post.url, key.path, key.query))
      FROM post, key
$$;


-- A post as publish() would make it, with its document; nothing is written.

CREATE OR REPLACE FUNCTION compose(author actor, place page, title text,
    content text, excerpt text, content_warning text, language text,
    published timestamptz, object_type text)
    RETURNS object
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    post  object;
BEGIN
    post.type := CASE lower(coalesce(nullif(object_type, ''), 'note')
                            COLLATE "C")
                     WHEN 'note' THEN 'Note'
                     WHEN 'article' THEN 'Article'
                 END;

    IF post.type IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = '22023',
            MESSAGE = format('object type "%s" is neither note nor article',
                             object_type);
    END IF;

    post.id := uuid7();
    post.actor := author.id;
    post.url := place.url;
    post.title := one_line(coalesce(title, ''));
    post.content := btrim(coalesce(content, ''), E' \t\r\n');
    post.excerpt := btrim(coalesce(excerpt, ''), E' \t\r\n');
    post.content_warning := one_line(coalesce(content_warning, ''));
    post.language := coalesce(nullif(language, ''),
                              author.declaration ->> 'language', '');
    post.published := date_trunc('second',
                                 coalesce(published, clock_timestamp()));

    PERFORM check_post(post);

    post.document := render_checked(post, author.uri);
    post.changed := clock_timestamp();

    RETURN post;
END
$$;


CREATE OR REPLACE FUNCTION publish(actor text, url text, title text,
    content text, excerpt text DEFAULT NULL,
    content_warning text DEFAULT NULL, language text DEFAULT NULL,
    published timestamptz DEFAULT NULL, object_type text DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    author  actor := choose_actor(publish.actor, publish.url);
    home    origin;
    place   page;
    post    object;
BEGIN
    -- who is being deleted is waited for, and then is not there

    PERFORM FROM actor AS a WHERE a.id = author.id FOR KEY SHARE;

    IF NOT is_declared(author.id) THEN
        SELECT a.* INTO author FROM actor AS a WHERE a.id = author.id;

        RAISE EXCEPTION USING
            ERRCODE = 'P0002',
            MESSAGE = format(CASE WHEN author.deleted IS NOT NULL
                THEN 'actor %s is deleted'
                ELSE 'actor %s is not configured any more'
                END, author.handle);
    END IF;

    SELECT o.* INTO home FROM origin AS o WHERE o.id = author.origin;
    place := check_page(home, publish.url);

    post := compose(author, place, publish.title, publish.content,
                    publish.excerpt, publish.content_warning,
                    publish.language, publish.published,
                    publish.object_type);

    INSERT INTO object SELECT post.*;

    PERFORM claim_page(home.id, place, post);
    PERFORM announce(author.id, 'Create', post.id, post.published,
                     embed(post.document), NULL, object_context());
    PERFORM notify_changed(keys_of_post(post.id));

    RETURN object_uri(author.uri, post.id);
END
$$;


CREATE OR REPLACE FUNCTION preview(actor text, url text, title text,
    content text, excerpt text DEFAULT NULL,
    content_warning text DEFAULT NULL, language text DEFAULT NULL,
    published timestamptz DEFAULT NULL, object_type text DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    author  actor := choose_actor(preview.actor, preview.url);
    home    origin;
    place   page;
    post    object;
BEGIN
    SELECT o.* INTO home FROM origin AS o WHERE o.id = author.origin;
    place := check_page(home, preview.url);

    PERFORM check_page_free(home.id, place, NULL);

    post := compose(author, place, preview.title, preview.content,
                    preview.excerpt, preview.content_warning,
                    preview.language, preview.published,
                    preview.object_type);

    RETURN post.document;
END
$$;
