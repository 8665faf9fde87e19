-- Actors that the database keeps, when actors look different: rendered once,
-- and told only if they do.

\i sql/setup.psql

SELECT plan(11);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.actor_add(name, '{}', 'acme.example')
  FROM unnest(ARRAY['ann', 'ben', 'cat', 'dan']) AS name \g /dev/null
SELECT pg_temp.key('https://acme.example/activitypub/' || name)
  FROM unnest(ARRAY['ann', 'ben', 'cat']) AS name \g /dev/null

SELECT a.id AS ann, a.document AS document FROM activitypub.actor AS a
 WHERE a.name = 'ann' \gset
SELECT a.id AS dan FROM activitypub.actor AS a WHERE a.name = 'dan' \gset

DELETE FROM notified;

SELECT results_eq('SELECT * FROM activitypub.render_again(0, 500)',
    format('SELECT %s::bigint, 0', :'dan'), 'nothing to do');
SELECT is_empty('SELECT * FROM notified', 'nobody is told');

-- a newer version, by which one looks different

CREATE OR REPLACE FUNCTION activitypub.render_version()
RETURNS int LANGUAGE sql IMMUTABLE RETURN 1001;
UPDATE activitypub.actor SET document = document || ' ' WHERE name = 'ann';

SELECT results_eq('SELECT * FROM activitypub.render_again(0, 1)',
    format('SELECT %s::bigint, 1', :'ann'), 'one of one');
SELECT is((SELECT document FROM activitypub.actor WHERE name = 'ann'),
    :'document', 'is rendered');
SELECT is(pg_temp.told(), '/activitypub/ann', 'and caches are told');
SELECT is((SELECT count(*) FROM activitypub.activity WHERE type = 'Update'),
    1::bigint, 'and followers');
SELECT results_eq(format('SELECT * FROM activitypub.render_again(%s, 500)',
    :'ann'), format('SELECT %s::bigint, 0', :'dan'), 'the others look the same');
SELECT is((SELECT count(*) FROM activitypub.activity WHERE type = 'Update'),
    1::bigint, 'which nobody is told');
SELECT results_eq(format('SELECT * FROM activitypub.render_again(%s, 500)',
    :'dan'), 'SELECT NULL::bigint, 0', 'behind the last one');
SELECT is((SELECT count(*) FROM activitypub.declaration
            WHERE node = '' AND hash LIKE '1001:%'), 4::bigint,
    'all are of the new version');
SELECT ok(NOT activitypub.actor_edit('ann', '{}'), 'and say what they said');

SELECT * FROM finish();

ROLLBACK;
