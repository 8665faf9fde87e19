-- The set of pages, whole and by key; and no question reads a whole table.

\i sql/setup.psql

SELECT plan(15);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/a', 'A', 'Text') AS a \gset
SELECT activitypub.publish('news', '/b?x=1', 'B', 'Text') AS b \gset
SELECT activitypub.publish('news', '/c%20d', 'C', 'Text') AS c \gset
SELECT activitypub.delete_post(:'a') \g /dev/null

SELECT results_eq(
    'SELECT origin, path, query, actor, object, gone
       FROM activitypub.twins(0, 100)',
    format($$VALUES
        ('https://acme.example', '/', '', 'news', NULL::uuid, false),
        ('https://acme.example', '/a', '', 'news', %L, true),
        ('https://acme.example', '/b', 'x=1', 'news', %L, false),
        ('https://acme.example', '/c d', '', 'news', %L, false)$$,
        right(:'a', 36), right(:'b', 36), right(:'c', 36)),
    'all of them, a profile page without an object');
SELECT is((SELECT array_agg(path) FROM activitypub.twins(0, 2)),
    ARRAY['/', '/a'], 'a piece');
SELECT is((SELECT array_agg(path) FROM activitypub.twins(
               (SELECT max(id) FROM activitypub.twins(0, 2)), 100)),
    ARRAY['/b', '/c d'], 'and the next');
SELECT is((SELECT array_agg(path) FROM activitypub.twins_at(
    '[["https://acme.example", "/b", "x=1"], ["https://acme.example", "/b", ""],
      ["https://acme.example", "/c d", ""],
      ["https://acme.example", "/c d", ""],
      ["https://other.example", "/a", ""], ["https://acme.example", "/z", ""]]')
    ), ARRAY['/b', '/c d'], 'by key: those that exist, once');
SELECT is_empty('SELECT * FROM activitypub.twins_at(''[]'')',
    'of no keys: none');

DELETE FROM notified WHERE n < (SELECT max(n) FROM notified);
SELECT is((SELECT array_agg(t.path || t.gone) FROM notified,
                  activitypub.twins_at(keys) AS t), ARRAY['/atrue'],
    'a notification is what it takes');


-- With 20,000 posts of 2,000 actors: whatever is asked, nothing is scanned.

INSERT INTO activitypub.actor (origin, name, instance, handle, uri, declaration)
SELECT (SELECT id FROM activitypub.origin), 'a' || n, false, 'a' || n || '@x',
       'https://acme.example/activitypub/a' || n, '{}'
  FROM generate_series(1, 2000) AS n;

CREATE TEMP TABLE fresh AS
    SELECT activitypub.uuid7() AS object, activitypub.uuid7() AS activity, n,
           a.id AS actor
      FROM generate_series(1, 20000) AS n
      JOIN activitypub.actor AS a ON a.name = 'a' || (n % 2000 + 1);

INSERT INTO activitypub.object (id, actor, type, url, published, document)
SELECT object, actor, 'Note', 'https://acme.example/' || n, now(), '{"id":"x"}'
  FROM fresh;
INSERT INTO activitypub.activity
SELECT activity, actor, 'Create', object, true, now(), '{"id":"x"}' FROM fresh;
INSERT INTO activitypub.twin (origin, path, actor, object)
SELECT (SELECT id FROM activitypub.origin), '/' || n, actor, object FROM fresh;
INSERT INTO activitypub.declaration SELECT DISTINCT 'one', actor, '' FROM fresh;
INSERT INTO activitypub.pin (object, actor)
SELECT object, actor FROM fresh WHERE n % 10 = 0;
INSERT INTO activitypub.fanout SELECT activity FROM fresh;

ANALYZE;

-- small ones are rightly scanned: a row an origin, a row an actor and node

CREATE FUNCTION pg_temp.scans() RETURNS bigint LANGUAGE sql AS $$
    SELECT sum(seq_scan)::bigint FROM pg_stat_xact_user_tables
     WHERE schemaname = 'activitypub'
       AND relname NOT IN ('origin', 'declaration', 'schema_migration')
$$;

CREATE FUNCTION pg_temp.scanned(statement text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    was  bigint := pg_temp.scans();
BEGIN
    -- past the fifth time a plan is a generic one

    FOR i IN 1 .. 8 LOOP
        EXECUTE statement;
    END LOOP;

    RETURN pg_temp.scans() - was;
END
$$;

SELECT is(pg_temp.scanned(statement), 0::bigint,
          'no scan: ' || replace(statement, E'\n', ''))
  FROM unnest(ARRAY[
    'SELECT * FROM pg_temp.at(''/777'')',
    'SELECT * FROM pg_temp.at(''/nothing'')',
    'SELECT * FROM pg_temp.at(pg_temp.path(''' || :'b' || '''))',
    'SELECT * FROM pg_temp.at(''/activitypub/a7/outbox'', ''page'')',
    'SELECT * FROM activitypub.twins(7000, 100)',
    $$SELECT * FROM activitypub.twins_at(
        '[["https://acme.example", "/5", ""]]')$$,
    'SELECT activitypub.update_post(''/b?x=1'', random()::text)',
    'SELECT activitypub.publish(''news'', ''/n'' || random(), ''T'', ''C'')'
  ]) AS statement;

SELECT cmp_ok(pg_temp.scanned('SELECT count(*) FROM activitypub.object'), '>=',
    8::bigint, 'a scan would have been seen');

SELECT * FROM finish();

ROLLBACK;
