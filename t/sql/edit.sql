-- update_post(), delete_post(), pin_post().

\i sql/setup.psql

SELECT plan(59);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/posts/1', 'One', '<p>Text</p>') AS one
    \gset
SELECT pg_temp.path(:'one') AS path \gset
SELECT right(:'one', 36) AS uuid \gset

CREATE TEMP TABLE created AS
    SELECT v.id, v.document FROM activitypub.activity AS v;
DELETE FROM notified;

-- nothing new

SELECT activitypub.update_post(:'one') \g /dev/null
SELECT activitypub.update_post(:'one', title => 'One', content => 'Text',
    excerpt => '', content_warning => '', language => '',
    url => 'https://acme.example/posts/1') \g /dev/null

SELECT is((SELECT count(*) FROM activitypub.activity), 1::bigint,
    'a change that changes nothing is no Update');
SELECT is((SELECT count(*) FROM notified), 0::bigint, 'nor a notification');
SELECT is((SELECT updated FROM activitypub.posts), NULL,
    'and the post was never edited');

-- each member, by each name of the post

SELECT is(pg_temp.try(format('SELECT activitypub.update_post(%L, %s)',
                             name, change)), 'ok', change)
  FROM (VALUES (:'one', 'title => ''First'''),
               (:'uuid', 'content => ''More text'''),
               (upper(:'uuid'), 'excerpt => ''Teaser'''),
               ('https://acme.example/posts/1', 'content_warning => ''CW'''),
               ('/posts/1', 'language => ''en'''))
    AS row (name, change);

SELECT results_eq(
    $$SELECT v.type, v.listed, f.cursor FROM activitypub.activity AS v
        JOIN activitypub.fanout AS f ON f.activity = v.id
       WHERE v.type <> 'Create'$$,
    $$SELECT 'Update', false, 0::bigint FROM generate_series(1, 5)$$,
    'each made an Update that goes out');
SELECT is((SELECT count(DISTINCT published) FROM activitypub.activity
            WHERE type = 'Update'), 5::bigint,
    'each is later than the last by a second at least');
SELECT cmp_ok((SELECT updated FROM activitypub.posts), '>',
    (SELECT published FROM activitypub.posts), 'updated is after published');
SELECT is(pg_temp.body('/posts/1') - '{@context,id,published,updated,to,cc,'
              'replies,likes,shares,tag,attachment,attributedTo}'::text[],
    jsonb_build_object('type', 'Note', 'summary', 'CW', 'sensitive', true,
        'url', 'https://acme.example/posts/1', 'content', html,
        'contentMap', jsonb_build_object('en', html)),
    'the post reads as it was edited')
  FROM (VALUES ('<p>First</p><p>Teaser</p><p><a href="https://acme.example/'
                'posts/1">https://acme.example/posts/1</a></p>')) AS c (html);
SELECT is(pg_temp.told(), '/activitypub/news/ID /activitypub/news/activities/ID'
    ' /activitypub/news/outbox /posts/1', 'what changed is notified');
SELECT is((SELECT v.document::jsonb -> 'object' FROM activitypub.activity AS v
            ORDER BY v.id DESC LIMIT 1), pg_temp.body('/posts/1') - '@context',
    'an Update embeds the post');
SELECT is(d.body::jsonb -> 'object', pg_temp.body('/posts/1') - '@context',
    'the Create is served with the post as it is')
  FROM created AS c, pg_temp.at('/activitypub/news/activities/' || c.id) AS d;
SELECT is((SELECT v.document FROM activitypub.activity AS v
             JOIN created AS c ON c.id = v.id),
    (SELECT c.document FROM created AS c),
    'but delivered as it was: a retry has the same bytes');

-- back to what is made from the rest

SELECT activitypub.update_post(:'one', excerpt => '', content_warning => '',
    language => '') \g /dev/null
SELECT is((pg_temp.body('/posts/1') ->> 'content') || (pg_temp.body('/posts/1')
              ? 'summary')::text || (pg_temp.body('/posts/1')
              ? 'contentMap')::text,
    '<p>First</p><p>More text</p><p><a href="https://acme.example/posts/1">'
    'https://acme.example/posts/1</a></p>falsefalse', 'empty clears');

-- what an edit may not do

SELECT alike(pg_temp.try(format('SELECT activitypub.update_post(%L, %s)',
                                name, change)), error,
    'refused: ' || name || ' ' || change)
  FROM (VALUES
    ('/posts/1', 'title => '''', content => ''''', '22023 a post needs%'),
    ('/posts/1', 'language => ''!''', '22023 "!" is not%'),
    ('/posts/1', 'url => ''/activitypub/x''', '22023 url "/activ%'),
    ('/posts/1', 'url => ''/''', '23505 url "https://acme.example/" is%'),
    ('/posts/1', 'excerpt => repeat(''x'', 61440)', '54000 the post is%'),
    ('/posts/2', 'title => ''x''', 'P0002 there is no post "/posts/2"'),
    ('/', 'title => ''x''', 'P0002 there is no post "/"'),
    ('gone', 'title => ''x''', 'P0002 there is no post "gone"'),
    ('https://acme.example/activitypub/other/' || :'uuid', 'title => ''x''',
     'P0002 there is no post%'),
    (gen_random_uuid()::text, 'title => ''x''', 'P0002 there is no post%')
  ) AS row (name, change, error);

SELECT is(pg_temp.body('/posts/1') ->> 'url', 'https://acme.example/posts/1',
    'what was refused changed nothing');

-- the page moves

SELECT activitypub.update_post('/posts/1', url => '/posts/caf%C3%A9')
    \g /dev/null

SELECT is(pg_temp.told(), '/activitypub/news/ID /activitypub/news/activities/ID'
    ' /activitypub/news/outbox /posts/1 /posts/café',
    'both pages are notified');
SELECT is_empty('SELECT * FROM pg_temp.at(''/posts/1'')', 'nothing at the old');
SELECT is((SELECT d.url FROM pg_temp.at('/posts/café') AS d),
    'https://acme.example/posts/caf%C3%A9', 'the post at the new one');
SELECT activitypub.update_post(:'one', url => '/posts/1') \g /dev/null

-- pins

SELECT activitypub.publish('news', '/posts/2', 'Two', 'Text') AS two \gset
DELETE FROM notified;

SELECT activitypub.pin_post(:'one') \g /dev/null
SELECT activitypub.pin_post('/posts/2') \g /dev/null

SELECT is(pg_temp.told(), '/activitypub/news/featured', 'a pin is notified');
SELECT is((SELECT array_agg(i ->> 'id') FROM jsonb_array_elements(
               pg_temp.body('/activitypub/news/featured') -> 'orderedItems')
               AS i), ARRAY[:'two', :'one'], 'featured, the latest first');
SELECT is(pg_temp.body('/activitypub/news/featured') #> '{orderedItems,0}',
    pg_temp.body('/posts/2') - '@context', 'as whole posts');
SELECT is(pg_temp.body('/activitypub/news/featured') ->> 'totalItems', '2',
    'and counted');
SELECT is((SELECT v.document::jsonb - '{@context,id,published}'::text[]
             FROM activitypub.activity AS v WHERE v.object = right(:'two', 36)::
             uuid AND v.type = 'Add'),
    jsonb_build_object('type', 'Add', 'object', :'two',
        'actor', 'https://acme.example/activitypub/news',
        'target', 'https://acme.example/activitypub/news/featured',
        'to', '["https://www.w3.org/ns/activitystreams#Public"]'::jsonb,
        'cc', '["https://acme.example/activitypub/news/followers"]'::jsonb),
    'an Add tells of it');

SELECT activitypub.pin_post(:'two') \g /dev/null
SELECT activitypub.pin_post(:'one', false) \g /dev/null
SELECT activitypub.pin_post(:'one', false) \g /dev/null

SELECT results_eq(
    $$SELECT v.type, count(f.activity) FROM activitypub.activity AS v
        LEFT JOIN activitypub.fanout AS f ON f.activity = v.id
       WHERE v.type IN ('Add', 'Remove') GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('Add', 2::bigint), ('Remove', 1)$$,
    'only what changes is told, and goes out');
SELECT is((SELECT pinned FROM activitypub.posts WHERE id = :'two'), true,
    'the view says what is pinned');

SELECT activitypub.update_post(:'two', title => 'Second') \g /dev/null
SELECT alike(pg_temp.told(), '%/activitypub/news/featured%',
    'an edit of a pinned post changes featured');

SELECT activitypub.pin_post(activitypub.publish('news', '/many/' || n, 'N',
                                                'C'))
  FROM generate_series(1, 19) AS n \g /dev/null
SELECT alike(pg_temp.try(format('SELECT activitypub.pin_post(%L)', :'one')),
    '54000 news@acme.example has 20 pinned posts%', 'there is a limit');

-- delete

SELECT activitypub.delete_post(:'two') \g /dev/null

SELECT is(pg_temp.told(), '/activitypub/news/ID /activitypub/news/ID/likes'
    ' /activitypub/news/ID/replies /activitypub/news/ID/shares'
    ' /activitypub/news/activities/ID /activitypub/news/featured'
    ' /activitypub/news/outbox /posts/2', 'a delete is notified');
SELECT is((SELECT d.status || ' ' || d.kind FROM pg_temp.at(place) AS d),
    '410 object', 'gone: ' || place)
  FROM unnest(ARRAY[pg_temp.path(:'two'), '/posts/2']) AS place;
SELECT is((SELECT regexp_replace(replace(d.body, :'two', 'ID'),
                                 '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', 'TIME')
             FROM pg_temp.at('/posts/2') AS d),
    '{"@context":["https://www.w3.org/ns/activitystreams"],"id":"ID",'
    '"type":"Tombstone","formerType":"Note","deleted":"TIME"}', 'a Tombstone');
SELECT is((SELECT v.document::jsonb -> 'object'
             FROM activitypub.activity AS v
             JOIN activitypub.fanout AS f ON f.activity = v.id
            WHERE v.type = 'Delete'), pg_temp.body('/posts/2') - '@context',
    'a Delete with the Tombstone goes out');
SELECT set_eq(format($$
    SELECT d.status, d.body::jsonb ->> 'type' AS type,
           d.body::jsonb ->> 'formerType' AS former
      FROM activitypub.activity AS v,
           pg_temp.at('/activitypub/news/activities/' || v.id) AS d
     WHERE v.object = %L AND v.type IN ('Create', 'Update')$$,
                     right(:'two', 36)),
    $$VALUES (410, 'Tombstone', 'Create'), (410, 'Tombstone', 'Update')$$,
    'what embedded it is gone as well');
SELECT is_empty(format('SELECT * FROM pg_temp.at(%L)',
                       pg_temp.path(:'two') || '/replies'),
    'so are its collections');
SELECT is((SELECT o.title || o.content || o.excerpt FROM activitypub.object AS o
            WHERE o.id = right(:'two', 36)::uuid), '', 'its text is forgotten');
SELECT is((pg_temp.body('/activitypub/news/featured') -> 'totalItems')::int, 19,
    'it is not featured any more');
SELECT is((SELECT gone FROM activitypub.twins(0, 1000) WHERE path = '/posts/2'),
    true, 'its page is known to be gone');
SELECT is((SELECT deleted IS NOT NULL AND title = '' FROM activitypub.posts
            WHERE id = :'two'), true, 'the view says so');
SELECT alike(pg_temp.try(format(call, name)), 'P0002 post "%" is deleted', call)
  FROM unnest(ARRAY['SELECT activitypub.delete_post(%L)',
                    'SELECT activitypub.update_post(%L, title => ''x'')',
                    'SELECT activitypub.pin_post(%L)']) AS call,
       (VALUES (:'two')) AS post (name);

-- again at the same page

SELECT activitypub.publish('news', '/posts/2', 'Again', 'Text') AS again \gset
SELECT isnt(:'again'::text, :'two', 'published again, it has a new id');
SELECT is((SELECT d.uri FROM pg_temp.at('/posts/2') AS d), :'again',
    'the page is the new post''s');
SELECT is((SELECT gone FROM activitypub.twins(0, 1000) WHERE path = '/posts/2'),
    false, 'and not gone');
SELECT is((SELECT d.status FROM pg_temp.at(pg_temp.path(:'two')) AS d), 410,
    'the old id stays gone');

-- nobody hears of what is not declared

SELECT pg_temp.declare('one', pg_temp.acme('[]')) \g /dev/null
SELECT activitypub.update_post('/posts/2', title => 'Silent') \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.activity AS v
            WHERE NOT EXISTS (SELECT FROM activitypub.fanout AS f
                               WHERE f.activity = v.id)), 1::bigint,
    'an edit for an actor that is not configured does not go out');

SELECT * FROM finish();

ROLLBACK;
