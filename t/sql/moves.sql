-- Pages that the site moves: what is believed, when, and what never is.

\i sql/setup.psql

SELECT plan(37);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/a', 'A', 'Text') AS a \gset
SELECT activitypub.publish('news', '/b', 'B', 'Text') AS b \gset
SELECT activitypub.publish('news', '/c', 'C', 'Text') AS c \gset
SELECT activitypub.publish('news', '/?p=1', 'D', 'Text') AS d \gset
SELECT activitypub.delete_post(:'c') \g /dev/null

CREATE FUNCTION pg_temp.seen(page text, target text, seconds int DEFAULT 60)
RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', verdict, url)
      FROM activitypub.redirect_seen('https://acme.example',
               split_part(page, '?', 1), split_part(page, '?', 2), target,
               seconds)
$$;

CREATE FUNCTION pg_temp.move(page text, target text)
RETURNS text LANGUAGE sql AS $$
    SELECT activitypub.move_post('https://acme.example',
               split_part(page, '?', 1), split_part(page, '?', 2), target)
$$;

CREATE FUNCTION pg_temp.wait(much interval)
RETURNS void LANGUAGE sql AS $$
    UPDATE activitypub.redirect SET since = since - much, seen = seen - much,
        tried = tried - much
$$;


-- What is no page to go to.

SELECT is(pg_temp.seen('/nothing', '/new'), 'unknown', 'no post there');
SELECT is(pg_temp.seen('/', '/new'), 'unknown', 'an actor stays');
SELECT is(pg_temp.seen('/c', '/new'), 'unknown', 'a deleted post stays');
SELECT is(pg_temp.seen('/a?p=1', '/new'), 'unknown', 'another query');
SELECT is(pg_temp.seen('/a', ''), 'refused', 'to nowhere');
SELECT is(pg_temp.seen('/a', 'https://other.example/new'), 'refused',
    'to another host');
SELECT is(pg_temp.seen('/a', 'http://acme.example/new'), 'refused',
    'to another scheme');
SELECT is(pg_temp.seen('/a', '//acme.example/new'), 'refused',
    'to whatever that is');
SELECT is(pg_temp.seen('/a', '/new#part'), 'refused', 'to a part of a page');
SELECT is(pg_temp.seen('/a', '/activitypub/news'), 'refused',
    'below the prefix');
SELECT is(pg_temp.seen('/a', '/.well-known/new'), 'refused', 'a well-known');
SELECT is(pg_temp.seen('/a', '/x/../new'), 'refused', 'a dotted path');
SELECT is(pg_temp.seen('/a', '/a'), 'same', 'to itself');
SELECT is(pg_temp.seen('/a', 'https://ACME.example:443//%61?utm_source=x'),
    'same', 'to itself, spelled otherwise');
SELECT is(pg_temp.seen('/a', '/'), 'taken', 'to a profile page');
SELECT is(pg_temp.seen('/a', '/b?fbclid=x'), 'taken', 'to another post');
SELECT is(pg_temp.seen('/a', '/c'), 'taken', 'to a Tombstone');
SELECT is_empty('SELECT FROM activitypub.redirect', 'nothing is kept');


-- Patience.

SELECT is(pg_temp.seen('/a', '/new?utm_source=move'), 'wait', 'the first time');
SELECT pg_temp.wait('50 s') \g /dev/null
SELECT is(pg_temp.seen('/a', 'https://acme.example/new'), 'wait', 'too early');
SELECT pg_temp.wait('11 s') \g /dev/null
SELECT is(pg_temp.seen('/a', '/new'), 'confirm https://acme.example/a',
    'now go and see');
SELECT is(pg_temp.seen('/a', '/new'), 'wait', 'one of them is enough');
SELECT pg_temp.wait('61 s') \g /dev/null
SELECT is(pg_temp.seen('/a', '/new/2'), 'wait', 'it leads elsewhere');
SELECT is(pg_temp.move('/a', '/new'), 'unseen', 'and only there');
SELECT pg_temp.wait('8 days') \g /dev/null
SELECT is(pg_temp.seen('/a', '/new/2'), 'wait', 'not seen for a week');


-- A page to which several lead.

SELECT is(pg_temp.seen('/b', '/new/2'), 'shared', 'another leads there');
SELECT is(pg_temp.seen('/a', '/new/2'), 'shared', 'so none goes there');
SELECT is(pg_temp.move('/a', '/new/2'), 'shared', 'none');
SELECT is(pg_temp.seen('/b', '/'), 'taken', 'not any more');


-- The move.

SELECT is(pg_temp.move('/a', '/new/2?utm_source=move'), 'moved', 'moved');
SELECT is(pg_temp.told(), '/a /activitypub/news/ID '
    '/activitypub/news/activities/ID /activitypub/news/outbox',
    'which all workers hear');
SELECT is(pg_temp.body('/new/2') ->> 'url', 'https://acme.example/new/2',
    'to its new page, without what tracks readers');
SELECT is_empty('SELECT * FROM pg_temp.at(''/a'')', 'which has the old one not');
SELECT is(pg_temp.body('/new/2') ->> 'id', :'a', 'under the same id');
SELECT results_eq(
    format('SELECT type FROM activitypub.activity WHERE object = %L
             ORDER BY id', right(:'a', 36)),
    ARRAY['Create', 'Update'], 'with one Update');
SELECT is(pg_temp.move('/a', '/new/2'), 'unknown', 'once');
SELECT is(pg_temp.seen('/?p=1', '/a'), 'wait', 'the old page is free');

SELECT * FROM finish();
ROLLBACK;
