-- What document() answers where, and where it has nothing to say.

\i sql/setup.psql

SELECT plan(50);

SELECT pg_temp.found_acme() \g /dev/null
SELECT pg_temp.declare('two', pg_temp.acme('[{"username": "blog"}]'))
    \g /dev/null
SELECT activitypub.publish('news', '/posts/1?a=b', 'One', 'Text') AS post
    \gset
SELECT pg_temp.path(:'post') AS path \gset
SELECT id AS activity FROM activitypub.activity \gset

SELECT is((SELECT concat_ws(' ', status, kind, uri, url, actor)
             FROM pg_temp.at(place.path, place.query)),
          answer, 'at ' || place.path || '?' || place.query)
  FROM (VALUES
    ('/activitypub/news', '', '200 actor https://acme.example/activitypub/news'
        ' https://acme.example/ news'),
    ('/', '', '200 actor https://acme.example/activitypub/news'
        ' https://acme.example/ news'),
    ('/activitypub/actor', '', '200 actor'
        ' https://acme.example/activitypub/actor https://acme.example/ '),
    (:'path', '', '200 object ' || :'post'
        || ' https://acme.example/posts/1?a=b news'),
    ('/posts/1', 'a=b', '200 object ' || :'post'
        || ' https://acme.example/posts/1?a=b news'),
    ('/activitypub/news/activities/' || :'activity', '', '200 activity'
        ' https://acme.example/activitypub/news/activities/' || :'activity'
        || '  news'),
    (:'path' || '/replies', '', '200 collection ' || :'post'
        || '/replies  news'),
    (:'path' || '/likes', '', '200 collection ' || :'post' || '/likes  news'),
    (:'path' || '/shares', '', '200 collection ' || :'post' || '/shares  news'),
    ('/activitypub/news/outbox', 'page', '200 collection'
        ' https://acme.example/activitypub/news/outbox  news')
  ) AS place (path, query, answer);

SELECT is(pg_temp.body(:'path' || '/likes'),
    jsonb_build_object('@context', '["https://www.w3.org/ns/activitystreams"]'::
                       jsonb, 'id', :'post' || '/likes', 'type', 'Collection',
                       'totalItems', 0, 'items', '[]'::jsonb),
    'a post''s collections are empty for now');

SELECT is((SELECT body FROM pg_temp.at(:'path')),
    (SELECT body FROM pg_temp.at('/posts/1', 'a=b')),
    'a post reads the same at its id and at its page');
SELECT is((SELECT body FROM pg_temp.at('/activitypub/news')),
    (SELECT body FROM pg_temp.at('/')), 'and so does an actor');
SELECT is((SELECT body FROM pg_temp.at('/activitypub/news/activities/'
                                       || :'activity')),
    (SELECT document FROM activitypub.activity),
    'an activity is served as it is delivered');

SELECT cmp_ok(d.updated, '>=', extract(epoch FROM now())::bigint - 1,
    'updated is a time: ' || path)
  FROM unnest(ARRAY['/', :'path', '/activitypub/news/followers']) AS path,
       pg_temp.at(path) AS d;

UPDATE activitypub.object SET changed = '2030-01-02 03:04:05.6Z';
UPDATE activitypub.actor SET changed = '2031-01-02 03:04:05.6Z';

SELECT is((SELECT d.updated FROM pg_temp.at(path) AS d), epoch::bigint,
          'updated when it changed: ' || path)
  FROM (VALUES (:'path', 1893553445), ('/', 1925089445),
               ('/activitypub/news/activities/' || :'activity', 1893553445))
    AS row (path, epoch);

-- nothing

SELECT is_empty(format('SELECT * FROM pg_temp.at(%L, %L)', path, query),
                'nothing at ' || path || '?' || query)
  FROM (VALUES
    ('/activitypub/', ''), ('/activitypub/nobody', ''),
    ('/activitypub/news/', ''), ('/activitypub//news', ''),
    ('/activitypub/NEWS', ''), ('/activitypub/news', 'a=b'),
    ('/activitypub/news/nothing', ''), ('/activitypub/news/outbox/', ''),
    ('/activitypub/news/outbox', 'page=2'),
    ('/activitypub/news/outbox', 'page='),
    ('/activitypub/news/outbox', 'page=01890000-0000-7000-9000-000000000001'),
    ('/activitypub/blog/outbox', 'page=' || :'activity'),
    ('/activitypub/news/inbox', 'page'),
    ('/activitypub/inbox', 'page'), ('/activitypub/inbox/', ''),
    ('/activitypub/actor/featured', ''),
    ('/activitypub/actor/' || right(:'path', 36), ''),
    ('/activitypub/news/activities/' || right(:'path', 36), ''),
    ('/activitypub/blog/activities/' || :'activity', ''),
    ('/activitypub/blog/' || right(:'path', 36), ''),
    ('/activitypub/news/' || :'activity', ''),
    ('/activitypub/news/' || upper(right(:'path', 36)), ''),
    (:'path' || '/dislikes', ''), (:'path' || '/replies/', ''),
    ('/activitypub/news/' || :'activity' || '/replies', ''),
    ('/posts/1', ''), ('/posts/1', 'a=c'), ('', ''), ('/nothing', '')
  ) AS place (path, query);

SELECT is_empty('SELECT * FROM activitypub.document('
                '''https://other.example'', ''/'', '''')',
    'nothing of an origin that nobody declared');

SELECT * FROM finish();

ROLLBACK;
