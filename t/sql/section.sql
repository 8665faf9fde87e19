-- Whose post a page is when nobody says so.

\i sql/setup.psql

SELECT plan(22);

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"sections": ["/"]}'),
    '{"username": "sport", "sections": ["/sport/", "/fuß ball/"]}'::jsonb,
    '{"username": "tennis", "sections": ["/sport/tennis/"]}'::jsonb)))
    \g /dev/null

CREATE FUNCTION pg_temp.whose(url text, actor text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT split_part(activitypub.preview(actor, url, 'T', 'C')::jsonb
                      ->> 'attributedTo', '/activitypub/', 2)
$$;

SELECT is(pg_temp.whose(url), actor, url || ' is by ' || actor)
  FROM (VALUES
    ('/sport/a', 'sport'), ('/sport/', 'sport'), ('/sport', 'news'),
    ('/sport/tennis/2026/final?x=/sport/', 'tennis'),
    ('/sport/tennis', 'sport'), ('/sports/a', 'news'), ('/x', 'news'),
    ('https://acme.example/sport//tennis/x', 'tennis'),
    ('/%73port/x', 'sport'), ('/fu%C3%9F%20ball/x', 'sport')
  ) AS row (url, actor);
SELECT is(pg_temp.whose('/sport/a', ''), 'sport', 'an empty name is none');
SELECT is(pg_temp.whose('/sport/a', 'news'), 'news', 'a name counts');
SELECT alike(activitypub.publish(NULL, '/sport/b', 'T', 'C'),
    'https://acme.example/activitypub/sport/%', 'so it is published');

-- a declaration that does not have them any more

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news(),
    '{"username": "sport", "sections": ["/sport/tennis/"]}'::jsonb,
    '{"username": "tennis", "sections": ["/sport/"]}'::jsonb))) \g /dev/null
SELECT is(pg_temp.whose('/sport/tennis/x') || pg_temp.whose('/sport/x'),
    'sporttennis', 'two swap theirs');
SELECT is(pg_temp.try($$SELECT pg_temp.whose('/x')$$),
    '22023 url "https://acme.example/x" lies in nobody''s section, and '
    'https://acme.example has several actors: name one',
    'of several nobody is taken by chance');

SELECT pg_temp.declare('one', pg_temp.acme('[{"username": "sport"}]'))
    \g /dev/null
SELECT is(pg_temp.whose('/sport/x'), 'sport',
    'who is not configured any more has none; one actor has all');
SELECT pg_temp.declare('one', pg_temp.acme('[]')) \g /dev/null
SELECT is(pg_temp.try($$SELECT pg_temp.whose('/x')$$),
    'P0002 https://acme.example has no actor', 'and where there is none');

-- actors of the database

SELECT activitypub.actor_add('ann', '{"section": ["/ann/", "/a/"]}')
    \g /dev/null
SELECT activitypub.actor_add('ben', '{"section": "/ann/ben/"}') \g /dev/null
SELECT is(pg_temp.whose('/ann/ben/x') || pg_temp.whose('/a/x'), 'benann',
    'have sections as well');
SELECT is(pg_temp.try($$SELECT activitypub.actor_edit('ben',
    '{"section": ["/b/", "/a/"]}')$$),
    '23505 section "/a/" is that of ann@acme.example', 'each its own');
SELECT is(pg_temp.try($$SELECT activitypub.actor_edit('ben',
    '{"section": "/b"}')$$),
    '22023 section "/b" must be a path that begins and ends with "/"',
    'a section is a folder');

-- several origins

SELECT pg_temp.declare('one', pg_temp.acme('[{"username": "b"}]', '{
    "origin": "https://b.example", "host": "b.example",
    "account_domain": "b.example"}')) \g /dev/null
SELECT is(pg_temp.try($$SELECT pg_temp.whose('/a/x')$$),
    '22023 url "/a/x" could be of several origins: give the whole URL, or name '
    'the actor', 'a path is not enough then');
SELECT is(pg_temp.try($$SELECT pg_temp.whose('https://c.example/a/x')$$),
    'P0002 url "https://c.example/a/x" is on no origin of ours',
    'nor is a page elsewhere');

SELECT * FROM finish();

ROLLBACK;
