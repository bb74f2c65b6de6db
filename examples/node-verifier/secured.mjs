// A document in whichever form secures it: a proof, a JWS, an SD-JWT, or an envelope. credential.md.

import { BASE } from "./contexts.mjs";
import { readProofs, verifyProof } from "./integrity.mjs";
import { isObject, isOnly, parse } from "./json.mjs";
import { readSdJwt } from "./sdjwt.mjs";
import { bad } from "./terms.mjs";
import { asCredential, checkClaims, checkHeader, forged, parted, readWrapped } from "./wrapped.mjs";

const MOST = 262_144;
const ENVELOPES = { vc: "EnvelopedVerifiableCredential", vp: "EnvelopedVerifiablePresentation" };
const MAY_HIDE = ["credentialSubject", "evidence"];

/** {signers, keys}: the issuer's or holder's proofs must hold, then those of others; the keys are the former's. */
function verifyProven(secured, by, world) {
  if (!("proof" in secured)) throw forged("neither proof nor signature");
  const { contexts, cosigners, use, challenge, domain, resolver, now } = world;
  const found = readProofs(secured, contexts);
  const [mine, others] = [true, false].map((is) => found.proofs.filter(({ controller }) => (controller === by) === is));
  const expected = { purpose: use, challenge, domain, resolver, now };
  if (mine.length === 0) throw forged("proven by another");
  const keys = mine.map((one) => verifyProof(one, found, expected));
  if (cosigners !== null && !others.every(({ controller }) => cosigners.includes(controller))) throw forged("signed by a stranger");
  others.forEach((one) => verifyProof(one, found, expected));
  const all = [found.document, secured].map((one) => JSON.stringify(one["@context"]));
  if (all[0] !== all[1]) throw forged("a context that nobody signed");
  return { signers: [...new Set(found.proofs.map(({ controller }) => controller))], keys };
}

function readProven(secured) {
  const { proof, ...document } = secured;
  return { form: "proof", secured, document, claims: {}, holder: null, check: () => {}, verify: (by, world) => verifyProven(secured, by, world) };
}

/** What may be kept back of a credential is what it says of its subjects, and the evidence. */
function readSelective(text) {
  const found = asCredential(() => readSdJwt(text, "vc+sd-jwt"));
  if (found.header.kid === undefined) throw forged("no key of the issuer");
  const { claims: shown, places, holder } = asCredential(found.show);
  checkHeader({ header: found.header, claims: shown }, "vc");
  if (!places.every(([top]) => MAY_HIDE.includes(top))) throw forged("kept back, and must not be");
  const verify = (by, { resolver, now, audience, nonce, skew }) => {
    if (by !== found.issuer) throw forged("signed by another");
    asCredential(() => found.verify({ audience, nonce, now, resolver, skew }));
    return { signers: [by], keys: [] };
  };
  const { document, claims } = parted(shown);
  return { form: "sd-jwt", document, claims, holder, check: (said) => checkClaims(claims, document, said), verify };
}

function readText(text, kind) {
  if (kind === "vc" && text.includes("~")) return { ...readSelective(text), type: "application/vc+sd-jwt" };
  return { form: "jws", ...readWrapped(text, kind), type: `application/${kind}+jwt` };
}

function readEnvelope(envelope, kind) {
  const { "@context": context, id, ...rest } = envelope;
  const found = typeof id === "string" ? /^data:([^,;]+),(.*)$/s.exec(id) : null;
  const whole = found && Object.keys(rest).join() === "type" && JSON.stringify([context].flat()) === JSON.stringify([BASE]);
  if (!whole) throw bad("no envelope");
  const inside = readText(found[2], kind);
  if (inside.type !== found[1]) throw forged("another media type");
  return inside;
}

function objectOf(given) {
  if (typeof given !== "string") return given;
  if (Buffer.byteLength(given) > MOST) throw bad("a longer text");
  return parse(given, { depth: 32, fault: bad });
}

/** {form, document, claims, holder, check, verify} of what was handed in, of kind "vc" or "vp". Nothing is verified. */
export function readSecured(given, kind) {
  if (typeof given === "string" && given.length > MOST) throw bad("a longer text");
  if (typeof given === "string" && !/^\s*[{[\d"]/.test(given)) return readText(given, kind);
  const secured = objectOf(given);
  if (!isObject(secured) || JSON.stringify(secured).length > MOST) throw bad("no object");
  return isOnly(secured.type, ENVELOPES[kind]) ? readEnvelope(secured, kind) : readProven(secured);
}
