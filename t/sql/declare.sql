-- Declarations: what is written, pinned, refused, reported.

\i sql/setup.psql

SELECT plan(66);

\set news 'https://acme.example/activitypub/news'
\set root 'https://acme.example/activitypub/actor'

-- the first time

SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
              pg_temp.news()))),
    'ok https://acme.example, keyless ' || :'root' || ', keyless ' || :'news',
    'the first declaration: taken, and both need keys');
SELECT is(pg_temp.told(), '/', 'its page has a twin from now on');
SELECT results_eq($$SELECT name, instance, handle FROM activitypub.actor
                     ORDER BY name$$,
    $$VALUES ('actor', true, 'acme.example@acme.example'),
             ('news', false, 'news@acme.example')$$,
    'the actor and the instance actor are there');
SELECT results_eq('SELECT status, body FROM pg_temp.at(''/activitypub/news'')',
    'SELECT 503, ''''', 'without a key: 503');
SELECT results_eq('SELECT status, uri FROM pg_temp.at(''/'')',
    format('SELECT 503, %L', :'news'), 'also at its page');

-- keys

SELECT is(pg_temp.key(:'news', 'FIRST'), true, 'a key is set');
SELECT is(pg_temp.told(), '/ /activitypub/news', 'the actor has bytes now');
SELECT is(pg_temp.key(:'news', 'SECOND'), false, 'a second one is not');
SELECT alike(pg_temp.body('/activitypub/news') #>> '{publicKey,publicKeyPem}',
    '%FIRST%', 'the first one stays');
SELECT is(pg_temp.key(:'root'), true, 'the instance actor gets one');
SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
              pg_temp.news()))),
    'ok https://acme.example', 'nothing is keyless now');
SELECT is((SELECT count(*) FROM activitypub.activity), 0::bigint,
    'a first rendering is nobody''s news');
SELECT alike(pg_temp.try($$SELECT pg_temp.key('https://acme.example/nobody')$$),
    'P0002 there is no actor "https://acme.example/nobody"',
    'a key of nobody''s');
SELECT alike(pg_temp.try($$SELECT activitypub.actor_key_set('x', 'y', 'z')$$),
    '22023 a key is%', 'what is not a key');

-- a change: one Update, whichever node comes first

DELETE FROM notified;

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "New Name"}')))) \g /dev/null

SELECT is(pg_temp.told(), '/ /activitypub/news', 'a change is notified');
SELECT is(pg_temp.body('/') ->> 'name', 'New Name', 'and served');
SELECT results_eq($$SELECT v.type, v.listed, f.cursor
                      FROM activitypub.activity AS v
                      JOIN activitypub.fanout AS f ON f.activity = v.id$$,
    $$VALUES ('Update', false, 0::bigint)$$, 'one Update goes out');
SELECT is((SELECT v.document::jsonb #> '{object}'
             FROM activitypub.activity AS v),
    pg_temp.body('/') - '@context', 'it embeds the actor');
SELECT is((SELECT v.document::jsonb -> '@context'
             FROM activitypub.activity AS v),
    pg_temp.body('/') -> '@context', 'with the actor''s context');

DELETE FROM notified;

SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "New Name"}')))) \g /dev/null
SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "New Name"}')))) \g /dev/null

SELECT is((SELECT count(*) FROM activitypub.activity), 1::bigint,
    'the second node says the same: no second Update');
SELECT is((SELECT count(*) FROM notified), 0::bigint, 'and no notification');

-- two nodes with different files

SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other"}')))) \g /dev/null
SELECT is(pg_temp.body('/') ->> 'name', 'Other', 'the other node changes it');

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "New Name"}')))) \g /dev/null
SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other"}')))) \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.activity), 2::bigint,
    'reloads with different files do not overwrite each other');

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other"}')))) \g /dev/null
SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "New Name"}')))) \g /dev/null
SELECT is(pg_temp.body('/') ->> 'name', 'New Name',
    'a node that comes back to what it said says it anew');

SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Third"}')))) \g /dev/null
SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other"}')))) \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.activity), 5::bigint,
    'each change is an Update');

-- what changes no byte

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other", "nothing": 1}')))) \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.activity), 5::bigint,
    'a declaration that reads the same makes no Update');

-- what all actors look like is new: the last word stays, whoever repeats

SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Last"}')))) \g /dev/null
CREATE OR REPLACE FUNCTION activitypub.render_version()
RETURNS int LANGUAGE sql IMMUTABLE RETURN 1001;
SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other", "nothing": 1}')))) \g /dev/null
SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Last"}')))) \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.activity), 6::bigint,
    'the same bytes by a newer version: no Update');
SELECT is((SELECT count(*) FROM activitypub.declaration
            WHERE hash LIKE '1001:%'), 4::bigint, 'of either node');

UPDATE activitypub.actor SET document = document || ' ' WHERE name = 'news';
CREATE OR REPLACE FUNCTION activitypub.render_version()
RETURNS int LANGUAGE sql IMMUTABLE RETURN 1002;
SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other", "nothing": 1}')))) \g /dev/null
SELECT pg_temp.declare('two', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Last"}')))) \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.activity), 7::bigint,
    'others: one');
SELECT is(pg_temp.body('/') ->> 'name', 'Last', 'of what was said last');

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other"}')))) \g /dev/null

-- the profile page moves

DELETE FROM notified;

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"name": "Other", "url": "https://acme.example/about?a=b",
                   "path": "/about", "query": "a=b"}')))) \g /dev/null
SELECT is(pg_temp.told(), '/ /about?a=b /activitypub/news',
    'both pages and the actor are notified');
SELECT is_empty('SELECT * FROM pg_temp.at(''/'')', 'the old page has no twin');
SELECT results_eq('SELECT uri, url FROM pg_temp.at(''/about'', ''a=b'')',
    format('SELECT %L, ''https://acme.example/about?a=b''', :'news'),
    'the new one has');

-- an actor is not configured any more

SELECT is(pg_temp.declare('one', pg_temp.acme('[{"username": "blog"}]')),
    'ok https://acme.example, vanished ' || :'news' || ', keyless '
    || 'https://acme.example/activitypub/blog', 'who vanished is reported');
SELECT is((SELECT status FROM pg_temp.at('/activitypub/news')), 200,
    'the database keeps the actor, C answers 404');
SELECT ok((SELECT declared FROM activitypub.actors WHERE name = 'news'),
    'another node still declares it');

SELECT pg_temp.declare('two', pg_temp.acme('[{"username": "blog"}]'))
    \g /dev/null
SELECT ok(NOT (SELECT declared FROM activitypub.actors WHERE name = 'news'),
    'until that one does not either');
SELECT alike(pg_temp.try(
        $$SELECT activitypub.publish('news', '/x', 'T', 'C')$$),
    'P0002 actor news@acme.example is not configured any more',
    'nobody publishes as an actor that answers 404');
SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
              pg_temp.news(), '{"username": "blog"}'::jsonb))),
    'ok https://acme.example, keyless https://acme.example/activitypub/blog',
    'it comes back with its key');

-- profile pages change hands

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"url": "https://acme.example/b", "path": "/b"}'),
    '{"username": "blog", "path": "/", "query": ""}'::jsonb))) \g /dev/null
SELECT results_eq($$SELECT path, actor FROM activitypub.twins(0, 10)
                     ORDER BY path$$,
    $$VALUES ('/', 'blog'), ('/b', 'news')$$, 'a page goes to another actor');

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news(), '{"username": "blog", "path": "/b", "query": ""}'::jsonb)))
    \g /dev/null
SELECT results_eq($$SELECT path, actor FROM activitypub.twins(0, 10)
                     ORDER BY path$$,
    $$VALUES ('/', 'news'), ('/b', 'blog')$$, 'two actors swap their pages');

-- the configuration takes a page from a post

SELECT activitypub.publish('news', '/about', 'About', 'us') AS about \gset

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news(),
    '{"username": "blog", "path": "/about", "query": ""}'::jsonb)))
    \g /dev/null
SELECT is((SELECT actor FROM pg_temp.at('/about')), 'blog',
    'a declared profile page wins over a post');
SELECT is((SELECT status FROM pg_temp.at(pg_temp.path(:'about'))), 200,
    'the post keeps its id');

-- pins: each change of a host is refused, and writes nothing

CREATE TEMP TABLE before AS SELECT * FROM activitypub.actor;

SELECT alike(
    (SELECT string_agg(d.verdict || ' ' || d.subject || ' ' || d.detail, ';')
       FROM activitypub.declare('one', pg_temp.acme(
                '[{"username": "newer"}]', change)) AS d),
    'conflict ' || coalesce(change ->> 'origin', 'https://acme.example')
    || ' host "acme.example" is pinned to origin "https://acme.example", '
    || 'prefix "/activitypub/", account domain "acme.example", and cannot '
    || 'become % "' || (SELECT max(value) FROM jsonb_each_text(change)) || '"%',
    'refused: ' || change::text)
  FROM unnest(ARRAY['{"origin": "http://acme.example"}',
                    '{"origin": "https://acme.example:8443"}',
                    '{"prefix": "/ap/"}',
                    '{"account_domain": "acme.test"}']::jsonb[]) AS change;

SELECT results_eq(
    $$SELECT verdict, subject, detail FROM activitypub.declare('one',
        '{"origin": "https://www.acme.example", "host": "www.acme.example",
          "prefix": "/activitypub/", "account_domain": "acme.example",
          "actors": [{"username": "other"}, {"username": "news"}]}')$$,
    $$SELECT 'conflict', 'https://www.acme.example/activitypub/news',
        'handle "news@acme.example" is pinned to '
        '"https://acme.example/activitypub/news", and cannot become '
        '"https://www.acme.example/activitypub/news"'$$,
    'refused: a handle moves to another origin');

SELECT set_eq('SELECT * FROM activitypub.actor', 'SELECT * FROM before',
    'what is refused writes nothing');
SELECT is((SELECT count(*) FROM activitypub.origin), 1::bigint,
    'nor makes an origin');

-- others may live beside

SELECT is(pg_temp.declare('one',
    '{"origin": "https://www.acme.example", "host": "www.acme.example",
      "prefix": "/activitypub/", "account_domain": "acme.example",
      "actors": [{"username": "other"}]}'),
    'ok https://www.acme.example, '
    'keyless https://www.acme.example/activitypub/actor, '
    'keyless https://www.acme.example/activitypub/other',
    'another host under the same account domain');
SELECT is(pg_temp.declare('one',
    '{"origin": "https://acme.test", "host": "acme.test", "prefix": "/ap/x/",
      "account_domain": "acme.test", "actors": [{"username": "news"}]}'),
    'ok https://acme.test, keyless https://acme.test/ap/x/actor, '
    'keyless https://acme.test/ap/x/news',
    'the same name under another account domain');
SELECT alike(pg_temp.try(
        $$SELECT activitypub.publish('news', '/x', 'T', 'C')$$),
    '22023 several actors are named "news"%', 'the name alone is not enough');
SELECT is(pg_temp.try(format('SELECT activitypub.publish(%L, %L, ''T'', '''')',
                             wanted, '/as' || n)),
    'ok', 'found: ' || wanted)
  FROM unnest(ARRAY['news@acme.test', '@news@acme.test', 'News@ACME.test',
                    'https://acme.test/ap/x/news'])
       WITH ORDINALITY AS list (wanted, n);
SELECT alike(pg_temp.try(format(
        'SELECT activitypub.publish(%L, ''/x'', ''T'', ''C'')', wanted)),
    'P0002 there is no actor%', 'not found: ' || wanted)
  FROM unnest(ARRAY['nobody', 'news@nowhere.test', 'actor',
                    'https://acme.test/ap/x/actor']) AS wanted;

-- what cannot be a declaration

SELECT alike(pg_temp.try(format('SELECT activitypub.declare(''n'', %L)',
        pg_temp.acme(jsonb_build_array(jsonb_build_object('username', name))))),
    '22023 "%" cannot be the name of an actor', 'not a name: ' || name)
  FROM unnest(ARRAY['', 'actor', 'inbox', 'A', 'a.b']) AS name;

SELECT * FROM finish();

ROLLBACK;
