-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What a module asks first.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- The newest migration, and the lowest module level that may work with it:
-- of all that were applied the highest that any asks for.

CREATE OR REPLACE FUNCTION schema()
    RETURNS TABLE (version int, min_module int)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = activitypub, pg_temp
AS $$
    SELECT max(m.version), max(m.min_module)
      FROM schema_migration AS m
    HAVING count(*) > 0
$$;
