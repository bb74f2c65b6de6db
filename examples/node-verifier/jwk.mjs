// Keys written as JWK. wire.md, section 3.

import * as base64url from "./base64url.mjs";
import { isSound, readKey } from "./keys.mjs";
import { malformed } from "./refusal.mjs";

const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const PRIME = BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const B = BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

function coordinate(value) {
  const bytes = typeof value === "string" && value.length === 43 ? base64url.decode(value) : null;
  return bytes && bytes.length === 32 ? bytes : null;
}

function isOn(...coordinates) {
  const [x, y] = coordinates.map((bytes) => BigInt(`0x${bytes.toString("hex")}`));
  return x < PRIME && y < PRIME && (y * y - (x * x * x - 3n * x + B)) % PRIME === 0n;
}

function read(members) {
  if (PRIVATE.some((name) => name in members)) return null;
  const x = coordinate(members.x);
  if (members.kty === "OKP" && members.crv === "Ed25519" && x && !("y" in members)) return readKey(0, x);
  const y = coordinate(members.y);
  if (members.kty !== "EC" || members.crv !== "P-256" || !x || !y || !isOn(x, y)) return null;
  return readKey(1, Buffer.concat([Buffer.from([2 + (y[31] & 1)]), x]));
}

function isFitting({ alg, kid = "" }, { algorithm }) {
  if (typeof kid !== "string") return false;
  return alg === undefined || (algorithm === 0 ? ["EdDSA", "Ed25519"] : ["ES256"]).includes(alg);
}

/** Whether it may verify; null where its operations are no list of different texts. */
function isForVerifying({ use, key_ops: operations }) {
  if (use !== undefined && use !== "sig") return false;
  if (operations === undefined) return true;
  if (!Array.isArray(operations) || !operations.every((one) => typeof one === "string")) return null;
  return new Set(operations).size === operations.length ? operations.includes("verify") : null;
}

function soundKey(members) {
  const key = read(members);
  return key && isSound(key) && isFitting(members, key) ? key : null;
}

/** The key of a JWK that may verify, or null; some of what is none is `malformed`. */
export const keyOfJwk = (members) => (isForVerifying(members) ? soundKey(members) : null);

const KNOWN = { OKP: "Ed25519", EC: "P-256" };

/** That of a method in a document, where a key that is of no use breaks nothing. */
export function keyOfMethod(members) {
  const { kty, crv } = members;
  if (typeof kty !== "string" || PRIVATE.some((name) => name in members)) throw malformed("no public key");
  if (!Object.hasOwn(KNOWN, kty) || KNOWN[kty] !== crv) return null;
  const [key, isUsed] = [soundKey(members), isForVerifying(members)];
  if (key === null || isUsed === null) throw malformed("a key that is none");
  return isUsed ? key : null;
}
