-- The outbox, page by page.

\i sql/setup.psql

SELECT plan(14);

SELECT pg_temp.found_acme() \g /dev/null

SELECT is(pg_temp.body('/activitypub/news/outbox', 'page') - '@context',
    '{"id": "https://acme.example/activitypub/news/outbox?page",
      "type": "OrderedCollectionPage", "orderedItems": [],
      "partOf": "https://acme.example/activitypub/news/outbox"}',
    'an empty outbox has an empty page');

SELECT activitypub.publish('news', '/posts/' || n, 'Post ' || n, 'Text')
  FROM generate_series(1, 45) AS n \g /dev/null


-- all pages, followed as a reader follows them

CREATE FUNCTION pg_temp.walk() RETURNS TABLE (number int, id text, items jsonb)
LANGUAGE sql AS $$
    WITH RECURSIVE page (number, body) AS (
        SELECT 1, pg_temp.body('/activitypub/news/outbox', 'page')
        UNION ALL
        SELECT number + 1,
               pg_temp.body('/activitypub/news/outbox',
                            split_part(body ->> 'next', '?', 2))
          FROM page WHERE body ? 'next'
    )
    SELECT number, body ->> 'id', body -> 'orderedItems' FROM page
$$;

CREATE FUNCTION pg_temp.pages() RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(regexp_replace(i #>> '{object,url}', '.*/', '')
                     ORDER BY w.number, i.n)
      FROM pg_temp.walk() AS w,
           jsonb_array_elements(w.items) WITH ORDINALITY AS i (i, n)
$$;

SELECT is((SELECT array_agg(jsonb_array_length(w.items) ORDER BY w.number)
             FROM pg_temp.walk() AS w), ARRAY[20, 20, 5], 'twenty a page');
SELECT is(pg_temp.pages(), (SELECT array_agg(n::text ORDER BY n DESC)
                              FROM generate_series(1, 45) AS n),
    'the newest first, each once');
SELECT is(pg_temp.body('/activitypub/news/outbox') - '@context',
    '{"id": "https://acme.example/activitypub/news/outbox",
      "type": "OrderedCollection", "totalItems": 45,
      "first": "https://acme.example/activitypub/news/outbox?page"}',
    'the total and the first page');
SELECT is_empty($$
    SELECT i FROM pg_temp.walk() AS w, jsonb_array_elements(w.items) AS i
     WHERE i ? '@context' OR i -> 'object' ? '@context'
        OR i ->> 'type' <> 'Create' OR i #>> '{object,type}' <> 'Note'$$,
    'whole Creates with their notes');
SELECT is_empty($$
    SELECT i FROM pg_temp.walk() AS w, jsonb_array_elements(w.items) AS i
     WHERE i <> (SELECT d.body::jsonb - '@context'
                   FROM pg_temp.at(pg_temp.path(i ->> 'id')) AS d)$$,
    'as each is at its own id');
SELECT is_empty($$
    SELECT w.id FROM pg_temp.walk() AS w
     WHERE w.id NOT LIKE 'https://acme.example/activitypub/news/outbox?page%'$$,
    'each page knows its id');

CREATE TEMP TABLE second AS
    SELECT split_part(pg_temp.body('/activitypub/news/outbox', 'page')
                          ->> 'next', '?', 2) AS query;
CREATE TEMP TABLE was AS
    SELECT d.body FROM second, pg_temp.at('/activitypub/news/outbox', query)
           AS d;

SELECT activitypub.publish('news', '/posts/46', 'Post 46', 'Text') \g /dev/null

SELECT is((SELECT d.body FROM second,
                  pg_temp.at('/activitypub/news/outbox', query) AS d),
    (SELECT body FROM was), 'a new post moves no older page');
SELECT is((pg_temp.pages())[1], '46', 'and is the first');

SELECT activitypub.delete_post('/posts/46') \g /dev/null
SELECT activitypub.delete_post('/posts/30') \g /dev/null

SELECT is(pg_temp.pages(), (SELECT array_agg(n::text ORDER BY n DESC)
                              FROM generate_series(1, 45) AS n WHERE n <> 30),
    'deleted posts are not in it');
SELECT is(pg_temp.body('/activitypub/news/outbox') ->> 'totalItems', '44',
    'nor counted');

SELECT activitypub.update_post('/posts/45', title => 'Edited') \g /dev/null
SELECT activitypub.pin_post('/posts/45') \g /dev/null

SELECT is(pg_temp.body('/activitypub/news/outbox') ->> 'totalItems', '44',
    'an edit and a pin are not counted');
SELECT alike(pg_temp.body('/activitypub/news/outbox', 'page')
              #>> '{orderedItems,0,object,content}', '<p>Edited</p>%',
    'an edited post reads as edited');

-- the page that is exactly full has no next one

SELECT activitypub.delete_post('/posts/' || n)
  FROM generate_series(1, 24) AS n \g /dev/null

SELECT ok(NOT pg_temp.body('/activitypub/news/outbox', 'page') ? 'next',
    'twenty posts are one page');

SELECT * FROM finish();

ROLLBACK;
