-- The end of an actor: what answers 410, who is told, what is never given to
-- anybody again.

\i sql/setup.psql

SELECT plan(62);

\set news 'https://acme.example/activitypub/news'

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news(), '{"username": "blog"}'::jsonb))) \g /dev/null
SELECT pg_temp.key('https://acme.example/activitypub/' || name)
  FROM unnest(ARRAY['news', 'blog', 'actor']) AS name \g /dev/null

-- three servers: one follows, one followed and was sent a post, one follows
-- and has a post on its way; others follow the other actor

SELECT pg_temp.meet('https://' || host || '.example/a')
  FROM unnest(ARRAY['one', 'two', 'three', 'four']) AS host \g /dev/null
SELECT pg_temp.follow('https://one.example/a') \g /dev/null
SELECT pg_temp.follow('https://two.example/a') \g /dev/null
SELECT pg_temp.follow('https://four.example/a',
    object => 'https://acme.example/activitypub/blog') \g /dev/null
SELECT pg_temp.deliver() \g /dev/null
SELECT activitypub.publish('news', '/fish', 'Fish', 'Secret') AS fish \gset
SELECT activitypub.publish('blog', '/blog', 'Blog', 'Text') AS blog \gset
SELECT activitypub.pin_post(:'fish') \g /dev/null
SELECT pg_temp.expand() \g /dev/null
SELECT pg_temp.deliver() \g /dev/null
SELECT pg_temp.hear('https://two.example/a', 'https://two.example/undo',
    'Undo', 'https://two.example/a/follow', 'Follow', :'news') \g /dev/null
SELECT pg_temp.follow('https://three.example/a') \g /dev/null
SELECT activitypub.publish('news', '/late', 'Late', 'Text') AS late \gset
SELECT pg_temp.expand() \g /dev/null
SELECT activitypub.publish('news', '/later', 'Later', 'Text') AS later \gset
SELECT v.id AS create FROM activitypub.activity AS v
 WHERE v.object = right(:'fish', 36)::uuid AND v.type = 'Create' \gset
SELECT v.id AS add FROM activitypub.activity AS v
 WHERE v.object = right(:'fish', 36)::uuid AND v.type = 'Add' \gset

-- a delivery that a worker holds just now

CREATE TEMP TABLE held AS SELECT * FROM activitypub.delivery_claim(1);

DELETE FROM notified;

SELECT is(pg_temp.try('SELECT activitypub.actor_delete(''news'')'), 'ok',
    'an actor is deleted');

-- what answers

SELECT results_eq('SELECT status, kind, uri, url FROM '
    'pg_temp.at(''/activitypub/news'')',
    format('SELECT 410, ''actor'', %L, ''''', :'news'), 'its id: 410');
SELECT is(pg_temp.body('/activitypub/news') - 'deleted',
    '{"@context": ["https://www.w3.org/ns/activitystreams"],
      "id": "https://acme.example/activitypub/news", "type": "Tombstone",
      "formerType": "Organization"}'::jsonb, 'a Tombstone');
SELECT ok(pg_temp.body('/activitypub/news') ? 'deleted', 'with its time');
SELECT is((SELECT status FROM pg_temp.at(pg_temp.path(:'fish'))), 410,
    'a post: 410');
SELECT is(pg_temp.body(pg_temp.path(:'fish')) ->> 'type', 'Tombstone',
    'a Tombstone as well');
SELECT is((SELECT status FROM pg_temp.at('/activitypub/news/activities/'
    || :'create')), 410, 'its Create: 410');
SELECT is((SELECT status FROM pg_temp.at('/activitypub/news/activities/'
    || :'add')), 410, 'whatever it did: 410');
SELECT is_empty(format('SELECT * FROM pg_temp.at(%L)', path), path)
  FROM unnest(ARRAY['/', '/fish', '/activitypub/news/outbox',
                    '/activitypub/news/followers',
                    '/activitypub/news/following', '/activitypub/news/inbox',
                    '/activitypub/news/featured']) AS path;
SELECT is_empty(format('SELECT * FROM pg_temp.at(%L)',
    pg_temp.path(:'fish') || '/replies'), 'replies of its posts: nothing');
SELECT is((SELECT string_agg(title || content, '') FROM activitypub.object
            WHERE deleted IS NOT NULL), '', 'texts are forgotten');
SELECT results_eq('SELECT name, page, gone FROM activitypub.actors(0, 9)',
    $$VALUES ('news', '', true)$$, 'the set has it, as gone');
SELECT is((SELECT array_agg(a.name || a.gone) FROM notified,
                  activitypub.actors_at(keys) AS a), ARRAY['newstrue'],
    'and is told');
SELECT set_has('SELECT k ->> 1 FROM notified, jsonb_array_elements(keys) AS k',
    format($$VALUES ('/activitypub/news'), ('/'), ('/fish'), (%L), (%L),
           ('/activitypub/news/outbox'), ('/activitypub/news/activities/%s')$$,
           pg_temp.path(:'fish'), pg_temp.path(:'fish') || '/likes', :'create'),
    'every URL of it is notified');
SELECT is((SELECT status FROM pg_temp.at(pg_temp.path(:'blog'))), 200,
    'another actor is as before');

-- the Delete

SELECT v.id AS farewell, v.document AS body FROM activitypub.activity AS v
 WHERE v.type = 'Delete' \gset
SELECT is(:'body'::jsonb - 'published' - '@context', jsonb_build_object(
    'id', :'news' || '/activities/' || :'farewell', 'type', 'Delete',
    'actor', :'news', 'object', :'news',
    'to', '["https://www.w3.org/ns/activitystreams#Public"]'::jsonb,
    'cc', jsonb_build_array(:'news' || '/followers')), 'a Delete of itself');
SELECT is((SELECT status FROM pg_temp.at('/activitypub/news/activities/'
    || :'farewell')), 200, 'that can be fetched');
SELECT is((SELECT count(*) FROM activitypub.fanout), 1::bigint,
    'nothing else is to be told');
SELECT results_eq('SELECT id FROM activitypub.delivery',
    'SELECT id FROM held', 'what was waiting is dropped, what is sent is not');
SELECT is_empty('SELECT * FROM activitypub.followers WHERE actor LIKE ''news%''',
    'nobody follows it');

SELECT is(pg_temp.expand(1), 3::bigint, 'it goes to three');
SELECT results_eq(format('SELECT inbox COLLATE "default"
                           FROM activitypub.delivery
                          WHERE activity = %L ORDER BY 1', :'farewell'),
    $$VALUES ('https://one.example/inbox'), ('https://three.example/inbox'),
             ('https://two.example/inbox')$$,
    'to followers, and to who was sent a post and left');
SELECT is_empty('SELECT s.* FROM activitypub.sent AS s
                   LEFT JOIN activitypub.object AS p ON p.id = s.object
                   LEFT JOIN activitypub.actor AS a ON a.id = p.actor
                  WHERE a.name IS DISTINCT FROM ''blog''',
    'who it went to is not remembered');

SELECT ok((SELECT private_pem IS NOT NULL
             FROM activitypub.signing_key(:'news')), 'its key is there');
SELECT pg_temp.settle(id, claim) FROM held \g /dev/null
CREATE TEMP TABLE last AS SELECT * FROM activitypub.delivery_claim(64);
SELECT results_eq('SELECT DISTINCT actor, key_id FROM last',
    format('SELECT %L, %L', :'news', :'news' || '#main-key'),
    'they are signed with it');
SELECT pg_temp.settle(id, claim) FROM last WHERE host <> 'two.example'
    \g /dev/null
SELECT pg_temp.settle(id, claim, 'retry', 503) FROM last
 WHERE host = 'two.example' \g /dev/null
SELECT is(count(*), 1::bigint, 'it is kept while one of them waits')
  FROM activitypub.signing_key(:'news');
SELECT pg_temp.later('9 days') \g /dev/null
SELECT pg_temp.settle(d.id, d.claim, 'retry', 503)
  FROM activitypub.delivery_claim(64) AS d \g /dev/null
SELECT is((SELECT array_agg(state) FROM activitypub.delivery), ARRAY['dead'],
    'which is given up');
SELECT is_empty(format('SELECT * FROM activitypub.signing_key(%L)', :'news'),
    'then it is forgotten');

-- what nobody can sign any more: the farewell, and what came back late

SELECT is(activitypub.delivery_retry(), 0, 'it is not tried again');
SELECT is(activitypub.delivery_retry(id => (SELECT id
    FROM activitypub.delivery)), 0, 'nor by its number');
SELECT is((SELECT array_agg(state) FROM activitypub.delivery), ARRAY['dead'],
    'it stays as it is');
INSERT INTO activitypub.delivery (activity, actor, lane, host, inbox, claim,
                                  attempts, next_at)
SELECT gen_random_uuid(), a.id, gen_random_uuid(), 'one.example',
       'https://one.example/late', gen_random_uuid(), 1, now()
  FROM activitypub.actor AS a WHERE a.name = 'news';
SELECT pg_temp.settle(id, claim, 'retry') FROM activitypub.delivery
 WHERE inbox = 'https://one.example/late' \g /dev/null
SELECT is((SELECT state FROM activitypub.delivery
            WHERE inbox = 'https://one.example/late'), 'dead',
    'what comes back late is given up at once');
SELECT is_empty('SELECT * FROM activitypub.delivery_claim(64)',
    'nothing is left to try');
SELECT is(count(*), 1::bigint, 'others keep theirs')
  FROM activitypub.signing_key('https://acme.example/activitypub/blog');

-- nobody can be that again

SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
              pg_temp.news(), '{"username": "blog"}'::jsonb))),
    'ok https://acme.example, deleted ' || :'news',
    'a configuration that names it is told, and the others are declared');
SELECT is((SELECT d.detail FROM activitypub.declare('one', pg_temp.acme(
        jsonb_build_array(pg_temp.news()))) AS d WHERE d.verdict = 'deleted'),
    'actor "news@acme.example" was deleted and answers 410: it cannot be '
    'configured again', 'in a sentence');
SELECT is((SELECT status FROM pg_temp.at('/activitypub/news')), 410,
    'it stays gone');
SELECT is_empty('SELECT * FROM pg_temp.at(''/'')', 'and has no page');
SELECT is(pg_temp.declare('one', pg_temp.acme('[{"username": "blog"}]')),
    'ok https://acme.example', 'who is deleted has not vanished');
SELECT is(pg_temp.try($$SELECT activitypub.actor_add('news')$$),
    '23505 news@acme.example is deleted, and nobody can have that name again',
    'nor is it added');
SELECT pg_temp.declare('one', pg_temp.acme('[]', '{
    "origin": "https://b.example", "host": "b.example"}')) \g /dev/null
SELECT is(pg_temp.try($$SELECT activitypub.actor_add('news', '{}',
    'b.example')$$),
    '23505 news@acme.example is deleted, and nobody can have that name again',
    'nor its handle elsewhere');
SELECT is(pg_temp.declare('one', pg_temp.acme('[{"username": "news"}]', '{
    "origin": "https://b.example", "host": "b.example"}')),
    'conflict https://b.example/activitypub/news', 'also not by configuration');

-- what it cannot do any more

SELECT is(pg_temp.try(statement), error, statement)
  FROM (VALUES
    ($$SELECT activitypub.actor_delete('news')$$,
     'P0002 actor news@acme.example is deleted'),
    ($$SELECT activitypub.actor_edit('news', '{"name": "x"}')$$,
     'P0002 actor news@acme.example is deleted'),
    ($$SELECT activitypub.publish('news', '/x', 'T', 'C')$$,
     'P0002 actor news@acme.example is deleted'),
    ($$SELECT activitypub.update_post('https://acme.example/x')$$,
     'P0002 there is no post "https://acme.example/x"'),
    ($$SELECT activitypub.actor_delete('nobody')$$,
     'P0002 there is no actor "nobody"'),
    ($$SELECT activitypub.actor_delete('https://acme.example/activitypub/actor')
     $$, 'P0002 there is no actor "https://acme.example/activitypub/actor"')
  ) AS row (statement, error);
SELECT is(pg_temp.follow('https://four.example/a'), 'ignored',
    'nobody follows it');
SELECT is(pg_temp.try($$SELECT activitypub.publish('blog', '/fish', 'New',
    'Text')$$), 'ok', 'its pages are free');

-- an actor of the database, whom nobody knows

SELECT pg_temp.expand() \g /dev/null
SELECT activitypub.actor_add('ann', '{"url": "/ann", "section": "/a/"}',
    'acme.example') \g /dev/null
SELECT activitypub.actor_delete('ann') \g /dev/null
SELECT results_eq('SELECT name FROM activitypub.actors(0, 9) ORDER BY 1',
    $$VALUES ('ann'), ('news')$$, 'goes the same way');
SELECT is(pg_temp.expand(), 0::bigint, 'and tells nobody');
SELECT is_empty('SELECT * FROM activitypub.actor WHERE farewell IS NOT NULL',
    'at once');
SELECT is(pg_temp.key('https://acme.example/activitypub/ann'), false,
    'it gets no key any more');
SELECT is_empty('SELECT * FROM activitypub.section', 'its section is free');
SELECT is((SELECT state FROM activitypub.actors WHERE name = 'ann'),
    'deleted', 'the view says so');

SELECT * FROM finish();

ROLLBACK;
