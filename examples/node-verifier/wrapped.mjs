// A document as a JWS, vc+jwt or vp+jwt, with the claims of JWT beside it. credential.md, "As a JWS".

import { splitUrl } from "./did.mjs";
import { isObject } from "./json.mjs";
import { mediaType, readJws } from "./jws.mjs";
import { LAST_SECOND } from "./limits.mjs";
import { Refusal } from "./refusal.mjs";
import { holderOf } from "./sdjwt.mjs";
import { bad } from "./terms.mjs";

const CLAIMS = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf", "status"];
const ELSEWHERE = ["vc", "vp", "proof"];

export const forged = (why) => new Refusal("bad_credential", 4, why);

/** Does it; what is no JWS is no credential, and a signature that does not hold is no credential's. */
export function asCredential(act) {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "malformed" || error.code === "limit_exceeded") throw bad(error.message);
    throw error.code === "bad_signature" ? forged(error.message) : error;
  }
}

/** {document, claims}: the members of a payload, and the claims of JWT. */
export function parted(payload) {
  const isClaim = ([name]) => CLAIMS.includes(name);
  const entries = Object.entries(payload);
  return {
    document: Object.fromEntries(entries.filter((one) => !isClaim(one))),
    claims: Object.fromEntries(entries.filter(isClaim)),
  };
}

/** The claims say the same as the document. */
export function checkClaims(claims, document, { by, subjects }) {
  const isSecond = (name) => !(name in claims) || (claims[name] >= 0 && claims[name] <= LAST_SECOND && typeof claims[name] === "number");
  if (!["iat", "nbf", "exp"].every(isSecond)) throw bad("a time that is no second");
  if ("iss" in claims && claims.iss !== by) throw bad("iss");
  if ("jti" in claims && "id" in document && claims.jti !== document.id) throw bad("jti");
  if ("sub" in claims && subjects.length > 0 && !subjects.includes(claims.sub)) throw bad("sub");
  if ("status" in claims && !isObject(claims.status)) throw bad("status");
}

/** What goes for any JWS of a document, its type aside. */
export function checkHeader({ header: { cty }, claims }, kind) {
  if (cty !== undefined && (typeof cty !== "string" || mediaType(cty) !== kind)) throw bad("cty");
  if (ELSEWHERE.some((name) => name in claims)) throw bad("a member that has no place here");
}

/**
 * {document, claims, holder, check, verify} of a text. `check` takes who it is by and the ids of its subjects, once they
 * are known; `verify` the same DID and a world.
 */
export function readWrapped(text, kind) {
  const jws = asCredential(() => readJws(text, [`${kind}+jwt`], { depth: 32 }));
  const { kid } = jws.header;
  checkHeader(jws, kind);
  const { document, claims } = parted(jws.claims);
  const verify = (by, { resolver, use }) => {
    if (kid === undefined || splitUrl(kid)?.[0] !== by) throw forged("the key of another");
    return { signers: [by], keys: [asCredential(() => jws.verify(by, resolver, { use }))] };
  };
  return { kid, document, claims, holder: holderOf(claims), check: (said) => checkClaims(claims, document, said), verify };
}
