// Disclosures of an SD-JWT, and what it says once they are put in their places. sd-jwt.md, "Form" and "Digests".

import { createHash } from "node:crypto";
import * as base64url from "./base64url.mjs";
import { isObject, levels, parse } from "./json.mjs";
import { malformed, Refusal } from "./refusal.mjs";
import { decode } from "./text.mjs";

const HASHES = { "sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512" };
const RESERVED = ["_sd", "...", "_sd_alg"];
const MOST_LEVELS = 32;

const isText = (value) => typeof value === "string";
const unsound = (why) => new Refusal("bad_credential", 4, why);

/** {text, name, value} of a disclosure; the name of an element is undefined. */
export function readDisclosure(text) {
  const plain = decode(base64url.decode(text));
  const list = plain === null ? null : parse(plain, { depth: MOST_LEVELS });
  if (!Array.isArray(list) || ![2, 3].includes(list.length) || !isText(list[0])) throw malformed("no disclosure");
  const [, ...rest] = list;
  const name = rest.length === 2 ? rest[0] : undefined;
  if (rest.length === 2 && (!isText(name) || RESERVED.includes(name))) throw malformed("no name of a claim");
  return { text, name, value: rest.at(-1) };
}

/** The hash that a payload says its digests are made by. */
export function hashOf(payload) {
  const { _sd_alg: said = "sha-256" } = payload;
  if (!isText(said) || !Object.hasOwn(HASHES, said)) throw malformed("another hash");
  return (text) => createHash(HASHES[said]).update(text).digest("base64url");
}

/** Puts disclosures in their places. Each place is a path from the top: of what was hidden, or of a digest that still hides. */
class Revealing {
  seen = new Set();
  used = new Set();
  places = [];

  constructor(byDigest) {
    this.byDigest = byDigest;
  }

  /** The disclosure of a digest, or undefined where nobody discloses it. */
  take(digest, path) {
    if (!isText(digest)) throw malformed("a digest that is no text");
    if (this.seen.has(digest)) throw unsound("a digest twice");
    this.seen.add(digest);
    const found = this.byDigest.get(digest);
    this.places.push(found?.name === undefined ? path : [...path, found.name]);
    if (found) this.used.add(digest);
    return found;
  }

  value(value, path) {
    if (path.length > MOST_LEVELS) throw malformed("nested too deeply");
    if (Array.isArray(value)) return value.flatMap((one, at) => this.element(one, [...path, at]));
    return isObject(value) ? this.object(value, path) : value;
  }

  element(one, path) {
    if (!isObject(one) || !("..." in one)) return [this.value(one, path)];
    if (Object.keys(one).length > 1) throw malformed("a member beside ...");
    const found = this.take(one["..."], path);
    if (!found) return [];
    if (found.name !== undefined) throw unsound("a name where an element is hidden");
    return [this.value(found.value, path)];
  }

  object(value, path) {
    const { _sd: digests = [], ...plain } = value;
    if (path.length > 0 && "_sd_alg" in plain) throw malformed("_sd_alg below the top");
    if ("..." in plain || !Array.isArray(digests)) throw malformed("... in an object, or _sd that is no array");
    delete plain._sd_alg;
    const revealed = Object.create(null);
    for (const [name, part] of Object.entries(plain)) revealed[name] = this.value(part, [...path, name]);
    for (const digest of digests) {
      const found = this.take(digest, path);
      if (!found) continue;
      const { name } = found;
      if (name === undefined) throw unsound("no name where a member is hidden");
      if (name in revealed) throw unsound("a claim that is there already");
      revealed[name] = this.value(found.value, [...path, name]);
    }
    return revealed;
  }
}

/** {claims, places}: what a payload says with these disclosures, and where something was or is hidden. */
export function reveal(payload, disclosures) {
  const hash = hashOf(payload);
  const byDigest = new Map(disclosures.map((one) => [hash(one.text), one]));
  if (byDigest.size !== disclosures.length) throw unsound("a disclosure twice");
  const revealing = new Revealing(byDigest);
  const claims = revealing.value(payload, []);
  if (revealing.used.size !== byDigest.size) throw unsound("a disclosure that no digest names");
  if (levels(claims) > MOST_LEVELS) throw malformed("nested too deeply");
  return { claims, places: revealing.places };
}
