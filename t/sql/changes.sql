-- The sets in the zone are complete because whoever writes a twin, or an actor
-- that the database keeps, says so: what triggers see is what is notified.

\i sql/setup.psql

SELECT plan(14);

CREATE TEMP TABLE touched (key jsonb);
GRANT ALL ON touched TO PUBLIC;

CREATE FUNCTION pg_temp.touch_twin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row  activitypub.twin;
BEGIN
    FOREACH row IN ARRAY ARRAY[OLD, NEW]::activitypub.twin[] LOOP
        INSERT INTO pg_temp.touched
        SELECT jsonb_build_array(o.url, row.path, row.query)
          FROM activitypub.origin AS o WHERE o.id = row.origin;
    END LOOP;

    RETURN NULL;
END
$$;

CREATE FUNCTION pg_temp.touch_actor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row  jsonb := coalesce(to_jsonb(NEW), to_jsonb(OLD));
BEGIN
    IF TG_TABLE_NAME = 'declaration' AND row ->> 'node' <> '' THEN
        RETURN NULL;
    END IF;

    INSERT INTO pg_temp.touched
    SELECT jsonb_build_array(o.url, substr(a.uri, length(o.url) + 1), '')
      FROM activitypub.actor AS a JOIN activitypub.origin AS o
        ON o.id = a.origin
     WHERE a.id = coalesce(row ->> 'actor', row ->> 'id')::bigint;

    RETURN NULL;
END
$$;

CREATE TRIGGER touch AFTER INSERT OR UPDATE OR DELETE ON activitypub.twin
    FOR EACH ROW EXECUTE FUNCTION pg_temp.touch_twin();
CREATE TRIGGER touch AFTER INSERT OR DELETE ON activitypub.declaration
    FOR EACH ROW EXECUTE FUNCTION pg_temp.touch_actor();
CREATE TRIGGER touch AFTER UPDATE OF deleted ON activitypub.actor
    FOR EACH ROW EXECUTE FUNCTION pg_temp.touch_actor();


-- how many rows of a set a statement wrote, of which nobody was told

CREATE FUNCTION pg_temp.unsaid(statement text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM pg_temp.touched;
    DELETE FROM pg_temp.notified;
    EXECUTE statement;

    RETURN (SELECT CASE WHEN count(*) = 0 THEN 'nothing was written'
                        ELSE coalesce(string_agg(t.key::text, ' ') FILTER (
                            WHERE NOT EXISTS (
                                SELECT FROM pg_temp.notified AS n
                                 WHERE n.keys @> jsonb_build_array(t.key))),
                            '')
                   END
              FROM pg_temp.touched AS t);
END
$$;


-- a redirect

CREATE FUNCTION pg_temp.seen() RETURNS text LANGUAGE sql AS $$
    SELECT verdict FROM activitypub.redirect_seen('https://acme.example',
        '/b', '', '/d', 60)
$$;


SELECT is(pg_temp.unsaid(statement), '', statement) FROM unnest(ARRAY[
    'SELECT pg_temp.found_acme()',
    $$SELECT activitypub.publish('news', '/a', 'A', 'Text')$$,
    $$SELECT activitypub.publish('news', '/b', 'B', 'Text')$$,
    $$SELECT activitypub.update_post('/a',
          url => 'https://acme.example/c')$$,
    $$SELECT activitypub.delete_post('/c')$$,
    $$SELECT pg_temp.seen();
      UPDATE activitypub.redirect SET since = since - interval '1 day',
          seen = seen - interval '1 day', tried = tried - interval '1 day';
      SELECT pg_temp.seen();
      SELECT activitypub.move_post('https://acme.example', '/b', '', '/d')$$,
    $$SELECT activitypub.actor_add('ann', '{"url": "/ann"}')$$,
    $$SELECT activitypub.actors_add('[{"actor": "bea", "url": "/bea"}]')$$,
    $$SELECT activitypub.actor_edit('ann', '{"url": "/anne"}')$$,
    $$SELECT activitypub.publish('ann', '/e', 'E', 'Text')$$,
    $$SELECT activitypub.actor_delete('ann')$$,
    $$SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
          pg_temp.news('{"path": "/news"}'))))$$,
    $$SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
          pg_temp.news('{"path": "/d"}'))))$$
  ]) AS statement;

-- what is not said is seen

SELECT is(pg_temp.unsaid('DELETE FROM activitypub.twin WHERE path = ''/bea'''),
    '["https://acme.example", "/bea", ""]', 'a row that nobody was told of');

SELECT * FROM finish();

ROLLBACK;
