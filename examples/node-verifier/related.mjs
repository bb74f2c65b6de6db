// Related resources of a credential, and the digests that it has of them. credential.md, "Related resources".

import { createHash } from "node:crypto";
import * as base58 from "./base58.mjs";
import { BASE } from "./contexts.mjs";
import { isObject } from "./json.mjs";
import { bad } from "./terms.mjs";

const SIZES = { sha256: 32, sha384: 48, sha512: 64 };
const MULTIHASH = { "1220": "sha256", "2030": "sha384", "1340": "sha512" };

function ofSri(text) {
  const found = /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+=*)$/.exec(text);
  const bytes = found && Buffer.from(found[2], "base64");
  if (!found || bytes.toString("base64") !== found[2] || bytes.length !== SIZES[found[1]]) throw bad("digestSRI");
  return { algorithm: found[1], digest: bytes };
}

function ofMultibase(text) {
  const bytes = { u: () => Buffer.from(text.slice(1), "base64url"), z: () => base58.decode(text.slice(1)) }[text[0]]?.();
  const isCanonical = bytes && (text[0] === "z" || bytes.toString("base64url") === text.slice(1));
  if (!isCanonical) throw bad("digestMultibase");
  const algorithm = MULTIHASH[bytes.subarray(0, 2).toString("hex")];
  if (algorithm && bytes[1] === SIZES[algorithm] && bytes.length === bytes[1] + 2) return { algorithm, digest: bytes.subarray(2) };
  const bare = Object.keys(SIZES).find((name) => SIZES[name] === bytes.length);
  if (!bare) throw bad("digestMultibase");
  return { algorithm: bare, digest: bytes };
}

const isText = (value) => typeof value === "string";

function digestsOf({ digestSRI: sri, digestMultibase: multibase }) {
  if (sri === undefined && multibase === undefined) throw bad("a resource without digest");
  const lists = [sri, multibase].map((value) => [value ?? []].flat());
  if (!lists.flat().every(isText)) throw bad("a digest that is no text");
  return [...lists[0].flatMap((text) => text.split(" ").map(ofSri)), ...lists[1].map(ofMultibase)];
}

/** The digests of each resource by its URL. */
export function checkResources(value) {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every((one) => isObject(one) && isText(one.id))) throw bad("relatedResource");
  const found = new Map(list.map((one) => [one.id, digestsOf(one)]));
  if (found.size !== list.length) throw bad("a resource twice");
  return found;
}

const isOf = ({ algorithm, digest }, bytes) => createHash(algorithm).update(bytes).digest().equals(digest);

// What the W3C published of the base context, which is always at hand.
const OF_BASE = {
  sha256: "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
  sha384: "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614",
};
const isOfBase = ({ algorithm, digest }) => [undefined, digest.toString("hex")].includes(OF_BASE[algorithm]);

/** Whether those that are at hand, as text by URL, are what their digests say. */
export function areResources({ relatedResource: value }, atHand) {
  return [...(value === undefined ? [] : checkResources(value))].every(([url, digests]) => {
    if (Object.hasOwn(atHand, url)) return digests.every((one) => isOf(one, atHand[url]));
    return url !== BASE || digests.every(isOfBase);
  });
}
