// The JSON-LD contexts that are known: each a published document with its SHA-256. integrity.md, "Terms".

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isObject, parse } from "./json.mjs";
import { Refusal } from "./refusal.mjs";

export const BASE = "https://www.w3.org/ns/credentials/v2";
export const AGENT = "https://w3id.org/attorn/agent/v1";

const W3C = new URL("../../src/attorn/jsonld/contexts/", import.meta.url); // data, of the W3C
const SPEC = new URL("../../docs/spec/", import.meta.url);
const KNOWN = {
  [BASE]: [new URL("credentials-v2.jsonld", W3C), "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"],
  [AGENT]: [new URL("agent-v1.jsonld", SPEC), "e232cba2da09ac6f98061b4b844d6a1647b9421654937f21fb2a26e1ca22f59b"],
};

const fault = (why) => new Refusal("bad_credential", 1, why);
const read = (text) => parse(text, { depth: 32, fault })["@context"];
const found = new Map();

/** A known document, read once. */
function known(url) {
  if (!Object.hasOwn(KNOWN, url)) throw fault(`an unknown context: ${url}`);
  if (!found.has(url)) {
    const [file, digest] = KNOWN[url];
    const bytes = readFileSync(file);
    if (createHash("sha256").update(bytes).digest("hex") !== digest) throw new Error(`${file}: another document`);
    found.set(url, read(bytes.toString()));
  }
  return found.get(url);
}

/** The names of terms whose value is JSON as it stands. */
function rawTerms(context) {
  if (Array.isArray(context)) return context.flatMap(rawTerms);
  if (!isObject(context)) return [];
  const terms = Object.entries(context).filter(([, term]) => isObject(term));
  return terms.flatMap(([name, term]) => [...(term["@type"] === "@json" ? [name] : []), ...rawTerms(term["@context"])]);
}

/** Contexts by URL: those that are known, and those that were handed in as text. Nothing is fetched. */
export class Contexts {
  constructor(given = {}) {
    this.given = new Map(Object.entries(given).map(([url, text]) => [url, read(text)]));
    this.raw = new Set([...this.given.values()].flatMap(rawTerms));
  }

  /** The value of `@context` of what is at a URL. */
  get(url) {
    return this.given.has(url) ? this.given.get(url) : known(url);
  }
}
