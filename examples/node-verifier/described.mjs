// read-key and resolve-did: keys in both spellings, and what a DID lists. wire.md, section 3; did.md.

import * as base58 from "./base58.mjs";
import { splitUrl } from "./did.mjs";
import { isObject } from "./json.mjs";
import { keyOfJwk } from "./jwk.mjs";
import { isSound, jwk, multibase, readMultikey } from "./keys.mjs";
import { isSecond, isText, Members } from "./members.mjs";
import { invalidInput, malformed, Refusal } from "./refusal.mjs";
import { Resolver } from "./resolver.mjs";

function spellings(key) {
  const members = key && jwk(key);
  if (!members) throw malformed("no key");
  return { multibase: multibase(key), jwk: members };
}

function keyOfMultibase(text) {
  const bytes = text.startsWith("z") ? base58.decode(text.slice(1)) : null;
  if (bytes === null) throw malformed("no base58btc");
  const key = readMultikey(bytes);
  if (!isSound(key)) throw malformed("no point of the group");
  return key;
}

export function readAnyKey(input) {
  const members = new Members(input);
  const text = members.take("multibase", isText, null);
  const object = members.take("jwk", isObject, null);
  members.end();
  if ((text === null) === (object === null)) throw invalidInput("multibase or jwk");
  return spellings(text === null ? keyOfJwk(object) : keyOfMultibase(text));
}

export const isPages = (value) => isObject(value) && Object.values(value).every(isText);

function methodsOf(did, resolver) {
  const { methods } = resolver.resolve(did);
  return Object.fromEntries(methods.map(({ id, key, uses }) => [id, { key: multibase(key), for: [...uses].sort() }]));
}

export function resolveDid(input) {
  const members = new Members(input);
  const did = members.take("did", isText, null);
  const url = members.take("url", isText, null);
  const use = members.take("relationship", isText, null);
  const resolver = new Resolver({ documents: members.take("documents", isPages, {}), now: members.take("now", isSecond) });
  members.end();
  if ((did === null) === (url === null) || (url === null) !== (use === null)) throw invalidInput("did, or url and relationship");
  if (did !== null) return { methods: methodsOf(did, resolver) };
  if (splitUrl(url) === null) throw new Refusal("unresolved_principal", 3, url);
  return spellings(resolver.keyOf(url, use));
}
