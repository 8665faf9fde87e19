-- version: 4
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Actors that no configuration names, actors that are gone for ever, and
-- parts of a site that are somebody's.  An actor is kept by the database
-- itself if "declaration" has a row of the node '' for it.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- A deleted one keeps its row: name and handle are never anybody's again.
-- "farewell" is its Delete, as long as that is on its way and the key is
-- needed.

ALTER TABLE actor
    ADD COLUMN deleted   timestamptz,
    ADD COLUMN farewell  uuid;

CREATE INDEX actor_deleted ON actor (id) WHERE deleted IS NOT NULL;

CREATE INDEX actor_farewell ON actor (id) WHERE farewell IS NOT NULL;


-- What is published below "path", and not below a longer one, is the actor's
-- unless another one is named.

CREATE TABLE section (
    origin  int     NOT NULL REFERENCES origin,
    path    text    NOT NULL,
    actor   bigint  NOT NULL REFERENCES actor,

    PRIMARY KEY (origin, path),
    CHECK (path ~ '^/([^/]+/)*$')
);

CREATE INDEX section_actor ON section (actor);
