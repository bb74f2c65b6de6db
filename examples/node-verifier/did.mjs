// DIDs: their syntax, and the two methods that resolve without asking anybody. wire.md, section 3.

import * as base58 from "./base58.mjs";
import * as base64url from "./base64url.mjs";
import { isObject, parse } from "./json.mjs";
import { isSame, isSound, multibase, readKey, readMultikey } from "./keys.mjs";
import { Refusal } from "./refusal.mjs";
import { decode as decodeText } from "./text.mjs";

const DID = /^did:([a-z0-9]+):(?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+$/;
const FRAGMENT = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+$/;
const MOST = 2_048;
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const DELEGATION = "capabilityDelegation";
const ALL = ["authentication", "assertionMethod", "capabilityInvocation", DELEGATION, "keyAgreement"];
const SIGNING = ALL.slice(0, 4);

export const isDid = (text) => text.length <= MOST && DID.test(text);
export const methodOf = (did) => DID.exec(did)[1];

/** [DID, fragment] of an absolute DID URL without path and query, or null. */
export function splitUrl(text) {
  const [did, ...rest] = text.split("#");
  const whole = text.length <= MOST && rest.length === 1 && DID.test(did) && FRAGMENT.test(rest[0]);
  return whole ? [did, rest[0]] : null;
}

const unresolved = (why, step) => new Refusal("unresolved_principal", step, why);

function resolveKey(did) {
  const text = did.slice("did:key:".length);
  if (text[0] !== "z" || text.length > 64) return null;
  const bytes = base58.decode(text.slice(1));
  const key = bytes && readMultikey(bytes);
  if (!key || !isSound(key) || multibase(key) !== text) return null;
  return { did, methods: [{ id: `${did}#${text}`, key, uses: SIGNING }] };
}

function coordinate(value) {
  const bytes = typeof value === "string" && value.length === 43 ? base64url.decode(value) : null;
  return bytes && bytes.length === 32 ? bytes : null;
}

/** The key of a JWK, or null; what is no key of a known kind may also be `malformed`. */
export function keyOfJwk(members) {
  if (PRIVATE.some((name) => name in members)) return null;
  const x = coordinate(members.x);
  if (members.kty === "OKP" && members.crv === "Ed25519" && x && !("y" in members)) return readKey(0, x);
  const y = coordinate(members.y);
  if (members.kty !== "EC" || members.crv !== "P-256" || !x || !y) return null;
  const key = readKey(1, Buffer.concat([Buffer.from([2 + (y[31] & 1)]), x]));
  return isSound(key) && isOn(x, y) ? key : null;
}

const PRIME = BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const B = BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

function isOn(...coordinates) {
  const [x, y] = coordinates.map((bytes) => BigInt(`0x${bytes.toString("hex")}`));
  return x < PRIME && y < PRIME && (y * y - (x * x * x - 3n * x + B)) % PRIME === 0n;
}

function isForVerifying({ use, key_ops: operations, alg }, { algorithm }) {
  if (use !== undefined && use !== "sig") return false;
  if (alg !== undefined && !(algorithm === 0 ? ["EdDSA", "Ed25519"] : ["ES256"]).includes(alg)) return false;
  if (operations === undefined) return true;
  if (!Array.isArray(operations) || !operations.every((one) => typeof one === "string")) return false;
  return new Set(operations).size === operations.length && operations.includes("verify");
}

function resolveJwk(did) {
  const text = decodeText(base64url.decode(did.slice("did:jwk:".length)));
  const members = text === null ? null : parse(text, { depth: 4 });
  const key = isObject(members) ? keyOfJwk(members) : null;
  if (!key || !isSound(key) || !isForVerifying(members, key)) return null;
  return { did, methods: [{ id: `${did}#0`, key, uses: "use" in members ? SIGNING : ALL }] };
}

/** The document of a DID: {did, methods: [{id, key, uses}]}. */
export function resolve(did, step = 3) {
  const method = isDid(did) ? methodOf(did) : null;
  let document = null;
  try {
    if (method === "key") document = resolveKey(did);
    if (method === "jwk") document = resolveJwk(did);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  if (document === null) throw unresolved(did, step);
  return document;
}

/** The keys that a DID lists for a use. */
export const keysFor = (did, use = DELEGATION, step = 3) =>
  resolve(did, step)
    .methods.filter(({ uses }) => uses.includes(use))
    .map(({ key }) => key);

/** The key of one method, which must be listed for this use. */
export function keyOf(url, use) {
  const [did] = splitUrl(url);
  const method = resolve(did).methods.find(({ id, uses }) => id === url && uses.includes(use));
  if (!method) throw unresolved(url, 3);
  return method.key;
}

export function confirm(url, key, use) {
  if (!isSame(keyOf(url, use), key)) throw unresolved(url, 3);
}
