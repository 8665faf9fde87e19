-- publish() and preview(): what a post looks like, and what is refused.

\i sql/setup.psql

SELECT plan(81);

SELECT pg_temp.found_acme() \g /dev/null
DELETE FROM notified;

-- a note

SELECT activitypub.publish('news', '/posts/1', E' Fish\n& <Chips> ',
    '<h1>Fish</h1><p>Two pounds &amp; no more.</p>',
    published => '2026-03-04 05:06:07.89+02') AS one \gset
SELECT pg_temp.path(:'one') AS path \gset

SELECT matches(:'one'::text,
    '^https://acme\.example/activitypub/news/[0-9a-f-]{36}$',
    'publish() returns the id');

SELECT is((SELECT replace(body, :'one', 'ID') FROM pg_temp.at('/posts/1')),
'{"@context":["https://www.w3.org/ns/activitystreams",'
'{"sensitive":"as:sensitive","Hashtag":"as:Hashtag"}],'
'"id":"ID","type":"Note",'
'"attributedTo":"https://acme.example/activitypub/news",'
'"content":"<p>Fish &amp; &lt;Chips&gt;</p>'
'<p>Fish Two pounds &amp; no more.</p>'
'<p><a href=\"https://acme.example/posts/1\">https://acme.example/posts/1</a>'
'</p>",'
'"url":"https://acme.example/posts/1","published":"2026-03-04T03:06:07Z",'
'"to":["https://www.w3.org/ns/activitystreams#Public"],'
'"cc":["https://acme.example/activitypub/news/followers"],'
'"tag":[],"attachment":[],'
'"replies":"ID/replies","likes":"ID/likes","shares":"ID/shares"}',
    'a note, all of it');

SELECT is((SELECT body FROM pg_temp.at(:'path')),
    (SELECT document FROM activitypub.object),
    'what is served is what is stored');

SELECT results_eq(
    $$SELECT v.type, v.listed, v.published, f.cursor
        FROM activitypub.activity AS v
        JOIN activitypub.fanout AS f ON f.activity = v.id$$,
    $$VALUES ('Create', true, '2026-03-04 03:06:07Z'::timestamptz, 0::bigint)$$,
    'a Create, and it goes out');
SELECT is((SELECT document::jsonb - 'id' FROM activitypub.activity),
    jsonb_build_object(
        '@context', pg_temp.body(:'path') -> '@context', 'type', 'Create',
        'actor', 'https://acme.example/activitypub/news',
        'published', '2026-03-04T03:06:07Z',
        'to', pg_temp.body(:'path') -> 'to',
        'cc', pg_temp.body(:'path') -> 'cc',
        'object', pg_temp.body(:'path') - '@context'),
    'it embeds the post');
SELECT is(pg_temp.told(), '/activitypub/news/ID /activitypub/news/activities/ID'
    ' /activitypub/news/outbox /posts/1', 'what has bytes now is notified');
SELECT is((SELECT count(*) FROM notified), 1::bigint, 'in one notification');

SELECT is((SELECT p - 'id' FROM to_jsonb((SELECT posts FROM activitypub.posts))
               AS p),
    '{"actor": "news@acme.example", "url": "https://acme.example/posts/1",
      "type": "Note", "title": "Fish & <Chips>", "updated": null,
      "published": "2026-03-04T03:06:07+00:00", "deleted": null,
      "pinned": false}', 'the view lists it')
  FROM set_config('timezone', 'UTC', true);

-- other shapes

CREATE FUNCTION pg_temp.shape(title text, content text, excerpt text,
    warning text, language text, type text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT activitypub.preview('news', '/p', title, content, excerpt, warning,
                               language, NULL, type)::jsonb
$$;

SELECT is(pg_temp.shape('T', '<p>C</p>', NULL, NULL, NULL, 'article')
              - '{@context,id,published,to,cc,replies,likes,shares}'::text[],
    '{"type": "Article", "attributedTo":
      "https://acme.example/activitypub/news", "name": "T", "summary": "C",
      "content": "<p>C</p>", "url": "https://acme.example/p", "tag": [],
      "attachment": []}', 'an article has name, summary and all its content');
SELECT is(pg_temp.shape('T', '<p>C</p>', E'E\n <x>', NULL, NULL, 'Article')
              ->> 'summary', 'E <x>', 'its summary is the excerpt, plain');
SELECT is(pg_temp.shape('T', '', 'E', NULL, NULL, 'article') ->> 'content',
    '<p>T</p><p>E</p><p><a href="https://acme.example/p">'
    'https://acme.example/p</a></p>', 'without content it is like a note');
SELECT is(pg_temp.shape('T', 'C', 'E', ' W ', NULL, 'article') ->> 'summary',
    'W', 'a content warning comes before the excerpt');

SELECT is(pg_temp.shape('T', 'C', E'Ex<i>\n\ncerpt', NULL, NULL, 'note')
              ->> 'content', '<p>T</p><p>Ex&lt;i&gt;</p><p>cerpt</p>'
    '<p><a href="https://acme.example/p">https://acme.example/p</a></p>',
    'a note shows the excerpt instead of the content');
SELECT is(pg_temp.shape('', 'C', NULL, NULL, NULL, '') ->> 'content',
    '<p>C</p><p><a href="https://acme.example/p">https://acme.example/p</a>'
    '</p>', 'a note without a title');
SELECT is(pg_temp.shape('T', NULL, NULL, NULL, NULL, NULL) ->> 'content',
    '<p>T</p><p><a href="https://acme.example/p">https://acme.example/p</a>'
    '</p>', 'a note without content');
SELECT is(pg_temp.shape('T', 'C', NULL, 'W', NULL, NULL)
              @> '{"summary": "W", "sensitive": true}', true,
    'a content warning');
SELECT is(pg_temp.shape('T', 'C', NULL, NULL, 'pt-BR', NULL) -> 'contentMap',
    jsonb_build_object('pt-BR', pg_temp.shape('T', 'C', NULL, NULL, NULL, NULL)
                                    -> 'content'), 'a language');
SELECT ok(NOT pg_temp.shape('T', 'C', 'E', NULL, 'en', NULL) ? member,
    'a note has no ' || member)
  FROM unnest(ARRAY['name', 'summary', 'preview', 'sensitive', 'updated',
                    'interactionPolicy', 'inReplyTo']) AS member;
SELECT ok(NOT jsonb_path_exists(pg_temp.shape('T', 'C', NULL, '', '', type),
                                '$.** ? (@ == null)'),
    'no member is null: ' || type)
  FROM unnest(ARRAY['note', 'article']) AS type;
SELECT is(pg_temp.shape('T', 'C', NULL, NULL, NULL, NULL) ->> 'published',
    to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SSZ'),
    'published now, unless it is said');

SELECT is(activitypub.preview('news', '/p?a=1&b=2', 'T', '')::jsonb
              ->> 'content', '<p>T</p><p><a href="https://acme.example/p?a=1'
    '&amp;b=2">https://acme.example/p?a=1&amp;b=2</a></p>',
    'a URL is escaped in HTML');

-- a preview writes nothing

SELECT is((SELECT count(*) FROM activitypub.object)
          + (SELECT count(*) FROM activitypub.activity)
          + (SELECT count(*) FROM notified), 3::bigint,
    'a preview writes nothing');

-- pages

SELECT is((SELECT url || ' ' || path || ' ' || query
             FROM activitypub.parse_page(page, 'https://acme.example')),
    parsed, 'page: ' || page)
  FROM (VALUES
    ('/', 'https://acme.example/ / '),
    ('https://acme.example', 'https://acme.example/ / '),
    ('https://acme.example?a', 'https://acme.example/?a / a'),
    ('HTTPS://Acme.Example:443/A', 'https://acme.example/A /A '),
    ('http://acme.example:80/', 'http://acme.example/ / '),
    ('https://acme.example:8443/', 'https://acme.example:8443/ / '),
    ('/a//b/?x=%20y', 'https://acme.example/a//b/?x=%20y /a/b/ x=%20y'),
    ('/caf%c3%a9', 'https://acme.example/caf%c3%a9 /café '),
    ('/café?ü', 'https://acme.example/caf%C3%A9?%C3%BC /café %C3%BC'),
    ('/a%2Fb%3Fc', 'https://acme.example/a%2Fb%3Fc /a/b?c '),
    ('/a?', 'https://acme.example/a /a '),
    ('/...', 'https://acme.example/... /... ')
  ) AS row (page, parsed);

SELECT alike(pg_temp.try(format(
        'SELECT activitypub.publish(''news'', %L, ''T'', ''C'')', page)),
    '22023 url "' || replace(left(page, 200), '\', '\\') || '" ' || problem,
    'no page: ' || replace(left(page, 40), E'\n', '\n'))
  FROM (VALUES
    ('', 'is not an absolute%'), ('posts/1', 'is not an absolute%'),
    ('//acme.example/', 'is not an absolute%'),
    ('ftp://acme.example/', 'is not an absolute%'),
    ('https:///x', 'is not an absolute%'),
    ('https://u@acme.example/', 'is not an absolute%'),
    ('/a#b', 'has a fragment'), ('/a b', 'contains a space%'),
    ('/a<b', 'contains a space%'), ('/a\b', 'contains a space%'),
    (E'/a\nb', 'contains a space%'), ('/%zz', 'has a broken%'),
    ('/%00', 'has a broken%'), ('/%ff', 'has a broken%'),
    ('/%0a', 'has a control%'), ('/a/../b', 'has a "." or%'),
    ('/a/%2e%2E', 'has a "." or%'), ('/./a', 'has a "." or%'),
    ('http://acme.example/', 'is not on the actor''s origin%'),
    ('https://acme.example:8443/', 'is not on the actor''s origin%'),
    ('https://acme.example.test/', 'is not on the actor''s origin%'),
    ('/activitypub/x', 'is not a page%'),
    ('/.well-known/webfinger', 'is not a page%'),
    ('/' || repeat('x', 2048), 'is longer than 2048 bytes')
  ) AS row (page, problem);

-- other bad values

SELECT alike(pg_temp.try('SELECT activitypub.publish(''news'', ''/x'', '
                         || arguments || ')'), error, 'refused: ' || arguments)
  FROM (VALUES
    ($$'', ''$$, '22023 a post needs a title or a content'),
    ($$' ', E'\n'$$, '22023 a post needs a title or a content'),
    ($$'T', 'C', language => 'english!'$$, '22023 "english!" is not a lang%'),
    ($$'T', 'C', language => 'e'$$, '22023 "e" is not a language%'),
    ($$'T', 'C', object_type => 'page'$$, '22023 object type "page" is%'),
    ($$'T', 'C', published => now() + interval '25 hours'$$,
     '22023 the time of publication, 20%, is in the future'),
    ($$'T', 'C', published => 'infinity'$$, '22023 the time of publication%'),
    ($$'T', 'C', published => '0001-01-01 BC'$$, '22023 the time of publi%'),
    ($$'T', repeat('x', 61440), object_type => 'article'$$,
     '54000 the post is 6% bytes long as an activity and may have 61440: %')
  ) AS row (arguments, error);

SELECT is(pg_temp.try($$SELECT activitypub.publish('news', '/large', 'T',
              repeat('x', 1000000))$$), 'ok', 'a note of a huge page fits');

-- twice

SELECT alike(pg_temp.try(format(
        'SELECT activitypub.%s(''news'', %L, ''T'', ''C'')', name, page)),
    '23505 ' || error, name || ' again: ' || page)
  FROM (VALUES ('/posts/1', 'url "%/posts/1" is already published by '
                            'news@acme.example as https://%'),
               ('https://ACME.example/posts//1', 'url "%" is already%'),
               ('/', 'url "https://acme.example/" is the profile page of '
                     'news@acme.example')) AS row (page, error),
       unnest(ARRAY['publish', 'preview']) AS name;

SELECT * FROM finish();

ROLLBACK;
