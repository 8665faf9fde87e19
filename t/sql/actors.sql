-- The set of actors that a configuration need not know.

\i sql/setup.psql

SELECT plan(8);

SELECT pg_temp.found_acme() \g /dev/null
SELECT pg_temp.declare('one', pg_temp.acme('[]', '{
    "origin": "https://b.example", "host": "b.example",
    "account_domain": "b.example"}')) \g /dev/null

INSERT INTO activitypub.actor (origin, name, instance, handle, uri,
                               declaration, deleted)
SELECT o.id, v.name, false, v.name || '@' || o.host,
       o.url || o.prefix || v.name, v.declaration::jsonb, v.deleted
  FROM activitypub.origin AS o
  JOIN (VALUES
      ('acme.example', 'ann', '{"url": "https://acme.example/ann"}', NULL),
      ('acme.example', 'gone', '{"url": "https://acme.example/g"}', now()),
      ('b.example', 'ben', '{}', NULL)
  ) AS v (host, name, declaration, deleted) ON v.host = o.host;

INSERT INTO activitypub.declaration
SELECT '', a.id, 'x' FROM activitypub.actor AS a WHERE a.name IN ('ann', 'ben');

CREATE TEMP TABLE known AS SELECT * FROM activitypub.actors(0, 100);

SELECT results_eq(
    'SELECT origin, name, page, gone FROM known ORDER BY name',
    $$VALUES ('https://acme.example', 'ann', 'https://acme.example/ann', false),
             ('https://b.example', 'ben', '', false),
             ('https://acme.example', 'gone', '', true)$$,
    'those of the database and those that are gone, not the configured ones');
SELECT ok((SELECT array_agg(k.id) = array_agg(k.id ORDER BY k.id)
             FROM known AS k), 'by their ids');
SELECT is((SELECT array_agg(id) FROM activitypub.actors(0, 2)),
    (SELECT array_agg(id) FROM (SELECT id FROM known ORDER BY id LIMIT 2) AS k),
    'a piece');
SELECT is((SELECT array_agg(id) FROM activitypub.actors(
               (SELECT max(id) FROM activitypub.actors(0, 2)), 2)),
    (SELECT array_agg(id) FROM (SELECT id FROM known ORDER BY id OFFSET 2)
        AS k), 'and the next');

SELECT results_eq(
    $$SELECT name, gone FROM activitypub.actors_at(
        '[["https://acme.example", "/activitypub/ann", ""],
          ["https://acme.example", "/activitypub/ann", ""],
          ["https://acme.example", "/activitypub/gone", ""],
          ["https://acme.example", "/activitypub/ben", ""],
          ["https://b.example", "/activitypub/ann", ""],
          ["https://acme.example", "/activitypub/news", ""],
          ["https://acme.example", "/activitypub/actor", ""],
          ["https://acme.example", "/ann", ""],
          ["https://b.example", "/activitypub/ben", "page"]]')
       ORDER BY name$$,
    $$VALUES ('ann', false), ('gone', true)$$,
    'by key: those of them, each once');
SELECT is_empty('SELECT * FROM activitypub.actors_at(''[]'')',
    'of no keys: none');

DELETE FROM activitypub.declaration WHERE node = '';
SELECT is((SELECT array_agg(name) FROM activitypub.actors(0, 9)),
    ARRAY['gone'], 'who is not kept any more is not in the set');
SELECT is_empty($$SELECT * FROM activitypub.actors_at(
        '[["https://acme.example", "/activitypub/ann", ""]]')$$,
    'nor by key');

SELECT * FROM finish();

ROLLBACK;
