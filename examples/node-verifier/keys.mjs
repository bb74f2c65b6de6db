// Ed25519 and P-256: keys as they are read, signatures as they are accepted. wire.md, section 3.

import { createPrivateKey, createPublicKey, diffieHellman, ECDH, verify as nodeVerify } from "node:crypto";
import * as base58 from "./base58.mjs";
import { isPrimeOrder, isReadable } from "./ed25519.mjs";
import { malformed } from "./refusal.mjs";

export const ED25519 = 0;
export const P256 = 1;
const PREFIX = ["ed01", "8024"];
const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** A key from the bytes of a PublicKey message or of a Multikey. */
export function readKey(algorithm, bytes) {
  if (algorithm === ED25519 && bytes.length === 32 && isReadable(bytes)) return { algorithm, bytes };
  if (algorithm === P256 && bytes.length === 33 && (bytes[0] === 2 || bytes[0] === 3)) return { algorithm, bytes };
  throw malformed("no key");
}

export function readMultikey(bytes) {
  const algorithm = PREFIX.indexOf(bytes.subarray(0, 2).toString("hex"));
  return readKey(algorithm, bytes.subarray(2));
}

/** Whether bytes name themselves a key of one of the two kinds. */
export const isMultikey = (bytes) => PREFIX.includes(bytes.subarray(0, 2).toString("hex"));

export const multikey = (key) => Buffer.concat([Buffer.from(PREFIX[key.algorithm], "hex"), key.bytes]);
export const multibase = (key) => `z${base58.encode(multikey(key))}`;
export const didKey = (key) => `did:key:${multibase(key)}`;
export const isSame = (one, other) => multikey(one).equals(multikey(other));

/** x and y of a P-256 key, or null where it is no point. */
function point(bytes) {
  try {
    return ECDH.convertKey(bytes, "prime256v1", undefined, undefined, "uncompressed").subarray(1);
  } catch {
    return null;
  }
}

/** Whether a key is sound: a point of the curve, and for Ed25519 of the prime-order group. */
export const isSound = ({ algorithm, bytes }) => (algorithm === ED25519 ? isPrimeOrder(bytes) : point(bytes) !== null);

// Anybody's: PKCS #8 of 32 bytes of 1.
const OURS = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), Buffer.alloc(32, 1)]);

/** Whether the bytes of a Multikey are an X25519 key, and of no low order: with that nobody can agree on anything. */
export function isAgreement(bytes) {
  if (bytes.length !== 34 || bytes.subarray(0, 2).toString("hex") !== "ec01" || bytes[33] > 0x7f) return false;
  const theirs = { kty: "OKP", crv: "X25519", x: bytes.subarray(2).toString("base64url") };
  try {
    const privateKey = createPrivateKey({ key: OURS, format: "der", type: "pkcs8" });
    const publicKey = createPublicKey({ key: theirs, format: "jwk" });
    return diffieHellman({ privateKey, publicKey }).some((byte) => byte !== 0);
  } catch {
    return false;
  }
}

/** The key as JWK members, or null. */
export function jwk({ algorithm, bytes }) {
  if (algorithm === ED25519) return { kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") };
  const xy = point(bytes);
  if (xy === null) return null;
  const [x, y] = [xy.subarray(0, 32), xy.subarray(32)].map((part) => part.toString("base64url"));
  return { kty: "EC", crv: "P-256", x, y };
}

/** A minimal unsigned integer of DER, from `at` on: [its 32 bytes, where it ends], or null. */
function derInteger(bytes, at) {
  const size = bytes[at + 1];
  const content = bytes.subarray(at + 2, at + 2 + size);
  if (bytes[at] !== 2 || !(size >= 1 && size <= 33) || content.length !== size || content[0] > 0x7f) return null;
  if (content[0] === 0 && (size === 1 || content[1] < 0x80)) return null;
  const plain = content[0] === 0 ? content.subarray(1) : content;
  return plain.length > 32 ? null : [Buffer.concat([Buffer.alloc(32 - plain.length), plain]), at + 2 + size];
}

function rawOfDer(bytes) {
  if (bytes.length < 8 || bytes.length > 72 || bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) return null;
  const r = derInteger(bytes, 2);
  const s = r && derInteger(bytes, r[1]);
  return s && s[1] === bytes.length ? Buffer.concat([r[0], s[0]]) : null;
}

function isInRange(raw, low) {
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map((part) => BigInt(`0x${part.toString("hex")}`));
  return r > 0n && r < ORDER && s > 0n && (low ? s <= ORDER / 2n : s < ORDER);
}

/** A raw signature of 64 bytes. `low`: of P-256, only the half of s that a writer must take. */
export function verifyRaw(key, signed, raw, { low = true } = {}) {
  if (raw.length !== 64) return false;
  const members = jwk(key);
  if (members === null || (key.algorithm === P256 && !isInRange(raw, low))) return false;
  try {
    const object = createPublicKey({ key: members, format: "jwk" });
    if (key.algorithm === ED25519) return nodeVerify(null, signed, object, raw);
    return nodeVerify("sha256", signed, { key: object, dsaEncoding: "ieee-p1363" }, raw);
  } catch {
    return false; // a key that is no point verifies nothing
  }
}

/** A signature as a container holds it: DER for P-256. */
export function verifyContained(key, signed, signature) {
  const raw = key.algorithm === P256 ? rawOfDer(signature) : signature;
  return raw !== null && verifyRaw(key, signed, raw);
}
