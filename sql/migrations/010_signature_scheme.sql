-- version: 10
-- min_module: 1
--
-- Copyright (C) The ngx_http_activitypub_module authors
-- SPDX-License-Identifier: BSD-2-Clause
--
-- Which kind of signature a server takes: the one that it took last.

SET LOCAL ROLE activitypub_owner;
SET LOCAL search_path = activitypub, pg_temp;

ALTER TABLE host
    ADD COLUMN scheme text NOT NULL DEFAULT 'draft-cavage'
               CHECK (scheme IN ('draft-cavage', 'rfc9421'));
