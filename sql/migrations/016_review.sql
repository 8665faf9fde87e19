-- version: 16
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- A rule may be about so much of what is kept that it is judged in pieces.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- One row, or none: all reactions up to "reached" are shown or hidden as the
-- rules are.

CREATE TABLE review (
    one      boolean  PRIMARY KEY DEFAULT true CHECK (one),
    reached  bigint   NOT NULL,
    since    timestamptz  NOT NULL DEFAULT now()
);
