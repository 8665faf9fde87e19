-- version: 13
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Nodes hear of others' actors that are new here: what they do not know they
-- do not ask about.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- One notification for all that a statement has learned.  That somebody is
-- gone is no news: who is taken for known is only asked about in vain.

CREATE FUNCTION remote_learned()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        PERFORM notify_changed(jsonb_build_array(
                    jsonb_build_array('remote', NEW.uri, '')));
    ELSE
        PERFORM notify_changed(jsonb_agg(
                    jsonb_build_array('remote', c.uri, '')))
           FROM counted AS c
          WHERE NOT c.gone;
    END IF;

    RETURN NULL;
END
$$;

CREATE TRIGGER remote_actor_came AFTER INSERT ON remote_actor
    REFERENCING NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION remote_learned();

CREATE TRIGGER remote_actor_returned AFTER UPDATE OF gone ON remote_actor
    FOR EACH ROW WHEN (OLD.gone AND NOT NEW.gone)
    EXECUTE FUNCTION remote_learned();
