-- delivery_settle(): the schedule, the breaker, who is gone; delivery_retry().

\i sql/setup.psql

SELECT plan(62);

SELECT pg_temp.found_acme() \g /dev/null

-- one delivery to one host, settled so: how long until it is due again

CREATE FUNCTION pg_temp.queue(host text, who text DEFAULT '1')
RETURNS bigint LANGUAGE sql AS $$
    SELECT activitypub.wake_hosts(ARRAY[host]);
    INSERT INTO activitypub.delivery (activity, document, actor, lane, host,
                                      inbox)
    SELECT gen_random_uuid(), '{"type": "Test"}', a.id, gen_random_uuid(),
           host, 'https://' || host || '/' || who || '/inbox'
      FROM activitypub.actor AS a WHERE a.name = 'news'
    RETURNING id
$$;

CREATE FUNCTION pg_temp.answer(outcome text, status int DEFAULT NULL,
    after bigint DEFAULT NULL, error text DEFAULT NULL)
RETURNS bigint LANGUAGE sql AS $$
    SELECT count(pg_temp.settle(c.id, c.claim, outcome, status, after,
                                error)::text)
      FROM activitypub.delivery_claim(64) AS c
$$;

CREATE FUNCTION pg_temp.delay() RETURNS interval LANGUAGE sql AS $$
    SELECT min(next_at) - now() FROM activitypub.delivery
     WHERE state = 'waiting'
$$;

CREATE FUNCTION pg_temp.left() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(d.state || ' ' || coalesce(d.status, 0) || ' '
                      || d.last_error, ', ' ORDER BY d.id)
      FROM activitypub.deliveries AS d
$$;

-- the schedule, each try after as long as it says, with a breaker that
-- never opens

CREATE FUNCTION pg_temp.schedule() RETURNS SETOF interval
LANGUAGE plpgsql AS $$
BEGIN
    WHILE pg_temp.answer('retry', 503, NULL, 'busy') = 1 LOOP
        EXIT WHEN pg_temp.delay() IS NULL;
        RETURN NEXT pg_temp.delay();
        PERFORM pg_temp.later(pg_temp.delay());
        UPDATE activitypub.host SET failures = 0, held_until = NULL,
               opened_at = NULL, next_at = now() WHERE next_at IS NOT NULL;
    END LOOP;
END
$$;

SELECT pg_temp.queue('slow.example') \g /dev/null
CREATE TEMP TABLE tries AS
    SELECT n, d AS delay FROM pg_temp.schedule() WITH ORDINALITY AS t (d, n);

SELECT is(t.delay BETWEEN s.delay * 0.8 AND s.delay * 1.2, true,
          'try ' || s.n || ' is followed by about ' || s.delay)
  FROM unnest('{30 s,2 min,10 min,30 min,1 h,2 h,4 h,8 h,12 h,12 h,12 h,12 h}'
              ::interval[]) WITH ORDINALITY AS s (delay, n)
  LEFT JOIN tries AS t ON t.n = s.n
 ORDER BY s.n;
SELECT cmp_ok((SELECT sum(delay) FROM tries), '<=', interval '8 days',
    'no try after eight days');
SELECT cmp_ok((SELECT sum(delay) FROM tries), '>',
    interval '8 days' - interval '14.4 h', 'and the last one close to that');
SELECT is((SELECT bool_and(t.delay BETWEEN '12 h'::interval * 0.8
                           AND '12 h'::interval * 1.2)
             FROM tries AS t WHERE t.n > 8), true, '12 h until then');
SELECT is(pg_temp.left(), 'dead 503 busy', 'then it is dead, and visible');
SELECT is((SELECT count(DISTINCT activitypub.jitter('1 h')) > 900
                  AND min(activitypub.jitter('1 h')) < '50 min'
                  AND max(activitypub.jitter('1 h')) > '70 min'
             FROM generate_series(1, 1000)), true, 'no two at the same moment');
SELECT pg_temp.later('29 days') \g /dev/null
SELECT activitypub.delivery_settle('[]') \g /dev/null
SELECT is(pg_temp.left(), 'dead 503 busy', 'for thirty days');
SELECT pg_temp.later('1 day') \g /dev/null
SELECT activitypub.delivery_settle('[]') \g /dev/null
SELECT is(pg_temp.left(), NULL, 'not longer');

-- Retry-After

CREATE FUNCTION pg_temp.after(status int, after bigint)
RETURNS interval LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.empty_queue();
    DELETE FROM activitypub.host;
    PERFORM pg_temp.queue('busy.example');
    PERFORM pg_temp.answer('retry', status, after);
    RETURN pg_temp.delay();
END
$$;

SELECT is(pg_temp.after(503, 3600), '1 h', 'Retry-After is honoured');
SELECT is(pg_temp.after(429, 43200), '12 h', 'for twelve hours');
SELECT is(pg_temp.after(503, 99999999999), '12 h', 'and no longer');
SELECT cmp_ok(pg_temp.after(503, 1), '>=', interval '24 s',
    'it makes nothing faster');
SELECT cmp_ok(pg_temp.after(503, -5), '<=', interval '36 s',
    'and from the past it is none');

-- what is final

CREATE FUNCTION pg_temp.fate(outcome text, status int)
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.after(status, NULL);
    PERFORM pg_temp.empty_queue();
    PERFORM pg_temp.queue('fate.example');
    PERFORM pg_temp.answer(outcome, status);
    RETURN coalesce((SELECT state FROM activitypub.deliveries), 'gone');
END
$$;

SELECT is(pg_temp.fate('retry', status), fate, status || ' is ' || fate)
  FROM (VALUES (400, 'dead'), (403, 'dead'), (405, 'dead'), (413, 'dead'),
               (401, 'waiting'), (408, 'waiting'), (425, 'waiting'),
               (429, 'waiting'), (404, 'waiting'), (410, 'waiting'),
               (301, 'waiting'), (500, 'waiting'), (501, 'waiting'),
               (NULL, 'waiting')) AS row (status, fate)
 WHERE status IS NOT NULL;
SELECT is(pg_temp.fate('delivered', 202), 'gone', '202 is gone');
SELECT is(pg_temp.fate('retry', NULL), 'waiting', 'no answer is no end');

-- an inbox that is gone, three times over a day

DELETE FROM activitypub.host;
SELECT pg_temp.empty_queue() \g /dev/null
SELECT pg_temp.meet('https://gone.example/' || n) FROM generate_series(1, 2)
    AS n \g /dev/null
SELECT pg_temp.follow('https://gone.example/' || n) FROM generate_series(1, 2)
    AS n \g /dev/null
SELECT pg_temp.deliver() \g /dev/null
SELECT pg_temp.queue('gone.example') \g /dev/null
DELETE FROM notified;

SELECT pg_temp.answer('gone', 410) \g /dev/null
SELECT is(pg_temp.delay() BETWEEN '12 h' AND '14.4 h', true,
    'it is asked again after half a day');
SELECT pg_temp.later(pg_temp.delay()) \g /dev/null
SELECT pg_temp.answer('gone', 404) \g /dev/null
SELECT pg_temp.later('8 h') \g /dev/null
SELECT activitypub.delivery_retry(host => 'gone.example') \g /dev/null
SELECT is(pg_temp.answer('gone', 410), 1::bigint, 'asked in between');
SELECT is((SELECT count(*) FROM activitypub.followers), 2::bigint,
    'three times in less than a day are not enough');
SELECT pg_temp.later(pg_temp.delay()) \g /dev/null
SELECT pg_temp.answer('gone', 410) \g /dev/null
SELECT is((SELECT string_agg(uri, ' ') FROM activitypub.followers),
    'https://gone.example/2', 'over a day they are: who had it is gone');
SELECT is(pg_temp.told(), '/activitypub/news/followers', 'the total changed');
SELECT is(pg_temp.left(), 'dead 410 ', 'it is not tried again');

-- the breaker

SELECT pg_temp.empty_queue() \g /dev/null
DELETE FROM activitypub.host;
SELECT pg_temp.queue('dead.example', n::text) FROM generate_series(1, 20) AS n
    \g /dev/null

SELECT is(pg_temp.answer('retry'), 2::bigint, 'two fail');
SELECT is(pg_temp.answer('retry'), 2::bigint, 'and two');
SELECT is((SELECT held_until FROM activitypub.host), NULL,
    'four failures are none yet');
SELECT is(pg_temp.answer('retry'), 2::bigint, 'six are');

CREATE FUNCTION pg_temp.probe() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    pause  interval;
    early  bigint;
BEGIN
    SELECT next_at - now() INTO pause FROM activitypub.host;
    PERFORM pg_temp.later(pause - interval '1 s');
    early := pg_temp.answer('retry');
    PERFORM pg_temp.later('1 s');
    RETURN pause || ' ' || early || ' ' || pg_temp.answer('retry');
END
$$;

SELECT is((SELECT array_agg(pg_temp.probe()) FROM generate_series(1, 5)),
    '{00:10:00 0 1,00:20:00 0 1,00:40:00 0 1,01:00:00 0 1,01:00:00 0 1}',
    'one probe after 10 minutes, then less often, down to one an hour');
SELECT is(activitypub.probe_delay(5) || ' ' || coalesce(
    activitypub.probe_delay(4)::text, 'none'), '00:05:00 none',
    'five failures are five minutes');
SELECT pg_temp.later('1 h') \g /dev/null
SELECT is(pg_temp.answer('delivered', 202), 1::bigint, 'one is delivered');
SELECT is((SELECT failures || ' ' || coalesce(opened_at::text, 'closed')
             FROM activitypub.host), '0 closed', 'the host is back');
SELECT is(pg_temp.deliver(), 19::bigint, 'and gets the rest');

-- what waits too long behind an open breaker is given up without a try

SELECT pg_temp.queue('dead.example', n::text) FROM generate_series(1, 20) AS n
    \g /dev/null
SELECT pg_temp.answer('retry') FROM generate_series(1, 3) \g /dev/null
SELECT pg_temp.later('9 days') \g /dev/null
SELECT pg_temp.answer('retry') \g /dev/null
SELECT is((SELECT count(*) || ' ' || min(attempts)
             FROM activitypub.deliveries WHERE state = 'dead'), '20 0',
    'time is up for all');

-- hosts that nobody writes to any more

SELECT pg_temp.empty_queue() \g /dev/null
SELECT pg_temp.queue('other.example') \g /dev/null
SELECT pg_temp.later('13 days') \g /dev/null
SELECT pg_temp.deliver() \g /dev/null
SELECT pg_temp.later('1 day') \g /dev/null
SELECT activitypub.delivery_settle('[]') \g /dev/null
SELECT is((SELECT string_agg(name, ' ') FROM activitypub.host),
    'other.example', 'are forgotten after 14 days');

-- again, because somebody says so

SELECT pg_temp.queue('a.example') AS a, pg_temp.queue('b.example') AS b \gset
SELECT pg_temp.answer('refused', 403) \g /dev/null
SELECT is(activitypub.delivery_retry(host => 'none.example'), 0, 'none');
SELECT is(activitypub.delivery_retry(:a), 1, 'one');
SELECT is(activitypub.delivery_retry(host => 'b.example'), 1, 'of one host');
SELECT results_eq($$SELECT state, attempts, next_at = now()
                      FROM activitypub.deliveries$$,
    $$VALUES ('waiting', 0, true), ('waiting', 0, true)$$, 'as if new');
SELECT is((SELECT count(*) FROM activitypub.delivery_claim(9)), 2::bigint,
    'they are due');
SELECT is(activitypub.delivery_retry(), 0, 'what is on its way is let be');

SELECT * FROM finish();

ROLLBACK;
