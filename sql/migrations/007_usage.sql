-- version: 7
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Living posts are counted by two indexes: all of them, less the few that
-- are deleted.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE INDEX object_deleted ON object (actor) WHERE deleted IS NOT NULL;
