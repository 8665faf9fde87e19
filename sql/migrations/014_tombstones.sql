-- version: 14
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- A Delete may overtake the Create: what it is of must not appear afterwards.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- "fingerprint" stands for who deleted what, as in "received".

CREATE TABLE tombstone (
    fingerprint  bytea  PRIMARY KEY,
    buried       timestamptz  NOT NULL DEFAULT now()
);

CREATE INDEX tombstone_buried ON tombstone (buried);
