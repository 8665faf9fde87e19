-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Text: escaping, plain text out of HTML, times, percent-encoding.  Pure.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE OR REPLACE FUNCTION escape_html(text text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
RETURN replace(replace(replace(replace(replace(text,
    '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;');


-- One line: control characters go, runs of white space become one space.

CREATE OR REPLACE FUNCTION one_line(text text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
RETURN btrim(regexp_replace(regexp_replace(text,
    '[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]', '', 'g'),
    '[\s\u0085\u00a0\u2028\u2029]+', ' ', 'g'));


-- Plain text as HTML: paragraphs at empty lines, <br> at line ends.

CREATE OR REPLACE FUNCTION paragraphs(text text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT SET search_path = activitypub, pg_temp
AS $$
    SELECT coalesce(string_agg('<p>' || replace(escape_html(btrim(p, E' \n')),
                                                E'\n', '<br>') || '</p>',
                               '' ORDER BY n), '')
      FROM regexp_split_to_table(replace(text, E'\r', ''), '\n[ \t]*\n')
           WITH ORDINALITY AS part (p, n)
     WHERE btrim(p, E' \t\n') <> ''
$$;


-- Character references: the numeric ones and the common names.

CREATE OR REPLACE FUNCTION unescape_html(text text)
    RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
DECLARE
    digits  text;
    code    int;
BEGIN
    IF strpos(text, '&') = 0 THEN
        RETURN text;
    END IF;

    FOR digits IN
        SELECT DISTINCT m[1]
          FROM regexp_matches(text, '&#([0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});',
                              'g') AS m
    LOOP
        IF digits ~ '^[xX]' THEN
            code := ('x' || lpad(substr(digits, 2), 8, '0'))::bit(32)::int;
        ELSE
            code := digits::int;
        END IF;

        text := replace(text, '&#' || digits || ';',
                        CASE WHEN code BETWEEN 1 AND 55295
                               OR code BETWEEN 57344 AND 1114111
                             THEN replace(chr(code), '&', '&amp;')
                             ELSE ' '
                        END);
    END LOOP;

    SELECT INTO text
           coalesce(string_agg(coalesce(known.sign, part.word), ''
                               ORDER BY part.n), '')
      FROM regexp_matches(text, '&[A-Za-z]{2,6};|[^&]+|&', 'g')
           WITH ORDINALITY AS piece (words, n),
           LATERAL (SELECT piece.words[1], piece.n) AS part (word, n)
           LEFT JOIN (VALUES
               ('&lt;', '<'), ('&gt;', '>'), ('&quot;', '"'),
               ('&apos;', ''''), ('&nbsp;', ' '), ('&amp;', '&'),
               ('&hellip;', '…'), ('&ndash;', '–'), ('&mdash;', '—'),
               ('&lsquo;', '‘'), ('&rsquo;', '’'), ('&ldquo;', '“'),
               ('&rdquo;', '”'), ('&laquo;', '«'), ('&raquo;', '»'),
               ('&bdquo;', '„'), ('&euro;', '€'), ('&copy;', '©'),
               ('&auml;', 'ä'), ('&ouml;', 'ö'), ('&uuml;', 'ü'),
               ('&Auml;', 'Ä'), ('&Ouml;', 'Ö'), ('&Uuml;', 'Ü'),
               ('&szlig;', 'ß'), ('&eacute;', 'é'), ('&egrave;', 'è'),
               ('&agrave;', 'à'), ('&ccedil;', 'ç'), ('&shy;', '')
           ) AS known (word, sign) ON known.word = part.word;

    RETURN text;
END
$$;


-- The text of an HTML fragment in one line.  What lies behind the first
-- 65536 characters can hardly matter to a teaser and is not looked at.

CREATE OR REPLACE FUNCTION strip_html(html text)
    RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = activitypub, pg_temp
AS $$
DECLARE
    plain  text := left(html, 65536);
    tag    text;
BEGIN
    plain := regexp_replace(plain, '<!--.*?(-->|$)', '', 'g');

    -- the first quantifier decides for all: "??" asks for the nearest end

    FOREACH tag IN ARRAY ARRAY['script', 'style', 'template', 'svg'] LOOP
        plain := regexp_replace(plain,
            format('<%s(\s[^>]*)??>.*?(</%s\s*>|$)', tag, tag), '', 'gi');
    END LOOP;

    -- words do not grow together where a block or a line ends

    plain := regexp_replace(plain,
        '</?(p|div|br|hr|li|ul|ol|dl|dt|dd|tr|td|th|table|h[1-6]|pre'
        '|blockquote|section|article|header|footer|figure|figcaption|img)'
        '(\s[^>]*|/)?>', ' ', 'gi');

    plain := regexp_replace(plain, '</?[A-Za-z!?][^>]*(>|$)', '', 'g');

    RETURN one_line(unescape_html(plain));
END
$$;


-- A teaser: up to 400 characters, cut between words.

CREATE OR REPLACE FUNCTION make_excerpt(html text)
    RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = activitypub, pg_temp
AS $$
DECLARE
    plain  text := strip_html(html);
    cut    text;
BEGIN
    IF char_length(plain) <= 400 THEN
        RETURN plain;
    END IF;

    cut := regexp_replace(left(plain, 400), '\s\S*$', '');

    -- a script without spaces is cut anywhere

    IF char_length(cut) < 200 OR char_length(cut) = 400 THEN
        cut := left(plain, 399);
    END IF;

    RETURN rtrim(cut, ' ,;:–—-') || '…';
END
$$;


CREATE OR REPLACE FUNCTION iso_time(moment timestamptz)
    RETURNS text
    LANGUAGE sql STABLE STRICT
RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');


CREATE OR REPLACE FUNCTION epoch(moment timestamptz)
    RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT
RETURN floor(extract(epoch FROM moment))::bigint;


-- What is not ASCII, percent-encoded; escapes that are there stay.

CREATE OR REPLACE FUNCTION percent_encode(text text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
AS $$
    SELECT coalesce(string_agg(
               CASE WHEN c[1] ~ '^[\u0001-\u007f]' THEN c[1]
                    ELSE upper(regexp_replace(
                             encode(convert_to(c[1], 'UTF8'), 'hex'),
                             '(..)', '%\1', 'g'))
               END, '' ORDER BY n), '')
      FROM regexp_matches(text, '[\u0001-\u007f]+|[^\u0001-\u007f]+', 'g')
           WITH ORDINALITY AS run (c, n)
$$;


-- NULL: a broken escape, %00, or bytes that are not UTF-8 in the end.

CREATE OR REPLACE FUNCTION percent_decode(text text)
    RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
DECLARE
    hex  text;
BEGIN
    IF strpos(text, '%') = 0 THEN
        RETURN text;
    END IF;

    IF text ~ '%(?![0-9A-Fa-f]{2})' THEN
        RETURN NULL;
    END IF;

    SELECT INTO hex
           string_agg(CASE WHEN c[1] LIKE '\%%'
                           THEN lower(substr(c[1], 2))
                           ELSE encode(convert_to(c[1], 'UTF8'), 'hex')
                      END, '' ORDER BY n)
      FROM regexp_matches(text, '%..|[^%]+', 'g')
           WITH ORDINALITY AS run (c, n);

    -- RFC 3629 section 4, without U+0000

    IF hex !~ ('^(0[1-9a-f]|[1-7].|(c[2-9a-f]|d.)[89ab].'
               '|e0[ab].[89ab].|e[1-9a-cef]([89ab].){2}|ed[89].[89ab].'
               '|f0[9ab].([89ab].){2}|f[1-3]([89ab].){3}'
               '|f48.([89ab].){2})*$')
    THEN
        RETURN NULL;
    END IF;

    RETURN convert_from(decode(hex, 'hex'), 'UTF8');
END
$$;
