-- Jobs: what a worker does for somebody who waits for the result.

\i sql/setup.psql

SELECT plan(32);

CREATE FUNCTION pg_temp.claim(VARIADIC origins text[] =
                              ARRAY['https://acme.example'])
RETURNS bigint LANGUAGE sql AS $$
    SELECT id FROM activitypub.job_claim(origins)
$$;

CREATE FUNCTION pg_temp.result(wanted bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', r.state, r.result::text)
      FROM activitypub.job_result(wanted) AS r
$$;

SELECT alike(pg_temp.try('SELECT activitypub.job_create(''check'')'),
    'P0002 there is no origin', 'without an origin there is no job');

SELECT pg_temp.found_acme() \g /dev/null

SELECT is(pg_temp.claim(), NULL, 'nothing to do');
SELECT activitypub.job_create('fetch', NULL, '{"url": "x"}') AS one \gset
SELECT activitypub.job_create('check', 'acme.example') AS two \gset
SELECT alike(pg_temp.try(format('SELECT activitypub.job_create(%L, %L)', kind,
                                origin)), error, error)
  FROM (VALUES ('mine', 'acme.example', '22023 there is no job "mine"'),
               ('check', 'x.example', 'P0002 there is no origin "x.example"'))
    AS row (kind, origin, error);
SELECT is(pg_temp.result(:'one'), 'waiting', 'it waits');
SELECT is(pg_temp.claim('https://b.example', 'https://c.example'), NULL,
    'another node''s, which has other origins');
SELECT results_eq('SELECT * FROM activitypub.job_claim(
    ''{"https://b.example","https://acme.example"}'')',
    format($$VALUES (%s::bigint, 'fetch', 'https://acme.example',
                     '{"url": "x"}'::jsonb)$$, :'one'), 'a worker gets it');
SELECT is(pg_temp.result(:'one'), 'running', 'and is at it');
SELECT is(pg_temp.claim(), :'two', 'another one the other');
SELECT is(pg_temp.claim(), NULL, 'that was all');
SELECT activitypub.job_done(:'one', '{"status": 200}') \g /dev/null
SELECT activitypub.job_done(:'one', '{"status": 500}') \g /dev/null
SELECT is(pg_temp.result(:'one'), 'done {"status": 200}',
    'the first result counts');
SELECT ok(activitypub.job_forget(:'one'), 'what was read can go');
SELECT is(pg_temp.result(:'one'), NULL, 'and has');
SELECT ok(NOT activitypub.job_forget(:'one'), 'once');
SELECT ok(NOT activitypub.job_forget(:'two'), 'not what somebody is at');

-- a worker that was killed

SELECT pg_temp.later('89 s') \g /dev/null
SELECT is(pg_temp.claim(), NULL, 'a lease is kept');
SELECT pg_temp.later('1 s') \g /dev/null
SELECT is(pg_temp.claim(), :'two', 'and ends');
SELECT pg_temp.later('90 s') \g /dev/null
SELECT is(pg_temp.claim(), :'two', 'twice');
SELECT pg_temp.later('90 s') \g /dev/null
SELECT is(pg_temp.claim(), NULL, 'three were enough');
SELECT is(pg_temp.result(:'two'), 'done {"step": "worker", "error": "no '
    'worker finished it", "later": true}', 'it has failed');
SELECT pg_temp.later('1 h') \g /dev/null
SELECT is(pg_temp.claim(), NULL, 'a result is forgotten');
SELECT is(pg_temp.result(:'two'), NULL, 'after an hour');

-- nobody is there

SELECT activitypub.job_create('check') AS three \gset
SELECT pg_temp.later('59 s') \g /dev/null
SELECT is(pg_temp.result(:'three'), 'waiting', 'it waits for a minute');
SELECT pg_temp.later('1 s') \g /dev/null
SELECT is(pg_temp.result(:'three'), 'done {"step": "worker", "error": "no '
    'worker took it", "later": true}', 'and no longer');
SELECT is(pg_temp.claim(), NULL, 'whoever comes now');
SELECT is((SELECT state FROM activitypub.job), 'done', 'it is over');

-- limits

SELECT ok(activitypub.job_create('fetch', NULL, jsonb_build_object('url',
    repeat('x', 8192 - 11))) > 0, '8192 bytes');
SELECT is(pg_temp.try(format('SELECT activitypub.job_create(%L, NULL, %L)',
    'fetch', jsonb_build_object('url', repeat('x', 8192 - 10)))),
    '54000 the arguments of a job have 8193 bytes, and may have 8192',
    'one more');
SELECT activitypub.job_create('check') FROM generate_series(2, 32)
    \g /dev/null
SELECT is(pg_temp.try('SELECT activitypub.job_create(''check'')'),
    '53400 there are too many jobs already: try again later',
    'the 33rd that waits');
UPDATE activitypub.job SET state = 'done', result = '{}';
SELECT ok(activitypub.job_create('check') > 0, 'those that are done do not');
INSERT INTO activitypub.job (kind, origin, args, state)
SELECT 'check', 'https://acme.example', '{}', 'done'
  FROM generate_series((SELECT count(*) FROM activitypub.job), 255);
SELECT alike(pg_temp.try('SELECT activitypub.job_create(''check'')'),
    '53400 %', 'until they are many');

SELECT pg_temp.declare('one', pg_temp.acme('[]', '{"origin":
    "https://b.example", "host": "b.example", "account_domain": "b.example"}'))
    \g /dev/null
SELECT alike(pg_temp.try('SELECT activitypub.job_create(''check'')'),
    '22023 there are several origins: name one', 'of several, name one');

SELECT * FROM finish();

ROLLBACK;
