// What a document of the W3C's data model must be, whatever secures it. credential.md, "Documents".

import { BASE } from "./contexts.mjs";
import { requireDefined } from "./defined.mjs";
import { isObject, levels } from "./json.mjs";
import { readMoment } from "./moment.mjs";
import { checkResources } from "./related.mjs";
import { bad } from "./terms.mjs";
import { isUrl } from "./url.mjs";

const MOST_CONTEXTS = 32;
const MOST_LEVELS = 32;
const TYPED = ["credentialStatus", "termsOfUse", "refreshService", "evidence", "confidenceMethod", "renderMethod", "credentialSchema"];
const WORDS = ["@value", "@language", "@direction"];

const isText = (value) => typeof value === "string";
const listOf = (value) => (Array.isArray(value) ? value : [value]);

const isNamed = (value) => isUrl(value) || (isObject(value) && isUrl(value.id));

function checkContexts(value) {
  const isOne = (one) => isUrl(one) || isObject(one);
  const whole = Array.isArray(value) && value.length <= MOST_CONTEXTS && value[0] === BASE && value.every(isOne);
  if (!whole || new Set(value.map((one) => JSON.stringify(one))).size !== value.length) throw bad("@context");
}

function checkTypes(value) {
  const list = listOf(value);
  if (list.length === 0 || !list.every(isText)) throw bad("a type that is no text");
}

/** Ids, types and nulls, wherever they stand; contexts and proofs have rules of their own. */
function checkAnywhere(value, raw) {
  if (value === null) throw bad("null");
  if (Array.isArray(value)) return value.forEach((one) => checkAnywhere(one, raw));
  if (!isObject(value)) return;
  if ("id" in value && !isUrl(value.id)) throw bad("an id that is no URL");
  if ("type" in value) checkTypes(value.type);
  for (const [name, part] of Object.entries(value)) {
    if (name !== "@context" && name !== "proof" && !raw.has(name)) checkAnywhere(part, raw);
  }
}

function isWords(value) {
  if (isText(value)) return true;
  if (!isObject(value) || !isText(value["@value"])) return false;
  const parts = [value["@language"] ?? "", value["@direction"] ?? ""];
  return Object.keys(value).every((name) => WORDS.includes(name)) && parts.every(isText);
}

function checkWords(holder) {
  for (const name of ["name", "description"]) {
    if (name in holder && !listOf(holder[name]).every(isWords)) throw bad(`${name}: no words`);
  }
}

function checkObjects(value, name, isOne) {
  const list = listOf(value);
  if (list.length === 0 || !list.every((one) => isObject(one) && isOne(one))) throw bad(name);
}

function checkTimes({ validFrom, validUntil }) {
  const [from, until] = [validFrom, validUntil].map((one) => (one === undefined ? undefined : readMoment(one)));
  if (from === null || until === null) throw bad("no time");
  if (from !== undefined && until !== undefined && from > until) throw bad("it ends before it begins");
}

function checkTyped(document) {
  for (const name of TYPED) {
    if (name in document) checkObjects(document[name], name, (one) => "type" in one && (name !== "credentialSchema" || "id" in one));
  }
}

function checkDocument(document, type, contexts) {
  if (!isObject(document) || levels(document) > MOST_LEVELS) throw bad("no object");
  checkContexts(document["@context"]);
  checkAnywhere(document, contexts.raw);
  if (!("type" in document) || !listOf(document.type).includes(type)) throw bad("another type");
  checkTyped(document);
}

/** Refuses a document that is no credential of version 2.0, its proof aside. */
export function checkCredential(document, contexts) {
  checkDocument(document, "VerifiableCredential", contexts);
  if (!isNamed(document.issuer)) throw bad("issuer");
  checkWords(document);
  if (isObject(document.issuer)) checkWords(document.issuer);
  checkObjects(document.credentialSubject, "credentialSubject", (one) => Object.keys(one).length > 0);
  checkTimes(document);
  if ("relatedResource" in document) checkResources(document.relatedResource);
  requireDefined(document, contexts);
}

export const issuerOf = ({ issuer }) => (isObject(issuer) ? issuer.id : issuer);
export const subjectsOf = ({ credentialSubject: subject }) => listOf(subject);
