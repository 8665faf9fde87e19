-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- What \df+ and \d+ say of whatever a role may call or look at, and of the
-- tables.  The whole story: docs/SQL.md.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


-- for a CMS

COMMENT ON FUNCTION publish IS
    'Publishes a page as a post of an actor; returns the id of the post';
COMMENT ON FUNCTION preview IS
    'The document that publish() would make, as JSON text; writes nothing';
COMMENT ON FUNCTION update_post IS
    'Changes what is given of a post; NULL leaves, an empty text clears';
COMMENT ON FUNCTION delete_post IS
    'Deletes a post for ever: its id and its page answer 410';
COMMENT ON FUNCTION pin_post IS
    'Pins a post to its actor''s profile, or takes the pin away';
COMMENT ON FUNCTION actor_add IS
    'Adds an actor that no configuration names; returns its id';
COMMENT ON FUNCTION actors_add IS
    'Adds many actors; returns how many were not there';
COMMENT ON FUNCTION actor_edit IS
    'Changes what is given of an actor of the database; false: nothing to do';
COMMENT ON FUNCTION actor_delete IS
    'Deletes an actor for ever: it answers 410, and its followers are told';
COMMENT ON FUNCTION delivery_retry IS
    'Makes a delivery, those to a host, or all, due now; returns how many';
COMMENT ON FUNCTION job_create IS
    'Asks a worker of nginx for a fetch or a check; returns the job''s number';
COMMENT ON FUNCTION job_result IS
    'State of a job, waiting, running or done, and its result';
COMMENT ON FUNCTION job_forget IS
    'Removes a job that waits or is done; false: there is no such';
COMMENT ON FUNCTION block_domain IS
    'Blocks a domain and what is below it; how many followers that cost';
COMMENT ON FUNCTION block_domains IS
    'Writes many rules about domains; how many followers that cost';
COMMENT ON FUNCTION allow_domain IS
    'Allows a domain and what is below it';
COMMENT ON FUNCTION unblock_domain IS
    'Takes a rule about a domain back; false: there is none';
COMMENT ON FUNCTION block_cost IS
    'What it would cost to suspend a domain; changes nothing';
COMMENT ON FUNCTION blocks_cost IS
    'What it would cost to suspend domains; changes nothing';
COMMENT ON FUNCTION policy_of IS
    'suspend, limit, reject_media, allow or none: what a host is to an origin';
COMMENT ON FUNCTION approve_reply IS
    'Shows a reply that waits for approval; false: there is no such';

COMMENT ON VIEW origins IS
    'Our origins, their account domain and instance actor';
COMMENT ON VIEW actors IS
    'Our actors, without the instance actors';
COMMENT ON VIEW posts IS
    'Our posts, with the deleted ones';
COMMENT ON VIEW followers IS
    'Who follows which actor, and whether its Accept is settled';
COMMENT ON VIEW deliveries IS
    'What is on its way, and what was given up in the last thirty days';
COMMENT ON VIEW policies IS
    'Rules about domains, and who wrote them';
COMMENT ON VIEW waiting_replies IS
    'Replies that wait for approval';
COMMENT ON VIEW reviews IS
    'Rules that are not applied yet to all that was kept, and how far they are';


-- for the module

COMMENT ON FUNCTION schema IS
    'The newest migration, and the lowest module level that may work with it';
COMMENT ON FUNCTION document IS
    'The document at a URL of an origin, or no row';
COMMENT ON FUNCTION declare IS
    'What a node''s configuration says of an origin and its actors; verdicts';
COMMENT ON FUNCTION actor_key_set IS
    'Gives an actor its key; false: it had one, which stays';
COMMENT ON FUNCTION twins IS
    'Pages that have a document, by id, a piece at a time';
COMMENT ON FUNCTION twins_at IS
    'Of the URLs of a notification, those that have a document now';
COMMENT ON FUNCTION actors IS
    'Actors that the database keeps, or that are gone, by id, a piece at a time';
COMMENT ON FUNCTION actors_at IS
    'Of the URLs of a notification, those that are ids of such actors now';
COMMENT ON FUNCTION redirect_seen IS
    'A page of a post redirects: whether to go and see, or why not';
COMMENT ON FUNCTION move_post IS
    'Moves a post where its page redirects to, if nobody is there; a verdict';
COMMENT ON FUNCTION signing_key IS
    'The key of one of our actors, with its private half';
COMMENT ON FUNCTION remote_key IS
    'Whose key that is, as it was fetched; seconds since 1970';
COMMENT ON FUNCTION remote_known IS
    'Whether that remote actor was ever fetched and is not gone';
COMMENT ON FUNCTION remote_actors IS
    'The known remote actors, by id, a piece at a time';
COMMENT ON FUNCTION doubt_actor IS
    'Has a remote actor''s server asked whether that actor is gone';
COMMENT ON FUNCTION remote_actor_set IS
    'Keeps what a remote actor''s document said';
COMMENT ON FUNCTION remote_actor_keep IS
    'Keeps what a remote actor''s document said, and all keys that it lists';
COMMENT ON FUNCTION remote_keys_set IS
    'The keys of a remote actor are these';
COMMENT ON FUNCTION receive IS
    'Does what follows from a verified activity; returns a verdict.  "busy": '
    'it was not done, and is to be sent again';
COMMENT ON FUNCTION fanout_expand IS
    'Queues one activity for its next inboxes';
COMMENT ON FUNCTION delivery_claim IS
    'Deliveries that are due, for the caller alone, for 90 seconds';
COMMENT ON FUNCTION delivery_settle IS
    'Tells what came of claimed deliveries';
COMMENT ON FUNCTION delivery_next IS
    'Milliseconds until something may be due; NULL: nothing waits';
COMMENT ON FUNCTION queue_state IS
    'How long the queue is; reads all of it';
COMMENT ON FUNCTION job_claim IS
    'The next job of one of these origins, for 90 seconds, or no row';
COMMENT ON FUNCTION job_done IS
    'The result of a job; the first one counts';
COMMENT ON FUNCTION declare_policy IS
    'What a configuration says about domains; false: nothing new';
COMMENT ON FUNCTION domain_policies IS
    'Rules about domains, by id, a piece at a time';
COMMENT ON FUNCTION review_next IS
    'Applies the rules about domains to the next so many reactions; false: '
    'there is nothing to do';
COMMENT ON FUNCTION domain_policies_at IS
    'Of the domains of a notification, the rules that there are now';


-- nobody's interface

COMMENT ON TABLE schema_migration IS
    'A migration that was applied';
COMMENT ON TABLE origin IS
    'A host and what it is pinned to, for ever';
COMMENT ON TABLE actor IS
    'An actor, or an origin''s instance actor; document is what is served';
COMMENT ON TABLE actor_key IS
    'The key pair of an actor';
COMMENT ON TABLE declaration IS
    'What a node last said of an actor';
COMMENT ON TABLE section IS
    'A part of a site whose pages are an actor''s posts';
COMMENT ON TABLE object IS
    'A post; a deleted one stays, as a Tombstone';
COMMENT ON TABLE twin IS
    'A page that has a document';
COMMENT ON TABLE redirect IS
    'Where the page of a post leads to, before that is believed';
COMMENT ON TABLE activity IS
    'An activity; document is what is delivered, the same bytes on every try';
COMMENT ON TABLE fanout IS
    'An activity that followers have to get, and how far it has come';
COMMENT ON TABLE pin IS
    'A featured post';
COMMENT ON TABLE remote_actor IS
    'Somebody else''s actor, as it was fetched';
COMMENT ON TABLE remote_key IS
    'A key of somebody else''s actor: it belongs to one';
COMMENT ON TABLE tombstone IS
    'What was deleted before it came, for 30 days';
COMMENT ON TABLE follower IS
    'Who follows whom';
COMMENT ON TABLE received IS
    'What came and had an effect; body is raw';
COMMENT ON TABLE reaction IS
    'What stands in a collection of a post: likes, shares, replies';
COMMENT ON TABLE tally IS
    'A total, in one slot for each session that counts';
COMMENT ON TABLE presence IS
    'Whether an actor is declared, and when it last published something';
COMMENT ON TABLE host IS
    'A server that gets deliveries, and its breaker';
COMMENT ON TABLE delivery IS
    'An activity on its way to an inbox';
COMMENT ON TABLE sent IS
    'An inbox that was sent a post, or is to be told of the end of an actor';
COMMENT ON TABLE job IS
    'What a worker is asked to do';
COMMENT ON TABLE review IS
    'One row while the rules about domains are not applied to all reactions';
COMMENT ON TABLE domain_policy IS
    'A rule about a domain and all that is below it';
