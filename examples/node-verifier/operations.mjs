// What this verifier can be asked: a function of the input for each operation.

import { evaluateCaveat } from "./asked.mjs";
import * as base64url from "./base64url.mjs";
import { isPages, readAnyKey, resolveDid } from "./described.mjs";
import { isInteger, isObject } from "./json.mjs";
import { verifyIssuedOrShown } from "./issued.mjs";
import { Ledger } from "./ledger.mjs";
import { LIMITS } from "./limits.mjs";
import { isSecond, isText, isTexts, Members } from "./members.mjs";
import { invalidInput, Refusal } from "./refusal.mjs";
import { readStatus } from "./reference.mjs";
import { Request } from "./request.mjs";
import { Resolver } from "./resolver.mjs";
import { verifySdJwt } from "./selective.mjs";
import { IS } from "./signed.mjs";
import { isPrincipal, Store } from "./store.mjs";
import { compare } from "./text.mjs";
import { verifyTogether } from "./together.mjs";
import { attenuate, verifyToken } from "./transit.mjs";
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

const isBytes = (size) => (value) => isText(value) && bytesOf(value).length === size;

function keysOf(texts) {
  const keys = texts.map(bytesOf);
  if (keys.some(({ length }) => length < 32 || length > 1_024)) throw invalidInput("macaroon_keys");
  return keys;
}

const isChallenge = (value) => isText(value) && value !== "";
const isFlag = (value) => typeof value === "boolean";
const isPeriod = (value) => isInteger(value, 1, LONGEST);
const isDids = (value) => isTexts(value) && value.every(isPrincipal);

const LONGEST = 366 * 86_400;

/** What a verifier was set up with and told. */
function worldOf(members) {
  const now = members.take("now", isSecond);
  const resolver = new Resolver({ documents: members.take("documents", isPages, {}), now });
  return {
    limits: LIMITS,
    now,
    resolver,
    roots: members.take("roots", isDids, []),
    store: storeOf(members.take("revocations", isTexts, []), resolver),
    macaroonKeys: keysOf(members.take("macaroon_keys", isTexts, [])),
    rotatedKeys: members.take("rotated_keys", isPeriod, null),
  };
}

/** What is asked of it besides, and what it remembers: nothing yet. */
function useOf(members) {
  return {
    ...worldOf(members),
    request: new Request(members.take("request", isObject)),
    audience: members.take("audience", IS.audience),
    challenge: members.take("challenge", isChallenge, null),
    seen: new Set(),
    ledger: new Ledger(),
  };
}

function askPresentation(input) {
  const members = new Members(input);
  const world = useOf(members);
  const wire = members.take("wire", isText);
  const before = members.take("before", isTexts, []);
  const later = readLater(members.take("later", isObject, null));
  members.end();
  before.forEach((text) => attempt(() => verifyPresentation(text, world)));
  return verifyPresentation(wire, world, later && (() => laterWorld(world, later)));
}

function askTogether(input) {
  const members = new Members(input);
  const world = useOf(members);
  const wires = members.take("wires", isTexts, []);
  const readers = members.take("audience_of", (value) => isDids(value) && value.length > 0, null);
  const before = members.take("before", isTexts, []);
  members.end();
  before.forEach((text) => attempt(() => verifyPresentation(text, world)));
  return verifyTogether(wires, readers, world);
}

function readLater(value) {
  if (value === null) return null;
  const members = new Members(value);
  const later = { now: members.take("now", isSecond), revocations: members.take("revocations", isTexts, []) };
  members.end();
  return later;
}

/** The same verifier, by a clock that went on, and with what it was given in between. */
function laterWorld(world, { now, revocations }) {
  world.resolver.now = now;
  revocations.forEach((text) => attempt(() => world.store.apply(text)));
  return { ...world, now };
}

function readUse(value) {
  const members = new Members(value);
  const use = {
    wire: members.take("wire", isText),
    request: new Request(members.take("request", isObject)),
    challenge: members.take("challenge", isChallenge, null),
    now: members.take("now", isSecond),
    revocations: members.take("revocations", isTexts, []),
  };
  members.end();
  return use;
}

/** The answer to one use, in a world that goes on. */
function outcomeOf({ wire, revocations, ...use }, world) {
  revocations.forEach((text) => attempt(() => world.store.apply(text)));
  try {
    return { code: "ok", step: null, ...verifyPresentation(wire, { ...world, ...use }) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error;
  }
}

function runTrace(input) {
  const members = new Members(input);
  const isUses = (value) => Array.isArray(value) && value.length > 0;
  const resolver = new Resolver();
  const world = {
    limits: LIMITS,
    resolver,
    audience: members.take("audience", IS.audience),
    roots: members.take("roots", isDids, []),
    macaroonKeys: keysOf(members.take("macaroon_keys", isTexts, [])),
    rotatedKeys: null,
    retries: members.take("retries", isSecond, 0),
    ledger: members.take("without_ledger", isFlag, false) ? null : new Ledger(),
    store: new Store(resolver),
    seen: new Set(),
  };
  const uses = members.take("uses", isUses).map(readUse);
  members.end();
  const outcomes = uses.map((use) => outcomeOf(use, world));
  return {
    codes: outcomes.map(({ code, step }) => [code, step]),
    repeated: outcomes.flatMap(({ repeated }, at) => (repeated ? [at] : [])),
  };
}

function askToken(input) {
  const members = new Members(input);
  const text = members.take("token", isText);
  const world = worldOf(members);
  members.end();
  return verifyToken(text, world);
}

function askAttenuation(input) {
  const members = new Members(input);
  const link = {
    token: members.take("token", isText),
    seed: bytesOf(members.take("seed", isBytes(32))),
    to: members.take("to", isText),
    caveats: members.take("caveats", Array.isArray, []),
    purpose: members.take("purpose", isText, null),
    id: bytesOf(members.take("id", isBytes(16))),
    issued: members.take("issued", isSecond),
  };
  members.end();
  return { token: base64url.encode(attenuate(link, { limits: LIMITS, resolver: new Resolver(), macaroonKeys: null })) };
}

function applyRevocations(input) {
  const members = new Members(input);
  const now = members.take("now", isSecond);
  const resolver = new Resolver({ documents: members.take("documents", isPages, {}), now });
  const store = storeOf(members.take("before", isTexts, []), resolver);
  const statement = members.take("statement", isText, null);
  const links = members.take("links", (value) => isTexts(value) && value.every(isBytes(16)), []);
  const [principals, signers] = ["principals", "signers"].map((name) => members.take(name, isDids, []));
  members.end();
  if (statement !== null) store.apply(statement);
  return {
    links: links.map((link) => store.revokersOf(bytesOf(link).toString("hex")).sort(compare)),
    principals: principals.map((did) => store.livesOf(did).sort(([one], [other]) => compare(one, other))),
    signers: signers.map((did) => [store.listBy(did)].filter(Boolean).map(({ sequence, at }) => [sequence, at])),
  };
}

export const OPERATIONS = {
  "verify-presentation": askPresentation,
  "verify-together": askTogether,
  "verify-token": askToken,
  "run-trace": runTrace,
  attenuate: askAttenuation,
  "read-key": readAnyKey,
  "resolve-did": resolveDid,
  "evaluate-caveat": evaluateCaveat,
  "apply-revocations": applyRevocations,
  "read-status": readStatus,
  "verify-credential": verifyIssuedOrShown,
  "verify-sd-jwt": verifySdJwt,
};
