-- Keys: ours, and those of others.

\i sql/setup.psql

SELECT plan(38);

SELECT pg_temp.found_acme() \g /dev/null

-- ours

SELECT results_eq(
    format('SELECT * FROM activitypub.signing_key(%L)', uri),
    format('SELECT %L, %L', uri || '#main-key',
           E'-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n'),
    'signs as ' || uri)
  FROM unnest(ARRAY['https://acme.example/activitypub/news',
                    'https://acme.example/activitypub/actor']) AS uri;
SELECT is_empty($$SELECT * FROM activitypub.signing_key('https://x.example')$$,
    'nobody else''s');

-- others: ann of one.example

SELECT is_empty($$SELECT * FROM activitypub.remote_key('')$$,
    'no key is no actor''s');
SELECT pg_temp.meet('https://one.example/ann') \g /dev/null

SELECT results_eq(
    $$SELECT actor, public_pem, inbox, shared_inbox,
             fetched BETWEEN epoch - 60 AND epoch
        FROM activitypub.remote_key('https://one.example/ann#main-key'),
             floor(extract(epoch FROM now())) AS epoch$$,
    $$VALUES ('https://one.example/ann', 'PEM', 'https://one.example/ann/inbox',
              'https://one.example/inbox', true)$$, 'a key is found by its id');
SELECT is_empty($$SELECT * FROM activitypub.remote_key(
    'https://one.example/ann')$$, 'and by that alone');
SELECT is(activitypub.remote_known(uri), known, 'known: ' || uri)
  FROM (VALUES ('https://one.example/ann', true),
               ('https://one.example/bob', false)) AS row (uri, known);

-- fetched again

UPDATE activitypub.remote_key SET fetched = now() - interval '1 day';
SELECT activitypub.remote_actor_set('https://one.example/ann', 'one.example',
    'https://one.example/in', NULL, 'https://one.example/ann#two', 'TWO')
    \g /dev/null

SELECT results_eq(
    $$SELECT public_pem, inbox, shared_inbox, fetched > epoch - 60
        FROM activitypub.remote_key('https://one.example/ann#two'),
             floor(extract(epoch FROM now())) AS epoch$$,
    $$VALUES ('TWO', 'https://one.example/in', '', true)$$,
    'a fetch replaces what was known');
SELECT is_empty($$SELECT * FROM activitypub.remote_key(
    'https://one.example/ann#main-key')$$, 'the old key is not hers any more');
SELECT is((SELECT count(*) FROM activitypub.remote_actors(0, 10)), 1::bigint,
    'it is one actor');

-- a follower's posts go where it says now

SELECT pg_temp.follow('https://one.example/ann') \g /dev/null
SELECT is((SELECT inbox::text FROM activitypub.follower),
    'https://one.example/in', 'without a shared inbox to her own');
SELECT activitypub.remote_actor_set('https://one.example/ann', 'one.example',
    'https://one.example/in', 'https://one.example/all',
    'https://one.example/ann#two', 'TWO') \g /dev/null
SELECT is((SELECT inbox::text FROM activitypub.follower),
    'https://one.example/all', 'and to the shared one when there is one');

-- several keys: those that are listed, and of those the ones with a text

CREATE FUNCTION pg_temp.keep(uri text, key_id text, keys text[],
    over text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT activitypub.remote_actor_keep(uri, 'one.example', uri || '/inbox',
        '', (SELECT jsonb_agg(jsonb_build_object('id', k,
                       'text', upper(right(k, 3))) -
                       CASE WHEN k LIKE '%?' THEN 'text' ELSE '' END)
               FROM unnest(keys) AS k), key_id, over)
$$;

CREATE FUNCTION pg_temp.keys(uri text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(k.key_id || '=' || k.text, ' ' ORDER BY k.key_id)
      FROM activitypub.remote_key AS k
      JOIN activitypub.remote_actor AS r ON r.id = k.remote_actor
     WHERE r.uri = keys.uri
$$;

SELECT is(pg_temp.keep('https://one.example/sue', 'a#one',
                       '{a#one,a#two,a#on?}'), '', 'an actor with three keys');
SELECT is(pg_temp.keys('https://one.example/sue'), 'a#one=ONE a#two=TWO',
    'those that were asked for');
SELECT is(pg_temp.keep('https://one.example/sue', 'a#two', '{a#two,a#one?}'),
    '', 'fetched again');
SELECT is(pg_temp.keys('https://one.example/sue'), 'a#two=TWO',
    'what is not listed any more is not hers');

SELECT activitypub.remote_actor_keep('https://one.example/sue', 'one.example',
    'https://one.example/in', '', '[{"id": "a#end", "text": "E",
    "expires": 1000}, {"id": "a#two", "text": "T"}]', 'a#end') \g /dev/null
SELECT results_eq(
    $$SELECT k.public_pem, k.expires FROM unnest(ARRAY['a#end', 'a#two']) AS id,
        activitypub.remote_key(id) AS k$$,
    $$VALUES ('E', 1000::bigint), ('T', 0)$$, 'a key that ends, one that does not');

-- R12: a key belongs to one actor, and changes hands when both say so

SELECT is(pg_temp.keep('https://one.example/tom', 'a#two', '{a#two,t#new}'),
    'https://one.example/sue', 'a key of another: whose it is');
SELECT is(activitypub.remote_known('https://one.example/tom'), false,
    'and nothing is kept');
SELECT is(pg_temp.keep('https://one.example/tom', 'a#two', '{a#two,t#new}',
                       'https://one.example/ann'), 'https://one.example/sue',
    'nor when a third one has given it up');
SELECT is(pg_temp.keep('https://one.example/tom', 't#new', '{a#two,t#new}'),
    '', 'one that lists a key of another beside its own');
SELECT is(pg_temp.keys('https://one.example/tom'), 't#new=NEW',
    'has its own');
SELECT is(pg_temp.keep('https://one.example/tom', 'a#two', '{a#two,t#new}',
                       'https://one.example/sue'), '',
    'when it was given up it changes hands');
SELECT is(pg_temp.keys('https://one.example/tom'), 'a#two=TWO t#new=NEW',
    'to the one who lists it');
SELECT is(pg_temp.keys('https://one.example/sue'), 'a#end=E',
    'the other one has it no more');
SELECT alike(pg_temp.try($$SELECT activitypub.remote_actor_set(
    'https://one.example/bob', 'one.example', 'https://one.example/in', '',
    'a#two', 'BOB')$$),
    '22023 the key "a#two" is that of "https://one.example/tom"%',
    'nor does anybody get it in the way of old');

UPDATE activitypub.remote_actor SET gone = true
 WHERE uri = 'https://one.example/tom';
SELECT is(pg_temp.keep('https://one.example/sue', 'a#two', '{a#two}'), '',
    'the key of one who is gone');
SELECT is(pg_temp.keys('https://one.example/sue'), 'a#two=TWO', 'is free');
DELETE FROM activitypub.remote_actor
 WHERE uri IN ('https://one.example/tom', 'https://one.example/sue');

-- actors without keys do not meet

SELECT activitypub.remote_actor_set('https://one.example/c' || n,
    'one.example', 'https://one.example/c/inbox', '', '', '')
  FROM generate_series(1, 2) AS n \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.remote_actors(0, 10)), 3::bigint,
    'several may have no key');

-- where an inbox may be

SELECT alike(pg_temp.try(format($$SELECT activitypub.remote_actor_set(
    'https://one.example/eve', 'one.example', %L, '', 'k', 'PEM')$$, inbox)),
    '22023 the inbox "' || inbox || '" is not on the host of%',
    'refused: ' || inbox)
  FROM unnest(ARRAY['https://two.example/inbox', 'https://xone.example/inbox',
                    'https://one.example.evil/inbox', 'inbox']) AS inbox;
SELECT is(activitypub.remote_known('https://one.example/eve'), false,
    'who was refused is not known');
SELECT activitypub.remote_actor_set('https://one.example/eve', 'one.example',
    'https://one.example:8443/inbox', 'https://two.example/inbox', 'k', 'PEM')
    \g /dev/null
SELECT results_eq(
    $$SELECT inbox, shared_inbox FROM activitypub.remote_key('k')$$,
    $$VALUES ('https://one.example:8443/inbox', '')$$,
    'a shared inbox elsewhere is none');

-- piece by piece

SELECT is((SELECT array_agg(uri ORDER BY id)
             FROM activitypub.remote_actors(
                 (SELECT min(id) FROM activitypub.remote_actor), 2)),
    '{https://one.example/c1,https://one.example/c2}', 'a piece of the set');
UPDATE activitypub.remote_actor SET gone = true
 WHERE uri = 'https://one.example/ann';
SELECT is_empty($$SELECT * FROM activitypub.remote_key(
    'https://one.example/ann#two')$$, 'who is gone has no key');

SELECT * FROM finish();

ROLLBACK;
