-- version: 8
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Pages that move: what the site redirects, before it is believed.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Where the page of a post leads to: since when, when that was seen last, and
-- when a worker last went to look for itself.

CREATE TABLE redirect (
    object  uuid         PRIMARY KEY REFERENCES object,
    origin  int          NOT NULL REFERENCES origin,
    path    text         NOT NULL,
    query   text         NOT NULL,
    since   timestamptz  NOT NULL,
    seen    timestamptz  NOT NULL,
    tried   timestamptz
);

CREATE INDEX redirect_target ON redirect (origin, path, query);
