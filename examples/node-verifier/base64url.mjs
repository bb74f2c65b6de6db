// Unpadded base64url: one value has one text. wire.md, section 1.

import { malformed } from "./refusal.mjs";

export const encode = (bytes) => Buffer.from(bytes).toString("base64url");

export function decode(text, step = 1) {
  const bytes = Buffer.from(text, "base64url");
  // Node's decoder skips what it does not know and takes both alphabets: only the same text again will do.
  if (bytes.toString("base64url") !== text) throw malformed("not canonical base64url", step);
  return bytes;
}
