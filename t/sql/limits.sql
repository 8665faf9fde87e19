-- What is larger than other servers take is refused, by the byte, and
-- nothing of it stays; what many have together is served in parts.

\i sql/setup.psql

SELECT plan(25);

SELECT pg_temp.found_acme() \g /dev/null

-- as large as it is delivered

CREATE FUNCTION pg_temp.size(post text, type text DEFAULT 'Create')
RETURNS int LANGUAGE sql AS $$
    SELECT octet_length(v.document) FROM activitypub.activity AS v
     WHERE v.object = activitypub.find_object(post) AND v.type = size.type
     ORDER BY v.id DESC LIMIT 1
$$;

CREATE FUNCTION pg_temp.rows() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', (SELECT count(*) FROM activitypub.object),
                     (SELECT count(*) FROM activitypub.activity),
                     (SELECT count(*) FROM activitypub.twin),
                     (SELECT count(*) FROM activitypub.fanout),
                     (SELECT md5(string_agg(o::text, '' ORDER BY id))
                        FROM activitypub.object AS o))
$$;

CREATE FUNCTION pg_temp.post(url text, type text, letter text, n int)
RETURNS text LANGUAGE sql AS $$
    SELECT activitypub.publish('news', url, 'T',
        CASE WHEN type = 'article' THEN repeat(letter, n) ELSE 'x' END,
        excerpt => CASE WHEN type = 'note' THEN repeat(letter, n) ELSE 'x' END,
        object_type => type)
$$;

-- how much room is there beside one letter

SELECT pg_temp.post('/posts/aa', 'article', 'x', 1),
       pg_temp.post('/posts/nn', 'note', 'x', 1) \g /dev/null
SELECT 61440 - pg_temp.size('/posts/aa') + 1 AS article,
       61440 - pg_temp.size('/posts/nn') + 1 AS note \gset

SELECT lives_ok(format('SELECT pg_temp.post(''/posts/a1'', ''article'', ''x'','
                       ' %s)', :article), 'an article of just so many bytes');
SELECT is(pg_temp.size('/posts/a1'), 61440, 'which are 60 KiB');
SELECT lives_ok(format('SELECT pg_temp.post(''/posts/n1'', ''note'', ''x'','
                       ' %s)', :note), 'a note of just so many');
SELECT is(pg_temp.size('/posts/n1'), 61440, 'which are 60 KiB, too');

SELECT pg_temp.rows() AS before \gset

SELECT is(pg_temp.try(format('SELECT pg_temp.post(''/posts/zz'', %L, %L, %s)',
                             type, letter, n)), answer,
          format('a %s of %s %s', type, n, letter))
  FROM (VALUES
    ('article', 'x', :article + 1, '54000 the post is 61441 bytes long as an '
     'activity and may have 61440: shorten it, or publish it as a note'),
    ('note', 'x', :note + 1, '54000 the post is 61441 bytes long as an '
     'activity and may have 61440: shorten its title or its excerpt'),
    ('article', '"', :article, '54000 the post is ' || 61440 + :article
     || ' bytes long as an activity and may have 61440: shorten it, or '
     'publish it as a note'),
    ('article', 'ü', :article, '54000 the post is ' || 61440 + :article
     || ' bytes long as an activity and may have 61440: shorten it, or '
     'publish it as a note')
  ) AS row (type, letter, n, answer);

SELECT is(pg_temp.rows(), :'before', 'nothing of these is there');
SELECT is(pg_temp.try(format('SELECT activitypub.preview(''news'', '
    '''/posts/zz'', ''T'', repeat(''x'', %s), ''x'', '
    'object_type => ''article'')', :article + 1)), '54000 the post is 61441 '
    'bytes long as an activity and may have 61440: shorten it, or publish it '
    'as a note', 'a preview says the same');
SELECT alike(pg_temp.try(format('SELECT activitypub.publish(''news'', '
    '''/posts/zz'', ''T'', repeat(''x'', %s), language => ''en'', '
    'object_type => ''article'')', :article / 2)), '54000 %',
    'a content in a language stands there twice');

-- an edit, which has a date more

SELECT activitypub.update_post('/posts/aa', content => 'y') \g /dev/null
SELECT 61440 - pg_temp.size('/posts/aa', 'Update') + 1 AS edit \gset
SELECT pg_temp.rows() AS before \gset

SELECT is(pg_temp.try(format('SELECT activitypub.update_post(''/posts/aa'', '
    'content => repeat(''x'', %s))', :edit + 1)), '54000 the post is 61441 '
    'bytes long as an activity and may have 61440: shorten it, or publish it '
    'as a note', 'an edit of a byte too many');
SELECT is(pg_temp.rows(), :'before', 'leaves everything');
SELECT lives_ok(format('SELECT activitypub.update_post(''/posts/aa'', '
    'content => repeat(''x'', %s))', :edit), 'one of all bytes');
SELECT is(pg_temp.size('/posts/aa', 'Update'), 61440, 'is 60 KiB');
SELECT cmp_ok((SELECT octet_length(d.body)
                 FROM pg_temp.at(pg_temp.path(u.uri)) AS d), '<=', 61440,
    'and the Create that is served is not longer')
  FROM (SELECT activitypub.activity_uri('https://acme.example/activitypub/news',
                                        v.id)
          FROM activitypub.activity AS v
         WHERE v.object = activitypub.find_object('/posts/aa')
           AND v.type = 'Create') AS u (uri);

-- a title alone, and a warning

SELECT is(left(pg_temp.try(format('SELECT activitypub.publish(''news'', '
    '''/posts/zz'', %s, ''x'', content_warning => %s)', title, warning)), 5),
    '54000', 'a title or a warning is a part of it')
  FROM (VALUES ('repeat(''x'', 61440)', '''x'''),
               ('''x''', 'repeat(''x'', 61440)')) AS row (title, warning);

-- twenty five large ones are served in pieces

SELECT pg_temp.post('/large/' || n, CASE WHEN n % 2 = 0 THEN 'note'
                                         ELSE 'article' END, 'x', 60000)
  FROM generate_series(1, 25) AS n \g /dev/null

CREATE FUNCTION pg_temp.walk() RETURNS TABLE (number int, body jsonb)
LANGUAGE sql AS $$
    WITH RECURSIVE page (number, body) AS (
        SELECT 1, pg_temp.body('/activitypub/news/outbox', 'page')
        UNION ALL
        SELECT number + 1,
               pg_temp.body('/activitypub/news/outbox',
                            split_part(body ->> 'next', '?', 2))
          FROM page WHERE body ? 'next'
    )
    SELECT number, body FROM page
$$;

SELECT is((SELECT array_agg(jsonb_array_length(w.body -> 'orderedItems')
                            ORDER BY w.number)
             FROM pg_temp.walk() AS w), '{4,4,4,4,4,4,5}',
    'an outbox of large posts: four a page, and a small one');
SELECT is((SELECT count(DISTINCT i #>> '{object,id}')
             FROM pg_temp.walk() AS w,
                  jsonb_array_elements(w.body -> 'orderedItems') AS i),
    29::bigint, 'each is there');
SELECT cmp_ok((SELECT max(octet_length(d.body)) FROM pg_temp.walk() AS w,
                 pg_temp.at('/activitypub/news/outbox',
                     split_part(w.body ->> 'id', '?', 2)) AS d),
    '<=', 257 * 1024, 'no page is larger than that');

SELECT activitypub.pin_post('/large/' || n)
  FROM generate_series(1, 20) AS n \g /dev/null

CREATE TEMP TABLE featured AS
    SELECT d.body, d.body::jsonb -> 'orderedItems' AS items
      FROM pg_temp.at('/activitypub/news/featured') AS d;

SELECT is((SELECT jsonb_array_length(items) FROM featured), 20,
    'twenty large ones are featured');
SELECT is((SELECT string_agg(jsonb_typeof(i), ' ' ORDER BY n)
             FROM featured, jsonb_array_elements(items)
                  WITH ORDINALITY AS e (i, n)),
    'object string object string object string object' || repeat(' string', 13),
    'notes as long as they fit, articles by their ids');
SELECT cmp_ok((SELECT octet_length(body) FROM featured), '<=', 257 * 1024,
    'in one piece of limited size');
SELECT is((SELECT count(*) FROM featured, jsonb_array_elements(items) AS i,
                  pg_temp.at(pg_temp.path(coalesce(i ->> 'id', i #>> '{}')))
            WHERE status = 200 AND kind = 'object'), 20::bigint,
    'all of which are there');

SELECT * FROM finish();

ROLLBACK;
