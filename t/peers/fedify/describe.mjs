// Copyright (C) The ngx_http_activitypub_module authors
// SPDX-License-Identifier: BSD-2-Clause
//
// What Fedify's typed vocabulary has understood of an object.

import { vocab } from "./fedify.mjs";


export async function describe(object) {
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

  // the Follow in an answer is of another origin than the answer

  if (object instanceof vocab.Create || object instanceof vocab.Update
    || object instanceof vocab.Delete) {
    known.object = await describe(await object.getObject());

  } else if (object instanceof vocab.Accept
    || object instanceof vocab.Reject) {
    known.object = await describe(
      await object.getObject({ crossOrigin: "trust" }));
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


export function href(value) {
  return value instanceof URL ? value.href
    : value?.href instanceof URL ? value.href.href : value ?? null;
}


function plain(value) {
  return typeof value === "boolean" ? value : String(value);
}
