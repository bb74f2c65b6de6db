// Status lists of both standards: as JWT, and those of the W3C with proofs of Data Integrity. status.md.

import * as base64url from "./base64url.mjs";
import { Contexts } from "./contexts.mjs";
import { isDid, splitUrl } from "./did.mjs";
import { readProofs, verifyProof } from "./integrity.mjs";
import { isInteger, isObject, isOnly, parse } from "./json.mjs";
import { readJws } from "./jws.mjs";
import { LAST_SECOND, MOST_INTEGER } from "./limits.mjs";
import { readMoment, SECOND } from "./moment.mjs";
import { ungzip, unzlib } from "./packed.mjs";
import { malformed, Refusal } from "./refusal.mjs";

const FEWEST = 131_072;
const MOST = 4_194_304;
const W3C = "https://www.w3.org/ns/credentials/v2";
const bad = (why) => new Refusal("bad_status", 7, why);
export const isUri = (text) => typeof text === "string" && /^[A-Za-z][A-Za-z0-9+.-]*:[^#\s]+$/.test(text);

function seconds(claims, name) {
  const value = claims[name];
  if (value !== undefined && !isInteger(value, 0, LAST_SECOND)) throw malformed(name);
  return value;
}

/** [start, end] from these seconds, the end open where none is said. */
function windowOf(starts, ends) {
  const start = Math.max(...starts.filter((one) => one !== undefined));
  const said = ends.filter((one) => one !== undefined);
  const end = said.length ? Math.min(...said) : null;
  if (!Number.isFinite(start) || (end !== null && end <= start)) throw bad("no window");
  return { start, end };
}

export const PURPOSES = ["revocation", "suspension", "refresh", "message"];

/** The purposes of a list and the bits of its entries. */
function purposesOf({ statusPurpose, statusSize: size = 1 }) {
  const purposes = [statusPurpose].flat();
  const sound = purposes.length > 0 && purposes.every((one) => typeof one === "string");
  if (!sound || new Set(purposes).size !== purposes.length) throw malformed("a purpose");
  const known = purposes.filter((one) => PURPOSES.includes(one));
  const isAllowed = isInteger(size, 1, known.join() === "message" && purposes.length === 1 ? 8 : 1);
  if (known.length === 0 || !isAllowed) throw bad("no known purpose, or entries of a size");
  return { kinds: known, size };
}

const count = (bytes, bits) => Math.floor((bytes.length * 8) / bits);

const issuerOfToken = ({ claims, header }) => ("iss" in claims ? claims.iss : splitUrl(header.kid ?? "")?.[0]);

function readToken({ claims }, issuer) {
  const { sub, status_list: list } = claims;
  if (!isUri(sub) || !isObject(list) || ![1, 2, 4, 8].includes(list.bits) || typeof list.lst !== "string") {
    throw malformed("no token status list");
  }
  if (seconds(claims, "iat") === undefined) throw malformed("no time");
  if (claims.ttl !== undefined && !isInteger(claims.ttl, 1, MOST_INTEGER)) throw malformed("ttl");
  if ("aggregation_uri" in list && !isUri(list.aggregation_uri)) throw malformed("aggregation_uri");
  const { bits, lst } = list;
  const read = () => {
    const bytes = unzlib(base64url.decode(lst));
    return (index) => {
      if (index >= count(bytes, bits)) throw bad("no such entry");
      return (bytes[Math.floor((index * bits) / 8)] >> ((index * bits) % 8)) & ((1 << bits) - 1);
    };
  };
  return { uri: sub, issuer, kinds: ["token"], ...windowOf([claims.iat, seconds(claims, "nbf")], [seconds(claims, "exp")]), read };
}

function instant(text) {
  if (text === undefined) return undefined;
  const moment = readMoment(text);
  if (moment === null || moment < 0n) throw malformed("no time with a zone");
  return moment;
}

/** The second in which it is, and the one by which it is over. */
const floor = (moment) => (moment === undefined ? undefined : Number(moment / SECOND));
const ceiling = (moment) => (moment === undefined ? undefined : Number((moment + SECOND - 1n) / SECOND));

const issuerOfBitstring = ({ claims: { issuer: by } }) => (isObject(by) ? by.id : by);

/** The list in the claims; `proofs`, where there are any, say when it speaks as well. */
function readBitstring({ claims, proofs = [] }, issuer) {
  const { credentialSubject: subject, type, "@context": context } = claims;
  const types = ["VerifiableCredential", "BitstringStatusListCredential"];
  const whole =
    Array.isArray(context) && context[0] === W3C && context.every((one) => typeof one === "string" || isObject(one)) &&
    Array.isArray(type) && types.every((one) => type.includes(one)) &&
    isUri(claims.id) && [undefined, issuer].includes(claims.iss) &&
    isObject(subject) && isOnly(subject.type, "BitstringStatusList") && typeof subject.encodedList === "string" &&
    !["vc", "vp", "credentialStatus"].some((name) => name in claims);
  if (!whole) throw malformed("no bitstring status list");
  if (subject.encodedList[0] !== "u") throw malformed("no multibase of base64url");
  if (subject.ttl !== undefined && !isInteger(subject.ttl, 1, MOST_INTEGER)) throw malformed("ttl");
  const { kinds, size } = purposesOf(subject);
  const [from, until] = [instant(claims.validFrom), instant(claims.validUntil)];
  const [iat, nbf, exp] = ["iat", "nbf", "exp"].map((name) => seconds(claims, name));
  if ([from, iat, nbf].every((start) => start === undefined)) throw bad("no start");
  const starts = [iat, nbf, ...[from, ...proofs.map(({ created }) => created)].map(floor)];
  const ends = [exp, ...[until, ...proofs.map(({ expires }) => expires)].map(ceiling)];
  const read = () => {
    const bytes = ungzip(base64url.decode(subject.encodedList.slice(1)));
    if (count(bytes, size) < FEWEST) throw bad("too few entries");
    return (index, width = size) => {
      if (count(bytes, width) < FEWEST) throw bad("too few entries of this size");
      if (index >= count(bytes, width)) throw bad("no such entry");
      let value = 0;
      for (let at = index * width; at < (index + 1) * width; at += 1) {
        value = value * 2 + ((bytes[Math.floor(at / 8)] >> (7 - (at % 8))) & 1);
      }
      return value;
    };
  };
  return { uri: claims.id, issuer, kinds, size, ...windowOf(starts, ends), read };
}

/** The issuer's word must be among the proofs, and all of them must hold. */
function verifyProven(text, resolver) {
  const secured = parse(text, { depth: 32 });
  const issuer = issuerOfBitstring({ claims: secured });
  const isAlone = ["iat", "nbf", "exp", "iss"].every((name) => !(name in secured));
  if (typeof issuer !== "string" || !isDid(issuer) || !isAlone) throw malformed("no issuer, or claims of a JWT");
  const found = readProofs(secured, new Contexts());
  if (!found.proofs.some(({ controller }) => controller === issuer)) throw new Refusal("bad_signature", 7, "proven by another");
  found.proofs.forEach((one) => verifyProof(one, found, { purpose: "assertionMethod", resolver }));
  return readBitstring({ claims: found.document, proofs: found.proofs }, issuer);
}

function verifySigned(text, resolver) {
  const jws = readJws(text, ["statuslist+jwt", "vc+jwt"]);
  const isBitstring = jws.type === "vc+jwt";
  const issuer = isBitstring ? issuerOfBitstring(jws) : issuerOfToken(jws);
  if (typeof issuer !== "string" || !isDid(issuer)) throw malformed("no issuer");
  jws.verify(issuer, resolver);
  return isBitstring ? readBitstring(jws, issuer) : readToken(jws, issuer);
}

export const isProven = (text) => text.startsWith("{");

/** The lists that a text holds, one for each purpose. What is not signed is not inflated. */
export function readStatusList(text, resolver) {
  if (text.length > MOST) throw malformed("a longer text");
  const list = isProven(text) ? verifyProven(text, resolver) : verifySigned(text, resolver);
  const value = list.read();
  return list.kinds.map((kind) => ({ ...list, kind, value: (index, width) => value(Number(index), width) }));
}
