// Keys written as JWK. wire.md, section 3.

import * as base64url from "./base64url.mjs";
import { isSound, readKey } from "./keys.mjs";

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

function isForVerifying({ use, key_ops: operations, alg }, { algorithm }) {
  if (use !== undefined && use !== "sig") return false;
  if (alg !== undefined && !(algorithm === 0 ? ["EdDSA", "Ed25519"] : ["ES256"]).includes(alg)) return false;
  if (operations === undefined) return true;
  if (!Array.isArray(operations) || !operations.every((one) => typeof one === "string")) return false;
  return new Set(operations).size === operations.length && operations.includes("verify");
}

/** The key of a JWK that may verify, or null; some of what is none is `malformed`. */
export function keyOfJwk(members) {
  const key = read(members);
  return key && isSound(key) && isForVerifying(members, key) ? key : null;
}
