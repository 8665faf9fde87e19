// Copyright (C) The ngx_http_activitypub_module authors
// SPDX-License-Identifier: BSD-2-Clause
//
// Fedify's packages, which are installed elsewhere.

import { createRequire } from "node:module";

const require = createRequire(new URL("../../../build/node/", import.meta.url));

export const fedify = require("@fedify/fedify");
export const vocab = require("@fedify/vocab");
export const { lookupWebFinger } = require("@fedify/webfinger");
