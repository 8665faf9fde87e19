// Copyright (C) The ngx_http_activitypub_module authors
// SPDX-License-Identifier: BSD-2-Clause
//
// A Fedify server and client that a test drives: one JSON command a line on
// stdin, one JSON answer a line on stdout.
//
//     {"id": 1, "do": "lookup", "with": {"object": "@news@site.example"}}
//     {"id": 1, "value": {...}}  or  {"id": 1, "error": "..."}
//
// Everything goes through Fedify's own client and server code with their
// defaults, so what it accepts is what Fedify's applications accept.

import { createInterface } from "node:readline";

import { describe } from "./describe.mjs";
import { fedify, lookupWebFinger, vocab } from "./fedify.mjs";
import { leave, listen, look, received, requests, send, sendAll }
  from "./server.mjs";

const commands = { webfinger, lookup, handle, nodeinfo, traverse, pages, listen,
  leave, look, send, sendAll, received, requests };


async function webfinger({ resource }) {
  return await lookupWebFinger(resource);
}


async function lookup({ object }) {
  return await describe(await vocab.lookupObject(object));
}


// the handle of an actor, found the way back: by WebFinger from its id

async function handle({ actor }) {
  return await vocab.getActorHandle(await vocab.lookupObject(actor));
}


async function nodeinfo({ url }) {
  const info = await fedify.getNodeInfo(url, { parse: "strict" });

  return info === undefined ? null : fedify.nodeInfoToJson(info);
}


async function traverse({ collection }) {
  const found = await vocab.lookupObject(collection);
  const items = [];

  if (found === null) {
    return null;
  }

  for await (const item of vocab.traverseCollection(found)) {
    items.push(await describe(item));
  }

  return { type: found.constructor.name, total: found.totalItems, items };
}


// the same, page by page, without asking for what stands there

async function pages({ collection }) {
  const found = await vocab.lookupObject(collection);
  const pages = [];

  if (found === null) {
    return null;
  }

  for (let page = await found.getFirst(); page; page = await page.getNext()) {
    pages.push({ type: page.constructor.name, id: page.id.href,
      partOf: page.partOfId?.href, items: page.itemIds.map(String) });
  }

  return { type: found.constructor.name, total: found.totalItems,
    items: found.itemIds.map(String), pages };
}


// the commands, one after the other

for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: name, with: input } = JSON.parse(line);
  const answer = { id };

  try {
    answer.value = await commands[name](input ?? {}) ?? null;
  } catch (error) {
    answer.error = `${error.name}: ${error.message}`;
  }

  process.stdout.write(JSON.stringify(answer) + "\n");
}

process.exit(0);
