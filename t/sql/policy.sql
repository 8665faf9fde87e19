-- Rules about domains: which one counts, and what follows from them.

\i sql/setup.psql

SELECT plan(158);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/posts/1', 'One', 'Text') AS post \gset
SELECT pg_temp.expand(), pg_temp.deliver() \g /dev/null

CREATE FUNCTION pg_temp.policy(host text,
    origin text DEFAULT 'https://acme.example')
RETURNS text LANGUAGE sql AS $$
    SELECT activitypub.policy_of(origin, host)
$$;

CREATE FUNCTION pg_temp.block(domain text, severity text DEFAULT 'suspend',
    origin text DEFAULT '')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.try(format('SELECT activitypub.block_domain(%L, %L, '
                              'origin => %L)', domain, severity, origin))
$$;

CREATE FUNCTION pg_temp.total(name text) RETURNS text LANGUAGE sql AS $$
    SELECT body::jsonb ->> 'totalItems' FROM pg_temp.at(name)
$$;

-- what is not a domain

SELECT is(pg_temp.block(domain), '22023 "' || domain || '" cannot have a rule'
          ': ' || problem, 'refused: ' || domain)
  FROM (VALUES
    ('', 'a domain is needed'),
    ('192.0.2.1', 'it is an IP address, not a domain'),
    ('[2001:db8::1]', 'it is an IP address, not a domain'),
    ('2001:db8::1', 'it is an IP address, not a domain'),
    ('example', 'it has one label, and a whole top-level domain cannot be '
                'named'),
    ('https://one.example', 'a domain alone is wanted, without scheme, path '
                            'or user'),
    ('one.example/', 'a domain alone is wanted, without scheme, path or user'),
    ('ann@one.example', 'a domain alone is wanted, without scheme, path or '
                        'user'),
    ('one.example:443', 'a domain alone is wanted, without a port'),
    ('*.one.example', 'subdomains are included, write the domain without a '
                      'wildcard'),
    ('One.example', 'it is not in the spelling in which domains are compared'
     ': ASCII in lower case, without a dot at the end'),
    ('one.example.', 'it is not in the spelling in which domains are compared'
     ': ASCII in lower case, without a dot at the end'),
    ('bücher.example', 'it is not in the spelling in which domains are '
     'compared: ASCII in lower case, without a dot at the end'),
    ('one..example', 'it is not a host name'),
    ('-one.example', 'it is not a host name')
  ) AS row (domain, problem);

SELECT is(pg_temp.block(domain), '22023 "' || domain || '" cannot be blocked: '
          '"acme.example" is our own', 'nor ' || domain)
  FROM unnest('{acme.example}'::text[]) AS domain;
SELECT is(pg_temp.block('blog.acme.example'), 'ok',
    'what is below our own host is somebody else''s');
SELECT is(pg_temp.block('one.example', severity), '22023 ' || problem,
          'no severity: ' || severity)
  FROM (VALUES ('silence', '"silence" is no severity: suspend, limit or '
                           'reject_media'),
               ('allow', '"allow" does not block: allow_domain() allows'))
       AS row (severity, problem);
SELECT is(pg_temp.block('one.example', origin => 'nowhere.example'),
    'P0002 there is no origin "nowhere.example"', 'an origin has to be there');

-- the longest domain, and of one the strictest

SELECT is(pg_temp.policy('one.example'), 'none', 'nothing is said');
SELECT pg_temp.block('one.example'), pg_temp.block('two.example', 'limit'),
       pg_temp.block('a.b.two.example', 'reject_media'),
       pg_temp.block('mine.example', origin => 'acme.example') \g /dev/null
SELECT activitypub.allow_domain('good.one.example') \g /dev/null
SELECT is(pg_temp.policy(host), found, host || ': ' || found)
  FROM (VALUES
    ('one.example', 'suspend'), ('x.one.example', 'suspend'),
    ('a.b.c.one.example', 'suspend'), ('good.one.example', 'allow'),
    ('very.good.one.example', 'allow'), ('notgood.one.example', 'suspend'),
    ('twoone.example', 'none'), ('example', 'none'),
    ('one.example.net', 'none'), ('one.example:8443', 'suspend'),
    ('ONE.example.', 'suspend'), ('one.example.:8443', 'suspend'),
    ('two.example', 'limit'), ('b.two.example', 'limit'),
    ('x.a.b.two.example', 'reject_media'), ('mine.example', 'suspend'),
    ('', 'none')
  ) AS row (host, found);
SELECT is(pg_temp.policy('mine.example', 'https://other.example'), 'none',
    'a rule of one origin is not another''s');

SELECT is(activitypub.declare_policy('https://acme.example', 'blocklist',
    '[{"domain": "good.one.example"}, {"domain": "two.example",
       "severity": "reject_media"}, {"domain": "c.example"}]',
    '["mine.example", "c.example", "ok.example"]'), true,
    'a configuration has its say');
SELECT is(pg_temp.policy(host), found, host || ', by two: ' || found)
  FROM (VALUES ('good.one.example', 'suspend'), ('two.example', 'limit'),
               ('mine.example', 'suspend'), ('c.example', 'suspend'),
               ('x.ok.example', 'allow')) AS row (host, found);
SELECT is(activitypub.declare_policy('https://acme.example', 'blocklist',
    '[{"domain": "good.one.example"}, {"domain": "two.example",
       "severity": "reject_media"}, {"domain": "c.example"}]',
    '["mine.example", "c.example", "ok.example"]'), false,
    'the same again is no news');

SELECT results_eq($$
    SELECT origin || ' ' || domain || ' ' || severity
      FROM activitypub.domain_policies(0, 100) ORDER BY 1 $$,
    $$VALUES (' a.b.two.example reject_media'), (' blog.acme.example suspend'),
             (' good.one.example allow'), (' one.example suspend'),
             (' two.example limit'),
             ('https://acme.example c.example suspend'),
             ('https://acme.example good.one.example suspend'),
             ('https://acme.example mine.example allow'),
             ('https://acme.example mine.example suspend'),
             ('https://acme.example ok.example allow'),
             ('https://acme.example two.example reject_media')$$,
    'all that is said of a domain, whoever said it');
SELECT is((SELECT string_agg(domain, ' ' ORDER BY id)
             FROM activitypub.domain_policies(0, 3)) || ' '
          || (SELECT count(*) FROM activitypub.domain_policies(
                  (SELECT max(id) FROM activitypub.domain_policies(0, 3)),
                  100)),
    'blog.acme.example one.example two.example 8', 'a piece at a time');
SELECT results_eq($$
    SELECT origin, severity FROM activitypub.domain_policies_at(
        '[["policy", "mine.example", ""], ["policy", "gone.example", ""],
          ["https://acme.example", "one.example", ""]]')$$,
    $$VALUES ('https://acme.example', 'suspend'),
             ('https://acme.example', 'allow')$$, 'or those that changed');

SELECT is(activitypub.declare_policy('acme.example', 'allowlist', '[]',
    '["ok.example"]'), true, 'only some are allowed');
SELECT is(pg_temp.policy(host), found, host || ', where few are allowed: '
          || found)
  FROM (VALUES ('ok.example', 'allow'), ('x.ok.example', 'allow'),
               ('any.example', 'suspend'), ('two.example', 'suspend'),
               ('good.one.example', 'allow'), ('192.0.2.1', 'suspend'))
       AS row (host, found);
SELECT activitypub.allow_domain('both.example', origin => 'acme.example'),
       activitypub.declare_policy('acme.example', 'allowlist',
           '[{"domain": "both.example", "severity": "limit"}]',
           '["ok.example"]') \g /dev/null
SELECT is(pg_temp.policy('both.example'), 'limit',
    'who is allowed by one and limited by another is in, and limited');
SELECT is((SELECT string_agg(severity, ' ' ORDER BY severity)
             FROM activitypub.domain_policies(0, 100)
            WHERE domain = 'both.example'), 'allow limit',
    'and a worker is told both');
SELECT activitypub.unblock_domain('both.example', 'acme.example'),
       activitypub.declare_policy('acme.example', 'allowlist', '[]',
           '["ok.example"]') \g /dev/null
SELECT is(pg_temp.policy('any.example', 'https://other.example'), 'none',
    'at another origin everybody is');
SELECT is(federation_mode, 'allowlist', 'and that can be seen')
  FROM activitypub.origins;
SELECT is((SELECT count(*) FROM activitypub.domain_policies(0, 100)
            WHERE domain = ''), 0::bigint, 'but not as a rule');
SELECT is(pg_temp.try($$SELECT activitypub.declare_policy('acme.example', $$
          || args || ')'), problem, 'a bad declaration: ' || args)
  FROM (VALUES
    ($$'open', '[]', '[]'$$,
     '22023 a federation mode is blocklist or allowlist'),
    ($$'blocklist', '[{"domain": "acme.example"}]', '[]'$$,
     '22023 "acme.example" cannot be blocked: "acme.example" is our own'),
    ($$'blocklist', '[]', '["X.example"]'$$,
     '22023 "X.example" cannot have a rule: it is not in the spelling in '
     'which domains are compared: ASCII in lower case, without a dot at the '
     'end')) AS row (args, problem);
SELECT is(activitypub.declare_policy('acme.example', 'blocklist', '[]', '[]'),
    true, 'what is not configured any more is gone');
SELECT is(pg_temp.policy('any.example') || pg_temp.policy('c.example'),
    'nonenone', 'and with it what it did');

SELECT is(activitypub.unblock_domain(domain), true, 'taken back: ' || domain)
  FROM unnest('{one.example,good.one.example,two.example,a.b.two.example}'
              ::text[]) AS domain;
SELECT is(activitypub.unblock_domain('one.example'), false, 'once');
SELECT is(activitypub.unblock_domain('mine.example'), false,
    'an origin''s own rule is not that of all');
SELECT is(activitypub.unblock_domain('mine.example', 'acme.example'), true,
    'but its own');
SELECT is(activitypub.unblock_domain(''), false, 'no rule is every domain''s');
DELETE FROM activitypub.domain_policy;

-- suspend: nothing in, nothing out, and nothing is shown

\set ann https://one.example/ann
\set sub https://s.one.example/sue
\set bob https://two.example/bob

SELECT pg_temp.meet(:'ann'), pg_temp.meet(:'sub'), pg_temp.meet(:'bob'),
       pg_temp.follow(:'ann'), pg_temp.follow(:'sub'), pg_temp.follow(:'bob'),
       pg_temp.deliver() \g /dev/null

CREATE FUNCTION pg_temp.react(actor text, n text,
    origin text DEFAULT 'https://acme.example')
RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(activitypub.receive(origin, actor, actor || k.id || n,
               k.type, CASE k.type WHEN 'Create' THEN actor || '/n/' || n
                                   ELSE p.id END,
               CASE k.type WHEN 'Create' THEN 'Note' END,
               CASE k.type WHEN 'Create' THEN p.id END,
               CASE k.type WHEN 'Create' THEN actor || '/n/' || n END,
               '{"to":"as:Public","object":{"to":"as:Public"}}'), ' '
               ORDER BY k.id)
      FROM (VALUES ('#1', 'Like'), ('#2', 'Announce'), ('#3', 'Create'))
           AS k (id, type),
           (SELECT id FROM activitypub.posts ORDER BY published LIMIT 1) AS p
$$;

CREATE FUNCTION pg_temp.shown(OUT text) LANGUAGE sql AS $$
    SELECT string_agg(pg_temp.total(pg_temp.path(p.id) || '/' || k) || '/'
                      || coalesce(jsonb_array_length(pg_temp.body(
                             pg_temp.path(p.id) || '/' || k, 'page')
                             -> 'items')::text, ''), ' ')
      FROM unnest('{likes,shares,replies}'::text[]) AS k,
           (SELECT id FROM activitypub.posts ORDER BY published LIMIT 1) AS p
$$;

CREATE FUNCTION pg_temp.queue() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(host || ' ' || type, ', ' ORDER BY host, type),
                    '')
      FROM activitypub.deliveries
$$;

SELECT pg_temp.react(:'ann', '1'), pg_temp.react(:'sub', '1'),
       pg_temp.react(:'bob', '1') \g /dev/null
SELECT is(pg_temp.shown(), '3/3 3/3 3/3', 'three have reacted');
SELECT activitypub.publish('news', '/posts/2', 'Two', 'Text') AS two \gset
SELECT is(pg_temp.expand(), 3::bigint, 'and get the next post');

SELECT is(row(c.*)::text, '(2,2,4,2,2)', 'what a block would cost')
  FROM activitypub.block_cost('one.example') AS c;
SELECT is(row(c.*)::text, '(1,1,2,1,1)', 'or one of a subdomain')
  FROM activitypub.block_cost('s.one.example') AS c;
SELECT is(row(c.*)::text, '(3,3,6,3,3)', 'or several, each counted once')
  FROM activitypub.blocks_cost('{one.example,s.one.example,two.example}') AS c;
SELECT is(row(c.*)::text, '(0,0,0,0,0)', 'or of nobody')
  FROM activitypub.block_cost('no.example') AS c;
SELECT activitypub.allow_domain('s.one.example') \g /dev/null
SELECT is(row(c.*)::text, '(1,1,2,1,2)', 'less who is allowed')
  FROM activitypub.block_cost('one.example') AS c;
SELECT activitypub.unblock_domain('s.one.example') \g /dev/null
SELECT is(pg_temp.shown() || ' ' || (SELECT count(*)
             FROM activitypub.followers), '3/3 3/3 3/3 3',
    'to ask for it changes nothing');

DELETE FROM notified;
SELECT is(activitypub.block_domain('one.example', reason => 'spam'), 2::bigint,
    'a block costs two followers');
SELECT is((SELECT string_agg(uri, ' ') FROM activitypub.followers), :'bob',
    'one stays');
SELECT is(pg_temp.total('/activitypub/news/followers'), '1', 'and is counted');
SELECT is(pg_temp.queue(), 'one.example Reject, s.one.example Reject, '
    'two.example Create', 'what was queued for them is gone, but a Reject');
SELECT is(pg_temp.shown(), '1/1 1/1 1/1', 'nothing of theirs is shown');
SELECT is(pg_temp.told(), '/activitypub/news/ID/likes '
    '/activitypub/news/ID/replies /activitypub/news/ID/shares '
    '/activitypub/news/followers one.example',
    'all of this is told, and the domain');
SELECT is(d.parting || ' ' || jsonb_build_object('to', d.body::jsonb -> 'to',
        'actor', d.body::jsonb ->> 'actor', 'type', d.body::jsonb ->> 'type',
        'object', d.body::jsonb -> 'object')::text,
    'true ' || jsonb_build_object('to', jsonb_build_array(:'ann'),
        'actor', 'https://acme.example/activitypub/news', 'type', 'Reject',
        'object', jsonb_build_object('id', :'ann' || '/follow', 'type',
        'Follow', 'actor', :'ann', 'object',
        'https://acme.example/activitypub/news'))::text,
    'a Reject names the Follow, and goes out')
  FROM activitypub.delivery_claim(64) AS d
 WHERE d.inbox = :'ann' || '/inbox';
SELECT is((SELECT severity || ' ' || source || ' ' || reason
             FROM activitypub.policies), 'suspend database spam',
    'the rule can be read');

SELECT is(pg_temp.follow(:'ann', :'ann' || '/again'), 'blocked',
    'a Follow from there does nothing');
SELECT is(pg_temp.react(:'sub', '2'), 'blocked blocked blocked',
    'nor does anything else, from below it either');
SELECT is(pg_temp.hear(:'ann', :'ann' || '/bye', 'Delete', :'ann'), 'blocked',
    'not even a farewell');
SELECT is(pg_temp.react(:'ann', '3', 'https://else.example'),
    'blocked blocked blocked', 'wherever it is sent to');
SELECT is((SELECT count(*) FROM activitypub.received
            WHERE activity_id LIKE '%/again'), 0::bigint, 'nothing is kept');
SELECT pg_temp.empty_queue() \g /dev/null
SELECT activitypub.update_post('/posts/1', title => 'New') \g /dev/null
SELECT is(pg_temp.expand() || ' ' || pg_temp.queue(), '1 two.example Update',
    'an edit is not sent there');
SELECT activitypub.delete_post('/posts/2') \g /dev/null
SELECT is(pg_temp.expand(), 1::bigint, 'nor is a Delete of what they have');

SELECT is(activitypub.block_domain('one.example'), 0::bigint,
    'the same again costs nothing');
SELECT is((SELECT reason FROM activitypub.policies), 'spam',
    'and leaves the reason');
SELECT is(activitypub.unblock_domain('one.example'), true, 'it is taken back');
SELECT is(pg_temp.shown(), '3/3 3/3 3/3', 'what they said is shown again');
SELECT is(pg_temp.total('/activitypub/news/followers'), '1',
    'the followers do not come back');
SELECT is(pg_temp.follow(:'ann', :'ann' || '/again'), 'accepted',
    'but may follow again');
SELECT is(pg_temp.react(:'sub', '4'), 'kept kept kept', 'and react');
SELECT is(pg_temp.shown(), '3/3 3/3 4/4', 'which is counted');

-- an origin's own block, and a longer rule

SELECT pg_temp.follow(:'sub', :'sub' || '/again') \g /dev/null
SELECT activitypub.allow_domain('s.one.example', origin => 'acme.example')
       \g /dev/null
SELECT is(activitypub.block_domain('one.example', origin => 'acme.example'),
    1::bigint, 'who is allowed by name is not blocked from above');
SELECT is((SELECT string_agg(uri, ' ' ORDER BY uri)
             FROM activitypub.followers), :'sub' || ' ' || :'bob',
    'and still follows');
SELECT is(pg_temp.shown(), '2/2 2/2 3/3', 'and is shown');
SELECT is(pg_temp.react(:'ann', '5', 'https://other.example'),
    'ignored ignored ignored', 'another origin hears them');
SELECT is(activitypub.unblock_domain('s.one.example', 'acme.example'), true,
    'the exception is taken back');
SELECT is(pg_temp.shown(), '1/1 1/1 1/1', 'and nothing more is shown');
SELECT is((SELECT count(*) FROM activitypub.followers), 2::bigint,
    'but only a block takes followers');
SELECT is(activitypub.block_domain('one.example', origin => 'acme.example'),
    1::bigint, 'said anew, it does');
DELETE FROM activitypub.domain_policy;
SELECT activitypub.review_reactions('{""}') \g /dev/null
SELECT is(pg_temp.shown(), '3/3 3/3 4/4', 'all is shown');

-- by a configuration

SELECT pg_temp.follow(:'ann', :'ann' || '/3'), pg_temp.expand(),
       pg_temp.empty_queue() \g /dev/null
SELECT activitypub.publish('news', '/posts/3', 'Three', 'Text') \g /dev/null
SELECT is(pg_temp.expand() || ' ' || pg_temp.queue(),
    '2 one.example Create, two.example Create', 'two are to get a post');
SELECT activitypub.declare_policy('acme.example', 'blocklist',
    '[{"domain": "one.example"}]', '[]') \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.followers), 2::bigint,
    'a configuration takes no follower');
SELECT is(pg_temp.shown(), '1/1 1/1 1/1', 'but hides');
SELECT is(pg_temp.follow(:'sub', :'sub' || '/3'), 'blocked', 'and refuses');
SELECT is((SELECT string_agg(host, ' ')
             FROM activitypub.delivery_claim(64)), 'two.example',
    'and what was queued is not sent');
SELECT is(pg_temp.queue(), 'two.example Create', 'nor kept');
SELECT activitypub.publish('news', '/posts/4', 'Four', 'Text') \g /dev/null
SELECT is(pg_temp.expand(), 1::bigint, 'nor queued');
SELECT is(activitypub.block_domain('one.example'), 1::bigint,
    'a block of the database takes the followers that this left');
SELECT activitypub.unblock_domain('one.example') \g /dev/null
SELECT is(pg_temp.policy('one.example'), 'suspend',
    'without it the configuration still counts');
SELECT activitypub.declare_policy('acme.example', 'allowlist', '[]',
    '["one.example"]') \g /dev/null
SELECT is(pg_temp.shown(), '2/2 2/2 3/3', 'where few are allowed, few are shown');
SELECT is(pg_temp.follow(:'bob', :'bob' || '/4') || ' '
          || pg_temp.follow(:'sub', :'sub' || '/4'), 'blocked accepted',
    'and heard');
SELECT activitypub.declare_policy('acme.example', 'blocklist', '[]', '[]')
       \g /dev/null
SELECT is(pg_temp.shown(), '3/3 3/3 4/4', 'and then all again');

-- limit: replies wait

SELECT activitypub.block_domain('two.example', 'limit') \g /dev/null
SELECT is(pg_temp.shown(), '3/3 3/3 4/4', 'what was there before stays');
SELECT is(pg_temp.follow(:'bob', :'bob' || '/5'), 'accepted',
    'who is limited may follow');
SELECT is(pg_temp.react(:'bob', '6'), 'kept kept kept', 'and reply');
SELECT is(pg_temp.shown(), '3/3 3/3 4/4', 'which is not shown');
SELECT is((SELECT string_agg(actor || ' ' || id, ', ')
             FROM activitypub.waiting_replies),
    :'bob' || ' ' || :'bob' || '/n/6', 'but waits');
DELETE FROM notified;
SELECT is(activitypub.approve_reply(:'bob' || '/n/6'), true, 'approved');
SELECT is(pg_temp.shown(), '3/3 3/3 5/5', 'it is shown');
SELECT is(pg_temp.told(), '/activitypub/news/ID/replies', 'and told');
SELECT is(activitypub.approve_reply(:'bob' || '/n/6'), false, 'once');
SELECT pg_temp.react(:'bob', '7') \g /dev/null
SELECT activitypub.block_domain('two.example') \g /dev/null
SELECT is(pg_temp.shown(), '2/2 2/2 3/3', 'a limit can become a block');
SELECT activitypub.block_domain('two.example', 'reject_media') \g /dev/null
SELECT is(pg_temp.shown(), '3/3 3/3 5/5', 'and a block something milder');
SELECT is((SELECT count(*) FROM activitypub.waiting_replies), 1::bigint,
    'what waited waits');
SELECT is(pg_temp.react(:'bob', '8') || ' ' || pg_temp.shown(),
    'kept kept kept 3/3 3/3 6/6', 'replies without media are shown');

-- so much that the workers apply it, a piece at a time

\set may https://many.example/may

SELECT pg_temp.meet(:'may') \g /dev/null
INSERT INTO activitypub.reaction (object, kind, actor, item)
SELECT right(id, 36)::uuid, 'replies', :'may', :'may' || '/n/' || n
  FROM (SELECT id FROM activitypub.posts ORDER BY published LIMIT 1) AS p,
       generate_series(1, 5000) AS n;
SELECT is(activitypub.block_domain('many.example'), 0::bigint,
    'five thousand are hidden');
SELECT is_empty('SELECT FROM activitypub.reviews', 'at once');
SELECT is(pg_temp.shown(), '3/3 3/3 6/6', 'all of them');
SELECT activitypub.unblock_domain('many.example') \g /dev/null
INSERT INTO activitypub.reaction (object, kind, actor, item)
SELECT right(id, 36)::uuid, 'shares', :'may', :'may' || '/s'
  FROM (SELECT id FROM activitypub.posts ORDER BY published LIMIT 1) AS p;
SELECT is(pg_temp.shown(), '3/3 4/4 5006/50', 'one more');
DELETE FROM notified;
SELECT is(activitypub.block_domain('many.example'), 0::bigint,
    'are hidden by and by');
SELECT is(pg_temp.told(), 'many.example', 'which is told');
SELECT is(pg_temp.shown(), '3/3 4/3 5006/6',
    'no page has them, but they are counted');
SELECT results_eq('SELECT since <= now(), reached < last
                     FROM activitypub.reviews',
    'SELECT true, true', 'which can be seen');
DELETE FROM notified;
SELECT is(activitypub.review_next(2000), true, 'the first of them');
SELECT is(pg_temp.told(), '/activitypub/news/ID/replies',
    'whoever shows it is told');
SELECT activitypub.block_domain('two.example') \g /dev/null
SELECT is((SELECT reached > 0 FROM activitypub.reviews), true,
    'a rule about little does not begin it anew');
SELECT activitypub.unblock_domain('two.example') \g /dev/null
SELECT activitypub.declare_policy('acme.example', 'allowlist', '[]', '[]')
       \g /dev/null
SELECT is((SELECT reached FROM activitypub.reviews), 0::bigint,
    'another one about much does');
SELECT is(pg_temp.shown() LIKE '3/0 4/0 %/0', true, 'and is seen as soon');
SELECT activitypub.declare_policy('acme.example', 'blocklist', '[]', '[]')
       \g /dev/null
SELECT is((SELECT array_agg(activitypub.review_next(2000))
             FROM generate_series(1, 4)), '{t,t,f,f}', 'to the last');
SELECT is_empty('SELECT FROM activitypub.reviews', 'then it is over');
SELECT is(pg_temp.shown(), '3/3 3/3 6/6', 'and they are not counted');
SELECT activitypub.unblock_domain('many.example') \g /dev/null
SELECT is(pg_temp.shown(), '3/3 3/3 6/6', 'taken back');
SELECT is((SELECT array_agg(activitypub.review_next(9999))
             FROM generate_series(1, 2)), '{f,f}', 'in one go');
SELECT is(pg_temp.shown(), '3/3 4/4 5006/50', 'all are there');

SELECT * FROM finish();

ROLLBACK;
