// Compact JWS, read strictly. status.md, "JWS".

import * as base64url from "./base64url.mjs";
import { splitUrl } from "./did.mjs";
import { isObject, parse } from "./json.mjs";
import { verifyRaw } from "./keys.mjs";
import { malformed, Refusal } from "./refusal.mjs";
import { decode } from "./text.mjs";

const REFUSED = ["crit", "b64", "jwk", "jku", "x5c", "x5u"];
const ALGORITHMS = [["EdDSA", "Ed25519"], ["ES256"]];

function objectOf(part, depth) {
  const text = decode(base64url.decode(part));
  const members = text === null ? null : parse(text, { depth });
  if (!isObject(members)) throw malformed("no JSON object");
  return members;
}

export const mediaType = (typ) => String(typ).toLowerCase().replace(/^application\//, "");

/** {header, claims, type, isBy(key), verify(issuer, resolver)} of a text of one of these types. */
export function readJws(text, types, { depth = 16 } = {}) {
  const parts = text.split(".");
  if (text.length > 4_194_304 || parts.length !== 3 || parts[0].length > 4_096) throw malformed("no compact JWS");
  const [header, claims] = [objectOf(parts[0]), objectOf(parts[1], depth)];
  const raw = base64url.decode(parts[2]);
  const { alg, typ, kid } = header;
  if (raw.length !== 64 || REFUSED.some((name) => name in header) || !ALGORITHMS.flat().includes(alg)) throw malformed("JWS");
  if (typeof typ !== "string" || !types.includes(mediaType(typ))) throw malformed("another type");
  if (kid !== undefined && typeof kid !== "string") throw malformed("kid");
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
  const isBy = (key) => ALGORITHMS[key.algorithm].includes(alg) && verifyRaw(key, signed, raw, { low: false });
  const verify = (issuer, resolver, { use = "assertionMethod", step = 7 } = {}) => {
    if (kid !== undefined && splitUrl(kid)?.[0] !== issuer) throw new Refusal("unresolved_principal", 3, kid);
    const keys = kid === undefined ? resolver.keysFor(issuer, use) : [resolver.keyOf(kid, use)];
    const key = keys.find(isBy);
    if (!key) throw new Refusal("bad_signature", step);
    return key;
  };
  return { header, claims, type: mediaType(typ), isBy, verify };
}
