-- version: 12
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- An actor may have several keys (FEP-521a), and one key belongs to one
-- actor.  What remote_actor says of a key is not looked at any more.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- "text" is a PEM, or a Multikey.

CREATE TABLE remote_key (
    key_id        text    COLLATE "C" PRIMARY KEY CHECK (key_id <> ''),
    remote_actor  bigint  NOT NULL REFERENCES remote_actor ON DELETE CASCADE,
    text          text    NOT NULL CHECK (text <> ''),
    expires       timestamptz,
    fetched       timestamptz  NOT NULL DEFAULT now()
);

CREATE INDEX remote_key_actor ON remote_key (remote_actor);

INSERT INTO remote_key (key_id, remote_actor, text, fetched)
SELECT r.key_id, r.id, r.public_pem, r.fetched
  FROM remote_actor AS r
 WHERE r.key_id <> '' AND r.public_pem <> '' AND NOT r.gone;

DROP INDEX remote_actor_key;

UPDATE remote_actor SET key_id = '', public_pem = '' WHERE key_id <> '';
