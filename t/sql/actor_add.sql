-- Actors that the database keeps itself: added, changed, refused.

\i sql/setup.psql

SELECT plan(79);

SELECT pg_temp.found_acme() \g /dev/null

\set ann 'https://acme.example/activitypub/ann'

-- one

DELETE FROM notified;

SELECT is(activitypub.actor_add('ann', '{"name": "  Ann Öz ",
    "summary": "Writes.\n\nOn fish.", "type": "Group",
    "icon": "/img/ann.PNG?v=1", "image": "https://cdn.example/a.b/wide",
    "url": "/authors/ann/?x=1", "discoverable": false, "language": "pt-BR",
    "also_known_as": "https://old.example/ann",
    "field": [["Home", "https://ann.example/"],
              {"name": "Pronouns", "value": "she"}]}'),
    :'ann', 'an actor is added, its id is told');
SELECT is(pg_temp.told(), '/activitypub/ann /authors/ann/?x=1',
    'its id and its page are notified');
SELECT results_eq('SELECT status, body FROM pg_temp.at(''/activitypub/ann'')',
    'SELECT 503, ''''', 'without a key: 503');
SELECT results_eq(
    'SELECT name, page, gone FROM activitypub.actors(0, 9)',
    $$VALUES ('ann', 'https://acme.example/authors/ann/?x=1', false)$$,
    'it is in the set');
SELECT is((SELECT array_agg(name) FROM notified,
                  activitypub.actors_at(keys)), ARRAY['ann'],
    'the notification is what the set takes');

SELECT pg_temp.key(:'ann') \g /dev/null
SELECT is(pg_temp.body('/activitypub/ann') - ARRAY['@context', 'publicKey',
        'published', 'endpoints', 'inbox', 'outbox', 'followers', 'following',
        'featured'],
    '{"id": "https://acme.example/activitypub/ann", "type": "Group",
      "preferredUsername": "ann", "name": "Ann Öz",
      "summary": "<p>Writes.</p><p>On fish.</p>",
      "url": "https://acme.example/authors/ann/?x=1",
      "icon": {"type": "Image", "mediaType": "image/png",
               "url": "https://acme.example/img/ann.PNG?v=1"},
      "image": {"type": "Image", "url": "https://cdn.example/a.b/wide"},
      "manuallyApprovesFollowers": false, "discoverable": false,
      "indexable": true, "attributionDomains": ["acme.example"],
      "alsoKnownAs": ["https://old.example/ann"],
      "attachment": [
        {"type": "PropertyValue", "name": "Home",
         "value": "<a href=\"https://ann.example/\" rel=\"me nofollow noopener\" target=\"_blank\"><span class=\"invisible\">https://</span>ann.example/</a>"},
        {"type": "PropertyValue", "name": "Pronouns", "value": "she"}],
      "webfinger": "ann@acme.example"}'::jsonb, 'all of it is served');
SELECT is(pg_temp.body('/authors/ann/', 'x=1') ->> 'id', :'ann',
    'at its page as well');
SELECT is((SELECT state FROM activitypub.actors WHERE name = 'ann'),
    'database', 'the view tells where it is kept');
SELECT is((SELECT state FROM activitypub.actors WHERE name = 'news'),
    'configured', 'and who is configured');
SELECT is(activitypub.publish('ann', '/fish', 'Fish', 'Text') ~ '/ann/', true,
    'it publishes');
SELECT pg_temp.meet('https://one.example/a') \g /dev/null
SELECT is(pg_temp.follow('https://one.example/a', object => :'ann'),
    'accepted', 'may follow it');

-- as little as can be

SELECT is(activitypub.actor_add('b'), 'https://acme.example/activitypub/b',
    'a name is enough');
SELECT is((SELECT declaration FROM activitypub.actor WHERE name = 'b'),
    '{"username": "b", "type": "Person", "name": "b"}',
    'of the type Person, without a page');

-- changes

DELETE FROM notified;
DELETE FROM activitypub.fanout;

SELECT is(activitypub.actor_edit('ann', '{"name": "Ann", "summary": null}'),
    true, 'a change');
SELECT is(pg_temp.told(), '/activitypub/ann /authors/ann/?x=1', 'is notified');
SELECT is(pg_temp.body('/activitypub/ann') -> 'summary', NULL,
    'null takes away');
SELECT is(pg_temp.body('/activitypub/ann') #>> '{icon,mediaType}',
    'image/png', 'what is not given stays');
SELECT results_eq(
    $$SELECT v.type, v.document::jsonb #>> '{object,name}'
        FROM activitypub.fanout AS f
        JOIN activitypub.activity AS v ON v.id = f.activity$$,
    $$VALUES ('Update', 'Ann')$$, 'the followers get one Update');
SELECT is(activitypub.actor_edit('ann@acme.example', '{"name": "Ann"}'), false,
    'the same again is no change');
SELECT is((SELECT count(*) FROM activitypub.fanout), 1::bigint,
    'and no Update');
SELECT is(activitypub.actor_edit(:'ann', '{"name": null, "type": null,
    "icon": null, "url": "/ann", "field": null, "language": null,
    "also_known_as": null}'), true, 'more is taken away');
SELECT is((SELECT declaration FROM activitypub.actor WHERE name = 'ann'),
    '{"username": "ann", "type": "Person", "name": "ann",
      "image": "https://cdn.example/a.b/wide", "discoverable": false,
      "url": "https://acme.example/ann", "path": "/ann", "query": ""}',
    'name and type are what they were at first');
SELECT is(pg_temp.told(), '/activitypub/ann /ann /authors/ann/?x=1',
    'a page that moves is notified twice');
SELECT is_empty('SELECT * FROM pg_temp.at(''/authors/ann/'', ''x=1'')',
    'the old page is the site''s');

-- a configuration leaves it alone

SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
              pg_temp.news()))), 'ok https://acme.example',
    'a declaration misses nobody');
SELECT ok(activitypub.is_declared(a.id), 'it is still there')
  FROM activitypub.actor AS a WHERE a.name = 'ann';
SELECT is(pg_temp.declare('one', pg_temp.acme('[]')),
    'ok https://acme.example, vanished https://acme.example/activitypub/news',
    'only who was configured vanishes');
SELECT is(pg_temp.try($$SELECT * FROM activitypub.declare('',
    '{"origin": "https://x.example", "host": "x.example", "prefix": "/a/",
      "account_domain": "x.example", "actors": []}')$$),
    '22023 a node needs a name: without one it is the database',
    'no node may be the database');

-- the configuration wins

SELECT is(pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
              pg_temp.news(), '{"username": "ann", "name": "Configured"}'::jsonb))),
    'ok https://acme.example', 'who was added may be configured');
SELECT is(pg_temp.body('/activitypub/ann') ->> 'name', 'Configured',
    'that is what counts');
SELECT is((SELECT state FROM activitypub.actors WHERE name = 'ann'),
    'configured', 'the view says so');
SELECT alike(pg_temp.try($$SELECT activitypub.actor_edit('ann',
    '{"name": "x"}')$$), '55000 ann@acme.example is in the configuration of '
    'nginx (one): change it there', 'it is not changed elsewhere');
SELECT alike(pg_temp.try($$SELECT activitypub.actor_add('news')$$),
    '23505 news@acme.example is an actor already: it is in the configuration '
    'of nginx (one)', 'who is configured is not added');
SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news()))) \g /dev/null
SELECT is(activitypub.actor_edit('ann', '{"name": "ann", "discoverable": false,
    "image": "https://cdn.example/a.b/wide", "url": "/ann"}'), true,
    'when the configuration has left, it is the database''s again');
SELECT is(pg_temp.body('/activitypub/ann') ->> 'name', 'ann',
    'also when it says what it said before');
SELECT alike(pg_temp.try($$SELECT activitypub.actor_add('ann')$$),
    '23505 ann@acme.example is an actor already', 'it is not added twice');

-- who is not configured any more comes back with its followers

SELECT pg_temp.declare('one', pg_temp.acme('[]')) \g /dev/null
SELECT alike(pg_temp.try($$SELECT activitypub.actor_edit('news',
    '{"name": "x"}')$$), '55000 news@acme.example is not configured any more: '
    'add it first', 'who vanished cannot be changed');
SELECT is(activitypub.actor_add('news', '{"url": "/"}'),
    'https://acme.example/activitypub/news', 'but can be added');
SELECT is((SELECT status FROM pg_temp.at('/activitypub/news')), 200,
    'and has its key');

-- several origins

SELECT pg_temp.declare('one', pg_temp.acme('[]', '{
    "origin": "https://b.example", "host": "b.example"}')) \g /dev/null
SELECT is(pg_temp.try($$SELECT activitypub.actor_add('c')$$),
    '22023 there are several origins: say which', 'one has to be named');
SELECT is(pg_temp.try($$SELECT activitypub.actor_add('ann', '{}',
    'b.example')$$), '23505 handle "ann@acme.example" is pinned to '
    '"https://acme.example/activitypub/ann"',
    'a handle that two origins share is one actor''s');
SELECT is(pg_temp.try($$SELECT activitypub.actor_add('c', '{}',
    'c.example')$$), 'P0002 there is no origin "c.example"',
    'an origin that is not there');
SELECT is(activitypub.actor_add('c', '{}', 'https://b.example/'),
    'https://b.example/activitypub/c', 'by its URL');
SELECT is(activitypub.actor_add('d', '{}', 'b.example'),
    'https://b.example/activitypub/d', 'by its host');

-- what is refused

CREATE TEMP TABLE before AS SELECT * FROM activitypub.actor;

SELECT alike(pg_temp.try(format('SELECT activitypub.actor_add(%L, %L, %L)',
    name, profile, 'acme.example')), error || '%',
    coalesce(left(name || profile, 60), 'no name'))
  FROM (VALUES
    (NULL, '{}', '22023 "" cannot be the name'),
    ('Ann', '{}', '22023 "Ann" cannot be the name'),
    (repeat('a', 31), '{}', '22023'),
    ('actor', '{}', '22023 the name "actor" is reserved'),
    ('x', '[]', '22023 a profile is a JSON object'),
    ('x', '{"nome": "X"}', '22023 an actor has no "nome"'),
    ('x', '{"nome": null}', '22023 an actor has no "nome"'),
    ('x', '{"name": " \t\u0007"}', '22023 "name" is empty'),
    ('x', '{"name": 1}', '22023 "name" must be a text'),
    ('x', '{"type": "Robot"}', '22023 the type of an actor is'),
    ('x', '{"indexable": "on"}', '22023 "indexable" must be true or false'),
    ('x', '{"icon": "http://x.example/a.png"}',
     '22023 icon "http://x.example/a.png" must be a path or an https URL'),
    ('x', '{"icon": "//x.example/a.png"}', '22023 icon "//x.example/a.png" is '
     'not an absolute http or https URL, nor a path'),
    ('x', '{"image": "javascript:x"}', '22023 image "javascript:x" is not an'),
    ('x', '{"url": "https://b.example/"}',
     '22023 url "https://b.example/" is not on the actor''s origin'),
    ('x', '{"url": "/activitypub/x"}', '22023 url "/activitypub/x" is not a'),
    ('x', '{"url": "/ann"}',
     '23505 url "https://acme.example/ann" is the profile page of ann@'),
    ('x', '{"url": "/fish"}',
     '23505 url "https://acme.example/fish" is already published by ann@'),
    ('x', '{"language": "English?"}', '22023 "English?" is not a language'),
    ('x', '{"also_known_as": ["http://old.example/ann"]}',
     '22023 also_known_as "http://old.example/ann" is not an https URL'),
    ('x', '{"field": [["a"]]}', '22023 a field must be a name and a value'),
    ('x', '{"field": [["a", "b", "c"]]}', '22023 a field must be a name'),
    ('x', '{"field": [["a", ""]]}', '22023 "field" is empty'),
    ('x', '{"field": {"a": "b"}}', '22023 "field" must be an array'),
    ('x', (SELECT jsonb_build_object('field', jsonb_agg('["a", "b"]'::jsonb))
             FROM generate_series(1, 51))::text, '22023 "field" must be an'),
    ('x', jsonb_build_object('summary', repeat('x', 13000))::text,
     '54000 the profile has 13')
  ) AS row (name, profile, error);

SELECT results_eq('SELECT * FROM before ORDER BY id',
    'SELECT * FROM activitypub.actor ORDER BY id', 'nothing of it was written');

-- many

DELETE FROM notified;

SELECT is(activitypub.actors_add((SELECT jsonb_agg(jsonb_build_object(
        'actor', 'm' || n, 'name', 'M ' || n, 'url', '/m/' || n))
        FROM generate_series(1, 300) AS n), 'acme.example'), 300,
    'three hundred');
SELECT is((SELECT count(*) FROM activitypub.actors(0, 1000)), 305::bigint,
    'are in the set');
SELECT ok((SELECT count(*) > 1 AND max(octet_length(keys::text)) < 7000
             FROM notified), 'in pieces that a notification holds');
SELECT is((SELECT count(DISTINCT k) FROM notified,
                  jsonb_array_elements(keys) AS k), 600::bigint,
    'each is named, and each page');
SELECT is(activitypub.actors_add('[{"actor": "m7", "name": "M 7",
    "url": "/m/7"}, {"actor": "new"}]', 'acme.example'), 1,
    'who is there already is passed over');
SELECT is(pg_temp.try($$SELECT activitypub.actors_add('[{"actor": "m7"}]',
    'acme.example')$$), '23505 m7@acme.example is an actor already',
    'but not with another profile');
SELECT alike(pg_temp.try($$SELECT activitypub.actors_add('[1]',
    'acme.example')$$), '22023%', 'what is no profile');
SELECT alike(pg_temp.try($$SELECT activitypub.actors_add('{}',
    'acme.example')$$), '22023 actors are a JSON array%', 'what is no array');

SELECT * FROM finish();

ROLLBACK;
