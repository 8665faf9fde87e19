-- Escaping, plain text, teasers, percent-encoding, ids.

\i sql/setup.psql

SELECT plan(47);

SET LOCAL search_path = activitypub, public;

SELECT is(escape_html($$<a b="c" d='e'>&amp;$$),
    '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;', 'HTML is escaped');

SELECT is(one_line(E'  a\t\r\n b\u00a0\u2028c\u0007\u009f '), 'a b c',
    'one line has no controls and single spaces');

SELECT is(paragraphs(E'a\r\nb\n \n\nc <d>\n'),
    '<p>a<br>b</p><p>c &lt;d&gt;</p>',
    'lines and paragraphs of plain text');
SELECT is(paragraphs(E' \n\n '), '', 'nothing makes no paragraph');

SELECT is((SELECT string_agg(page_query(q), ' ' ORDER BY n)
    FROM unnest(ARRAY['p=1', 'p=1&utm_source=x', 'b=1&&FBCLID&a=2&', '&',
                      'utm%5fsource=x', 'fbclidx', E'a=\\&_ga=1'])
         WITH ORDINALITY AS t (q, n)),
    'p=1 p=1 b=1&a=2  utm%5fsource=x fbclidx a=\',
    'a query without trackers');

-- references

SELECT is(unescape_html(html), plain, 'unescaped: ' || html)
  FROM (VALUES
    ('a &amp; b', 'a & b'), ('&lt;b&gt;', '<b>'), ('&amp;lt;', '&lt;'),
    ('&#38;lt;', '&lt;'), ('&#x26;amp;', '&amp;'),
    ('&quot;&apos;&#39;', '"'''''),
    ('&#x1F600;', '😀'), ('&#8230;&hellip;', '……'),
    ('&#0;&#xD800;', '  '),
    ('&#9999999;', ' '), ('&unknown; & &;', '&unknown; & &;'),
    ('&Auml;&auml;', 'Ää'), ('&#X41;&#x0041;', 'AA')
  ) AS row (html, plain);

-- tags

SELECT is(strip_html(html), plain, 'stripped: ' || html)
  FROM (VALUES
    ('<p>One</p><p>two <b>th</b>ree</p>', 'One two three'),
    ('a<br/>b<hr>c', 'a b c'),
    ('a<script>x</script>b<script type="y">z</script>c', 'abc'),
    ('a<STYLE>p { }</STYLE>b', 'ab'),
    ('a<script>never closed', 'a'),
    ('a<!-- x <b> --> b', 'a b'),
    ('1 < 2 &lt; 3', '1 < 2 < 3'),
    ('<a href="x">link', 'link'),
    ('cut <a href="', 'cut')
  ) AS row (html, plain);

-- teasers

SELECT is(make_excerpt('<p>short</p>'), 'short', 'a short text stays');
SELECT is(make_excerpt(repeat('word ', 80)), btrim(repeat('word ', 80)),
    '399 characters stay');
SELECT is(make_excerpt(repeat('words ', 80)),
    repeat('words ', 65) || 'words…',
    'a long one is cut between words');
SELECT is(make_excerpt(repeat('字', 500)), repeat('字', 399) || '…',
    'or where it has none');
SELECT cmp_ok(char_length(make_excerpt(repeat('<p>x</p>', 100000))), '<=', 400,
    'a huge one is not read to its end');

-- percent-encoding

SELECT is(percent_encode('/é/%41?ü=€'), '/%C3%A9/%41?%C3%BC=%E2%82%AC',
    'what is not ASCII is encoded, escapes stay');
SELECT is(percent_decode('/caf%C3%a9%20%2F%3F'), '/café /?',
    'escapes are decoded');
SELECT is(percent_decode('/é%E2%82%AC%F0%9F%98%80'), '/é€😀',
    'beside what was never encoded');
SELECT is(percent_decode(text), NULL, 'not decoded: ' || text)
  FROM unnest(ARRAY['%', '%4', '%zz', '%00', '%ff', '%c3', '%c0%80',
                    '%ed%a0%80', '%f4%90%80%80']) AS text;

-- ids

SELECT matches(uuid7()::text,
    '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
    'an id is a UUID of version 7');

CREATE TEMP TABLE made (n int, id uuid);

DO $$
BEGIN
    FOR i IN 1 .. 1000 LOOP
        INSERT INTO made VALUES (i, uuid7());
    END LOOP;
END
$$;

SELECT is((SELECT count(DISTINCT right(id::text, 16)) FROM made), 1000::bigint,
    'no two end alike');
SELECT cmp_ok((SELECT count(*) FROM made AS a JOIN made AS b ON b.n = a.n + 1
                WHERE a.id < b.id), '>', 900::bigint,
    'they sort by time, also within a millisecond');

SELECT * FROM finish();

ROLLBACK;
