// What this verifier can be asked: a function of the input for each operation.

import * as base64url from "./base64url.mjs";
import { isObject } from "./json.mjs";
import { Ledger } from "./ledger.mjs";
import { LIMITS } from "./limits.mjs";
import { invalidInput, Refusal } from "./refusal.mjs";
import { Request } from "./request.mjs";
import { Store } from "./store.mjs";
import { verifyPresentation } from "./verification.mjs";

/** Takes the members of an input once each; what is left over is refused. */
class Members {
  constructor(input) {
    if (!isObject(input)) throw invalidInput("expected an object");
    this.rest = { ...input };
  }

  take(name, is, otherwise) {
    const value = this.rest[name];
    delete this.rest[name];
    if (value === undefined && otherwise !== undefined) return otherwise;
    if (!is(value)) throw invalidInput(`${name}: missing, or of another type`);
    return value;
  }

  end() {
    const [name] = Object.keys(this.rest);
    if (name !== undefined) throw invalidInput(`${name}: nobody knows this member`);
  }
}

const isText = (value) => typeof value === "string";
const isTexts = (value) => Array.isArray(value) && value.every(isText);
const isSecond = (value) => Number.isInteger(value) && value >= 0;

function storeOf(texts) {
  const store = new Store();
  for (const text of texts) {
    try {
      store.apply(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // one that does not verify has no effect
    }
  }
  return store;
}

function keysOf(texts) {
  const keys = texts.map((text) => base64url.decode(text));
  if (keys.some(({ length }) => length < 32 || length > 1_024)) throw invalidInput("macaroon_keys");
  return keys;
}

function askPresentation(input) {
  const members = new Members(input);
  const wire = members.take("wire", isText);
  const world = {
    limits: LIMITS,
    request: new Request(members.take("request", isObject)),
    audience: members.take("audience", isText),
    roots: members.take("roots", isTexts),
    now: members.take("now", isSecond),
    challenge: members.take("challenge", (value) => isText(value) && value !== "", null),
    store: storeOf(members.take("revocations", isTexts, [])),
    macaroonKeys: keysOf(members.take("macaroon_keys", isTexts, [])),
    seen: new Set(),
    ledger: new Ledger(),
  };
  const before = members.take("before", isTexts, []);
  members.end();
  for (const text of before) {
    try {
      verifyPresentation(text, world);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return verifyPresentation(wire, world);
}

export const OPERATIONS = { "verify-presentation": askPresentation };
