-- What stands in the collections of a post, and how many.

\i sql/setup.psql

SELECT plan(64);

SELECT pg_temp.found_acme() \g /dev/null
SELECT activitypub.publish('news', '/posts/1', 'One', 'Text') AS post \gset
SELECT activitypub.publish('news', '/posts/2', 'Two', 'Text') AS other \gset
SELECT pg_temp.meet('https://one.example/ann'),
       pg_temp.meet('https://two.example/bob') \g /dev/null
DELETE FROM notified;

\set ann https://one.example/ann
\set bob https://two.example/bob
\set public '"https://www.w3.org/ns/activitystreams#Public"'

-- the ids in a collection, on its first page or in itself

CREATE FUNCTION pg_temp.items(id text, query text DEFAULT 'page')
RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(i #>> '{}', ' ' ORDER BY n)
                       FROM jsonb_array_elements(b -> 'items')
                            WITH ORDINALITY AS e (i, n)), '')
      FROM (SELECT pg_temp.body(pg_temp.path(id), query)) AS page (b)
$$;

CREATE FUNCTION pg_temp.total(id text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.body(pg_temp.path(id)) ->> 'totalItems'
$$;

CREATE FUNCTION pg_temp.like(actor text, id text, post text,
    type text DEFAULT 'Like', "to" text DEFAULT
        '"https://www.w3.org/ns/activitystreams#Public"')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.hear(actor, id, type, post,
                        body => format('{"id":"%s","to":%s}', id, "to"))
$$;

CREATE FUNCTION pg_temp.undo(actor text, id text, inner_id text,
    inner_type text, post text)
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.hear(actor, id, 'Undo', inner_id, inner_type, post,
                        inner_id)
$$;

CREATE FUNCTION pg_temp.reply(actor text, id text, post text,
    address text DEFAULT
        '"to":["https://www.w3.org/ns/activitystreams#Public"]',
    type text DEFAULT 'Create')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.hear(actor, id || '/' || lower(type), type, id, 'Note',
                        post, id, format('{"type":"%s","object":{"id":"%s",'
                        '"content":"<script>",%s}}', type, id, address))
$$;

-- nothing yet

SELECT is(pg_temp.body(pg_temp.path(:'post') || '/' || name),
    jsonb_build_object('@context', '["https://www.w3.org/ns/activitystreams"]'
                       ::jsonb, 'id', :'post' || '/' || name, 'type',
                       'Collection', 'totalItems', 0, 'items', '[]'::jsonb),
    name || ': empty, in one piece')
  FROM unnest('{replies,likes,shares}'::text[]) AS name;

-- likes

SELECT is(pg_temp.like(:'ann', 'https://one.example/l/1', :'post'), 'kept',
    'ann likes it');
SELECT is(pg_temp.like(:'bob', 'https://two.example/l#1', :'post'), 'kept',
    'and so does bob');
SELECT is(pg_temp.body(pg_temp.path(:'post') || '/likes') - '@context',
    jsonb_build_object('id', :'post' || '/likes', 'type', 'Collection',
                       'totalItems', 2, 'first', :'post' || '/likes?page'),
    'two, on a page');
SELECT is(pg_temp.body(pg_temp.path(:'post') || '/likes', 'page'),
    jsonb_build_object('@context', '["https://www.w3.org/ns/activitystreams"]'
        ::jsonb, 'id', :'post' || '/likes?page', 'type', 'CollectionPage',
        'partOf', :'post' || '/likes', 'items',
        '["https://one.example/l/1", "https://two.example/l#1"]'::jsonb),
    'that has their ids and nothing else');
SELECT is(pg_temp.total(:'other' || '/likes'), '0', 'the other post has none');
SELECT is(pg_temp.total(:'post' || '/shares'), '0', 'and this one no share');
SELECT is_empty('SELECT * FROM notified', 'nobody is told each time');

SELECT is(pg_temp.like(:'ann', 'https://one.example/l/1', :'post'),
    'duplicate', 'the same Like again');
SELECT is(pg_temp.total(:'post' || '/likes'), '2', 'is not counted twice');
SELECT is(pg_temp.like(:'ann', 'https://one.example/l/2', :'post'), 'kept',
    'another Like by the same one');
SELECT is(pg_temp.total(:'post' || '/likes'), '2', 'is not counted either');
SELECT is(pg_temp.items(:'post' || '/likes'),
    'https://one.example/l/2 https://two.example/l#1', 'but stands there');

SELECT is(pg_temp.undo(:'ann', 'https://one.example/u/1',
        'https://one.example/l/1', 'Like', :'post'), 'kept',
    'the first one is undone, too late');
SELECT is(pg_temp.total(:'post' || '/likes'), '2', 'she still likes it');
SELECT is(pg_temp.undo(:'bob', 'https://two.example/u/0',
        'https://one.example/l/2', 'Like', :'post'), 'kept',
    'bob takes back what is ann''s');
SELECT is(pg_temp.items(:'post' || '/likes'), 'https://one.example/l/2',
    'and that is his own, which is of this type');
SELECT is(pg_temp.undo(:'ann', 'https://one.example/u/2',
        'https://one.example/l/2', 'Like', :'post'), 'kept',
    'she takes hers back');
SELECT is(pg_temp.total(:'post' || '/likes'), '0', 'nobody likes it');
SELECT is(pg_temp.items(:'post' || '/likes', ''), '', 'and it is empty');
SELECT is(pg_temp.like(:'ann', 'https://one.example/l/2', :'post'),
    'duplicate', 'a Like that was undone is no new one');
SELECT is(pg_temp.total(:'post' || '/likes'), '0', 'and counts for nothing');

SELECT is(pg_temp.like(:'ann', '', :'post'), 'kept', 'a Like without an id');
SELECT is(pg_temp.total(:'post' || '/likes') || pg_temp.items(:'post'
          || '/likes'), '1', 'is counted and stands nowhere');
SELECT is(pg_temp.undo(:'ann', '', '', 'Like', :'post'), 'kept',
    'an Undo without an id');
SELECT is(pg_temp.total(:'post' || '/likes'), '0', 'takes it back');
SELECT is(pg_temp.like(:'ann', 'https://one.example/x/' || type, :'post',
                       type), 'kept', type || ' is kept')
  FROM unnest('{Dislike,EmojiReact}'::text[]) AS type;
SELECT is(pg_temp.total(:'post' || '/likes'), '0', 'but is no Like');

-- shares: those of everybody's

SELECT is(pg_temp.like(:'ann', 'https://one.example/a/1', :'post', 'Announce'),
    'kept', 'ann shares it');
SELECT is(pg_temp.like(:'bob', 'https://two.example/a/1', :'post', 'Announce',
                       '["https://two.example/bob/followers"]'), 'kept',
    'bob shows it to his friends');
SELECT is(pg_temp.total(:'post' || '/shares') || ' '
          || pg_temp.items(:'post' || '/shares'), '1 https://one.example/a/1',
    'that is nobody else''s business');
SELECT is(pg_temp.undo(:'ann', 'https://one.example/u/3',
        'https://one.example/a/1', 'Announce', :'post'), 'kept',
    'ann takes it back');
SELECT is(pg_temp.total(:'post' || '/shares'), '0', 'and it is gone');

-- replies: the ids of those that are for everybody

SELECT is(pg_temp.reply(:'ann', 'https://one.example/n/' || n, :'post',
                        address), 'kept', 'a reply: ' || address)
  FROM (VALUES
    (1, '"to":["https://www.w3.org/ns/activitystreams#Public"]'),
    (2, '"to":"as:Public"'), (3, '"to":["x"],"cc":[1,{},"Public"]'),
    (4, '"to":["https://one.example/ann/followers"]'), (5, '"x":1'),
    (6, '"to":{"id":"as:Public"},"cc":null'), (7, '"to":"public"')
  ) AS row (n, address) ORDER BY n;
SELECT is(pg_temp.total(:'post' || '/replies') || ' '
          || pg_temp.items(:'post' || '/replies'),
    '3 https://one.example/n/1 https://one.example/n/2 '
    'https://one.example/n/3', 'three are for everybody');
SELECT unalike((SELECT string_agg(d.body, '')
                  FROM pg_temp.at(pg_temp.path(:'post') || '/replies', 'page')
                       AS d), '%script%', 'nothing of what they say');
SELECT is(pg_temp.hear(:'ann', 'https://one.example/d/1', 'Delete',
                       'https://one.example/n/1'), 'kept', 'one is deleted');
SELECT is(pg_temp.reply(:'ann', 'https://one.example/n/2', :'post',
                        '"to":[]', 'Update'), 'kept', 'one is made private');
SELECT is(pg_temp.reply(:'ann', 'https://one.example/n/3', :'post',
                        type => 'Update'), 'kept', 'one is edited');
SELECT is(pg_temp.total(:'post' || '/replies') || ' '
          || pg_temp.items(:'post' || '/replies'),
    '1 https://one.example/n/3', 'one is left');
SELECT is(pg_temp.reply(:'ann', 'https://two.example/n/4', :'post'), 'kept',
    'an id of somebody else''s server');
SELECT is(pg_temp.total(:'post' || '/replies'), '1', 'is not shown');

-- what is deleted does not come back, under no activity's name

SELECT is(pg_temp.hear(:'ann', 'https://one.example/n/1/again', 'Create',
                       'https://one.example/n/1', 'Note', :'post',
                       'https://one.example/n/1',
                       '{"object":{"id":"https://one.example/n/1","to":'
                       || :'public' || '}}'), 'duplicate',
    'a reply that was deleted');
SELECT is(pg_temp.total(:'post' || '/replies'), '1', 'is not shown again');

-- nor does what was deleted before it came; of another actor it is no word

SELECT is(pg_temp.hear(:'ann', 'https://one.example/d/20', 'Delete',
                       'https://one.example/n/20'), 'ignored',
    'a Delete overtakes its Create');
SELECT is(pg_temp.hear(:'bob', 'https://two.example/d/21', 'Delete',
                       'https://one.example/n/21'), 'ignored',
    'and one deletes what is another''s');
SELECT is(pg_temp.reply(:'ann', 'https://one.example/n/20', :'post'),
    'duplicate', 'what is deleted does not appear');
SELECT is(pg_temp.reply(:'ann', 'https://one.example/n/21', :'post'), 'kept',
    'what another has deleted does');

UPDATE activitypub.tombstone SET buried = now() - interval '31 days';
SELECT pg_temp.hear(:'ann', 'https://one.example/d/22', 'Delete',
                    'https://one.example/n/22') \g /dev/null
SELECT is((SELECT count(*) FROM activitypub.tombstone), 1::bigint,
    'after 30 days nobody remembers');
SELECT is(pg_temp.reply(:'ann', 'https://one.example/n/20', :'post'), 'kept',
    'nor says no');

SELECT activitypub.publish('news', '/posts/3', 'Three', 'Text') AS third \gset
SELECT activitypub.delete_post(:'third') \g /dev/null
SELECT is(pg_temp.like(:'ann', 'https://one.example/l/3', :'third'),
    'ignored', 'nobody likes a post that is deleted');
SELECT is(pg_temp.reply(:'ann', 'https://one.example/n/9', :'third'),
    'ignored', 'nor replies to it');

-- whoever leaves takes all of it along

SELECT pg_temp.like(:'ann', 'https://one.example/l/9', id),
       pg_temp.like(:'ann', 'https://one.example/a/9', id, 'Announce')
  FROM unnest(ARRAY[:'post', :'other']) AS id \g /dev/null
SELECT is(pg_temp.hear(:'ann', 'https://one.example/ann#delete', 'Delete',
                       :'ann'), 'deleted', 'ann leaves');
SELECT is((SELECT count(*) FROM activitypub.reaction), 0::bigint,
    'and nothing of her is shown');
SELECT is((SELECT sum(n) FROM activitypub.tally
            WHERE subject NOT SIMILAR TO '(outbox|posts) %'), 0::numeric,
    'nor counted');

SELECT * FROM finish();

ROLLBACK;
