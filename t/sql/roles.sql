-- The two roles can do their own, and nothing else.

\i sql/setup.psql

SELECT plan(156);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/posts/1', 'One', 'Text') \g /dev/null

-- what each may

SELECT is(pg_temp.try_as('activitypub_nginx', statement), 'ok',
          'nginx: ' || split_part(statement, '(', 1))
  FROM unnest(ARRAY[
    'SELECT * FROM activitypub.schema()',
    'SELECT * FROM activitypub.document(''https://acme.example'', ''/'', '''')',
    'SELECT * FROM activitypub.twins(0, 10)',
    'SELECT * FROM activitypub.twins_at(''[]'')',
    'SELECT * FROM activitypub.actors(0, 10)',
    'SELECT * FROM activitypub.actors_at(''[]'')',
    'SELECT * FROM activitypub.actors',
    'SELECT * FROM activitypub.posts',
    format('SELECT * FROM activitypub.declare(''n'', %L)',
           pg_temp.acme(jsonb_build_array(pg_temp.news()))),
    $$SELECT activitypub.actor_key_set('https://acme.example/activitypub/news',
      E'-----BEGIN PRIVATE KEY-----\n', E'-----BEGIN PUBLIC KEY-----\n')$$,
    'SELECT * FROM activitypub.signing_key(''x'')',
    'SELECT * FROM activitypub.remote_key(''x'')',
    'SELECT activitypub.remote_known(''x'')',
    'SELECT * FROM activitypub.remote_actors(0, 1)',
    'SELECT activitypub.doubt_actor(''x'', ''y'')',
    $$SELECT activitypub.remote_actor_set('https://one.example/a',
      'one.example', 'https://one.example/in', '', '', '')$$,
    $$SELECT activitypub.remote_actor_keep('https://one.example/a',
      'one.example', 'https://one.example/in', '', '[]', '')$$,
    $$SELECT activitypub.receive('https://acme.example',
      'https://one.example/a', '1', 'Follow',
      'https://acme.example/activitypub/news', '', '', '', '{}')$$,
    'SELECT * FROM activitypub.fanout_expand(1)',
    'SELECT * FROM activitypub.delivery_claim(1)',
    'SELECT activitypub.delivery_settle(''[]'')',
    'SELECT activitypub.delivery_next()',
    'SELECT * FROM activitypub.queue_state()',
    'SELECT * FROM activitypub.job_claim(''{}'')',
    'SELECT activitypub.job_done(1, ''{}'')',
    $$SELECT activitypub.declare_policy('acme.example', 'blocklist', '[]',
      '[]')$$,
    'SELECT * FROM activitypub.domain_policies(0, 10)',
    'SELECT * FROM activitypub.domain_policies_at(''[]'')',
    'SELECT activitypub.policy_of('''', ''one.example'')',
    'SELECT * FROM activitypub.policies',
    'SELECT * FROM activitypub.waiting_replies',
    'SELECT * FROM activitypub.origins',
    'SELECT * FROM activitypub.followers',
    'SELECT * FROM activitypub.deliveries'
  ]) AS statement;

SELECT is(pg_temp.try_as('activitypub_publisher', statement), 'ok',
          'publisher: ' || statement)
  FROM unnest(ARRAY[
    'SELECT activitypub.publish(''news'', ''/posts/2'', ''Two'', ''Text'')',
    'SELECT activitypub.preview(''news'', ''/posts/3'', ''Three'', ''Text'')',
    'SELECT activitypub.update_post(''/posts/1'', title => ''First'')',
    'SELECT activitypub.pin_post(''/posts/1'')',
    'SELECT activitypub.delete_post(''/posts/1'')',
    'SELECT activitypub.actor_add(''ann'')',
    'SELECT activitypub.actors_add(''[{"actor": "ben"}]'')',
    'SELECT activitypub.actor_edit(''ann'', ''{"name": "Ann"}'')',
    'SELECT activitypub.actor_delete(''ann'')',
    'SELECT activitypub.block_domain(''one.example'')',
    'SELECT activitypub.block_domains(''[{"domain": "two.example"}]'')',
    'SELECT activitypub.allow_domain(''one.example'')',
    'SELECT activitypub.unblock_domain(''one.example'')',
    'SELECT * FROM activitypub.block_cost(''one.example'')',
    'SELECT * FROM activitypub.blocks_cost(''{one.example}'')',
    'SELECT activitypub.policy_of('''', ''one.example'')',
    'SELECT * FROM activitypub.remote_key(''x'')',
    'SELECT activitypub.remote_known(''x'')',
    'SELECT activitypub.approve_reply(''x'')',
    'SELECT * FROM activitypub.policies',
    'SELECT * FROM activitypub.waiting_replies',
    'SELECT * FROM activitypub.origins',
    'SELECT * FROM activitypub.schema()',
    'SELECT * FROM activitypub.actors',
    'SELECT * FROM activitypub.posts',
    'SELECT * FROM activitypub.followers',
    'SELECT * FROM activitypub.deliveries',
    'SELECT * FROM activitypub.queue_state()',
    'SELECT activitypub.delivery_retry()',
    'SELECT activitypub.job_create(''check'')',
    'SELECT * FROM activitypub.job_result(1)',
    'SELECT activitypub.job_forget(1)'
  ]) AS statement;

-- the functions of the other

SELECT alike(pg_temp.try_as('activitypub_nginx', statement),
            '42501 permission denied for function%',
            'nginx may not: ' || statement)
  FROM unnest(ARRAY[
    'SELECT activitypub.publish(''news'', ''/posts/4'', ''Four'', ''Text'')',
    'SELECT activitypub.preview(''news'', ''/posts/4'', ''Four'', ''Text'')',
    'SELECT activitypub.update_post(''/posts/2'', title => ''x'')',
    'SELECT activitypub.delete_post(''/posts/2'')',
    'SELECT activitypub.pin_post(''/posts/2'')',
    'SELECT activitypub.actor_add(''cat'')',
    'SELECT activitypub.actors_add(''[]'')',
    'SELECT activitypub.actor_edit(''ben'', ''{}'')',
    'SELECT activitypub.actor_delete(''ben'')',
    'SELECT activitypub.block_domain(''one.example'')',
    'SELECT activitypub.block_domains(''[]'')',
    'SELECT activitypub.allow_domain(''one.example'')',
    'SELECT activitypub.unblock_domain(''one.example'')',
    'SELECT * FROM activitypub.block_cost(''one.example'')',
    'SELECT * FROM activitypub.blocks_cost(''{}'')',
    'SELECT activitypub.approve_reply(''x'')',
    'SELECT activitypub.delivery_retry()',
    'SELECT activitypub.job_create(''check'')',
    'SELECT * FROM activitypub.job_result(1)',
    'SELECT activitypub.job_forget(1)'
  ]) AS statement;

SELECT alike(pg_temp.try_as('activitypub_publisher', statement),
            '42501 permission denied for function%',
            'publisher may not: ' || statement)
  FROM unnest(ARRAY[
    'SELECT * FROM activitypub.document(''https://acme.example'', ''/'', '''')',
    'SELECT * FROM activitypub.declare(''n'', ''{}'')',
    'SELECT activitypub.actor_key_set(''x'', ''y'', ''z'')',
    'SELECT * FROM activitypub.twins(0, 10)',
    'SELECT * FROM activitypub.twins_at(''[]'')',
    'SELECT * FROM activitypub.actors(0, 10)',
    'SELECT * FROM activitypub.actors_at(''[]'')',
    'SELECT * FROM activitypub.signing_key(''x'')',
    'SELECT * FROM activitypub.remote_actors(0, 1)',
    'SELECT activitypub.doubt_actor(''x'', ''y'')',
    'SELECT activitypub.remote_actor_set('''', '''', '''', '''', '''', '''')',
    'SELECT activitypub.remote_actor_keep('''', '''', '''', '''', ''[]'', '''')',
    'SELECT activitypub.receive('''', '''', '''', '''', '''', '''', '''','
        ' '''', '''')',
    'SELECT * FROM activitypub.fanout_expand(1)',
    'SELECT * FROM activitypub.delivery_claim(1)',
    'SELECT activitypub.delivery_settle(''[]'')',
    'SELECT activitypub.delivery_next()',
    'SELECT * FROM activitypub.job_claim(''{}'')',
    'SELECT activitypub.job_done(1, ''{}'')',
    'SELECT activitypub.declare_policy('''', '''', ''[]'', ''[]'')',
    'SELECT * FROM activitypub.domain_policies(0, 10)',
    'SELECT * FROM activitypub.domain_policies_at(''[]'')'
  ]) AS statement;

-- what neither may: inner functions, tables, the schema, each other

SELECT alike(pg_temp.try_as(role, statement), '42501 permission denied%',
            role || ' may not: ' || statement)
  FROM unnest(ARRAY['activitypub_nginx', 'activitypub_publisher']) AS role,
       unnest(ARRAY[
    'SELECT activitypub.announce(1, ''Add'', NULL, now(), ''1'', '''', ''1'')',
    'SELECT activitypub.render_actor(1)',
    'SELECT activitypub.find_object(''/posts/1'')',
    'SELECT private_pem FROM activitypub.actor_key',
    'SELECT * FROM activitypub.actor',
    'SELECT * FROM activitypub.activity',
    'SELECT * FROM activitypub.received',
    'SELECT * FROM activitypub.remote_actor',
    'SELECT activitypub.answer_follow(''Accept'', NULL, NULL, ''{}'')',
    'DELETE FROM activitypub.delivery',
    'INSERT INTO activitypub.follower VALUES (1, 1, ''x'', ''x'')',
    'INSERT INTO activitypub.object (id) VALUES (gen_random_uuid())',
    'INSERT INTO activitypub.fanout (activity) VALUES (gen_random_uuid())',
    'UPDATE activitypub.actor SET document = ''x''',
    'DELETE FROM activitypub.twin',
    'TRUNCATE activitypub.pin',
    'INSERT INTO activitypub.schema_migration VALUES (9, ''mine'')',
    'SELECT nextval(''activitypub.twin_id_seq'')',
    'CREATE TABLE activitypub.mine (a int)',
    'CREATE FUNCTION activitypub.mine() RETURNS int LANGUAGE sql RETURN 1'
  ]) AS statement;

SELECT alike(pg_temp.try_as(role, statement), '42501 must be owner%',
            role || ' may not: ' || statement)
  FROM unnest(ARRAY['activitypub_nginx', 'activitypub_publisher']) AS role,
       unnest(ARRAY['ALTER FUNCTION activitypub.schema() SECURITY INVOKER',
                    'DROP VIEW activitypub.posts']) AS statement;

SELECT is(pg_has_role(role, other, 'MEMBER'), false,
          role || ' is not in ' || other)
  FROM (VALUES ('activitypub_nginx', 'activitypub_owner'),
               ('activitypub_nginx', 'activitypub_publisher'),
               ('activitypub_publisher', 'activitypub_owner'),
               ('activitypub_publisher', 'activitypub_nginx'))
    AS pair (role, other);

SELECT * FROM finish();

ROLLBACK;
