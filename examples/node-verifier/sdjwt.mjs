// SD-JWT: what its issuer signed, what its holder shows, and to whom. sd-jwt.md.

import { hashOf, readDisclosure, reveal } from "./disclosure.mjs";
import { isDid, splitUrl } from "./did.mjs";
import { isInteger, isObject } from "./json.mjs";
import { keyOfJwk } from "./jwk.mjs";
import { readJws } from "./jws.mjs";
import { LAST_SECOND, MOST_INTEGER } from "./limits.mjs";
import { limitExceeded, malformed, Refusal } from "./refusal.mjs";
import { isUri } from "./status.mjs";

const MOST = { text: 262_144, disclosures: 512 };
const SKEW = 60;
const LONGEST = 300;
const NEVER_HIDDEN = ["iss", "aud", "exp", "nbf", "cnf", "status"];
const SD_JWT_VC = "dc+sd-jwt";
const W3C = "vc+sd-jwt";

const bad = (why) => new Refusal("bad_credential", 1, why);
const notHolder = (why) => new Refusal("not_holder", 8, why);
const isText = (value) => typeof value === "string";
const isTexts = (value) => Array.isArray(value) && value.every(isText);

/** {jws, disclosures, binding, bound, typ}: `binding` the text of a key binding or "", `bound` the text that it is over. */
function split(text, typ) {
  if (text.length > MOST.text) throw limitExceeded("a longer text", 0);
  const parts = text.split("~");
  if (parts.length < 2) throw malformed("no SD-JWT");
  const [jwt, ...rest] = parts;
  const binding = rest.pop();
  if (rest.length > MOST.disclosures) throw limitExceeded("more disclosures", 0);
  const jws = readJws(jwt, [typ], { depth: 32 });
  const disclosures = rest.map(readDisclosure);
  if (binding !== "" && binding.split(".").length !== 3) throw malformed("no JWT behind the last ~");
  return { jws, disclosures, binding, bound: text.slice(0, text.length - binding.length), typ };
}

function issuerOf({ header: { kid }, claims }, typ) {
  const issuer = isObject(claims.issuer) ? claims.issuer.id : claims.issuer;
  const said = typ === W3C ? issuer : claims.iss;
  const found = said === undefined && typ !== W3C ? splitUrl(kid ?? "")?.[0] : said;
  if (!isText(found) || !isDid(found)) throw bad("no issuer");
  return found;
}

const isSecond = (value) => isInteger(value, 0, LAST_SECOND);

function checkStatus(status) {
  const list = isObject(status) ? status.status_list : undefined;
  const whole = isObject(list) && Object.keys(status).length === 1 && isInteger(list.idx, 0, MOST_INTEGER) && isUri(list.uri);
  if (!whole) throw bad("a status that nobody looks up");
}

/** The holder that is named: {key} or {url}, or null. */
export function holderOf({ cnf }) {
  if (cnf === undefined) return null;
  const { jwk, kid } = isObject(cnf) ? cnf : {};
  if ((jwk === undefined) === (kid === undefined)) throw bad("cnf: one of jwk and kid");
  if (kid !== undefined && !(isText(kid) && splitUrl(kid))) throw bad("cnf: no DID URL");
  const key = isObject(jwk) ? readConfirmation(jwk) : null;
  if (jwk !== undefined && key === null) throw bad("cnf: no public key");
  return key === null ? { url: kid } : { key };
}

function readConfirmation(jwk) {
  try {
    return keyOfJwk(jwk);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

/** The claims in their form. */
function checkClaims(claims, { header, typ }) {
  if (!["exp", "nbf", "iat"].every((name) => !(name in claims) || isSecond(claims[name]))) throw bad("a time");
  if ("aud" in claims && !isText(claims.aud) && !isTexts(claims.aud)) throw bad("aud");
  if ("status" in claims) checkStatus(claims.status);
  if (typ === SD_JWT_VC) {
    const isName = (value) => isText(value) && value !== "";
    const whole = isName(claims.vct) && isName(claims["vct#integrity"] ?? "none") && Array.isArray(claims.aka_vcts ?? []) && (claims.aka_vcts ?? []).every(isName);
    if (!whole) throw bad("vct");
  }
  if (typ === W3C) {
    const isSame = !("iss" in claims) || claims.iss === issuerOf({ header, claims }, typ);
    if (!isSame || "vc" in claims || "vp" in claims || header.kid === undefined) throw bad("claims of a credential");
  }
  return holderOf(claims);
}

function checkHidden(places, typ) {
  const never = typ === SD_JWT_VC ? [...NEVER_HIDDEN, "vct", "vct#integrity"] : NEVER_HIDDEN;
  if (places.some(([top]) => never.includes(top))) throw bad("hidden, and must not be");
}

function checkTimes({ exp, nbf, iat }, { now, skew = SKEW }) {
  const outside = () => new Refusal("outside_validity", 6);
  if (exp !== undefined && now >= exp) throw outside();
  if ([nbf, iat].some((start) => start !== undefined && now < start - skew)) throw outside();
}

const keyOf = ({ key, url }, resolver) => key ?? resolver.keyOf(url, "authentication");

/** The key binding, as far as one is asked for. */
function checkBinding({ binding, bound, jws }, holder, { audience, nonce, now, resolver, skew = SKEW }) {
  const isAsked = audience !== null;
  if (isAsked !== (holder !== null)) throw notHolder("a holder is asked for, or named, and not both");
  if (!isAsked && binding !== "") throw notHolder("a key binding by nobody");
  if (!isAsked) return;
  if (binding === "") throw notHolder("no key binding");
  const found = readJws(binding, ["kb+jwt"]);
  const { aud, nonce: answered, iat, sd_hash: digest } = found.claims;
  if (!found.isBy(keyOf(holder, resolver))) throw notHolder("by another key");
  if (digest !== hashOf(jws.claims)(bound) || !isSecond(iat)) throw notHolder("over another text, or at no time");
  if (aud !== audience) throw new Refusal("wrong_audience", 8);
  if (answered !== nonce) throw new Refusal("wrong_request", 8);
  if (iat < now - LONGEST || iat > now + skew) throw new Refusal("outside_validity", 8);
}

/** {issuer, claims, places, holder, verify(asked)} of a text; nothing is verified before `verify`. */
export function readSdJwt(text, typ) {
  const parts = split(text, typ);
  const { jws } = parts;
  const issuer = issuerOf(jws, typ);
  const show = () => {
    const { claims, places } = reveal(jws.claims, parts.disclosures);
    checkHidden(places, typ);
    return { claims, places, holder: checkClaims(claims, { header: jws.header, typ }) };
  };
  /** Asked: {audience, nonce, now, resolver, skew}, the first two null where no holder is. */
  const verify = (asked) => {
    jws.verify(issuer, asked.resolver, { step: 4 });
    const { claims, holder } = show();
    checkTimes(claims, asked);
    const named = [claims.aud ?? asked.audience].flat();
    if (claims.aud !== undefined && !named.includes(asked.audience)) throw new Refusal("wrong_audience", 8);
    checkBinding(parts, holder, asked);
    return { issuer, claims, bound: holder !== null };
  };
  return { issuer, header: jws.header, show, verify };
}
