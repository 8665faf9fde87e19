-- An actor that may be gone: its own server is asked, and believed.

\i sql/setup.psql

SELECT plan(23);

SELECT pg_temp.found_acme() \g /dev/null

CREATE FUNCTION pg_temp.ann(n int) RETURNS text LANGUAGE sql
    RETURN 'https://one.example/ann' || n;

SELECT activitypub.remote_actor_set(pg_temp.ann(n), 'one.example',
           pg_temp.ann(n) || '/inbox', '', '', '')
  FROM generate_series(1, 5) AS n \g /dev/null

SELECT activitypub.receive('https://acme.example', pg_temp.ann(n),
           pg_temp.ann(n) || '/follow', 'Follow',
           'https://acme.example/activitypub/news', '', '', '', '{}')
  FROM generate_series(1, 5) AS n \g /dev/null

CREATE FUNCTION pg_temp.doubts() RETURNS bigint LANGUAGE sql
    RETURN (SELECT count(*) FROM activitypub.job WHERE args ? 'farewell');


-- who is asked

SELECT activitypub.doubt_actor('https://one.example/nobody',
    'https://acme.example') \g /dev/null
SELECT is(pg_temp.doubts(), 0::bigint, 'nobody is asked of a stranger');

SELECT activitypub.doubt_actor(pg_temp.ann(1), 'https://acme.example')
  FROM generate_series(1, 3) \g /dev/null
SELECT results_eq('SELECT kind, origin, args FROM activitypub.job',
    $$VALUES ('fetch', 'https://acme.example',
        '{"url": "https://one.example/ann1", "farewell": true}'::jsonb)$$,
    'one is asked once');

UPDATE activitypub.job SET created = now() - interval '10 min';
SELECT is((SELECT args ->> 'url'
             FROM activitypub.job_claim(ARRAY['https://acme.example'])),
    pg_temp.ann(1), 'and waits longer for a worker than a person does');

SELECT activitypub.job_done(id, jsonb_build_object('status', 410, 'url',
                                                   pg_temp.ann(1)))
  FROM activitypub.job \g /dev/null
SELECT is(activitypub.remote_known(pg_temp.ann(1)), false, '410: gone');
SELECT is((SELECT count(*) FROM activitypub.followers
            WHERE uri = pg_temp.ann(1)), 0::bigint, 'and follows nobody');

SELECT activitypub.doubt_actor(pg_temp.ann(1), 'https://acme.example')
    \g /dev/null
SELECT is(pg_temp.doubts(), 1::bigint, 'who is gone is not asked for again');


-- what is believed

CREATE FUNCTION pg_temp.says(n int, result jsonb) RETURNS boolean
    LANGUAGE plpgsql AS $$
DECLARE
    found  bigint;
BEGIN
    DELETE FROM activitypub.job;
    PERFORM activitypub.doubt_actor(pg_temp.ann(n), 'https://acme.example');
    SELECT id INTO found
      FROM activitypub.job_claim(ARRAY['https://acme.example']);
    PERFORM activitypub.job_done(found, result);

    RETURN NOT activitypub.remote_known(pg_temp.ann(n));
END
$$;

SELECT is(pg_temp.says(2, j.result), s.gone, coalesce(s.result, 'NULL'))
  FROM (VALUES ('{"status": 410, "url": "https://two.example/"}', false),
               ('{"status": 404}', false), ('{"status": 500}', false),
               ('{"status": null, "later": false}', false), ('{}', false),
               (NULL, false),
               ('{"status": 200, "url": "https://one.example/ann2",
                  "body": "{\"type\": \"Person\", \"inbox\": \"x\"}"}', false),
               ('{"status": 200, "url": "https://one.example/ann2", "body":
                  "{\"inbox\":\"x\",\"y\":{\"type\":\"Tombstone\"}}"}', false),
               ('{"status": 200, "url": "https://one.example/else",
                  "body": "{\"type\": \"Tombstone\"}"}', false),
               ('{"status": 200, "url": "https://one.example/ann2",
                  "body": "not JSON"}', false),
               ('{"status": 200, "url": "https://one.example/ann2",
                  "body": "{\"type\" : \"Tombstone\"}"}', true))
       AS s (result, gone),
       LATERAL (SELECT s.result::jsonb) AS j (result);


-- a server that does not answer is asked again

SELECT is(pg_temp.says(3, '{"status": null, "later": true}'), false,
    'no answer');
SELECT results_eq('SELECT state, next_at > now() FROM activitypub.job',
    $$VALUES ('waiting', true)$$, 'is asked for later');

UPDATE activitypub.job SET attempts = 3, state = 'running';
SELECT activitypub.job_done(id, '{"status": 503, "later": true}')
  FROM activitypub.job \g /dev/null
SELECT is((SELECT state FROM activitypub.job), 'done', 'but not for ever');


-- people's jobs are not kept waiting by these

DELETE FROM activitypub.job;
INSERT INTO activitypub.job (kind, origin, args)
SELECT 'fetch', 'https://acme.example',
       jsonb_build_object('url', n::text, 'farewell', true)
  FROM generate_series(1, 256) AS n;

SELECT activitypub.doubt_actor(pg_temp.ann(4), 'https://acme.example')
    \g /dev/null
SELECT is(pg_temp.doubts(), 256::bigint, 'there are never too many');
SELECT lives_ok($$SELECT activitypub.job_create('fetch', NULL,
    '{"url": "https://one.example/"}')$$, 'and they are in nobody''s way');


-- who is learned is told, once a statement, and who returns

SELECT is((SELECT count(*) FROM pg_trigger
            WHERE tgrelid = 'activitypub.remote_actor'::regclass
              AND tgname IN ('remote_actor_came', 'remote_actor_returned')
              AND tgenabled = 'O'), 2::bigint, 'nodes hear of new actors');


SELECT * FROM finish();

ROLLBACK;
