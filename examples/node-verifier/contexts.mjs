// The JSON-LD contexts that are known: each a published document with its SHA-256. integrity.md, "Terms".

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isObject, parse } from "./json.mjs";
import { Refusal } from "./refusal.mjs";

export const BASE = "https://www.w3.org/ns/credentials/v2";
export const BASE_1 = "https://www.w3.org/2018/credentials/v1";

const W3C = new URL("../../src/attorn/jsonld/contexts/", import.meta.url); // data, of the W3C
const SPEC = new URL("../../docs/spec/", import.meta.url);
const KNOWN = {
  [BASE]: [new URL("credentials-v2.jsonld", W3C), "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"],
  [BASE_1]: [new URL("credentials-v1.jsonld", W3C), "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8"],
  "https://www.w3.org/ns/credentials/examples/v2": [new URL("examples-v2.jsonld", W3C), "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c"],
  "https://www.w3.org/ns/credentials/undefined-terms/v2": [new URL("undefined-terms-v2.jsonld", W3C), "82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581"],
  "https://w3id.org/security/data-integrity/v1": [new URL("data-integrity-v1.jsonld", W3C), "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554"],
  "https://w3id.org/security/data-integrity/v2": [new URL("data-integrity-v2.jsonld", W3C), "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4"],
  "https://w3id.org/security/multikey/v1": [new URL("multikey-v1.jsonld", W3C), "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597"],
  "https://w3id.org/security/jwk/v1": [new URL("jwk-v1.jsonld", W3C), "0f14b62f6071aafe00df265770ea0c7508e118247d79b7d861a406d2aa00bece"],
  "https://w3id.org/security/suites/ed25519-2020/v1": [new URL("ed25519-2020-v1.jsonld", W3C), "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588"],
  "https://www.w3.org/ns/did/v1": [new URL("did-v1.jsonld", W3C), "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f"],
  "https://w3id.org/citizenship/v4rc1": [new URL("citizenship-v4rc1.jsonld", W3C), "a89b0bc00b1848ac3dfdf956c7dd5de8567e755351c07ec6a1c2b4a08b67953b"],
};

/** Attorn's own, which are known where such credentials are read, as the pages have them. */
export const AGENT = "https://w3id.org/attorn/agent/v1";
const OWN = {
  [AGENT]: [new URL("agent-v1.jsonld", SPEC), null],
};

const fault = (why) => new Refusal("bad_credential", 1, why);
const read = (text) => parse(text, { depth: 32, fault })["@context"];
const found = new Map();

/** A known document, read once. */
function known(url, own) {
  const table = own.includes(url) ? OWN : KNOWN;
  if (!Object.hasOwn(table, url)) throw fault(`an unknown context: ${url}`);
  if (!found.has(url)) {
    const [file, digest] = table[url];
    const bytes = readFileSync(file);
    if (digest !== null && createHash("sha256").update(bytes).digest("hex") !== digest) throw new Error(`${file}: another document`);
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
  constructor(given = {}, own = []) {
    this.own = own;
    this.given = new Map(Object.entries(given).map(([url, text]) => [url, read(text)]));
    this.raw = new Set([...this.given.values()].flatMap(rawTerms));
  }

  /** The value of `@context` of what is at a URL. */
  get(url) {
    return this.given.has(url) ? this.given.get(url) : known(url, this.own);
  }
}
