-- What NodeInfo is told: of one origin, of whom and what is there.

\i sql/setup.psql

SELECT plan(20);

SELECT pg_temp.found_acme() \g /dev/null

CREATE FUNCTION pg_temp.usage() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', u #>> '{users,total}', u #>> '{users,activeMonth}',
                     u #>> '{users,activeHalfyear}', u ->> 'localPosts')
      FROM pg_temp.body('/activitypub/nodeinfo') AS u
$$;

-- its newest post was published so long ago

CREATE FUNCTION pg_temp.silent(who text, much interval) RETURNS void
LANGUAGE sql AS $$
    UPDATE activitypub.presence AS p SET active = now() - much
     WHERE p.actor = (SELECT a.id FROM activitypub.actor AS a
                        JOIN activitypub.origin AS o ON o.id = a.origin
                       WHERE a.name = who AND o.host = 'acme.example')
$$;

CREATE FUNCTION pg_temp.active(who text) RETURNS timestamptz
LANGUAGE sql AS $$
    SELECT p.active FROM activitypub.presence AS p
      JOIN activitypub.actor AS a ON a.id = p.actor
      JOIN activitypub.origin AS o ON o.id = a.origin
     WHERE a.name = who AND o.host = 'acme.example'
$$;

CREATE FUNCTION pg_temp.actors(who text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(jsonb_build_object('username', who))
$$;

CREATE FUNCTION pg_temp.post(who text, url text) RETURNS text
LANGUAGE sql AS $$
    SELECT activitypub.publish('https://acme.example/activitypub/' || who,
                               url, 'Title', 'Content')
$$;

SELECT is((SELECT body FROM pg_temp.at('/activitypub/nodeinfo')),
    '{"users":{"total":1,"activeHalfyear":0,"activeMonth":0},"localPosts":0}',
    'all of it, byte for byte');
SELECT results_eq(
    $$SELECT status, kind, uri FROM pg_temp.at('/activitypub/nodeinfo')$$,
    $$VALUES (200, 'usage', 'https://acme.example/activitypub/nodeinfo')$$,
    'what that is');
SELECT is_empty($$SELECT * FROM pg_temp.at('/activitypub/nodeinfo', 'x')$$,
    'no other one');

SELECT pg_temp.post('news', '/' || n) FROM generate_series(1, 3) AS n
 \g /dev/null
SELECT is(pg_temp.usage(), '1 1 1 3', 'posts');

SELECT activitypub.delete_post((SELECT id FROM activitypub.posts
                                 WHERE url LIKE '%/2')) \g /dev/null
SELECT is(pg_temp.usage(), '1 1 1 2', 'but not what is deleted');

DELETE FROM activitypub.fanout;
SELECT pg_temp.silent('news', '29 days 23 hours') \g /dev/null
SELECT is(pg_temp.usage(), '1 1 1 2', 'active this month');
SELECT pg_temp.silent('news', '30 days 1 hour') \g /dev/null
SELECT is(pg_temp.usage(), '1 0 1 2', 'not any more');
SELECT pg_temp.silent('news', '179 days 23 hours') \g /dev/null
SELECT is(pg_temp.usage(), '1 0 1 2', 'this half of a year');
SELECT pg_temp.silent('news', '180 days 1 hour') \g /dev/null
SELECT is(pg_temp.usage(), '1 0 0 2', 'nor that');

-- somebody else

SELECT activitypub.actor_add('kept') \g /dev/null
SELECT pg_temp.post('kept', '/kept') \g /dev/null
SELECT is(pg_temp.usage(), '2 1 1 3', 'an actor of the database');

SELECT pg_temp.declare('one',
    '{"origin": "https://acme.test", "host": "acme.test", "prefix": "/ap/",
      "account_domain": "acme.test", "actors": [{"username": "news"}]}')
 \g /dev/null
SELECT activitypub.publish('news@acme.test', '/one', 'T', 'C') \g /dev/null
SELECT is(pg_temp.usage(), '2 1 1 3', 'not of another origin');

-- who publishes is active, from the hour in which it does

SELECT pg_temp.silent('news', '59 min') \g /dev/null
SELECT pg_temp.post('news', '/soon') \g /dev/null
SELECT is(pg_temp.active('news'), now() - interval '59 min',
    'not written each time');
SELECT pg_temp.silent('news', '61 min') \g /dev/null
SELECT activitypub.update_post('https://acme.example/soon', 'Another')
 \g /dev/null
SELECT is(pg_temp.active('news'), now() - interval '61 min', 'nor by edits');
SELECT pg_temp.post('news', '/later') \g /dev/null
SELECT is(pg_temp.active('news'), now(), 'but once an hour');
SELECT is(pg_temp.usage(), '2 2 2 5', 'active again');
SELECT is(pg_temp.body('/activitypub/news/outbox') ->> 'totalItems', '4',
    'as many as its outbox has');

-- who is not declared any more is not here, with all posts

SELECT pg_temp.declare('two', pg_temp.acme(pg_temp.actors('news')))
 \g /dev/null
SELECT pg_temp.declare('one', pg_temp.acme('[]')) \g /dev/null
SELECT is(pg_temp.usage(), '2 2 2 5', 'another node has it');
SELECT pg_temp.declare('two', pg_temp.acme('[]')) \g /dev/null
SELECT is(pg_temp.usage(), '1 1 1 1', 'who has gone does not count');
SELECT pg_temp.declare('one', pg_temp.acme(pg_temp.actors('news')))
 \g /dev/null
SELECT is(pg_temp.usage(), '2 2 2 5', 'and does again when it is back');
SELECT activitypub.actor_delete('kept') \g /dev/null
SELECT is(pg_temp.usage(), '1 1 1 4', 'nor who is deleted, nor their posts');

SELECT * FROM finish();

ROLLBACK;
