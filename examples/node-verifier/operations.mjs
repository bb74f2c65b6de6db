// What this verifier can be asked: a function of the input for each operation.

import { evaluateCaveat } from "./asked.mjs";
import * as base64url from "./base64url.mjs";
import { isObject } from "./json.mjs";
import { Ledger } from "./ledger.mjs";
import { LIMITS } from "./limits.mjs";
import { isSecond, isText, isTexts, Members } from "./members.mjs";
import { invalidInput, Refusal } from "./refusal.mjs";
import { Request } from "./request.mjs";
import { Resolver } from "./resolver.mjs";
import { Store } from "./store.mjs";
import { compare } from "./text.mjs";
import { verifyPresentation } from "./verification.mjs";

/** Does it; a refusal changes nothing. */
function attempt(act) {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function storeOf(texts, resolver) {
  const store = new Store(resolver);
  texts.forEach((text) => attempt(() => store.apply(text)));
  return store;
}

function bytesOf(text) {
  const bytes = Buffer.from(text, "base64url");
  if (base64url.encode(bytes) !== text) throw invalidInput("no base64url");
  return bytes;
}

function keysOf(texts) {
  const keys = texts.map((text) => bytesOf(text));
  if (keys.some(({ length }) => length < 32 || length > 1_024)) throw invalidInput("macaroon_keys");
  return keys;
}

function askPresentation(input) {
  const members = new Members(input);
  const wire = members.take("wire", isText);
  const resolver = new Resolver();
  const world = {
    limits: LIMITS,
    resolver,
    request: new Request(members.take("request", isObject)),
    audience: members.take("audience", isText),
    roots: members.take("roots", isTexts),
    now: members.take("now", isSecond),
    challenge: members.take("challenge", (value) => isText(value) && value !== "", null),
    store: storeOf(members.take("revocations", isTexts, []), resolver),
    macaroonKeys: keysOf(members.take("macaroon_keys", isTexts, [])),
    seen: new Set(),
    ledger: new Ledger(),
  };
  const before = members.take("before", isTexts, []);
  members.end();
  before.forEach((text) => attempt(() => verifyPresentation(text, world)));
  return verifyPresentation(wire, world);
}

const isPages = (value) => isObject(value) && Object.values(value).every(isText);

function applyRevocations(input) {
  const members = new Members(input);
  const now = members.take("now", isSecond);
  const resolver = new Resolver({ documents: members.take("documents", isPages, {}), now });
  const store = storeOf(members.take("before", isTexts, []), resolver);
  const statement = members.take("statement", isText, null);
  const asked = ["links", "principals", "signers"].map((name) => members.take(name, isTexts, []));
  members.end();
  if (statement !== null) store.apply(statement);
  const [links, principals, signers] = asked;
  const hex = (link) => bytesOf(link).toString("hex");
  return {
    links: links.map((link) => store.revokersOf(hex(link)).sort(compare)),
    principals: principals.map((did) => store.livesOf(did).sort(([one], [other]) => compare(one, other))),
    signers: signers.map((did) => [store.listBy(did)].filter(Boolean).map(({ sequence, at }) => [sequence, at])),
  };
}

export const OPERATIONS = {
  "verify-presentation": askPresentation,
  "evaluate-caveat": evaluateCaveat,
  "apply-revocations": applyRevocations,
};
