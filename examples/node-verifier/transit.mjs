// Tokens in transit: whether one could be presented now, and one more link. verification.md; caveats.md, section 6.

import { createPrivateKey, createPublicKey, sign as nodeSign } from "node:crypto";
import * as base64url from "./base64url.mjs";
import { readTransit } from "./biscuit.mjs";
import { readCaveat } from "./caveat.mjs";
import { readCarried } from "./chained.mjs";
import { didKey, readKey } from "./keys.mjs";
import { isWider } from "./narrowing.mjs";
import { invalidInput, limitExceeded, malformed, Refusal } from "./refusal.mjs";
import { readSpoken } from "./spoken.mjs";
import { askStatus } from "./standing.mjs";
import * as term from "./term.mjs";
import { isHidden, length } from "./text.mjs";
import { accessOf, checkWindows, verifyLinks } from "./verification.mjs";

/** A token in transit from its text, in whichever form. Without Macaroon keys no MAC is looked at. */
export function readToken(text, world) {
  if (text.length > world.limits.text) throw limitExceeded("a longer text", 0);
  if (text === "") throw malformed("an empty text");
  if (text.startsWith("{") || text.startsWith("[")) return readCarried(text, world);
  const bytes = base64url.decode(text);
  return bytes[0] === 2 ? readCarried(bytes, world) : readTransit(bytes, world.limits);
}

export function verifyToken(text, world) {
  const token = readToken(text, world);
  verifyLinks(token, world);
  checkWindows(token.links, null, world);
  askStatus(token.links, world);
  return accessOf(token.links);
}

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** {did, sign} of an Ed25519 seed. */
export function signerOf(seed) {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return { did: didKey(readKey(0, Buffer.from(x, "base64url"))), sign: (bytes) => nodeSign(null, bytes, key) };
}

/** The key of a delegate, and its URL unless it is a did:key. */
function delegateOf(did, resolver) {
  const uses = ["capabilityDelegation", "capabilityInvocation"];
  const method = resolver.resolve(did).methods.find((one) => uses.every((use) => one.uses.includes(use)));
  if (!method) throw new Refusal("unresolved_principal", 3, did);
  return { key: method.key, url: did.startsWith("did:key:") ? null : method.id };
}

const cannot = (why) => new Refusal("cannot_delegate", null, why);

/** What a delegator sees by its own clock and count. */
function checkPassing(links, did, issued, limits) {
  const above = links.flatMap(({ caveats }) => caveats);
  if (links.at(-1).delegate.did !== did) throw cannot("not the holder");
  if (links.length >= limits.links) throw cannot("too many links");
  if (above.some((one) => one.kind === "MaxDepth" && BigInt(links.length) > one.most)) throw cannot("may not be passed on");
  if (above.some((one) => one.kind === "NotBefore" && issued < one.at)) throw cannot("not begun");
  if (above.some((one) => one.kind === "Expires" && issued >= one.at)) throw cannot("ended");
}

function factsOf({ id, issued, url, purpose }) {
  const terms = [term.bytes(id), term.date(issued), ...(url === null ? [] : [term.string(url)])];
  const facts = [{ name: "link", terms }];
  if (purpose !== null) facts.push({ name: "purpose", terms: [term.string(purpose)] });
  return facts;
}

const isSentence = (text) => typeof text === "string" && text !== "" && length(text) <= 500 && !isHidden(text);

/** The token with one more link, to the byte. */
export function attenuate({ token: text, seed, to, caveats, purpose, id, issued }, world) {
  caveats.forEach((one) => readSpoken(one, { issued, before: 0 })); // what is no caveat is said before all else
  const token = readToken(text, world);
  const { did, sign } = signerOf(seed);
  const { key, url } = delegateOf(to, world.resolver);
  const read = caveats.map((one) => readSpoken(one, { issued, before: token.links.length }));
  const checks = read.filter(({ check }) => check).map(({ check }) => check);
  const sentences = [purpose, ...read.map((one) => one.purpose ?? null)].filter((one) => one !== null);
  if (sentences.length > 1 || !sentences.every(isSentence) || checks.length > 64) throw invalidInput("purpose");
  checkPassing(token.links, did, issued, world.limits);
  const above = token.links.flatMap((link) => link.caveats);
  if (checks.map(readCaveat).some((one) => above.some((old) => isWider(one, old)))) throw cannot("wider");
  return token.append({ facts: factsOf({ id, issued, url, purpose: sentences[0] ?? null }), checks }, key, sign);
}
