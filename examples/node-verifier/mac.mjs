// The HMACs of a macaroon, and the transcript that links sign. macaroon.md, sections 2, 3 and 6.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { varint } from "./protobuf.mjs";

const joined = (parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

export const hmac = (key, ...parts) => createHmac("sha256", key).update(joined(parts)).digest();
export const sha256 = (...parts) => createHash("sha256").update(joined(parts)).digest();
export const isEqual = (one, other) => one.length === other.length && timingSafeEqual(one, other);

const GENERATOR = "macaroons-key-generator";
const ZERO = Buffer.alloc(32);

export const nameOf = (key) => hmac(key, "\0ATTORN\0MACAROON KEY NAME\0v1\0").subarray(0, 8);
/** What the first signature of one token is made with. */
export const tokenKey = (key, identifier) => hmac(GENERATOR, hmac(key, "\0ATTORN\0MACAROON KEY\0v1\0", identifier));

export function next(signature, { vid, cid }) {
  return vid.length ? hmac(signature, hmac(signature, vid), hmac(signature, cid)) : hmac(signature, cid);
}

/** The signatures before each caveat, and the last. */
export function signaturesOf({ identifier, caveats }, key) {
  const found = [hmac(key, identifier)];
  for (const caveat of caveats) found.push(next(found.at(-1), caveat));
  return found;
}

export const bound = (presented, signature) => hmac(ZERO, hmac(ZERO, presented), hmac(ZERO, signature));

/** The transcripts before each caveat, and the last. */
export function transcriptsOf({ identifier, caveats }) {
  const found = [sha256("\0ATTORN\0MACAROON IDENTIFIER\0v1\0", identifier)];
  for (const { vid, cid } of caveats) {
    found.push(sha256("\0ATTORN\0MACAROON CAVEAT\0v1\0", found.at(-1), varint(vid.length), vid, cid));
  }
  return found;
}
