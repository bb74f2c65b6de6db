// did:peer of the kinds 2 and 4, which say everything themselves. did.md, "Methods".

import { createHash } from "node:crypto";
import * as base58 from "./base58.mjs";
import * as base64url from "./base64url.mjs";
import { RELATIONSHIPS } from "./did.mjs";
import { isObject, parse } from "./json.mjs";
import { isAgreement, isSound, readMultikey } from "./keys.mjs";
import { malformed } from "./refusal.mjs";
import { decode } from "./text.mjs";
import { checkServices, readDocument } from "./web.mjs";

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

/** A service in full. */
function readService(text, at) {
  const written = objectOf(base64url.decode(text));
  const members = Object.entries(written).map(([name, value]) => [Object.hasOwn(SHORT, name) ? SHORT[name] : name, value]);
  const service = { id: at ? `#service-${at}` : "#service", ...Object.fromEntries(members) };
  if (new Set(members.map(([name]) => name)).size !== members.length) throw malformed("a name and its short form");
  return service;
}

function checkAll(services, did) {
  const isOwn = (id) => typeof id === "string" && (id.startsWith("#") || id.startsWith(`${did}#`));
  if (!services.every(({ id }) => isOwn(id))) throw malformed("a service of another");
  checkServices(services);
}

function resolveKeys(did) {
  const [kind, ...parts] = did.slice("did:peer:".length).split(".");
  if (kind !== "2") return null;
  const services = parts.filter((part) => part[0] === "S");
  checkAll(services.map((part, at) => readService(part.slice(1), at)), did);
  const keys = parts.filter((part) => part[0] !== "S");
  if (keys.length === 0 || !keys.every((part) => Object.hasOwn(USES, part.slice(0, 1)))) return null;
  const methods = keys.map(([letter, ...text], at) => {
    return { id: `${did}#key-${at + 1}`, key: keyOf(letter, text.join("")), uses: [USES[letter]] };
  });
  return { did, methods: methods.filter(({ key }) => key !== null) };
}

const isRelative = (id) => typeof id === "string" && id.startsWith("#");

/** The document inside, the ids of its methods relative and without controllers, as that of the DID. */
function documentOf(inside, did) {
  const own = (method) => {
    if (!isObject(method) || !isRelative(method.id) || "controller" in method) throw malformed("a method of another");
    return { ...method, controller: did };
  };
  const many = (value = []) => (Array.isArray(value) ? value : [null]);
  const refer = (one) => (isObject(one) ? own(one) : one);
  if ("id" in inside) throw malformed("an id");
  const uses = RELATIONSHIPS.filter((use) => use in inside).map((use) => [use, many(inside[use]).map(refer)]);
  return { ...inside, id: did, verificationMethod: many(inside.verificationMethod).map(own), ...Object.fromEntries(uses) };
}

/** A DID that holds its document has no clock. */
function resolveDocument(did) {
  const [hash, encoded, ...others] = did.slice("did:peer:4".length).split(":");
  if (encoded === undefined || others.length) return null;
  const digest = createHash("sha256").update(encoded).digest("hex");
  const bytes = bytesOf(encoded);
  const isWhole = bytesOf(hash).toString("hex") === SHA_256 + digest && bytes.subarray(0, 2).toString("hex") === JSON_CODE;
  return isWhole ? readDocument(documentOf(objectOf(bytes.subarray(2)), did), did, null) : null;
}

export const resolvePeer = (did) => (did.startsWith("did:peer:4") ? resolveDocument(did) : resolveKeys(did));
