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

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

const packages = new URL("../../../build/node/", import.meta.url);
const require = createRequire(packages);

const fedify = require("@fedify/fedify");
const vocab = require("@fedify/vocab");
const { lookupWebFinger } = require("@fedify/webfinger");

const commands = { webfinger, lookup, handle, nodeinfo, traverse, listen,
  received };


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


// what Fedify's typed vocabulary has understood of an object

async function describe(object) {
  if (object === null) {
    return null;
  }

  const known = { class: object.constructor.name, id: href(object.id) };

  for (const name of ["name", "summary", "content", "preferredUsername",
    "discoverable", "indexable", "manuallyApprovesFollowers"]) {
    if (name in object && object[name] != null) {
      known[name] = plain(object[name]);
    }
  }

  for (const name of ["published", "updated", "deleted"]) {
    if (object[name] != null) {
      known[name] = object[name].toString();
    }
  }

  for (const name of ["inboxId", "outboxId", "followersId", "followingId",
    "featuredId", "actorId", "objectId", "attributionId", "url"]) {
    if (object[name] != null) {
      known[name] = href(object[name]);
    }
  }

  known.to = (object.toIds ?? []).map(href);
  known.cc = (object.ccIds ?? []).map(href);

  if (vocab.isActor(object)) {
    await describeActor(object, known);
  }

  if (object instanceof vocab.Create || object instanceof vocab.Update) {
    known.object = await describe(await object.getObject());
  }

  return known;
}


async function describeActor(actor, known) {
  const key = await actor.getPublicKey();
  const icon = await actor.getIcon();

  known.sharedInbox = href(actor.endpoints?.sharedInbox ?? null);
  known.icon = icon === null ? null
    : { url: href(icon.url), mediaType: icon.mediaType };
  known.key = key === null ? null
    : { id: href(key.id), owner: href(key.ownerId),
      algorithm: key.publicKey?.algorithm?.name,
      bits: key.publicKey?.algorithm?.modulusLength };
  known.fields = [];

  for await (const field of actor.getAttachments()) {
    if (field instanceof vocab.PropertyValue) {
      known.fields.push([plain(field.name), plain(field.value)]);
    }
  }
}


function href(value) {
  return value instanceof URL ? value.href
    : value?.href instanceof URL ? value.href.href : value ?? null;
}


function plain(value) {
  return typeof value === "boolean" ? value : String(value);
}


// An own server with one actor, whose inbox remembers what it was sent.

const inbox = [];

async function listen({ host, address, actor, key, cert }) {
  const federation = fedify.createFederation({
    kv: new fedify.MemoryKvStore(),
    origin: `https://${host}`,
  });
  const pairs = [await fedify.generateCryptoKeyPair("RSASSA-PKCS1-v1_5")];

  federation
    .setActorDispatcher("/users/{identifier}", async (context, name) =>
      name !== actor ? null : new vocab.Person({
        id: context.getActorUri(name),
        preferredUsername: name,
        name: "Peer",
        inbox: context.getInboxUri(name),
        endpoints: new vocab.Endpoints({ sharedInbox: context.getInboxUri() }),
        url: new URL(`https://${host}/@${name}`),
        publicKey: (await context.getActorKeyPairs(name))[0].cryptographicKey,
      }))
    .setKeyPairsDispatcher((_context, name) => name === actor ? pairs : []);

  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .on(vocab.Activity, async (_context, activity) => {
      inbox.push(await describe(activity));
    });

  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => serve(federation, host, request, response),
  );

  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(443, address, resolve);
  });

  return `https://${host}/users/${actor}`;
}


function received() {
  return inbox;
}


async function serve(federation, host, request, response) {
  const body = ["GET", "HEAD"].includes(request.method) ? undefined
    : Readable.toWeb(request);

  const answer = await federation.fetch(
    new Request(`https://${host}${request.url}`,
      { method: request.method, headers: request.headers, body,
        duplex: "half" }),
    { contextData: undefined },
  );

  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
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
