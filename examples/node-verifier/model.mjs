// What a document of the W3C's data model must be, whatever secures it. credential.md, "Documents".

import { BASE, BASE_1 } from "./contexts.mjs";
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

/** The version of the data model that its contexts say; version 1.1 only where that is taken. */
function versionOf(value, acceptsOne) {
  const isOne = (one) => isUrl(one) || isObject(one);
  const whole = Array.isArray(value) && value.length <= MOST_CONTEXTS && value.every(isOne);
  const urls = whole ? value.filter(isText) : [];
  if (!whole || new Set(urls).size !== urls.length) throw bad("@context");
  if (value[0] === BASE) return 2;
  if (value[0] === BASE_1 && acceptsOne) return 1;
  throw bad("another base context");
}

function checkTypes(value) {
  const list = listOf(value);
  if (list.length === 0 || !list.every(isText)) throw bad("a type that is no text");
}

const OWN_RULES = ["@context", "proof", "verifiableCredential"];

/** Ids, types and nulls, wherever they stand; contexts, proofs and the credentials shown have rules of their own. */
function checkAnywhere(value, raw) {
  if (value === null) throw bad("null");
  if (Array.isArray(value)) return value.forEach((one) => checkAnywhere(one, raw));
  if (!isObject(value)) return;
  if ("id" in value && !isUrl(value.id)) throw bad("an id that is no URL");
  if ("type" in value) checkTypes(value.type);
  for (const [name, part] of Object.entries(value)) {
    if (!OWN_RULES.includes(name) && !raw.has(name)) checkAnywhere(part, raw);
  }
}

function isWords(value) {
  if (isText(value)) return true;
  if (!isObject(value) || !isText(value["@value"])) return false;
  const { "@language": language = "en", "@direction": direction = "ltr" } = value;
  const isTag = isText(language) && /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(language);
  return Object.keys(value).every((name) => WORDS.includes(name)) && isTag && ["ltr", "rtl"].includes(direction);
}

function checkWords(holder) {
  for (const name of ["name", "description"]) {
    const list = name in holder ? listOf(holder[name]) : ["none"];
    if (list.length === 0 || !list.every(isWords)) throw bad(`${name}: no words`);
  }
}

function checkObjects(value, name, isOne) {
  const list = listOf(value);
  if (list.length === 0 || !list.every((one) => isObject(one) && isOne(one))) throw bad(name);
}

function checkTimes(start, end) {
  const [from, until] = [start, end].map((one) => (one === undefined ? undefined : readMoment(one)));
  if (from === null || until === null) throw bad("no time");
  if (from !== undefined && until !== undefined && from > until) throw bad("it ends before it begins");
}

function checkTyped(document, version) {
  const named = version === 1 ? ["credentialSchema", "credentialStatus", "refreshService"] : ["credentialSchema"];
  for (const name of TYPED) {
    if (name in document) checkObjects(document[name], name, (one) => "type" in one && (!named.includes(name) || "id" in one));
  }
}

/** What both kinds of document must be; its version. */
function checkDocument(document, type, contexts, acceptsOne) {
  if (!isObject(document) || levels(document) > MOST_LEVELS) throw bad("no object");
  const version = versionOf(document["@context"], acceptsOne);
  checkAnywhere(document, contexts.raw);
  if (!("type" in document) || !listOf(document.type).includes(type)) throw bad("another type");
  checkTyped(document, version);
  return version;
}

/** Refuses a document that is no credential, its proof aside. */
export function checkCredential(document, contexts, { acceptsOne = false } = {}) {
  const version = checkDocument(document, "VerifiableCredential", contexts, acceptsOne);
  if (!isNamed(document.issuer)) throw bad("issuer");
  checkWords(document);
  if (isObject(document.issuer)) checkWords(document.issuer);
  checkObjects(document.credentialSubject, "credentialSubject", (one) => Object.keys(one).length > 0);
  const { validFrom, validUntil, issuanceDate, expirationDate } = document;
  if (version === 1 && issuanceDate === undefined) throw bad("no issuanceDate");
  checkTimes(...(version === 1 ? [issuanceDate, expirationDate] : [validFrom, validUntil]));
  if ("relatedResource" in document) checkResources(document.relatedResource);
  requireDefined(document, contexts);
}

const MOST_SHOWN = { credentials: 64, proofs: 96 };

/** Refuses a document that is no presentation, its proof aside; the credentials in it. */
export function checkPresentation(document, contexts, { acceptsOne = false } = {}) {
  checkDocument(document, "VerifiablePresentation", contexts, acceptsOne);
  if ("holder" in document && !isNamed(document.holder)) throw bad("holder");
  const { verifiableCredential: shown = [] } = document;
  const list = listOf(shown);
  if (!list.every(isObject)) throw bad("a credential that is no object");
  const proofs = list.flatMap(({ proof = [] }) => listOf(proof)).length;
  if (list.length > MOST_SHOWN.credentials || proofs > MOST_SHOWN.proofs) throw bad("too many credentials or proofs");
  requireDefined({ ...document, verifiableCredential: [] }, contexts); // they have terms of their own
  return list;
}

export const holderOf = ({ holder }) => (isObject(holder) ? holder.id : holder);
export const issuerOf = ({ issuer }) => (isObject(issuer) ? issuer.id : issuer);
export const subjectsOf = ({ credentialSubject: subject }) => listOf(subject);
