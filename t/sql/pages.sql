-- Followers and reactions, page by page; what is counted; what is hidden.

\i sql/setup.psql

SELECT plan(40);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/posts/1', 'One', 'Text') AS post \gset
SELECT pg_temp.path(:'post') AS path \gset

-- a collection as a reader walks it

CREATE FUNCTION pg_temp.walk(path text)
RETURNS TABLE (number int, id text, items jsonb) LANGUAGE sql AS $$
    WITH RECURSIVE page (number, body) AS (
        SELECT 1, pg_temp.body(path, split_part(b ->> 'first', '?', 2))
          FROM pg_temp.body(path) AS root (b)
        UNION ALL
        SELECT number + 1,
               pg_temp.body(path, split_part(body ->> 'next', '?', 2))
          FROM page WHERE body ? 'next'
    )
    SELECT number, body ->> 'id',
           coalesce(body -> 'orderedItems', body -> 'items') FROM page
$$;

CREATE FUNCTION pg_temp.pages(path text) RETURNS int[] LANGUAGE sql AS $$
    SELECT array_agg(jsonb_array_length(w.items) ORDER BY w.number)
      FROM pg_temp.walk(path) AS w
$$;

CREATE FUNCTION pg_temp.all(path text) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(i ORDER BY w.number, e.n)
      FROM pg_temp.walk(path) AS w,
           jsonb_array_elements_text(w.items) WITH ORDINALITY AS e (i, n)
$$;

CREATE FUNCTION pg_temp.total(path text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.body(path) ->> 'totalItems'
$$;

CREATE FUNCTION pg_temp.name(n int) RETURNS text LANGUAGE sql AS $$
    SELECT format('https://s%s.example/u', n)
$$;

\set followers /activitypub/news/followers
\set news https://acme.example/activitypub/news

-- 120 of them

SELECT pg_temp.meet(pg_temp.name(n)), pg_temp.follow(pg_temp.name(n)),
       pg_temp.hear(pg_temp.name(n), pg_temp.name(n) || '/like', 'Like',
                    :'post')
  FROM generate_series(1, 120) AS n \g /dev/null

SELECT is(pg_temp.body(:'followers') - '@context',
    jsonb_build_object('id', :'news' || '/followers', 'type',
        'OrderedCollection', 'totalItems', 120, 'first',
        :'news' || '/followers?page'), 'followers: a total and a first page');
SELECT is(pg_temp.pages(:'followers'), '{50,50,20}', 'fifty a page');
SELECT is(pg_temp.all(:'followers'), (SELECT array_agg(pg_temp.name(n)
    ORDER BY n) FROM generate_series(1, 120) AS n), 'each once, in order');
SELECT is(pg_temp.body(:'followers', 'page') - 'orderedItems' - 'next'
          - '@context',
    jsonb_build_object('id', :'news' || '/followers?page', 'type',
        'OrderedCollectionPage', 'partOf', :'news' || '/followers'),
    'a page knows what it is of');
SELECT is_empty($$
    SELECT w.id FROM pg_temp.walk('/activitypub/news/followers') AS w
     WHERE w.id NOT LIKE '%/followers?page%'$$, 'and its own id');

SELECT is(pg_temp.pages(:'path' || '/likes'), '{50,50,20}',
    'likes: fifty a page, too');
SELECT is(pg_temp.all(:'path' || '/likes'), (SELECT array_agg(pg_temp.name(n)
    || '/like' ORDER BY n) FROM generate_series(1, 120) AS n),
    'likes: each once, in order');

-- those who come and go move no page

CREATE TEMP TABLE second AS
    SELECT split_part(pg_temp.body('/activitypub/news/followers', 'page')
                          ->> 'next', '?', 2) AS query;

SELECT pg_temp.hear(pg_temp.name(n), pg_temp.name(n) || '/undo', 'Undo', NULL,
                    'Follow', :'news')
  FROM unnest('{10,50}'::int[]) AS n \g /dev/null
SELECT pg_temp.meet(pg_temp.name(121)), pg_temp.follow(pg_temp.name(121))
    \g /dev/null

SELECT is(pg_temp.total(:'followers'), '119', 'two went, and one came');
SELECT is((SELECT pg_temp.body(:'followers', query) #>> '{orderedItems,0}'
             FROM second), pg_temp.name(51),
    'the second page is what it was, although its mark has left');
SELECT is(pg_temp.pages(:'followers'), '{50,50,19}', 'the pages are full');

-- neither does one that stands nowhere

UPDATE activitypub.reaction SET item = '' WHERE item LIKE '%/s7.example/%';
SELECT is(pg_temp.pages(:'path' || '/likes'), '{49,50,20}',
    'a Like without an id leaves room');
SELECT is(pg_temp.total(:'path' || '/likes'), '120', 'and is counted');

-- exactly one page, and one more

DELETE FROM activitypub.follower AS f USING activitypub.remote_actor AS r
 WHERE r.id = f.remote_actor
   AND r.uri NOT IN (SELECT pg_temp.name(n) FROM generate_series(60, 109) n);
SELECT is(pg_temp.pages(:'followers'), '{50}', 'a full page has no next one');
SELECT is(pg_temp.total(:'followers'), '50', 'fifty are counted');
SELECT pg_temp.follow(pg_temp.name(121), 'https://s121.example/again')
    \g /dev/null
SELECT is(pg_temp.pages(:'followers'), '{50,1}', 'one more has its page');

-- queries that name no page

SELECT (SELECT id FROM activitypub.reaction
         WHERE item LIKE '%/s9.example/%') AS mark \gset

SELECT is_empty(format('SELECT * FROM pg_temp.at(%L, %L)', place, query),
                'nothing at ' || place || '?' || query)
  FROM (VALUES
    (:'followers', 'page=0'), (:'followers', 'page=01'),
    (:'followers', 'page=-1'), (:'followers', 'page='),
    (:'followers', 'page=999999999999999999'), (:'followers', 'page=1e1'),
    (:'followers', 'page=9999999999999999999'), (:'followers', 'pages'),
    (:'path' || '/shares', 'page=' || :'mark'),
    (:'path' || '/likes', 'page=999999999'), (:'path' || '/likes', 'page=x'),
    ('/activitypub/actor/followers', 'page'),
    ('/activitypub/news/following', 'page'),
    ('/activitypub/news/featured', 'page'), (:'path', 'page')
  ) AS row (place, query);
SELECT isnt_empty(format('SELECT * FROM pg_temp.at(%L, %L)',
    :'path' || '/likes', 'page=' || :'mark'), 'where a like stands is one');

-- hidden

SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"hide_followers": true}')))),
    'ok https://acme.example', 'they are hidden from now on');
SELECT is(pg_temp.body(:'followers') - '@context',
    jsonb_build_object('id', :'news' || '/followers', 'type',
        'OrderedCollection', 'totalItems', 51), 'a total is left');
SELECT is_empty(format('SELECT * FROM pg_temp.at(%L, %L)', :'followers',
    query), 'but no page: ' || query)
  FROM (SELECT 'page' UNION ALL SELECT query FROM second) AS row (query);
SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"hide_followers": false}')))),
    'ok https://acme.example', 'they are shown again');
SELECT is(pg_temp.pages(:'followers'), '{50,1}', 'page by page');

-- a session that is no more has counted, too

SELECT is((SELECT count(*) FROM activitypub.tally
            WHERE subject LIKE 'followers %'), 1::bigint, 'one has counted');
UPDATE activitypub.tally SET slot = -slot;
SELECT pg_temp.follow(pg_temp.name(n), pg_temp.name(n) || '/again')
  FROM generate_series(1, 2) AS n
    \g /dev/null
SELECT is(pg_temp.total(:'followers'), '53', 'its part is not lost');
SELECT is((SELECT count(*) FROM activitypub.tally
            WHERE subject LIKE 'followers %'), 1::bigint, 'nor its slot left');

SELECT * FROM finish();

ROLLBACK;
