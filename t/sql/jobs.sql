-- Jobs: what a worker does for somebody who waits for the result.

\i sql/setup.psql

SELECT plan(15);

SELECT alike(pg_temp.try('SELECT activitypub.job_create(''check'')'),
    'P0002 there is no origin', 'without an origin there is no job');

SELECT pg_temp.found_acme() \g /dev/null

SELECT is_empty('SELECT * FROM activitypub.job_claim()', 'nothing to do');
SELECT activitypub.job_create('fetch', NULL, '{"url": "x"}') AS one \gset
SELECT activitypub.job_create('check', 'acme.example') AS two \gset
SELECT alike(pg_temp.try(format('SELECT activitypub.job_create(%L, %L)', kind,
                                origin)), error, error)
  FROM (VALUES ('mine', 'acme.example', '22023 there is no job "mine"'),
               ('check', 'x.example', 'P0002 there is no origin "x.example"'))
    AS row (kind, origin, error);
SELECT results_eq(format('SELECT * FROM activitypub.job_result(%s)', :'one'),
    'VALUES (''waiting'', NULL::jsonb)', 'it waits');
SELECT results_eq('SELECT * FROM activitypub.job_claim()',
    format($$VALUES (%s::bigint, 'fetch', 'https://acme.example',
                     '{"url": "x"}'::jsonb)$$, :'one'), 'a worker gets it');
SELECT results_eq('SELECT * FROM activitypub.job_claim()',
    format($$VALUES (%s::bigint, 'check', 'https://acme.example',
                     '{}'::jsonb)$$, :'two'), 'another one the other');
SELECT is_empty('SELECT * FROM activitypub.job_claim()', 'that was all');
SELECT activitypub.job_done(:'one', '{"status": 200}') \g /dev/null
SELECT activitypub.job_done(:'one', '{"status": 500}') \g /dev/null
SELECT results_eq(format('SELECT * FROM activitypub.job_result(%s)', :'one'),
    $$VALUES ('done', '{"status": 200}'::jsonb)$$, 'the first result counts');

-- a worker that was killed

SELECT pg_temp.later('90 s') \g /dev/null
SELECT is((SELECT id FROM activitypub.job_claim()), :'two'::bigint,
    'a lease ends');
SELECT pg_temp.later('90 s') \g /dev/null
SELECT is((SELECT id FROM activitypub.job_claim()), :'two'::bigint, 'twice');
SELECT pg_temp.later('90 s') \g /dev/null
SELECT is_empty('SELECT * FROM activitypub.job_claim()', 'three were enough');
SELECT results_eq(format('SELECT * FROM activitypub.job_result(%s)', :'two'),
    $$VALUES ('done', '{"error": "no worker finished it"}'::jsonb)$$,
    'it has failed');

SELECT pg_temp.later('1 day') \g /dev/null
SELECT activitypub.job_create('check') AS three \gset
SELECT is((SELECT count(*) FROM activitypub.job), 1::bigint,
    'results are forgotten after a day');
SELECT pg_temp.declare('one', pg_temp.acme('[]', '{"origin":
    "https://b.example", "host": "b.example", "account_domain": "b.example"}'))
    \g /dev/null
SELECT alike(pg_temp.try('SELECT activitypub.job_create(''check'')'),
    '22023 there are several origins: name one', 'of several, name one');

SELECT * FROM finish();

ROLLBACK;
