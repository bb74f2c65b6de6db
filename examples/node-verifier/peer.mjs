// did:peer of the kinds 2 and 4, which say everything themselves. did.md, "Methods".

import { createHash } from "node:crypto";
import * as base58 from "./base58.mjs";
import * as base64url from "./base64url.mjs";
import { RELATIONSHIPS } from "./did.mjs";
import { isObject, parse } from "./json.mjs";
import { isAgreement, isSound, readMultikey } from "./keys.mjs";
import { malformed } from "./refusal.mjs";
import { decode } from "./text.mjs";
import { readDocument } from "./web.mjs";

const USES = {
  A: "assertionMethod", D: "capabilityDelegation", E: "keyAgreement", I: "capabilityInvocation", V: "authentication",
};
const SHORT = { t: "type", s: "serviceEndpoint", r: "routingKeys", a: "accept" };
const JSON_CODE = "8004";
const SHA_256 = "1220";

function bytesOf(text) {
  const bytes = text[0] === "z" ? base58.decode(text.slice(1)) : null;
  if (bytes === null) throw malformed("no base58btc");
  return bytes;
}

function objectOf(bytes) {
  const text = decode(bytes);
  const value = text === null ? null : parse(text);
  if (!isObject(value)) throw malformed("no object");
  return value;
}

/** The key of one part, or null where it signs nothing. */
function keyOf(letter, text) {
  const bytes = bytesOf(text);
  if (letter === "E") {
    if (!isAgreement(bytes)) throw malformed("no key for key agreement");
    return null;
  }
  const key = readMultikey(bytes);
  if (!isSound(key)) throw malformed("no point of the group");
  return key;
}

const isOwn = (id, did) => typeof id === "string" && (id.startsWith("#") || id.startsWith(`${did}#`));

function checkService(text, did) {
  const written = objectOf(base64url.decode(text));
  const names = Object.keys(written).map((name) => (Object.hasOwn(SHORT, name) ? SHORT[name] : name));
  const whole = ["type", "serviceEndpoint"].every((name) => names.includes(name));
  if (!whole || new Set(names).size !== names.length) throw malformed("a service");
  if ("id" in written && !isOwn(written.id, did)) throw malformed("a service of another");
}

function resolveKeys(did) {
  const [kind, ...parts] = did.slice("did:peer:".length).split(".");
  if (kind !== "2") return null;
  parts.filter((part) => part[0] === "S").forEach((part) => checkService(part.slice(1), did));
  const keys = parts.filter((part) => part[0] !== "S");
  if (keys.length === 0 || !keys.every((part) => Object.hasOwn(USES, part.slice(0, 1)))) return null;
  const methods = keys.map(([letter, ...text], at) => {
    return { id: `${did}#key-${at + 1}`, key: keyOf(letter, text.join("")), uses: [USES[letter]] };
  });
  return { did, methods: methods.filter(({ key }) => key !== null) };
}

const isRelative = (id) => typeof id === "string" && id.startsWith("#");

/** The document inside, its ids relative and its methods without controllers, as that of the DID. */
function documentOf(inside, did) {
  const own = (method) => {
    if (!isObject(method) || !isRelative(method.id) || "controller" in method) throw malformed("a method of another");
    return { ...method, controller: did };
  };
  const many = (value = []) => (Array.isArray(value) ? value : [null]);
  const refer = (one) => {
    if (isObject(one)) return own(one);
    if (!isRelative(one)) throw malformed("a reference to another");
    return one;
  };
  if ("id" in inside || many(inside.service).some((one) => !isObject(one) || !isRelative(one.id))) throw malformed("an id");
  const uses = RELATIONSHIPS.filter((use) => use in inside).map((use) => [use, many(inside[use]).map(refer)]);
  return { ...inside, id: did, verificationMethod: many(inside.verificationMethod).map(own), ...Object.fromEntries(uses) };
}

function resolveDocument(did, now) {
  const [hash, encoded, ...others] = did.slice("did:peer:4".length).split(":");
  if (encoded === undefined || others.length) return null;
  const digest = createHash("sha256").update(encoded).digest("hex");
  const bytes = bytesOf(encoded);
  const isWhole = bytesOf(hash).toString("hex") === SHA_256 + digest && bytes.subarray(0, 2).toString("hex") === JSON_CODE;
  return isWhole ? readDocument(documentOf(objectOf(bytes.subarray(2)), did), did, now) : null;
}

export function resolvePeer(did, { now }) {
  return did.startsWith("did:peer:4") ? resolveDocument(did, now) : resolveKeys(did);
}
