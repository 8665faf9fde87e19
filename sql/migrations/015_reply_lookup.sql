-- version: 15
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- One actor may reply to one post as often as it likes: each reply is found
-- by what it is called, not among all of them.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- a hash, because two URLs are longer than an index takes

CREATE INDEX reaction_item
    ON reaction (actor, object, kind, hashtextextended(item, 0));

DROP INDEX reaction_actor;
