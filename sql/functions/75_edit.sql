-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What becomes of a post after it was published.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- The living post that "wanted" names, locked until the transaction ends; its
-- author before it, as actor_delete() does, which is waited for.

CREATE OR REPLACE FUNCTION lock_post(wanted text)
    RETURNS object
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    post_id  uuid := find_object(wanted);
    post     object;
BEGIN
    PERFORM FROM actor AS a
      WHERE a.id = (SELECT p.actor FROM object AS p WHERE p.id = post_id)
        FOR KEY SHARE;

    SELECT p.* INTO post FROM object AS p WHERE p.id = post_id FOR UPDATE;

    IF post.deleted IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'P0002',
            MESSAGE = format('post "%s" is deleted', wanted);
    END IF;

    RETURN post;
END
$$;


CREATE OR REPLACE FUNCTION move_page(origin_id int, place page, post object)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM FROM twin AS t
      WHERE t.object = post.id AND t.origin = origin_id
        AND t.path = place.path AND t.query = place.query;

    IF NOT FOUND THEN
        DELETE FROM twin AS t WHERE t.object = post.id;
        PERFORM claim_page(origin_id, place, post);
    END IF;
END
$$;


-- Stores an edited post.  When it reads differently it gets a new "updated",
-- later than the last by a second at least (receivers compare), and an
-- Update.

CREATE OR REPLACE FUNCTION revise(was object, post object, author actor)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM check_post(post);

    post.document := render_object(post, author.uri);

    IF post.document <> was.document THEN
        post.changed := clock_timestamp();
        post.updated := greatest(date_trunc('second', post.changed),
                                 coalesce(was.updated, was.published)
                                     + interval '1 second');
        post.document := render_checked(post, author.uri);
    END IF;

    UPDATE object AS p
       SET title = post.title, content = post.content,
           excerpt = post.excerpt, content_warning = post.content_warning,
           language = post.language, url = post.url, updated = post.updated,
           document = post.document, changed = post.changed
     WHERE p.id = post.id;

    IF post.document = was.document THEN
        RETURN false;
    END IF;

    PERFORM announce(author.id, 'Update', post.id, post.updated,
                     embed(post.document), NULL, object_context());
    RETURN true;
END
$$;


CREATE OR REPLACE FUNCTION update_post(object text, title text DEFAULT NULL,
    content text DEFAULT NULL, excerpt text DEFAULT NULL,
    content_warning text DEFAULT NULL, language text DEFAULT NULL,
    url text DEFAULT NULL)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    was     object := lock_post(update_post.object);
    post    object := was;
    keys    jsonb := keys_of_post(was.id);
    author  actor;
    home    origin;
    place   page;
BEGIN
    SELECT a.* INTO author FROM actor AS a WHERE a.id = was.actor;
    SELECT o.* INTO home FROM origin AS o WHERE o.id = author.origin;

    post.title := coalesce(one_line(update_post.title), was.title);
    post.content := coalesce(btrim(update_post.content, E' \t\r\n'),
                             was.content);
    post.excerpt := coalesce(btrim(update_post.excerpt, E' \t\r\n'),
                             was.excerpt);
    post.content_warning := coalesce(one_line(update_post.content_warning),
                                     was.content_warning);
    post.language := coalesce(update_post.language, was.language);

    IF update_post.url IS NOT NULL THEN
        place := check_page(home, update_post.url);

        IF place.url <> was.url THEN
            post.url := place.url;
            PERFORM move_page(home.id, place, post);
        END IF;
    END IF;

    IF revise(was, post, author) THEN
        PERFORM notify_changed(keys || keys_of_post(post.id));
    END IF;
END
$$;


CREATE OR REPLACE FUNCTION delete_post(object text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    post       object := lock_post(delete_post.object);
    keys       jsonb := keys_of_post(post.id);
    moment     timestamptz := clock_timestamp();
    author     actor;
    uri        text;
    tombstone  text;
BEGIN
    SELECT a.* INTO author FROM actor AS a WHERE a.id = post.actor;

    uri := object_uri(author.uri, post.id);
    tombstone := render_tombstone(uri, post.type, moment);

    UPDATE object AS p
       SET title = '', content = '', excerpt = '', content_warning = '',
           language = '', deleted = moment, changed = moment,
           document = tombstone
     WHERE p.id = post.id;

    DELETE FROM pin AS n WHERE n.object = post.id;
    UPDATE twin AS t SET gone = true WHERE t.object = post.id;
    UPDATE activity AS v SET listed = false
     WHERE v.object = post.id AND v.listed;

    PERFORM announce(author.id, 'Delete', post.id, moment, embed(tombstone),
                     NULL, plain_context());

    -- its collections are gone as well

    PERFORM notify_changed(keys || (
        SELECT jsonb_agg(jsonb_build_array(
                   o.url, substr(uri, length(o.url) + 1) || '/' || c.name, ''))
          FROM origin AS o, unnest('{replies,likes,shares}'::text[])
               AS c (name)
         WHERE o.id = author.origin));
END
$$;


-- As many as fit into a featured collection that every server reads.

CREATE OR REPLACE FUNCTION pin_limit()
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN 20;


CREATE OR REPLACE FUNCTION pin_post(object text, pinned boolean DEFAULT true)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    post      object := lock_post(pin_post.object);
    featured  text;
    base      text;
    author    actor;
BEGIN
    -- one pin of an actor at a time: the limit is exact; by a lock of its own,
    -- for a declaration wants the row, and has what others want next

    PERFORM pg_advisory_xact_lock(hashtext('activitypub.pin'),
                                  (post.actor % 2147483647)::int);

    SELECT a.* INTO author FROM actor AS a WHERE a.id = post.actor;

    IF coalesce(pin_post.pinned, true) THEN
        INSERT INTO pin (object, actor) VALUES (post.id, author.id)
        ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM pin AS n WHERE n.object = post.id;
    END IF;

    IF NOT FOUND THEN
        RETURN;
    END IF;

    IF (SELECT count(*) FROM pin AS n WHERE n.actor = author.id) > pin_limit()
    THEN
        RAISE EXCEPTION USING
            ERRCODE = '54000',
            MESSAGE = format('%s has %s pinned posts, more are not shown',
                             author.handle, pin_limit());
    END IF;

    featured := author.uri || '/featured';

    PERFORM announce(author.id,
                     CASE WHEN coalesce(pin_post.pinned, true) THEN 'Add'
                          ELSE 'Remove'
                     END,
                     post.id, clock_timestamp(),
                     to_json(object_uri(author.uri, post.id)), featured,
                     plain_context());

    SELECT o.url INTO base FROM origin AS o WHERE o.id = author.origin;

    PERFORM notify_changed(jsonb_build_array(jsonb_build_array(
                base, substr(featured, length(base) + 1), '')));
END
$$;
