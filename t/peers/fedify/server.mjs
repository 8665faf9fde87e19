// Copyright (C) The ngx_http_activitypub_module authors
// SPDX-License-Identifier: BSD-2-Clause
//
// Servers of Fedify's, each with a name, an address and some actors.  What
// they verified and what they were asked is remembered.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { Readable } from "node:stream";

import { describe, href } from "./describe.mjs";
import { fedify, vocab } from "./fedify.mjs";

const servers = new Map();


// "authorized": actors are shown only to who signs; "crowd": they share
// a pair of keys, because making them takes its time

export async function listen({ host, address, actors, key, cert,
  authorized, crowd }) {
  const server = {
    host,
    actors,
    keys: new Map(),
    inbox: [],
    requests: [],
    signers: new Map(),
    federation: fedify.createFederation({
      kv: new fedify.MemoryKvStore(),
      origin: `https://${host}`,
    }),
  };

  let pairs;

  for (const name of actors) {
    if (pairs === undefined || !crowd) {
      pairs = [
        await fedify.generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
        await fedify.generateCryptoKeyPair("Ed25519"),
      ];
    }

    server.keys.set(name, pairs);
  }

  dispatch(server, authorized);

  const listener = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => serve(server, request, response),
  );

  await new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(443, address, resolve);
  });

  servers.set(host, server);

  return actors.map((name) => `https://${host}/users/${name}`);
}


function dispatch(server, authorized) {
  const actor = server.federation
    .setActorDispatcher("/users/{identifier}", (context, name) =>
      server.actors.includes(name) ? person(server, context, name) : null)
    .setKeyPairsDispatcher((_context, name) => server.keys.get(name) ?? []);

  if (authorized) {
    actor.authorize(async (context) => {
      const owner = await context.getSignedKeyOwner();

      server.signers.set(context.request, href(owner?.id ?? null));

      return owner !== null;
    });
  }

  server.federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .on(vocab.Activity, async (context, activity) => {
      server.inbox.push({ ...await describe(activity),
        recipient: context.recipient });
    });
}


async function person(server, context, name) {
  const keys = await context.getActorKeyPairs(name);

  return new vocab.Person({
    id: context.getActorUri(name),
    preferredUsername: name,
    name: "Peer",
    inbox: context.getInboxUri(name),
    endpoints: new vocab.Endpoints({ sharedInbox: context.getInboxUri() }),
    url: new URL(`https://${server.host}/@${name}`),
    publicKey: keys[0].cryptographicKey,
    assertionMethods: keys.map((pair) => pair.multikey),
  });
}


// An actor that is not there any more; its key can still sign.

export function leave({ host, actor }) {
  const server = servers.get(host);

  server.actors = server.actors.filter((name) => name !== actor);
}


// The activities whose signatures Fedify accepted, in the order they came.

export function received({ host }) {
  return servers.get(host).inbox;
}


// All that was asked of a server, and how it answered.

export function requests({ host }) {
  return servers.get(host).requests;
}


async function serve(server, incoming, response) {
  const chunks = [];

  for await (const chunk of incoming) {
    chunks.push(chunk);
  }

  const body = Buffer.concat(chunks);
  const url = new URL(incoming.url, `https://${server.host}/`);
  const request = new Request(url, {
    method: incoming.method,
    headers: incoming.headers,
    body: body.length === 0 ? undefined : body,
  });
  const answer = await server.federation.fetch(request,
    { contextData: undefined })
    .catch((error) => new Response(String(error), { status: 500 }));

  server.requests.push({
    method: incoming.method,
    target: incoming.url,
    headers: incoming.headers,
    body: body.toString(),
    status: answer.status,
    signer: server.signers.get(request) ?? null,
  });

  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}


// Sends an activity of one of the actors, signed as Fedify does it, to an
// actor that is looked up, or to an inbox.  Fedify fails if it is refused.

export async function send({ host, actor, activity, to, inbox, shared }) {
  const { federation } = servers.get(host);
  const context = federation.createContext(new URL(`https://${host}/`));
  const recipient = inbox === undefined
    ? await context.lookupObject(to)
    : { id: new URL(to), inboxId: new URL(inbox), endpoints: null };

  await context.sendActivity({ identifier: actor }, recipient,
    make(activity), { preferSharedInbox: shared ?? false });
}


// What one of the actors is shown, who signs as Fedify does it.

export async function look({ host, actor, object }) {
  const { federation } = servers.get(host);
  const context = federation.createContext(new URL(`https://${host}/`));
  const documentLoader = await context.getDocumentLoader(
    { identifier: actor });

  return await describe(await context.lookupObject(object,
    { documentLoader }));
}


// All at once; the ones that were refused.

export async function sendAll({ all }) {
  const results = await Promise.allSettled(all.map(send));

  return all.filter((_, i) => results[i].status === "rejected");
}


// An object of Fedify's vocabulary by its own names for the properties.

function make({ type, ...properties }) {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "object") {
      properties[name] = make(value);

    } else if (value.startsWith("https://")) {
      properties[name] = new URL(value);
    }
  }

  return new vocab[type](properties);
}
