-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Who may do what, from nothing, each time: it runs last.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;

REVOKE ALL ON SCHEMA activitypub
    FROM PUBLIC, activitypub_nginx, activitypub_publisher;
REVOKE ALL ON ALL TABLES IN SCHEMA activitypub
    FROM PUBLIC, activitypub_nginx, activitypub_publisher;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA activitypub
    FROM PUBLIC, activitypub_nginx, activitypub_publisher;
REVOKE ALL ON ALL ROUTINES IN SCHEMA activitypub
    FROM PUBLIC, activitypub_nginx, activitypub_publisher;

GRANT USAGE ON SCHEMA activitypub TO activitypub_nginx, activitypub_publisher;

GRANT SELECT ON origins, actors, posts, followers, deliveries, policies,
                waiting_replies, reviews
    TO activitypub_nginx, activitypub_publisher;

GRANT EXECUTE ON FUNCTION
    schema(),
    document(text, text, text),
    declare(text, jsonb),
    actor_key_set(text, text, text),
    twins(bigint, int),
    twins_at(jsonb),
    redirect_seen(text, text, text, text, int),
    move_post(text, text, text, text),
    actors(bigint, int),
    actors_at(jsonb),
    signing_key(text),
    remote_key(text),
    remote_known(text),
    remote_actors(bigint, int),
    doubt_actor(text, text),
    remote_actor_set(text, text, text, text, text, text),
    remote_actor_keep(text, text, text, text, jsonb, text, text),
    receive(text, text, text, text, text, text, text, text, text),
    fanout_expand(int),
    delivery_claim(int),
    delivery_settle(jsonb),
    delivery_next(),
    queue_state(),
    job_claim(text[]),
    job_done(bigint, jsonb),
    declare_policy(text, text, jsonb, jsonb),
    domain_policies(bigint, int),
    domain_policies_at(jsonb),
    policy_of(text, text),
    review_next(int)
    TO activitypub_nginx;

GRANT EXECUTE ON FUNCTION
    publish(text, text, text, text, text, text, text, timestamptz, text),
    preview(text, text, text, text, text, text, text, timestamptz, text),
    actor_add(text, jsonb, text),
    actors_add(jsonb, text),
    actor_edit(text, jsonb),
    actor_delete(text),
    update_post(text, text, text, text, text, text, text),
    delete_post(text),
    pin_post(text, boolean),
    schema(),
    queue_state(),
    delivery_retry(bigint, text),
    job_create(text, text, jsonb),
    job_result(bigint),
    job_forget(bigint),
    block_domain(text, text, text, text),
    block_domains(jsonb, text),
    allow_domain(text, text, text),
    unblock_domain(text, text),
    block_cost(text, text),
    blocks_cost(text[], text),
    policy_of(text, text),
    remote_key(text),
    remote_known(text),
    approve_reply(text)
    TO activitypub_publisher;


-- A function that runs with its owner's rights must have the right owner.

DO $$
DECLARE
    stray  text;
BEGIN
    SELECT p.oid::regprocedure INTO stray
      FROM pg_proc AS p
     WHERE p.pronamespace = 'activitypub'::regnamespace
       AND p.proowner <> 'activitypub_owner'::regrole
     LIMIT 1;

    IF FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = '55000',
            MESSAGE = format('function %s belongs to somebody else than '
                             'activitypub_owner', stray);
    END IF;
END
$$;


-- ... and reads its own text as it was written, whatever the session of a CMS
-- takes a backslash for.

DO $$
DECLARE
    entry  regprocedure;
BEGIN
    FOR entry IN
        SELECT p.oid
          FROM pg_proc AS p
         WHERE p.pronamespace = 'activitypub'::regnamespace AND p.prosecdef
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET standard_conforming_strings = on',
                       entry);
    END LOOP;
END
$$;
