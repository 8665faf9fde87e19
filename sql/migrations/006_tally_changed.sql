-- version: 6
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- When a total last changed: what is counted is as old as that.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


ALTER TABLE tally
    ADD COLUMN changed timestamptz NOT NULL DEFAULT clock_timestamp();
