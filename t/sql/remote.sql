-- Keys: ours, and those of others.

\i sql/setup.psql

SELECT plan(24);

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

UPDATE activitypub.remote_actor SET fetched = now() - interval '1 day';
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

-- a key that changes hands

SELECT activitypub.remote_actor_set('https://one.example/bob', 'one.example',
    'https://one.example/bob/inbox', '', 'https://one.example/ann#two', 'BOB')
    \g /dev/null

SELECT results_eq(
    $$SELECT actor, public_pem
        FROM activitypub.remote_key('https://one.example/ann#two')$$,
    $$VALUES ('https://one.example/bob', 'BOB')$$,
    'a key belongs to one actor: the last one fetched');
SELECT is((SELECT key_id || public_pem FROM activitypub.remote_actor
            WHERE uri = 'https://one.example/ann'), '',
    'the other one has none');

-- actors without keys do not meet

SELECT activitypub.remote_actor_set('https://one.example/c' || n,
    'one.example', 'https://one.example/c/inbox', '', '', '')
  FROM generate_series(1, 2) AS n \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.remote_actors(0, 10)), 4::bigint,
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
    '{https://one.example/bob,https://one.example/c1}', 'a piece of the set');
UPDATE activitypub.remote_actor SET gone = true
 WHERE uri = 'https://one.example/bob';
SELECT is_empty($$SELECT * FROM activitypub.remote_key(
    'https://one.example/ann#two')$$, 'who is gone has no key');

SELECT * FROM finish();

ROLLBACK;
