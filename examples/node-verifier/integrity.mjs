// Proofs of Data Integrity over JSON: eddsa-jcs-2022 and ecdsa-jcs-2019. integrity.md.

import { createHash } from "node:crypto";
import * as base58 from "./base58.mjs";
import { requireDefined } from "./defined.mjs";
import { splitUrl } from "./did.mjs";
import { canonical, isObject } from "./json.mjs";
import { ED25519, P256, verifyRaw } from "./keys.mjs";
import { readMoment, SECOND } from "./moment.mjs";
import { Refusal } from "./refusal.mjs";
import { length } from "./text.mjs";
import { isAbsolute } from "./url.mjs";

const MOST = 16;
const AHEAD = 300n * SECOND;
const SUITES = { "eddsa-jcs-2022": ED25519, "ecdsa-jcs-2019": P256 };
const OVER_RDF = ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"];

const bad = (why) => new Refusal("bad_proof", 4, why);
const sha256 = (text) => createHash("sha256").update(text).digest();
const listOf = (value = []) => (Array.isArray(value) ? value : [value]);
const isText = (value) => typeof value === "string" && value !== "" && length(value) <= 2_048;
const isTexts = (value) => {
  const list = listOf(value);
  return list.length > 0 && list.length <= MOST && list.every(isText) && new Set(list).size === list.length;
};

/** Tests for the members that may be there. */
const FORMS = {
  challenge: isText,
  nonce: isText,
  domain: isTexts,
  id: isAbsolute,
  previousProof: isTexts,
  created: (value) => readMoment(value) !== null,
  expires: (value) => readMoment(value) !== null,
};

function signatureOf(text) {
  const bytes = isText(text) && text[0] === "z" ? base58.decode(text.slice(1)) : null;
  if (bytes?.length !== 64) throw bad("no signature");
  return bytes;
}

/** One proof in its form: {options, raw, controller, suite, created, expires, previous}. */
function readProof(proof) {
  if (!isObject(proof) || proof.type !== "DataIntegrityProof") throw bad("no proof");
  if (OVER_RDF.includes(proof.cryptosuite)) throw new Refusal("unavailable", null, "a suite over RDF");
  const { proofValue, ...options } = proof;
  const { cryptosuite, verificationMethod: url, proofPurpose, created, expires } = options;
  if (typeof cryptosuite !== "string" || !Object.hasOwn(SUITES, cryptosuite) || !isText(proofPurpose)) throw bad("no proof");
  if (!Object.entries(FORMS).every(([name, is]) => !(name in proof) || is(proof[name]))) throw bad("a member of a proof");
  const controller = isText(url) ? splitUrl(url)?.[0] : undefined;
  if (controller === undefined) throw bad("a method that is no DID URL");
  const times = { created: created && readMoment(created), expires: expires && readMoment(expires) };
  const previous = listOf(options.previousProof);
  return { proof, options, raw: signatureOf(proofValue), controller, algorithm: SUITES[cryptosuite], previous, ...times };
}

/** Each previous proof is there, and none is before itself. */
function checkPrevious(proofs) {
  const byId = new Map(proofs.filter(({ options }) => "id" in options).map((one) => [one.options.id, one]));
  if (byId.size !== proofs.filter(({ options }) => "id" in options).length) throw bad("an id twice");
  const isBefore = (one, seen) =>
    one.previous.some((id) => {
      if (!byId.has(id)) throw bad("a previous proof that is not there");
      return seen.includes(id) || isBefore(byId.get(id), [...seen, id]);
    });
  if (proofs.some((one) => isBefore(one, []))) throw bad("a proof before itself");
}

/** The contexts that all proofs were made in, with which those of the document begin. */
function contextsOf(document, proofs) {
  const all = document["@context"];
  const [first, ...others] = proofs.map(({ options }) => canonical(options["@context"] ?? all ?? null));
  if (others.some((one) => one !== first)) throw bad("proofs in several contexts");
  const signed = proofs[0].options["@context"] ?? all;
  if (all === undefined || signed === undefined) {
    if (all !== signed) throw bad("contexts of a document without");
    return undefined;
  }
  if (canonical(signed) === canonical(all)) return all;
  const [behind, whole] = [listOf(signed), listOf(all)];
  if (canonical(whole.slice(0, behind.length)) !== canonical(behind)) throw bad("other contexts");
  return signed;
}

/** A document whose proofs are in their form, and whose terms are known: {document, proofs}. Nothing is verified. */
export function readProofs(secured, contexts) {
  const { proof, ...plain } = secured;
  const list = listOf(proof);
  if (list.length === 0 || list.length > MOST) throw bad("no proofs, or too many");
  const proofs = list.map(readProof);
  checkPrevious(proofs);
  const signed = contextsOf(plain, proofs);
  const document = signed === undefined ? plain : { ...plain, "@context": signed };
  if (signed !== undefined) requireDefined({ ...document, proof }, contexts);
  return { document, proofs };
}

/** The document that a proof is over: with the proofs that it follows. */
function documentOf(document, { previous }, proofs) {
  if (previous.length === 0) return document;
  const before = proofs.filter(({ options }) => previous.includes(options.id)).map(({ proof }) => proof);
  return { ...document, proof: before };
}

const setOf = (value) => [...new Set(listOf(value))].sort().join("\n");

function checkExpected({ options, created, expires }, { purpose, now, challenge, domain }) {
  if (options.proofPurpose !== purpose) throw bad("another purpose");
  if (domain !== undefined && setOf(options.domain) !== setOf(domain)) throw bad("another domain");
  if (challenge !== undefined && options.challenge !== challenge) throw bad("another challenge");
  if (now === undefined) return;
  if (created !== undefined && expires !== undefined && expires < created) throw bad("it ends before it begins");
  const moment = BigInt(now) * SECOND;
  if (created !== undefined && created > moment + AHEAD) throw bad("from the future");
  if (expires !== undefined && moment >= expires) throw bad("expired");
}

/** The key by which one proof of a document holds. Without `now` nothing is said of when. */
export function verifyProof(one, { document, proofs }, expected) {
  checkExpected(one, expected);
  const { options, raw, controller, algorithm } = one;
  const url = options.verificationMethod;
  const method = expected.resolver.resolve(controller).methods.find(({ id }) => id === url);
  if (!method?.uses.includes(expected.purpose) || method.key.algorithm !== algorithm) throw bad("no key for this");
  const signed = Buffer.concat([options, documentOf(document, one, proofs)].map((part) => sha256(canonical(part))));
  if (!verifyRaw(method.key, signed, raw, { low: false })) throw bad("another signature");
  return method.key;
}
