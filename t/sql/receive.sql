-- receive(): what follows from what others send.

\i sql/setup.psql

SELECT plan(79);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/posts/1', 'One', 'Text') AS post \gset
SELECT pg_temp.meet('https://one.example/ann') \g /dev/null
SELECT pg_temp.meet('https://two.example/bob', '') \g /dev/null
DELETE FROM notified;

\set news https://acme.example/activitypub/news
\set ann https://one.example/ann
\set bob https://two.example/bob

CREATE TEMP TABLE works (n int GENERATED ALWAYS AS IDENTITY, kind text);
GRANT ALL ON works TO PUBLIC;
CREATE OR REPLACE FUNCTION activitypub.notify_work(kind text) RETURNS void
LANGUAGE sql STRICT AS $$ INSERT INTO pg_temp.works (kind) VALUES (kind) $$;

-- a Follow

SELECT '{ "@context" : ["https://www.w3.org/ns/activitystreams", {"x": "y"}],'
    '  "actor":"https:\/\/one.example\/ann", "id" : "https://one.example/f/1",'
    || chr(10) || ' "type":"Follow", "x" : [ 1.50, null, "\u00fc" ],'
    '"object":"https://acme.example/activitypub/news"}' AS follow \gset

SELECT is(pg_temp.hear(:'ann', 'https://one.example/f/1', 'Follow', :'news',
                       body => :'follow'), 'accepted', 'a Follow is accepted');
SELECT results_eq('SELECT actor, uri, inbox, accepted
                     FROM activitypub.followers',
    format('SELECT %L, %L, %L, false', 'news@acme.example', :'ann',
           :'ann' || '/inbox'), 'she follows');
SELECT results_eq('SELECT state, actor, type, host, inbox, attempts
                     FROM activitypub.deliveries',
    format('SELECT %L, %L, %L, %L, %L, 0', 'waiting', 'news@acme.example',
           'Accept', 'one.example', :'ann' || '/inbox'),
    'an Accept is on its way to her own inbox');
SELECT is((SELECT regexp_replace(document, 'activities/[0-9a-f-]{36}', 'ID')
             FROM activitypub.delivery),
    '{"@context":["https://www.w3.org/ns/activitystreams"],'
    '"id":"https://acme.example/activitypub/news/ID","type":"Accept",'
    '"actor":"https://acme.example/activitypub/news",'
    '"to":["https://one.example/ann"],'
    '"object":{"actor":"https:\/\/one.example\/ann",'
    '"id":"https://one.example/f/1","type":"Follow",'
    '"x":[ 1.50, null, "\u00fc" ],'
    '"object":"https://acme.example/activitypub/news"}}',
    'which holds the whole Follow, byte for byte');
SELECT is(d.document::jsonb ->> 'id', c.activity,
    'its id is what a claim calls it')
  FROM activitypub.delivery AS d, activitypub.delivery_claim(1) AS c;
SELECT is_empty(format('SELECT * FROM pg_temp.at(%L)',
                       pg_temp.path(document::jsonb ->> 'id')),
    'and nobody else''s business') FROM activitypub.delivery;
SELECT is(pg_temp.told(), '/activitypub/news/followers',
    'the total has changed');
SELECT is(pg_temp.body('/activitypub/news/followers'), jsonb_build_object(
        '@context', pg_temp.body('/activitypub/news/followers') -> '@context',
        'id', :'news' || '/followers', 'type', 'OrderedCollection',
        'totalItems', 1, 'first', :'news' || '/followers?page'),
    'one follower');
SELECT is(pg_temp.body('/activitypub/news/following') ->> 'totalItems', '0',
    'nobody is followed');
SELECT is((SELECT string_agg(DISTINCT kind, ' ') FROM works), 'delivery',
    'the workers hear of it');

-- the same one, another one, and a huge one

SELECT is(pg_temp.hear(:'ann', 'https://one.example/f/1', 'Follow', :'news',
                       body => :'follow'), 'duplicate', 'not twice');
DELETE FROM notified;
SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/2'), 'accepted',
    'a known follower is accepted again');
SELECT is((SELECT count(*) || ' ' || min(follow_id)
             FROM activitypub.follower), '1 https://one.example/f/2',
    'and follows once');
SELECT is((SELECT count(*) FROM activitypub.delivery), 2::bigint,
    'each Follow has its Accept');
SELECT is((SELECT count(*) FROM notified), 0::bigint, 'the total is the same');
SELECT is(pg_temp.hear(:'bob', 'https://two.example/f/1', 'Follow', :'news',
    body => json_build_object('id', 'https://two.example/f/1', 'type',
        'Follow', 'much', repeat('x', 16384), 'actor', :'bob', 'object',
        :'news')::text), 'accepted', 'a huge Follow is accepted');
SELECT is((SELECT document::jsonb -> 'object' FROM activitypub.delivery
            ORDER BY id DESC LIMIT 1), jsonb_build_object('id',
        'https://two.example/f/1', 'type', 'Follow', 'actor', :'bob',
        'object', :'news'), 'its Accept has what it needs');
SELECT is((SELECT array_agg(inbox::text ORDER BY inbox)
             FROM activitypub.follower),
    '{https://one.example/inbox,https://two.example/bob/inbox}',
    'posts go to shared inboxes where there are some');

-- whom nobody follows

SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/3',
    'https://acme.example/activitypub/actor'), 'rejected',
    'the instance actor has no followers');
SELECT is((SELECT document::jsonb - '{@context,id}'::text[]
             FROM activitypub.delivery ORDER BY id DESC LIMIT 1),
    jsonb_build_object('type', 'Reject', 'actor',
        'https://acme.example/activitypub/actor', 'to', ARRAY[:'ann'],
        'object', jsonb_build_object('id', 'https://one.example/f/3', 'type',
            'Follow', 'actor', :'ann', 'object',
            'https://acme.example/activitypub/actor')), 'and says so');
SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/4', object),
    'ignored', 'nobody is ' || object)
  FROM unnest(ARRAY['https://acme.example/activitypub/none',
                    'https://acme.example/activitypub/NEWS',
                    'https://acme.example/activitypub/news/',
                    'https://other.example/activitypub/news']) AS object;
SELECT is(activitypub.receive('https://other.example', :'ann',
    'https://one.example/f/5', 'Follow', :'news', NULL, NULL, NULL, '{}'),
    'ignored', 'nor by way of another origin');
SELECT is(pg_temp.follow('https://nine.example/x'), 'unknown_actor',
    'who is not known is to be fetched');
SELECT is((SELECT count(*) FROM activitypub.follower), 2::bigint,
    'nobody else follows');

-- Undo

SELECT is(pg_temp.hear(:'bob', 'https://two.example/u/1', 'Undo',
    'https://one.example/f/2', 'Follow', NULL, 'https://one.example/f/2'),
    'ignored', 'nobody undoes what another one did');
SELECT is(pg_temp.hear(:'ann', 'https://one.example/u/0', 'Undo', NULL,
    'Block', :'news', NULL), 'ignored', 'nor what is no Follow');
SELECT is((SELECT count(*) FROM activitypub.follower), 2::bigint,
    'both still follow');
DELETE FROM notified;
SELECT is(pg_temp.hear(:'ann', 'https://one.example/u/1', 'Undo',
    NULL, 'Follow', :'news', NULL), 'undone', 'undone, without an id');
SELECT is(pg_temp.told(), '/activitypub/news/followers', 'the total changed');
SELECT is(pg_temp.body('/activitypub/news/followers') ->> 'totalItems', '1',
    'there is one less');
SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/2'), 'duplicate',
    'an old Follow does not come back');
SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/6'), 'accepted',
    'a new one does');
SELECT is(pg_temp.hear(:'ann', 'https://one.example/u/1', 'Undo',
    NULL, 'Follow', :'news', NULL), 'duplicate', 'nor does an old Undo');
SELECT is(pg_temp.hear(:'ann', 'https://one.example/u/2', 'Undo',
    'https://one.example/f/6'), 'undone', 'undone by its id alone');
SELECT is(pg_temp.hear(:'ann', 'https://one.example/u/3', 'Undo',
    'https://one.example/f/6'), 'ignored', 'only once');
SELECT is(pg_temp.hear(:'bob', 'https://two.example/u/2', 'Undo', NULL,
    'Follow', :'news', 'https://two.example/other'), 'undone',
    'undone by actor and object, whatever its id');

-- without an id

SELECT is(pg_temp.hear(:'ann', id, 'Like', :'post', body => body), verdict,
    'no id: ' || verdict)
  FROM (VALUES (1, NULL, '{"a":1}', 'kept'), (2, '', '{"a":1}', 'duplicate'),
               (3, NULL, '{"a":2}', 'kept')) AS row (n, id, body, verdict);

SELECT is(pg_temp.hear(:'ann', '', 'Undo', NULL, inner_type, inner_object),
    verdict, 'Undo without an id of a ' || inner_type || ': ' || verdict)
  FROM (VALUES
    (1, 'Follow', :'news', 'ignored'), (2, 'Announce', :'post', 'ignored'),
    (3, 'Like', :'post', 'kept'), (4, 'Like', :'post', 'duplicate'))
    AS row (n, inner_type, inner_object, verdict);
SELECT is((SELECT u.object FROM activitypub.received AS u
            WHERE u.type = 'Undo' AND u.body <> ''),
    (SELECT max(w.activity_id COLLATE "default")
       FROM activitypub.received AS w
      WHERE w.type = 'Like' AND w.body = '{"a":2}'),
    'which is of the last of them');

SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/10'), 'accepted',
    'a Follow');
SELECT is(pg_temp.hear(:'ann', '', 'Undo', NULL, 'Follow', :'news', NULL,
    '{"the":"same"}'), 'undone', 'undone, without an id');
SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/11'), 'accepted',
    'another');
SELECT is(pg_temp.hear(:'ann', '', 'Undo', NULL, 'Follow', :'news', NULL,
    '{"the":"same"}'), 'undone', 'undone by the same bytes');

-- what concerns our posts

SELECT is(pg_temp.hear(:'ann', 'https://one.example/' || n, type, object,
                       body => '{"raw":' || n || '}'), verdict,
    type || ' of ' || object || ': ' || verdict)
  FROM (VALUES
    (1, 'Like', :'post', 'kept'), (2, 'Announce', :'post', 'kept'),
    (3, 'Like', 'https://acme.example/activitypub/news', 'ignored'),
    (4, 'Like', left(:'post', -1) || '_', 'ignored'),
    (5, 'Like', replace(:'post', 'news', 'else'), 'ignored'),
    (6, 'Flag', :'post', 'ignored'), (7, 'EmojiReact', :'post', 'kept'),
    (8, 'Dislike', :'post', 'kept')) AS row (n, type, object, verdict);
SELECT is(pg_temp.hear(:'ann', 'https://one.example/c/' || n, 'Create',
    'https://one.example/n/' || n, 'Note', about, NULL,
    '{"n":' || n || '}'), verdict, 'Create about ' || about)
  FROM (VALUES (1, :'post', 'kept'), (2, 'https://one.example/n/1', 'ignored'))
    AS row (n, about, verdict);
SELECT results_eq($$SELECT type, target::text COLLATE "default", body
                     FROM activitypub.received
                     WHERE body <> '' AND activity_id !~ 'sha' ORDER BY id$$,
    format($$VALUES ('Like', %1$L, '{"raw":1}'), ('Announce', %1$L,
        '{"raw":2}'), ('EmojiReact', %1$L, '{"raw":7}'),
        ('Dislike', %1$L, '{"raw":8}'),
        ('Create', %1$L, '{"n":1}')$$, right(:'post', 36)),
    'what is kept is kept raw');
SELECT is(pg_temp.hear(actor, id, type, object), verdict, id || ' ' || verdict)
  FROM (VALUES
    (1, :'bob', 'https://two.example/x', 'Delete', 'https://one.example/n/1',
     'ignored'),
    (2, :'ann', 'https://one.example/n/1#up', 'Update',
     'https://one.example/n/1', 'kept'),
    (3, :'ann', 'https://one.example/n/1#delete', 'Delete',
     'https://one.example/n/1', 'kept'),
    (4, :'ann', 'https://one.example/n/1#undo', 'Undo',
     'https://one.example/1', 'kept'),
    (5, :'bob', 'https://two.example/n/1#undo', 'Undo',
     'https://one.example/1', 'ignored'))
    AS row (n, actor, id, type, object, verdict);

-- who asks again and again gets one answer, unless one is on its way

CREATE FUNCTION pg_temp.answers() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', document::json ->> 'type',
               document::json #>> '{object,id}'), ', ' ORDER BY id)
      FROM activitypub.delivery
$$;

SELECT pg_temp.empty_queue() \g /dev/null
SELECT pg_temp.follow(:'bob', 'https://two.example/f/20') \g /dev/null
SELECT is(pg_temp.follow(:'ann', 'https://one.example/f/' || n), 'accepted',
    'Follow ' || n) FROM generate_series(21, 23) AS n;
SELECT is(pg_temp.answers(), 'Accept https://two.example/f/20, '
    'Accept https://one.example/f/23', 'each gets one Accept');
SELECT is((SELECT count(*) FROM activitypub.followers AS f
            WHERE NOT f.accepted), 2::bigint, 'and waits for it');
SELECT count(*) FROM activitypub.delivery_claim(1) \g /dev/null
SELECT count(*) FROM activitypub.delivery_claim(1) \g /dev/null
SELECT pg_temp.follow(:'ann', 'https://one.example/f/24') \g /dev/null
SELECT is(pg_temp.answers(), 'Accept https://two.example/f/20, '
    'Accept https://one.example/f/23, Accept https://one.example/f/24',
    'what is being sent stays');
SELECT pg_temp.hear(:'ann', 'https://one.example/u/24', 'Undo', NULL,
                    'Follow', :'news', NULL) \g /dev/null
SELECT is(pg_temp.answers(), 'Accept https://two.example/f/20, '
    'Accept https://one.example/f/23', 'who has gone waits for nothing');

SELECT pg_temp.empty_queue() \g /dev/null
SELECT pg_temp.follow(actor, actor || '/f/' || n,
                      'https://acme.example/activitypub/actor')
  FROM generate_series(31, 33) AS n,
       unnest(ARRAY[:'ann', :'bob']) AS actor \g /dev/null
SELECT is(pg_temp.answers(), 'Reject https://one.example/ann/f/33, '
    'Reject https://two.example/bob/f/33', 'each gets one Reject');

-- a farewell

SELECT pg_temp.empty_queue() \g /dev/null
DELETE FROM activitypub.follower;
SELECT pg_temp.follow(:'ann', 'https://one.example/f/7') \g /dev/null
DELETE FROM notified;
SELECT is(pg_temp.hear(:'ann', :'ann' || '#delete', 'Delete', :'ann'),
    'deleted', 'an actor may go');
SELECT is((SELECT count(*) || ' ' || pg_temp.told()
             FROM activitypub.followers), '0 /activitypub/news/followers',
    'she follows nobody');
SELECT is((SELECT count(*) FROM activitypub.delivery), 0::bigint,
    'and waits for nothing');
SELECT is((SELECT count(*) FROM activitypub.delivery_claim(9)), 0::bigint,
    'there is nothing to send');

SELECT * FROM finish();

ROLLBACK;
