-- version: 11
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What is done with whole domains: who is blocked, and what of others is
-- not shown.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- A rule is about a domain and all that is below it.  "origin" is whose rule
-- it is, '' of all.  "source" says who wrote it: block_domain() and the like,
-- or the configuration, each its own row.  The domain '' is every domain: an
-- origin that knows only whom it allows has suspended all.

CREATE TABLE domain_policy (
    id        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin    text    COLLATE "C" NOT NULL DEFAULT '',
    domain    text    COLLATE "C" NOT NULL,
    severity  text    NOT NULL CHECK (severity IN ('allow', 'reject_media',
                                                   'limit', 'suspend')),
    source    text    NOT NULL DEFAULT 'database'
                      CHECK (source IN ('database', 'configuration')),
    reason    text    NOT NULL DEFAULT '',
    created   timestamptz  NOT NULL DEFAULT now(),

    UNIQUE (domain, origin, source)
);


ALTER TABLE origin
    ADD COLUMN federation_mode text NOT NULL DEFAULT 'blocklist'
               CHECK (federation_mode IN ('blocklist', 'allowlist'));


-- What is below a domain begins with it when both are read backwards.

CREATE INDEX remote_actor_domain
    ON remote_actor (reverse(split_part(host, ':', 1)));

CREATE INDEX host_domain ON host (reverse(split_part(name, ':', 1)));


-- "hidden": its domain is suspended.  "waits": for somebody to approve it.

ALTER TABLE reaction
    ADD COLUMN hidden boolean NOT NULL DEFAULT false,
    ADD COLUMN waits  boolean NOT NULL DEFAULT false;

CREATE INDEX reaction_shown ON reaction (object, kind, id)
 WHERE NOT hidden AND NOT waits;

DROP INDEX reaction_page;

CREATE INDEX reaction_waits ON reaction (id) WHERE waits;


-- What is not shown is not counted.

CREATE OR REPLACE FUNCTION tally_reactions()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_add(c.kind || ' ' || c.object,
                      CASE TG_OP WHEN 'DELETE' THEN -count(*) ELSE count(*)
                      END)
       FROM counted AS c
      WHERE NOT c.hidden AND NOT c.waits
      GROUP BY c.kind, c.object;

    RETURN NULL;
END
$$;

CREATE FUNCTION tally_shown()
    RETURNS trigger
    LANGUAGE plpgsql VOLATILE SET search_path = activitypub, pg_temp
AS $$
BEGIN
    PERFORM tally_add(c.kind || ' ' || c.object,
                      sum(CASE WHEN c.hidden OR c.waits THEN -1 ELSE 1
                          END)::bigint)
       FROM counted AS c
       JOIN was AS w ON w.id = c.id
      WHERE (c.hidden OR c.waits) <> (w.hidden OR w.waits)
      GROUP BY c.kind, c.object;

    RETURN NULL;
END
$$;

CREATE TRIGGER reaction_changed AFTER UPDATE ON reaction
    REFERENCING OLD TABLE AS was NEW TABLE AS counted
    FOR EACH STATEMENT EXECUTE FUNCTION tally_shown();
