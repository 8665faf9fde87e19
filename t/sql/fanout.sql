-- fanout_expand(): from an activity to a row for each inbox.

\i sql/setup.psql

SELECT plan(28);

SELECT pg_temp.found_acme() \g /dev/null

CREATE TEMP TABLE works (n int GENERATED ALWAYS AS IDENTITY, kind text);
GRANT ALL ON works TO PUBLIC;
CREATE OR REPLACE FUNCTION activitypub.notify_work(kind text) RETURNS void
LANGUAGE sql STRICT AS $$ INSERT INTO pg_temp.works (kind) VALUES (kind) $$;

-- what is queued of the newest activity, and for whom
CREATE FUNCTION pg_temp.queued() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(replace(d.inbox, 'https://', ''), ' ' ORDER BY d.id)
      FROM activitypub.deliveries AS d
     WHERE d.type <> 'Accept'
$$;

SELECT is_empty('SELECT * FROM activitypub.fanout_expand(10)',
    'nothing to do');

-- nobody follows

SELECT activitypub.publish('news', '/posts/0', 'Zero', 'Text') \g /dev/null
SELECT is((SELECT kind FROM works), 'fanout', 'the workers hear of a post');
SELECT results_eq('SELECT expanded, done FROM activitypub.fanout_expand(10)',
    'VALUES (0, true)', 'nobody to tell');
SELECT is((SELECT count(*) FROM activitypub.fanout), 0::bigint,
    'done is done');
SELECT is((SELECT string_agg(kind, ' ') FROM works), 'fanout',
    'nothing is queued');

-- five followers, three inboxes; somebody else's follower

SELECT pg_temp.meet('https://one.example/' || n) FROM generate_series(1, 3) AS n
    \g /dev/null
SELECT pg_temp.meet('https://two.example/' || n, '')
  FROM generate_series(1, 2) AS n \g /dev/null
SELECT pg_temp.meet('https://three.example/1') \g /dev/null
SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(pg_temp.news(),
    '{"username": "other"}'::jsonb))) \g /dev/null
SELECT pg_temp.key('https://acme.example/activitypub/other') \g /dev/null
SELECT pg_temp.follow('https://three.example/1', NULL,
    'https://acme.example/activitypub/other') \g /dev/null
SELECT pg_temp.follow(uri) FROM activitypub.remote_actors(0, 10)
 WHERE uri !~ 'three' \g /dev/null
SELECT is(pg_temp.deliver(), 6::bigint, 'all are accepted');
SELECT is((SELECT count(*) FROM activitypub.followers WHERE accepted),
    6::bigint, 'and known to be');

DELETE FROM works;
SELECT activitypub.publish('news', '/posts/1', 'One', 'Text') AS one \gset
SELECT results_eq('SELECT expanded, done FROM activitypub.fanout_expand(10)',
    'VALUES (3, true)', 'each inbox once');
SELECT is(pg_temp.queued(), 'one.example/inbox two.example/1/inbox '
    'two.example/2/inbox', 'shared inboxes are folded');
SELECT is((SELECT string_agg(DISTINCT kind, ' ') FROM works),
    'delivery fanout', 'the workers hear of deliveries');
SELECT is((SELECT count(DISTINCT body) || ' ' || (min(body)::jsonb ->> 'type')
             FROM activitypub.delivery_claim(10)), '1 Create',
    'all get the same bytes');
SELECT is((SELECT body FROM activitypub.delivery_claim(10)), NULL,
    'nothing is left to claim');
SELECT pg_temp.empty_queue() \g /dev/null

-- the same in pieces

SELECT activitypub.publish('news', '/posts/2', 'Two', 'Text') AS two \gset
SELECT results_eq('SELECT expanded, done FROM activitypub.fanout_expand(2)',
    'VALUES (2, false)', 'a piece');
SELECT pg_temp.empty_queue() \g /dev/null
SELECT results_eq('SELECT expanded, done FROM activitypub.fanout_expand(2)',
    'VALUES (1, true)', 'and the rest');
SELECT is(pg_temp.queued(), 'two.example/2/inbox',
    'who had it is not told again');
SELECT pg_temp.empty_queue() \g /dev/null

-- who has left, and who has come

SELECT pg_temp.hear('https://two.example/1', 'https://two.example/u', 'Undo',
    'https://two.example/1/follow') \g /dev/null
SELECT pg_temp.follow('https://three.example/1', 'https://three.example/2')
    \g /dev/null
SELECT pg_temp.deliver() \g /dev/null
SELECT activitypub.update_post(:'one', title => 'First') \g /dev/null
SELECT is(pg_temp.expand(1), 4::bigint, 'an edit, in pieces');
SELECT is(pg_temp.queued(), 'one.example/inbox three.example/inbox '
    'two.example/1/inbox two.example/2/inbox',
    'goes to all that were sent the post, and to today''s followers');
SELECT pg_temp.empty_queue() \g /dev/null
SELECT activitypub.publish('news', '/posts/3', 'Three', 'Text') AS three \gset
SELECT is(pg_temp.expand(), 3::bigint, 'a new post goes to today''s');
SELECT is(pg_temp.queued(), 'one.example/inbox three.example/inbox '
    'two.example/2/inbox', 'and to nobody else');
SELECT pg_temp.empty_queue() \g /dev/null

SELECT activitypub.pin_post(:'one') \g /dev/null
SELECT is(pg_temp.expand(), 3::bigint, 'so does an Add');
SELECT pg_temp.empty_queue() \g /dev/null

-- a delete comes last, to all

SELECT activitypub.update_post(:'two', title => 'Second') \g /dev/null
SELECT activitypub.delete_post(:'two') \g /dev/null
SELECT is(pg_temp.expand(1), 8::bigint, 'two fan-outs, in pieces');
SELECT is((SELECT string_agg(d.type, ' ' ORDER BY d.id)
             FROM activitypub.deliveries AS d),
    'Update Update Update Update Delete Delete Delete Delete',
    'an edit is expanded to its end before the delete behind it');
SELECT is((SELECT count(*) FROM activitypub.deliveries WHERE type = 'Delete'),
    4::bigint, 'the delete reaches all');
SELECT is((SELECT count(*) FROM activitypub.sent
            WHERE object = right(:'two', 36)::uuid), 0::bigint,
    'and who was sent the post is forgotten');
SELECT pg_temp.empty_queue() \g /dev/null

-- what is not about a post

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(pg_temp.news(
    '{"summary": "New"}'), '{"username": "other"}'::jsonb))) \g /dev/null
SELECT is(pg_temp.expand(1), 3::bigint,
    'a new profile is told to the followers');
SELECT is((SELECT min(type) || ' ' || max(object) FROM activitypub.deliveries),
    'Update ', 'as an Update');
SELECT pg_temp.empty_queue() \g /dev/null

-- our own do not go out and come in again

SELECT pg_temp.meet('https://acme.example/activitypub/other',
    'https://acme.example/activitypub/inbox') \g /dev/null
SELECT pg_temp.follow('https://acme.example/activitypub/other') \g /dev/null
SELECT pg_temp.empty_queue() \g /dev/null
SELECT activitypub.publish('news', '/posts/5', 'Five', 'Text') \g /dev/null
SELECT is(pg_temp.expand(1), 3::bigint, 'nothing is sent to ourselves');
SELECT is(pg_temp.queued() ~ 'acme', false, 'no row is');

SELECT * FROM finish();

ROLLBACK;
