-- version: 3
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- An Undo may name what it undoes by its type, object and actor alone.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;


CREATE INDEX received_reaction ON received (target, actor, id)
    WHERE type IN ('Like', 'Dislike', 'EmojiReact', 'Announce');
