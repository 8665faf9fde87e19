-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What somebody says of an actor that no configuration names.  The members
-- of a profile are the fields of "activitypub_actor", with the same rules;
-- what is kept is what a configuration would have declared.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE OR REPLACE FUNCTION refuse(state text, message text)
    RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message;
END
$$;


-- Of a declaration, all escaped and written twice, an Update stays deliverable.

CREATE OR REPLACE FUNCTION profile_limit()
    RETURNS int
    LANGUAGE sql IMMUTABLE
RETURN 12 * 1024;


-- As core/fedi_media_type has it.

CREATE OR REPLACE FUNCTION media_type(url text)
    RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
RETURN CASE lower(substring(url FROM
                      '^[a-zA-Z]+://[^/?]+[^?]*[^/?]\.([^./?]+)(?:\?|$)')
                  COLLATE "C")
    WHEN 'png' THEN 'image/png'
    WHEN 'jpg' THEN 'image/jpeg'
    WHEN 'jpeg' THEN 'image/jpeg'
    WHEN 'webp' THEN 'image/webp'
    WHEN 'gif' THEN 'image/gif'
    WHEN 'svg' THEN 'image/svg+xml'
    WHEN 'avif' THEN 'image/avif'
    WHEN 'apng' THEN 'image/apng'
    WHEN 'heic' THEN 'image/heic'
    WHEN 'bmp' THEN 'image/bmp'
    WHEN 'ico' THEN 'image/vnd.microsoft.icon'
END;


CREATE OR REPLACE FUNCTION profile_text(member text, value jsonb)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    text  text := btrim(value #>> '{}', E' \t\r\n');
BEGIN
    IF jsonb_typeof(value) <> 'string' THEN
        PERFORM refuse('22023', format('"%s" must be a text', member));
    END IF;

    IF one_line(text) = '' THEN
        PERFORM refuse('22023', format('"%s" is empty', member));
    END IF;

    RETURN text;
END
$$;


CREATE OR REPLACE FUNCTION profile_image(home origin, member text,
    value jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    wanted  text := profile_text(member, value);
    place   record;
BEGIN
    SELECT INTO place p.problem, p.url FROM parse_page(wanted, home.url) AS p;

    IF place.problem IS NOT NULL
       OR (place.url LIKE 'http:%' AND home.url LIKE 'https:%')
    THEN
        PERFORM refuse('22023', format('%s "%s" %s', member, left(wanted, 200),
            coalesce(place.problem, 'must be a path or an https URL')));
    END IF;

    RETURN jsonb_strip_nulls(jsonb_build_object(
               member, place.url, member || '_type', media_type(place.url)));
END
$$;


-- [["Website", "https://…"], …], or with "name" and "value".

CREATE OR REPLACE FUNCTION profile_fields(value jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  jsonb := '[]'::jsonb;
    field   jsonb;
BEGIN
    IF jsonb_typeof(value) <> 'array' OR jsonb_array_length(value) > 50 THEN
        PERFORM refuse('22023', '"field" must be an array of up to 50 pairs '
                                'of a name and a value');
    END IF;

    FOR field IN SELECT * FROM jsonb_array_elements(value) LOOP
        IF jsonb_typeof(field) = 'array' THEN
            field := jsonb_build_object('name', field -> 0,
                                        'value', field -> 1)
                     || CASE WHEN jsonb_array_length(field) = 2 THEN '{}'
                             ELSE '{"more": true}'
                        END::jsonb;
        END IF;

        IF jsonb_typeof(field) <> 'object'
           OR field - 'name' - 'value' <> '{}'
           OR NOT field ?& '{name,value}'
        THEN
            PERFORM refuse('22023', 'a field must be a name and a value');
        END IF;

        result := result || jsonb_build_object(
            'name', profile_text('field', field -> 'name'),
            'value', profile_text('field', field -> 'value'));
    END LOOP;

    RETURN result;
END
$$;


-- One path, or several.

CREATE OR REPLACE FUNCTION profile_sections(home origin, value jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    paths   jsonb := CASE WHEN jsonb_typeof(value) = 'array' THEN value
                          ELSE jsonb_build_array(value)
                     END;
    result  jsonb := '[]'::jsonb;
    path    jsonb;
    place   page;
BEGIN
    FOR path IN SELECT DISTINCT e FROM jsonb_array_elements(paths) AS e
                 ORDER BY e
    LOOP
        place := check_page(home, profile_text('section', path));

        IF right(place.path, 1) <> '/' OR place.query <> '' THEN
            PERFORM refuse('22023', format('section "%s" must be a path that '
                'begins and ends with "/"', left(path #>> '{}', 200)));
        END IF;

        result := result || to_jsonb(place.path);
    END LOOP;

    RETURN result;
END
$$;


-- One id of another server's actor, or several.

CREATE OR REPLACE FUNCTION profile_aliases(value jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    ids     jsonb := CASE WHEN jsonb_typeof(value) = 'array' THEN value
                          ELSE jsonb_build_array(value)
                     END;
    result  jsonb := '[]'::jsonb;
    id      jsonb;
    text    text;
BEGIN
    IF jsonb_array_length(ids) > 256 THEN
        PERFORM refuse('22023', '"also_known_as" has more than 256 values');
    END IF;

    FOR id IN SELECT * FROM jsonb_array_elements(ids) LOOP
        text := profile_text('also_known_as', id);

        IF text !~ '^https://[^/?#@\s]+(/[^\s<>"]*)?$' OR length(text) > 2048
        THEN
            PERFORM refuse('22023', format('also_known_as "%s" is not an '
                'https URL', left(text, 200)));
        END IF;

        result := result || to_jsonb(text);
    END LOOP;

    RETURN result;
END
$$;


CREATE OR REPLACE FUNCTION is_language(tag text)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
RETURN tag ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$' AND length(tag) <= 35;


-- What a member of a profile says, as members of a declaration.

CREATE OR REPLACE FUNCTION profile_member(home origin, member text,
    value jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    place  page;
BEGIN
    CASE member
    WHEN 'type' THEN
        IF value #>> '{}' NOT IN ('Application', 'Group', 'Organization',
                                  'Person', 'Service')
        THEN
            PERFORM refuse('22023', 'the type of an actor is Application, '
                           'Group, Organization, Person or Service');
        END IF;

        RETURN jsonb_build_object(member, value);

    WHEN 'name', 'summary' THEN
        RETURN jsonb_build_object(member, profile_text(member, value));

    WHEN 'icon', 'image' THEN
        RETURN profile_image(home, member, value);

    WHEN 'url' THEN
        place := check_page(home, profile_text(member, value));
        RETURN jsonb_build_object('url', place.url, 'path', place.path,
                                  'query', place.query);

    WHEN 'field' THEN
        RETURN jsonb_build_object('fields', profile_fields(value));

    WHEN 'section' THEN
        RETURN jsonb_build_object('sections', profile_sections(home, value));

    WHEN 'also_known_as' THEN
        RETURN jsonb_build_object(member, profile_aliases(value));

    WHEN 'language' THEN
        IF NOT is_language(profile_text(member, value)) THEN
            PERFORM refuse('22023', format('"%s" is not a language tag like '
                '"en" or "pt-BR"', left(value #>> '{}', 100)));
        END IF;

        RETURN jsonb_build_object(member, value);

    WHEN 'discoverable', 'hide_followers', 'indexable' THEN
        IF jsonb_typeof(value) <> 'boolean' THEN
            PERFORM refuse('22023', format('"%s" must be true or false',
                                           member));
        END IF;

        RETURN jsonb_build_object(member, value);

    ELSE
        PERFORM refuse('22023', format('an actor has no "%s"',
                                       left(member, 100)));
    END CASE;

    RETURN NULL;
END
$$;


-- What "was" declared with this over it.  A member of null is taken away.

CREATE OR REPLACE FUNCTION apply_profile(home origin, was jsonb,
    profile jsonb)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    result  jsonb := was;
    size    int;
    item    record;
BEGIN
    IF jsonb_typeof(profile) IS DISTINCT FROM 'object' THEN
        PERFORM refuse('22023', 'a profile is a JSON object');
    END IF;

    FOR item IN SELECT * FROM jsonb_each(profile) LOOP
        result := result - CASE item.key
            WHEN 'icon' THEN '{icon,icon_type}'
            WHEN 'image' THEN '{image,image_type}'
            WHEN 'url' THEN '{url,path,query}'
            WHEN 'field' THEN '{fields}'
            WHEN 'section' THEN '{sections}'
            ELSE ARRAY[item.key]
        END::text[];

        -- the name of a member is looked at in any case

        result := result || CASE
            WHEN jsonb_typeof(item.value) <> 'null'
                 OR item.key NOT IN (
                        'type', 'name', 'summary', 'icon', 'image', 'url',
                        'field', 'section', 'also_known_as', 'language',
                        'discoverable', 'hide_followers', 'indexable')
            THEN profile_member(home, item.key, item.value)
            ELSE '{}'
        END;
    END LOOP;

    result := jsonb_build_object('type', 'Person', 'name',
                                 was ->> 'username') || result;
    size := octet_length(result::text);

    IF size > profile_limit() THEN
        PERFORM refuse('54000', format('the profile has %s bytes, and may '
                                       'have %s', size, profile_limit()));
    END IF;

    RETURN result;
END
$$;
