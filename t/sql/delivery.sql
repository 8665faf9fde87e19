-- delivery_claim() and delivery_settle(): who gets what, and in which order.

\i sql/setup.psql

SELECT plan(45);

SELECT pg_temp.found_acme() \g /dev/null
SELECT pg_temp.meet('https://one.example/' || n, '')
  FROM generate_series(1, 4) AS n \g /dev/null
SELECT pg_temp.follow(uri) FROM activitypub.remote_actors(0, 9) \g /dev/null

-- claims what is due, and remembers it until done(): type and inbox of each

CREATE TEMP TABLE claims (id bigint, claim uuid, inbox text, type text);

CREATE FUNCTION pg_temp.claim(lim int DEFAULT 64) RETURNS text
LANGUAGE sql AS $$
    WITH taken AS (
        INSERT INTO claims (id, claim, inbox, type)
        SELECT c.id, c.claim, substring(c.inbox FROM 'https://(\w+\.\w+/\w+)'),
               c.body::jsonb ->> 'type'
          FROM activitypub.delivery_claim(lim) AS c
        RETURNING *
    )
    SELECT string_agg(type || ' ' || replace(inbox, 'one.example/', ''), ', '
                      ORDER BY id) FROM taken
$$;

-- settles all that was claimed, or what went to one inbox

CREATE FUNCTION pg_temp.done(outcome text DEFAULT 'delivered',
    status int DEFAULT NULL, whose text DEFAULT '', after bigint DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.settle(c.id, c.claim, outcome, status, after, 'why')
       FROM claims AS c WHERE c.inbox LIKE '%' || whose;
    DELETE FROM claims AS c WHERE c.inbox LIKE '%' || whose;
END
$$;

-- what is left of the deliveries

CREATE FUNCTION pg_temp.rest() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(d.state || ' ' || d.attempts, ', ' ORDER BY d.id)
      FROM activitypub.deliveries AS d
$$;

-- at most two of a host

SELECT is(activitypub.delivery_next(), 0::bigint,
    'an answer is due at once, though its host does not know');
SELECT is(pg_temp.claim(), 'Accept 1, Accept 2', 'two of a host');
SELECT is(pg_temp.claim(), NULL, 'and no more');
SELECT is(activitypub.delivery_next() BETWEEN 89000 AND 90000, true,
    'until a lease ends');
SELECT results_eq('SELECT waiting, leased, dead, oldest_seconds >= 0, fanouts
                     FROM activitypub.queue_state()',
    'VALUES (2::bigint, 2::bigint, 0::bigint, true, 0::bigint)',
    'the queue says so');
SELECT pg_temp.done('delivered', 202, '/1') \g /dev/null
SELECT is(pg_temp.rest(), 'sending 1, waiting 0, waiting 0',
    'what was delivered is gone');
SELECT is(activitypub.delivery_next(), 0::bigint, 'one more may go');
SELECT is(pg_temp.claim(1), 'Accept 3', 'it does');

-- a claim that is not good any more

SELECT pg_temp.settle(c.id, gen_random_uuid(), 'delivered', 202)
  FROM claims AS c \g /dev/null
SELECT is(pg_temp.rest(), 'sending 1, sending 1, waiting 0',
    'somebody else''s claim settles nothing');
SELECT pg_temp.later('90 s') \g /dev/null
CREATE TEMP TABLE old AS SELECT * FROM claims;
DELETE FROM claims;
SELECT is(pg_temp.claim(), 'Accept 2, Accept 4',
    'a lease that ended is claimed again');
SELECT is((SELECT max(attempts) FROM activitypub.deliveries), 2,
    'that was an attempt');
SELECT pg_temp.settle(o.id, o.claim) FROM old AS o WHERE o.inbox LIKE '%2'
    \g /dev/null
SELECT is(pg_temp.rest(), 'sending 2, waiting 1, sending 1',
    'the old claim is too late');
SELECT pg_temp.settle(o.id, o.claim) FROM old AS o WHERE o.inbox LIKE '%3'
    \g /dev/null
SELECT is(pg_temp.rest(), 'sending 2, sending 1',
    'unless nobody else has claimed it');
SELECT pg_temp.done() \g /dev/null
SELECT is(pg_temp.deliver() || ' ' || coalesce(activitypub.delivery_next(), -1),
    '0 -1', 'nothing waits');
SELECT is((SELECT count(*) FROM activitypub.delivery), 0::bigint,
    'no row is left');

-- Create, Update, Delete of one post, and another post

SELECT pg_temp.hear(uri, uri || '/undo', 'Undo', uri || '/follow')
  FROM unnest('{https://one.example/3,https://one.example/4}'::text[]) AS uri
    \g /dev/null
SELECT activitypub.publish('news', '/posts/1', 'One', 'Text') AS one \gset
SELECT activitypub.update_post(:'one', title => 'First') \g /dev/null
SELECT activitypub.delete_post(:'one') \g /dev/null
SELECT pg_temp.expand() \g /dev/null

SELECT is(pg_temp.claim(), 'Create 1, Create 2', 'first the Creates');
SELECT is((SELECT count(DISTINCT body) FROM activitypub.deliveries AS d
             JOIN activitypub.delivery AS r ON r.id = d.id,
             LATERAL (SELECT v.document FROM activitypub.activity AS v
                       WHERE v.id = r.activity) AS b (body)), 3::bigint,
    'three bodies');
SELECT pg_temp.done('retry', 503, '/1') \g /dev/null
SELECT is(pg_temp.claim(), NULL, 'an Update does not overtake a first try');
SELECT pg_temp.done('delivered', 202, '/2') \g /dev/null
SELECT is(pg_temp.claim(), 'Update 2',
    'who had the Create gets the Update, whatever a neighbour does');
SELECT pg_temp.done() \g /dev/null
SELECT is(pg_temp.claim(), 'Delete 2', 'and then the Delete');
SELECT pg_temp.done() \g /dev/null
SELECT is(pg_temp.claim(), NULL, 'the other waits');
SELECT activitypub.publish('news', '/posts/2', 'Two', 'Text') AS two \gset
SELECT pg_temp.expand() \g /dev/null
SELECT is(pg_temp.claim(), 'Create 1, Create 2',
    'another post does not wait for that one');
SELECT pg_temp.done() \g /dev/null
SELECT pg_temp.later('36 s') \g /dev/null
SELECT is(pg_temp.claim(), 'Create 1', 'in order after a failure, too');
SELECT pg_temp.done() \g /dev/null
SELECT is(pg_temp.claim(), 'Update 1', 'Update');
SELECT pg_temp.done() \g /dev/null
SELECT is(pg_temp.claim(), 'Delete 1', 'Delete');
SELECT pg_temp.done() \g /dev/null

-- no post before its Accept

SELECT pg_temp.meet('https://two.example/1') \g /dev/null
SELECT pg_temp.meet('https://two.example/2') \g /dev/null
SELECT pg_temp.follow('https://two.example/1') \g /dev/null
SELECT activitypub.publish('news', '/posts/3', 'Three', 'Text') AS three \gset
SELECT pg_temp.expand() \g /dev/null
SELECT is(pg_temp.claim(), 'Accept two.example/1, Create 1, Create 2',
    'the Accept first');
SELECT pg_temp.done('retry', 500, 'two.example/1') \g /dev/null
SELECT pg_temp.done() \g /dev/null
SELECT is(pg_temp.claim(), NULL, 'no post until it is settled');
SELECT pg_temp.later('36 s') \g /dev/null
SELECT is(pg_temp.claim(), 'Accept two.example/1', 'again');
SELECT is(pg_temp.claim(), NULL, 'nor during that');
SELECT pg_temp.done() \g /dev/null
SELECT is(pg_temp.claim(), 'Create two.example/inbox', 'now the post');
SELECT pg_temp.done() \g /dev/null

-- a shared inbox that has followers already

SELECT pg_temp.follow('https://two.example/2') \g /dev/null
SELECT activitypub.publish('news', '/posts/4', 'Four', 'Text') AS four \gset
SELECT pg_temp.expand() \g /dev/null
SELECT is(pg_temp.claim(), 'Accept two.example/2, Create 1, Create 2',
    'a new follower behind it is accepted first');
SELECT pg_temp.done('gone', 404, 'two.example/2') \g /dev/null
SELECT is(pg_temp.claim(), 'Create two.example/inbox',
    'but does not keep the others waiting');
SELECT pg_temp.done() \g /dev/null
SELECT pg_temp.empty_queue() \g /dev/null

-- an Accept that is refused is settled, too

SELECT pg_temp.meet('https://three.example/1', '') \g /dev/null
SELECT pg_temp.follow('https://three.example/1') \g /dev/null
SELECT activitypub.publish('news', '/posts/5', 'Five', 'Text') AS five \gset
SELECT pg_temp.expand() \g /dev/null
SELECT pg_temp.claim() \g /dev/null
SELECT pg_temp.done('refused', 403, 'three.example/1') \g /dev/null
SELECT is(pg_temp.claim() ~ 'Create three.example/1', true,
    'what an Accept holds back goes when that is refused');
SELECT is((SELECT accepted FROM activitypub.followers
            WHERE uri = 'https://three.example/1'), true,
    'its follower counts as told');
SELECT pg_temp.empty_queue() \g /dev/null
DELETE FROM claims;

-- the deliveries of several hosts in one claim, oldest first

SELECT pg_temp.meet('https://h' || n || '.example/1', '')
  FROM generate_series(1, 5) AS n \g /dev/null
SELECT pg_temp.follow('https://h' || n || '.example/1')
  FROM generate_series(5, 1, -1) AS n \g /dev/null
SELECT is(pg_temp.claim(3), 'Accept h3.example/1, Accept h2.example/1, '
    'Accept h1.example/1', 'no more than asked for');
SELECT is(pg_temp.claim(3), 'Accept h5.example/1, Accept h4.example/1',
    'the rest with the next one');
SELECT is((SELECT count(DISTINCT claim) FROM claims), 2::bigint,
    'each call is one claim');

-- what a batch settles

SELECT activitypub.delivery_settle((SELECT jsonb_agg(jsonb_build_object('id',
    c.id, 'claim', c.claim, 'outcome', 'delivered', 'status', 202))
    FROM claims AS c)) \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.delivery), 0::bigint, 'all of it');
SELECT is(pg_temp.try($$SELECT activitypub.delivery_settle('[]')$$), 'ok',
    'or nothing');

-- a queue that only one host has, and may not send

SELECT is((SELECT count(*) FROM activitypub.host WHERE next_at IS NOT NULL),
    0::bigint, 'no host waits for nothing');
INSERT INTO activitypub.host (name, next_at, held_until, opened_at, failures)
VALUES ('dead.example', now() + '5 min', now() + '5 min', now(), 5);
INSERT INTO activitypub.delivery (activity, actor, lane, host, inbox, next_at,
                                  created)
SELECT gen_random_uuid(), a.id, gen_random_uuid(), 'dead.example',
       'https://dead.example/' || n, now() - interval '1 day',
       now() - interval '1 day'
  FROM activitypub.actor AS a, generate_series(1, 50000) AS n
 WHERE a.name = 'news';
SELECT pg_temp.meet('https://well.example/1', '') \g /dev/null
SELECT pg_temp.follow('https://well.example/1') \g /dev/null

CREATE FUNCTION pg_temp.rows_read() RETURNS bigint LANGUAGE sql AS $$
    SELECT sum(pg_stat_get_xact_tuples_returned(c)
               + pg_stat_get_xact_tuples_fetched(c))::bigint
      FROM (SELECT unnest('{activitypub.delivery,activitypub.host}'::regclass[])
             UNION ALL
            SELECT indexrelid FROM pg_index
             WHERE indrelid = ANY ('{activitypub.delivery,activitypub.host}'
                                   ::regclass[])) AS o (c)
$$;
SELECT pg_temp.rows_read() AS before \gset
SELECT is(pg_temp.claim(), 'Accept well.example/1',
    'what can be sent is found behind what cannot');
SELECT cmp_ok(pg_temp.rows_read() - :before, '<', 500::bigint,
    'without reading that');
SELECT pg_temp.later('5 min') \g /dev/null
SELECT pg_temp.rows_read() AS before \gset
SELECT is((SELECT count(*) FROM activitypub.delivery_claim(64)
            WHERE host = 'dead.example'), 1::bigint, 'one probes');
SELECT cmp_ok(pg_temp.rows_read() - :before, '<', 500::bigint,
    'which reads no more than it takes');


-- and one host among many

INSERT INTO activitypub.host (name)
SELECT 'idle' || n || '.example' FROM generate_series(1, 20000) AS n;
SELECT pg_temp.rows_read() AS before \gset
SELECT pg_temp.done() \g /dev/null
SELECT cmp_ok(pg_temp.rows_read() - :before, '<', 500::bigint,
    'a settlement reads no host but its own');

SELECT * FROM finish();

ROLLBACK;
