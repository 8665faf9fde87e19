-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Actors that the database keeps, when actors look different from now on: no
-- configuration declares them again, so "apctl db migrate" has it done.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Looks at up to "lim" of them above "after", and renders those again that
-- an older version did.  "reached" is the last one, NULL behind all of them.

CREATE OR REPLACE FUNCTION render_again(after bigint, lim int,
    OUT reached bigint, OUT changed int)
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
DECLARE
    row   record;
    one   jsonb;
    keys  jsonb := '[]'::jsonb;
BEGIN
    PERFORM lock_declarations();

    changed := 0;

    FOR row IN
        SELECT d.actor, split_part(d.hash, ':', 1) AS version,
               split_part(d.hash, ':', 2) AS words
          FROM declaration AS d
         WHERE d.node = '' AND d.actor > render_again.after
         ORDER BY d.actor
         LIMIT render_again.lim
    LOOP
        reached := row.actor;

        CONTINUE WHEN row.version = render_version()::text;

        one := repeat_actor('', row.actor,
                            render_version() || ':' || row.words);

        IF one <> '[]' THEN
            keys := keys || one;
            changed := changed + 1;
        END IF;
    END LOOP;

    PERFORM notify_pieces(keys);
END
$$;
