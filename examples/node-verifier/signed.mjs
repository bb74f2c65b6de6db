// What principals sign as canonical JSON: revocation entries, lists, lifecycle entries, approvals. revocation.md, section 2.

import * as base64url from "./base64url.mjs";
import { isDid } from "./did.mjs";
import { canonical, isInteger, isObject, parse } from "./json.mjs";
import { verifyRaw } from "./keys.mjs";
import { LAST_SECOND } from "./limits.mjs";
import { malformed, Refusal } from "./refusal.mjs";
import { decode, length } from "./text.mjs";

/** The members of a text in its one spelling. */
export function readSigned(text, most, step) {
  if (text.length > most) throw malformed("a longer text", step);
  const plain = decode(base64url.decode(text, step));
  if (plain === null) throw malformed("not UTF-8", step);
  const members = parse(plain, { fault: (why) => malformed(why, step) });
  if (!isObject(members) || canonical(members) !== plain) throw malformed("not canonical JSON", step);
  return members;
}

const bytesOf = (size) => (value) => {
  if (typeof value !== "string") return false;
  const bytes = Buffer.from(value, "base64url");
  return bytes.toString("base64url") === value && (size === null || bytes.length === size);
};

/** Tests for the values of members. */
export const IS = {
  text: (value) => typeof value === "string",
  did: (value) => typeof value === "string" && isDid(value),
  second: (value) => isInteger(value, 0, LAST_SECOND),
  id: bytesOf(16),
  digest: bytesOf(32),
  signature: bytesOf(64),
  bytes: bytesOf(null),
  audience: (value) => typeof value === "string" && value !== "" && length(value) <= 2_048,
};

/** Exactly these members, each of its kind. */
export function checkMembers(members, kinds, step) {
  const names = Object.keys(kinds).sort().join();
  const fits = Object.keys(members).sort().join() === names;
  if (!fits || !Object.entries(kinds).every(([name, is]) => is(members[name]))) throw malformed("other members", step);
}

/** The signature over the tag and all other members, by one of these keys. */
export function verifySigned(tag, { signature, ...rest }, keys, step) {
  const signed = Buffer.from(`\0ATTORN\0${tag}\0v1\0${canonical(rest)}`);
  const raw = Buffer.from(signature, "base64url");
  if (!keys.some((key) => verifyRaw(key, signed, raw))) throw new Refusal("bad_signature", step);
}
