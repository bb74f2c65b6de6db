// did:web, from documents that were handed in, and what counts in a document. did.md.

import * as base58 from "./base58.mjs";
import { isDid, RELATIONSHIPS, splitUrl } from "./did.mjs";
import { isObject, parse } from "./json.mjs";
import { keyOfMethod } from "./jwk.mjs";
import { ED25519, isMultikey, isSound, readMultikey } from "./keys.mjs";
import { readMoment, SECOND } from "./moment.mjs";
import { malformed, Refusal } from "./refusal.mjs";

const isText = (value) => typeof value === "string";
const LABEL = "(?!-|xn--)[a-z0-9-]{1,63}(?<!-)";
const HOST = new RegExp(`^(?:${LABEL}\\.)*(?!0x[0-9a-f]*(?:%|$)|[0-9]+(?:%|$))${LABEL}(?:%3[Aa]([1-9][0-9]{0,4}))?$`);
const SEGMENT = /^(?:[A-Za-z0-9._-]|%(?:2[0-46-9A-Ca-c]|3[A-Fa-f]|40|5[BDEbde]|60|7[B-Eb-e]))+$/;
const MOST = 65_536;
const MOST_OF_ANYTHING = 256;
const MOST_DIGITS = 1_024;
const TYPES = { Multikey: "publicKeyMultibase", Ed25519VerificationKey2020: "publicKeyMultibase", JsonWebKey: "publicKeyJwk", JsonWebKey2020: "publicKeyJwk" };
const SECRET = ["privateKeyJwk", "privateKeyMultibase", "secretKeyMultibase", "privateKeyBase58", "privateKeyHex"];

/** Where the document of a did:web is served, or null where the DID is none. */
export function urlOf(did) {
  const [host, ...segments] = did.slice("did:web:".length).split(":");
  const port = HOST.exec(host)?.[1];
  if (!HOST.test(host) || port === "443" || Number(port ?? 1) > 65_535 || host.length > 253) return null;
  if (!segments.every((one) => SEGMENT.test(one) && one !== "." && one !== "..")) return null;
  const path = segments.length ? segments.join("/") : ".well-known";
  return `https://${host.replace(/%3[Aa]/, ":")}/${path}/did.json`;
}

/** What a server answers, or null where it has nothing; a transport takes no longer text. */
export function pageAt(url, documents, most) {
  const text = Object.hasOwn(documents, url) ? documents[url] : null;
  if (text !== null && Buffer.byteLength(text) > most) throw new Refusal("unavailable", null, "a longer page");
  return text;
}

export function resolveWeb(did, { documents, now }) {
  const url = urlOf(did);
  const text = url && pageAt(url, documents, MOST);
  return text === null ? null : readDocument(parse(text), did, now);
}

/** {did, methods} of a document; what it must not be is malformed. Without a clock (null) no method that ever ends counts. */
export function readDocument(value, did, now) {
  if (!isObject(value) || value.id !== did) throw malformed("a document of another");
  const methods = new Map();
  const uses = new Map();
  const add = (method) => {
    const { id } = method;
    if (methods.has(id)) throw malformed("a method twice");
    methods.set(id, readMethod(method, did, now));
    return id;
  };
  const full = (id) => (typeof id === "string" && id.startsWith("#") ? `${did}${id}` : id);
  listOf(value.verificationMethod).forEach((one) => add({ ...objectOf(one), id: full(one.id) }));
  const listed = new Set(methods.keys());
  for (const use of RELATIONSHIPS) {
    const seen = new Set();
    for (const one of listOf(value[use])) {
      const id = isObject(one) ? add({ ...one, id: full(one.id) }) : full(one);
      if (typeof id !== "string" || seen.has(id)) throw malformed("a reference twice");
      seen.add(id);
      if (!methods.has(id) && splitUrl(id)?.[0] === did) throw malformed("a reference to nothing");
      if (isObject(one) || listed.has(id)) uses.set(id, [...(uses.get(id) ?? []), use]);
    }
  }
  checkServices(listOf(value.service).map((one) => ({ ...objectOf(one), id: full(one.id) })));
  const named = [listOf(value.alsoKnownAs), listOf([value.controller ?? []].flat())].flat();
  if (!named.every(isText)) throw malformed("a name that is no text");
  const found = [...methods].map(([id, key]) => ({ id, key, uses: uses.get(id) ?? [] }));
  return { did, methods: found.filter(({ key }) => key !== null) };
}

function listOf(value = []) {
  if (!Array.isArray(value) || value.length > MOST_OF_ANYTHING) throw malformed("no list, or a long one");
  return value;
}

function objectOf(value) {
  if (!isObject(value)) throw malformed("no object");
  return value;
}

const isSome = (value, is) => (Array.isArray(value) ? value.length > 0 && value.every(is) : is(value));

/** Services, each with an id of its own, a type and an endpoint. */
export function checkServices(services) {
  const isPlace = (value) => isText(value) || isObject(value);
  const isService = ({ id, type, serviceEndpoint: place }) => isText(id) && id !== "" && isSome(type, isText) && isSome(place, isPlace);
  if (!services.every(isService) || new Set(services.map(({ id }) => id)).size !== services.length) throw malformed("a service");
}

function isPast(text, now) {
  if (text === undefined) return false;
  const moment = readMoment(text);
  if (moment === null) throw malformed("a time");
  return now === null || moment <= BigInt(now) * SECOND;
}

/** The key of a method, or null where it is of no use. */
function readMethod(method, did, now) {
  const { id, type, controller } = method;
  if (typeof id !== "string" || splitUrl(id)?.[0] !== did || typeof type !== "string") throw malformed("a method's id");
  if (controller !== did || !isDid(did)) throw malformed("a method of another");
  if (SECRET.some((name) => name in method)) throw malformed("a secret key");
  if ("publicKeyJwk" in method && "publicKeyMultibase" in method) throw malformed("two keys");
  const ends = [isPast(method.expires, now), isPast(method.revoked, now)];
  if (!Object.hasOwn(TYPES, type)) return null;
  const key = TYPES[type] === "publicKeyJwk" ? keyOfMethod(objectOf(method.publicKeyJwk)) : keyOfMultibase(method.publicKeyMultibase);
  if (type === "Ed25519VerificationKey2020" && key?.algorithm !== ED25519) throw malformed("a key of another kind");
  return ends.includes(true) ? null : key;
}

/** A Multikey, or null where it is one of another kind. */
function keyOfMultibase(text) {
  const bytes = isText(text) && text[0] === "z" && text.length <= MOST_DIGITS + 1 ? base58.decode(text.slice(1)) : null;
  if (bytes === null) throw malformed("no Multikey");
  if (!isMultikey(bytes)) return null;
  const key = readMultikey(bytes);
  if (!isSound(key)) throw malformed("a key that is none");
  return key;
}
