-- What stands in the schema, whose it is, and how its functions are made.

\i sql/setup.psql

SELECT plan(14);

SELECT tables_are('activitypub', ARRAY[
    'schema_migration', 'origin', 'actor', 'actor_key', 'declaration', 'twin',
    'object', 'activity', 'fanout', 'pin', 'remote_actor', 'follower',
    'received', 'host', 'delivery', 'sent', 'job', 'section', 'reaction',
    'tally', 'redirect', 'presence', 'domain_policy', 'remote_key',
    'tombstone', 'review'],
    'the tables are those known');

SELECT views_are('activitypub', ARRAY['origins', 'actors', 'posts',
    'followers', 'deliveries', 'policies', 'waiting_replies', 'reviews'],
    'the views are those known');

SELECT results_eq('SELECT version, min_module FROM activitypub.schema()',
    'SELECT 16, 1', 'schema() tells version and module level');

INSERT INTO activitypub.schema_migration (version, name, min_module)
VALUES (907, 'later', 3), (908, 'latest', 2);

SELECT results_eq('SELECT version, min_module FROM activitypub.schema()',
    'SELECT 908, 3', 'the module level never goes down');

SELECT is_empty($$
    SELECT oid::regclass FROM pg_class
     WHERE relnamespace = 'activitypub'::regnamespace
       AND relowner <> 'activitypub_owner'::regrole$$,
    'every table belongs to the owner');

SELECT is_empty($$
    SELECT oid::regprocedure FROM pg_proc
     WHERE pronamespace = 'activitypub'::regnamespace
       AND proowner <> 'activitypub_owner'::regrole$$,
    'every function belongs to the owner');

SELECT is_empty($$
    SELECT oid::regprocedure FROM pg_proc
     WHERE pronamespace = 'activitypub'::regnamespace
       AND (has_function_privilege('activitypub_nginx', oid, 'EXECUTE')
            OR has_function_privilege('activitypub_publisher', oid, 'EXECUTE'))
       AND NOT (prosecdef AND proconfig @>
                ARRAY['search_path=activitypub, pg_temp',
                      'standard_conforming_strings=on'])$$,
    'what a role may call runs as the owner, whatever the session has set');

SELECT is_empty($$
    SELECT oid::regprocedure FROM pg_proc
     WHERE pronamespace = 'activitypub'::regnamespace AND prosecdef
       AND NOT (has_function_privilege('activitypub_nginx', oid, 'EXECUTE')
            OR has_function_privilege('activitypub_publisher', oid,
                                      'EXECUTE'))$$,
    'what no role may call does not run as the owner by itself');

SELECT is_empty($$
    SELECT p.oid::regprocedure
      FROM pg_proc AS p, aclexplode(coalesce(p.proacl,
               acldefault('f', p.proowner))) AS acl
     WHERE p.pronamespace = 'activitypub'::regnamespace AND acl.grantee = 0$$,
    'PUBLIC may call nothing');

SET LOCAL ROLE activitypub_owner;
CREATE FUNCTION activitypub.brand_new() RETURNS int LANGUAGE sql RETURN 1;
RESET ROLE;

SELECT ok(NOT has_function_privilege('activitypub_publisher',
                                     'activitypub.brand_new()', 'EXECUTE'),
    'a new function is nobody''s');

SELECT is_empty($$
    SELECT t.relname, c.conname
      FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
     WHERE t.relnamespace = 'activitypub'::regnamespace AND c.contype = 'f'
       AND t.relname NOT IN ('twin', 'actor') AND NOT EXISTS (
               SELECT FROM pg_index AS i
                WHERE i.indrelid = t.oid AND i.indkey[0] = c.conkey[1])
       AND NOT (t.relname = 'activity' AND c.conname LIKE '%actor%')$$,
    'what is referred to is found by an index');

SELECT is_empty($$
    SELECT oid::regprocedure FROM pg_proc
     WHERE pronamespace = 'activitypub'::regnamespace
       AND prosrc ~* '\mEXCEPTION\s+WHEN\M'$$,
    'no function opens a subtransaction');

SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p
     WHERE p.pronamespace = 'activitypub'::regnamespace
       AND obj_description(p.oid, 'pg_proc') IS NULL
       AND (has_function_privilege('activitypub_nginx', p.oid, 'EXECUTE')
            OR has_function_privilege('activitypub_publisher', p.oid,
                                      'EXECUTE'))$$,
    'a function that somebody may call has a comment');

SELECT is_empty($$
    SELECT oid::regclass FROM pg_class
     WHERE relnamespace = 'activitypub'::regnamespace
       AND relkind IN ('r', 'v') AND obj_description(oid, 'pg_class') IS NULL$$,
    'a table and a view have a comment');

SELECT * FROM finish();

ROLLBACK;
