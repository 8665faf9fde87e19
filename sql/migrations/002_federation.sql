-- version: 2
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Who follows, what others sent, and what is on its way to them.  URLs are
-- compared and sorted by their bytes, whatever the locale of the database.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- Somebody else's actor, as it was when it was last fetched.

CREATE TABLE remote_actor (
    id            bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uri           text     COLLATE "C" NOT NULL UNIQUE,
    host          text     COLLATE "C" NOT NULL,
    inbox         text     COLLATE "C" NOT NULL,
    shared_inbox  text     COLLATE "C" NOT NULL DEFAULT '',
    key_id        text     COLLATE "C" NOT NULL DEFAULT '',
    public_pem    text     NOT NULL DEFAULT '',
    fetched       timestamptz  NOT NULL DEFAULT now(),
    gone          boolean  NOT NULL DEFAULT false
);

-- one key belongs to one actor

CREATE UNIQUE INDEX remote_actor_key ON remote_actor (key_id)
 WHERE key_id <> '';

CREATE INDEX remote_actor_inbox ON remote_actor (inbox);


-- "inbox" is where the posts go: the shared one if there is one.  "accept"
-- is the Accept that is not settled yet.  A Follow locks no row of "actor",
-- so that is no foreign key.

CREATE TABLE follower (
    actor         bigint  NOT NULL,
    remote_actor  bigint  NOT NULL REFERENCES remote_actor,
    inbox         text    COLLATE "C" NOT NULL,
    follow_id     text    COLLATE "C" NOT NULL,
    accept        uuid,
    created       timestamptz  NOT NULL DEFAULT now(),

    PRIMARY KEY (actor, remote_actor)
);

CREATE INDEX follower_inbox ON follower (actor, inbox) INCLUDE (accept);

CREATE INDEX follower_remote_actor ON follower (remote_actor);

CREATE INDEX follower_accept ON follower (accept) WHERE accept IS NOT NULL;


-- What had an effect, each once: "fingerprint" stands for sender and id,
-- which together are longer than an index takes.  "body" is raw.

CREATE TABLE received (
    id           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint  bytea   NOT NULL UNIQUE,
    actor        text    COLLATE "C" NOT NULL,
    activity_id  text    COLLATE "C" NOT NULL,
    type         text    NOT NULL,
    object       text    COLLATE "C" NOT NULL,
    target       text    COLLATE "C" NOT NULL,
    body         text    NOT NULL,
    received_at  timestamptz  NOT NULL DEFAULT now()
);

CREATE INDEX received_target ON received (target, id);

CREATE INDEX received_object ON received (object) WHERE type = 'Create';


-- A server that gets deliveries: a name, with its port if it has one.
-- "next_at": when to look at its queue again, NULL without one.  Before
-- "held_until" nothing goes there.  "opened_at": the breaker is open.

CREATE TABLE host (
    name        text  COLLATE "C" PRIMARY KEY,
    next_at     timestamptz,
    held_until  timestamptz,
    failures    int   NOT NULL DEFAULT 0,
    opened_at   timestamptz,
    used        timestamptz  NOT NULL DEFAULT now()
);

CREATE INDEX host_next ON host (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX host_idle ON host (used) WHERE next_at IS NULL;


-- An activity on its way to an inbox.  Settled rows are deleted, dead ones
-- stay for a while.
--
--   document  an Accept or a Reject, which stands nowhere else
--   lane      what is told about the same thing arrives in order
--   holds     of an Accept: the inbox to which nothing goes before it
--   patient   nobody behind the inbox was accepted when this was queued
--   fresh     its host does not know of it yet
--   next_at   when to try, the end of the lease, or of a dead row
--   claim     whose it is until then
--   gone      how often the inbox was said not to be there, in a row

CREATE TABLE delivery (
    id          bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    activity    uuid     NOT NULL,
    document    text,
    actor       bigint   NOT NULL,
    lane        uuid     NOT NULL,
    host        text     COLLATE "C" NOT NULL,
    inbox       text     COLLATE "C" NOT NULL,
    holds       text     COLLATE "C",
    patient     boolean  NOT NULL DEFAULT false,
    fresh       boolean  NOT NULL DEFAULT false,
    state       text     NOT NULL DEFAULT 'waiting'
                         CHECK (state IN ('waiting', 'dead')),
    attempts    int      NOT NULL DEFAULT 0,
    next_at     timestamptz  NOT NULL DEFAULT now(),
    claim       uuid,
    gone        int      NOT NULL DEFAULT 0,
    gone_since  timestamptz,
    status      int,
    last_error  text     NOT NULL DEFAULT '',
    created     timestamptz  NOT NULL DEFAULT now(),
    expires     timestamptz  NOT NULL DEFAULT now() + interval '8 days',

    UNIQUE (activity, inbox)
);

CREATE INDEX delivery_due ON delivery (host, next_at, id)
 WHERE state = 'waiting';

CREATE INDEX delivery_lane ON delivery (host, actor, lane, id)
 WHERE state = 'waiting';

CREATE INDEX delivery_leased
    ON delivery ((CASE WHEN claim IS NOT NULL THEN host END), next_at)
 WHERE claim IS NOT NULL;

CREATE INDEX delivery_holds ON delivery (holds, actor, id)
 WHERE holds IS NOT NULL;

CREATE INDEX delivery_fresh ON delivery (id) WHERE fresh;

CREATE INDEX delivery_dead ON delivery (next_at) WHERE state = 'dead';


-- Every inbox that was ever sent the object: it gets the edits and the
-- delete, too.

CREATE TABLE sent (
    object  uuid  NOT NULL,
    inbox   text  COLLATE "C" NOT NULL,

    PRIMARY KEY (object, inbox)
);


-- How far a fan-out has come: the last inbox that has its row.  "cursor" is
-- not used.

ALTER TABLE fanout ADD COLUMN reached text COLLATE "C" NOT NULL DEFAULT '';


-- What a worker is asked to do for somebody who has no network.

CREATE TABLE job (
    id        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      text    NOT NULL CHECK (kind IN ('fetch', 'check')),
    origin    text    NOT NULL,
    args      jsonb   NOT NULL,
    state     text    NOT NULL DEFAULT 'waiting'
                      CHECK (state IN ('waiting', 'running', 'done')),
    attempts  int     NOT NULL DEFAULT 0,
    next_at   timestamptz  NOT NULL DEFAULT now(),
    result    jsonb,
    created   timestamptz  NOT NULL DEFAULT now()
);

CREATE INDEX job_next ON job (next_at, id) WHERE state <> 'done';

CREATE INDEX job_created ON job (created);
