-- version: 1
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Origins, actors, posts and what is told about them.  Text that is never
-- unknown is NOT NULL with '' for "none".  What is stored as "document" is
-- the JSON that is served or delivered, byte for byte.

DO $$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION USING
            ERRCODE = '0A000',
            MESSAGE = format('the database has encoding %s, UTF8 is needed',
                             current_setting('server_encoding'));
    END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS activitypub AUTHORIZATION activitypub_owner;

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;

-- a new function is nobody's until grants.sql says whose it is

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;


CREATE TABLE schema_migration (
    version     int          PRIMARY KEY,
    name        text         NOT NULL,
    min_module  int          NOT NULL DEFAULT 1,
    applied_at  timestamptz  NOT NULL DEFAULT now()
);


-- A host is pinned to what it was first declared with, for ever.

CREATE TABLE origin (
    id              int   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url             text  NOT NULL UNIQUE,
    host            text  NOT NULL UNIQUE,
    prefix          text  NOT NULL,
    account_domain  text  NOT NULL,
    created         timestamptz  NOT NULL DEFAULT now(),

    CHECK (url ~ '^https?://[^/]+$'),
    CHECK (prefix ~ '^/([^/]+/)+$')
);


-- The instance actor of an origin stands here too, under the reserved name
-- "actor".  A document of NULL: there is no key yet.

CREATE TABLE actor (
    id           bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin       int      NOT NULL REFERENCES origin,
    name         text     NOT NULL,
    instance     boolean  NOT NULL,
    handle       text     NOT NULL,
    uri          text     NOT NULL UNIQUE,
    declaration  jsonb    NOT NULL,
    document     text,
    created      timestamptz  NOT NULL DEFAULT now(),
    changed      timestamptz  NOT NULL DEFAULT now(),

    UNIQUE (origin, name),
    CHECK (instance = (name = 'actor')),
    CHECK (name ~ '^[a-z0-9_]{1,30}$')
);

CREATE UNIQUE INDEX actor_handle ON actor (handle) WHERE NOT instance;

CREATE INDEX actor_name ON actor (name) WHERE NOT instance;


CREATE TABLE actor_key (
    actor        bigint  PRIMARY KEY REFERENCES actor,
    private_pem  text    NOT NULL,
    public_pem   text    NOT NULL,
    created      timestamptz  NOT NULL DEFAULT now()
);


-- What a node last wrote.  Two nodes with different files would otherwise
-- overwrite each other at every reload and tell the world each time.

CREATE TABLE declaration (
    node   text    NOT NULL,
    actor  bigint  NOT NULL REFERENCES actor,
    hash   text    NOT NULL,

    PRIMARY KEY (node, actor)
);

CREATE INDEX declaration_actor ON declaration (actor);


-- A post.  After a delete the row stays, for the Tombstone, without its text.

CREATE TABLE object (
    id               uuid    PRIMARY KEY,
    actor            bigint  NOT NULL REFERENCES actor,
    type             text    NOT NULL CHECK (type IN ('Note', 'Article')),
    url              text    NOT NULL,
    title            text    NOT NULL DEFAULT '',
    content          text    NOT NULL DEFAULT '',
    excerpt          text    NOT NULL DEFAULT '',
    content_warning  text    NOT NULL DEFAULT '',
    language         text    NOT NULL DEFAULT '',
    published        timestamptz  NOT NULL,
    updated          timestamptz,
    deleted          timestamptz,
    document         text    NOT NULL,
    changed          timestamptz  NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX object_actor ON object (actor, id);


-- A page URL that has a document: of an actor (object is NULL), or of a post.
-- "path" is percent-decoded, "query" is raw.

CREATE TABLE twin (
    id      bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin  int      NOT NULL REFERENCES origin,
    path    text     NOT NULL,
    query   text     NOT NULL DEFAULT '',
    actor   bigint   NOT NULL REFERENCES actor,
    object  uuid     REFERENCES object,
    gone    boolean  NOT NULL DEFAULT false,

    UNIQUE (origin, path, query)
);

CREATE UNIQUE INDEX twin_object ON twin (object);

CREATE UNIQUE INDEX twin_profile ON twin (actor) WHERE object IS NULL;


-- A page URL taken apart, on its way to a twin.

CREATE TYPE page AS (
    url    text,
    path   text,
    query  text
);


-- "listed" ones stand in the outbox: Creates of posts that are not deleted.

CREATE TABLE activity (
    id         uuid     PRIMARY KEY,
    actor      bigint   NOT NULL REFERENCES actor,
    type       text     NOT NULL,
    object     uuid     REFERENCES object,
    listed     boolean  NOT NULL,
    published  timestamptz  NOT NULL,
    document   text     NOT NULL
);

CREATE INDEX activity_outbox ON activity (actor, id) WHERE listed;

CREATE INDEX activity_object ON activity (object) WHERE object IS NOT NULL;


-- An activity that followers have to get, and how far down the followers
-- this has come.

CREATE TABLE fanout (
    activity  uuid    PRIMARY KEY REFERENCES activity,
    cursor    bigint  NOT NULL DEFAULT 0,
    created   timestamptz  NOT NULL DEFAULT now()
);


-- The featured posts of an actor.

CREATE TABLE pin (
    object   uuid    PRIMARY KEY REFERENCES object,
    actor    bigint  NOT NULL REFERENCES actor,
    created  timestamptz  NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX pin_actor ON pin (actor, created);
