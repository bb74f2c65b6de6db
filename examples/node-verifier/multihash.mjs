// SHA-256 as a multihash in base58btc: an SCID, the hash of an entry, a commitment to a key. webvh.md, "Hashes".

import { createHash } from "node:crypto";
import * as base58 from "./base58.mjs";

const PREFIX = "1220";

export function isHash(text) {
  const bytes = typeof text === "string" && text.length === 46 ? base58.decode(text) : null;
  return bytes !== null && bytes.length === 34 && bytes.subarray(0, 2).toString("hex") === PREFIX;
}

export function hashOf(text) {
  const digest = createHash("sha256").update(text).digest();
  return base58.encode(Buffer.concat([Buffer.from(PREFIX, "hex"), digest]));
}
