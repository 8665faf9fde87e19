-- What actors look like, byte for byte where it matters.

\i sql/setup.psql

SELECT plan(28);

SELECT pg_temp.declare('one', pg_temp.acme(jsonb_build_array(
    pg_temp.news('{"summary": "One & <two>\n\nThree",
                   "image": "https://acme.example/img/wide.jpg",
                   "also_known_as": ["https://old.example/@news"],
                   "fields": [
                     {"name": "Website", "value": "https://acme.example/"},
                     {"name": "Shop",
                      "value": "http://shop.acme.example/a?b&c"},
                     {"name": "<i>", "value": "\"x\" <y> https://z"}]}'),
    '{"username": "bare"}'::jsonb))) \g /dev/null

SELECT pg_temp.key('https://acme.example/activitypub/' || name)
  FROM unnest(ARRAY['news', 'bare', 'actor']) AS name \g /dev/null

UPDATE activitypub.actor SET created = '2026-01-02 03:04:05.678Z';

SELECT activitypub.refresh_actor(id) FROM activitypub.actor \g /dev/null

SELECT is((SELECT body FROM pg_temp.at('/activitypub/news')),
'{"@context":["https://www.w3.org/ns/activitystreams",'
'"https://w3id.org/security/v1",'
'{"manuallyApprovesFollowers":"as:manuallyApprovesFollowers",'
'"alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},'
'"toot":"http://joinmastodon.org/ns#",'
'"featured":{"@id":"toot:featured","@type":"@id"},'
'"discoverable":"toot:discoverable","indexable":"toot:indexable",'
'"attributionDomains":{"@id":"toot:attributionDomains","@container":"@set"},'
'"schema":"http://schema.org#","PropertyValue":"schema:PropertyValue",'
'"value":"schema:value",'
'"wf":"https://purl.archive.org/socialweb/webfinger#",'
'"webfinger":"wf:webfinger"}],'
'"id":"https://acme.example/activitypub/news","type":"Organization",'
'"preferredUsername":"news","name":"Acme News",'
'"summary":"<p>One &amp; &lt;two&gt;</p><p>Three</p>",'
'"url":"https://acme.example/",'
'"inbox":"https://acme.example/activitypub/news/inbox",'
'"outbox":"https://acme.example/activitypub/news/outbox",'
'"followers":"https://acme.example/activitypub/news/followers",'
'"following":"https://acme.example/activitypub/news/following",'
'"featured":"https://acme.example/activitypub/news/featured",'
'"endpoints":{"sharedInbox":"https://acme.example/activitypub/inbox"},'
'"icon":{"type":"Image","mediaType":"image/png",'
'"url":"https://acme.example/img/logo.png"},'
'"image":{"type":"Image","url":"https://acme.example/img/wide.jpg"},'
'"published":"2026-01-02T03:04:05Z","manuallyApprovesFollowers":false,'
'"discoverable":true,"indexable":true,"attributionDomains":["acme.example"],'
'"alsoKnownAs":["https://old.example/@news"],'
'"attachment":[{"type":"PropertyValue","name":"Website",'
'"value":"<a href=\"https://acme.example/\" rel=\"me nofollow noopener\" '
'target=\"_blank\"><span class=\"invisible\">https://</span>acme.example/</a>"},'
'{"type":"PropertyValue","name":"Shop",'
'"value":"<a href=\"http://shop.acme.example/a?b&amp;c\" '
'rel=\"me nofollow noopener\" target=\"_blank\">'
'<span class=\"invisible\">http://</span>shop.acme.example/a?b&amp;c</a>"},'
'{"type":"PropertyValue","name":"<i>",'
'"value":"&quot;x&quot; &lt;y&gt; https://z"}],'
'"webfinger":"news@acme.example",'
'"publicKey":{"id":"https://acme.example/activitypub/news#main-key",'
'"owner":"https://acme.example/activitypub/news",'
'"publicKeyPem":"-----BEGIN PUBLIC KEY-----\nAAAA\n'
'-----END PUBLIC KEY-----\n"}}',
    'an actor, all of it');

SELECT is(pg_temp.body('/activitypub/bare') - '@context' - 'publicKey'
              - ARRAY['inbox', 'outbox', 'followers', 'following', 'featured'],
    '{"id": "https://acme.example/activitypub/bare", "type": "Person",
      "preferredUsername": "bare", "name": "bare",
      "endpoints": {"sharedInbox": "https://acme.example/activitypub/inbox"},
      "published": "2026-01-02T03:04:05Z", "manuallyApprovesFollowers": false,
      "discoverable": true, "indexable": true,
      "attributionDomains": ["acme.example"], "attachment": [],
      "webfinger": "bare@acme.example"}',
    'one that says nothing about itself');

SELECT is(pg_temp.body('/activitypub/actor') - '@context' - 'publicKey',
    '{"id": "https://acme.example/activitypub/actor", "type": "Application",
      "preferredUsername": "acme.example", "name": "acme.example",
      "url": "https://acme.example/",
      "inbox": "https://acme.example/activitypub/actor/inbox",
      "outbox": "https://acme.example/activitypub/actor/outbox",
      "followers": "https://acme.example/activitypub/actor/followers",
      "following": "https://acme.example/activitypub/actor/following",
      "endpoints": {"sharedInbox": "https://acme.example/activitypub/inbox"},
      "published": "2026-01-02T03:04:05Z", "manuallyApprovesFollowers": true,
      "discoverable": false, "indexable": false}',
    'the instance actor');

SELECT is(pg_temp.body('/activitypub/actor') #>> '{publicKey,id}',
    'https://acme.example/activitypub/actor#main-key', 'with a key of its own');

-- what an actor must have (the strictest of the systems in the field)

SELECT ok(pg_temp.body('/activitypub/bare') ? member, 'has ' || member)
  FROM unnest(ARRAY['id', 'type', 'preferredUsername', 'inbox', 'outbox',
                    'followers', 'following', 'featured', 'publicKey',
                    'endpoints', 'attachment']) AS member;

SELECT ok(NOT jsonb_path_exists(pg_temp.body('/activitypub/bare'),
                                '$.** ? (@ == null)'),
    'no member is null');

-- rows of the view

SELECT results_eq(
    $$SELECT handle, type, display_name, page, origin, posts
        FROM activitypub.actors ORDER BY name$$,
    $$VALUES ('bare@acme.example', 'Person', 'bare', '',
              'https://acme.example', 0::bigint),
             ('news@acme.example', 'Organization', 'Acme News',
              'https://acme.example/', 'https://acme.example', 0)$$,
    'the view lists actors, not the instance');

-- collections

SELECT is(pg_temp.body('/activitypub/' || path) - '@context',
    jsonb_build_object('id', 'https://acme.example/activitypub/' || path,
        'type', 'OrderedCollection', 'totalItems', 0)
    || more::jsonb, path)
  FROM (VALUES
    ('news/followers', '{"orderedItems": []}'),
    ('news/following', '{"orderedItems": []}'),
    ('news/inbox', '{"orderedItems": []}'), ('inbox', '{"orderedItems": []}'),
    ('news/featured', '{"orderedItems": []}'),
    ('news/outbox',
     '{"first": "https://acme.example/activitypub/news/outbox?page"}'),
    ('actor/inbox', '{"orderedItems": []}'),
    ('actor/outbox', '{"orderedItems": []}'),
    ('actor/followers', '{"orderedItems": []}'),
    ('actor/following', '{"orderedItems": []}')
  ) AS row (path, more);

SELECT is(count(*), 10::bigint, 'each is told to be a collection')
  FROM unnest(ARRAY['news/followers', 'news/following', 'news/inbox', 'inbox',
           'news/featured', 'news/outbox', 'actor/inbox', 'actor/outbox',
           'actor/followers', 'actor/following']) AS path,
       pg_temp.at('/activitypub/' || path) AS d
 WHERE d.status = 200 AND d.kind = 'collection' AND d.url = ''
   AND d.uri = 'https://acme.example/activitypub/' || path
   AND d.actor = CASE WHEN path LIKE 'news/%' THEN 'news' ELSE '' END;

SELECT * FROM finish();

ROLLBACK;
