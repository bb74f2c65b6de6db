// The numbered steps, once a presentation is read. verification.md, "The procedure".

import { createHash } from "node:crypto";
import { approve, readApprovals } from "./approving.mjs";
import { attest } from "./attested.mjs";
import { readBiscuit } from "./biscuit.mjs";
import * as base64url from "./base64url.mjs";
import { prohibits } from "./evaluate.mjs";
import { chargesOf } from "./charges.mjs";
import { readMacaroon } from "./chained.mjs";
import { confirmDelegator, rootKey } from "./former.mjs";
import { multikey } from "./keys.mjs";
import { limitExceeded, malformed, Refusal } from "./refusal.mjs";
import { askStatus } from "./standing.mjs";

/** The chain that a text presents, in whichever form. Steps 0 and 1, and what a Macaroon's MACs say. */
export function read(text, world) {
  if (text.length > world.limits.text) throw limitExceeded("a longer text", 0);
  if (text === "") throw malformed("an empty text");
  if (text.startsWith("{") || text.startsWith("[")) return readMacaroon(text, world);
  const bytes = base64url.decode(text);
  return bytes[0] === 2 ? readMacaroon(bytes, world) : readBiscuit(bytes, world.limits);
}

/** Steps 2 to 5 for links: trust, keys, signatures, linkage. */
export function verifyLinks({ links, verify }, world) {
  const { root } = links[0];
  if (!world.roots.includes(root.did)) throw new Refusal("untrusted_root", 2);
  const { resolver } = world;
  verify(root.key ?? rootKey(root, links[0].issued, world));
  links.forEach(({ delegate }, at) => {
    if (!delegate.url) return;
    if (at === links.length - 1) resolver.confirm(delegate.url, delegate.key, "capabilityInvocation");
    else confirmDelegator(delegate, links[at + 1].issued, world);
  });
  checkLinkage(links, world.limits.skew);
}

const windowsOf = (links, kind) => links.flatMap(({ caveats }) => caveats.filter((one) => one.kind === kind));
const outside = (why) => new Refusal("outside_validity", 6, why);

/** Step 5, and of step 6 what belongs to the chain alone. */
function checkLinkage(links, skew) {
  const broken = (why) => new Refusal("broken_chain", 5, why);
  if (new Set(links.map(({ id }) => id)).size !== links.length) throw broken("a link id twice");
  links.forEach(({ issued, caveats }, at) => {
    const above = links.slice(0, at);
    if (above.some((link) => issued < link.issued - skew)) throw outside("issued before a link above");
    if (windowsOf(above, "NotBefore").some((one) => issued < one.at - skew)) throw outside("issued too early");
    if (windowsOf(above, "Expires").some((one) => issued >= one.at + skew)) throw outside("issued too late");
    const depths = caveats.filter(({ kind }) => kind === "MaxDepth");
    if (depths.some(({ most }) => BigInt(links.length - 1) > most)) throw broken("a longer chain");
  });
}

/** Step 6 against the clock. */
export function checkWindows(links, presented, { now, limits }) {
  if (presented) {
    const { from, until } = presented;
    if (!(from <= now && now < until) || until - from > limits.window) throw outside("the presentation's window");
  }
  if (links.some(({ issued }) => issued > now + limits.skew)) throw outside("issued in the future");
  if (windowsOf(links, "NotBefore").some(({ at }) => now < at)) throw outside("not yet");
  if (windowsOf(links, "Expires").some(({ at }) => now >= at)) throw outside("no longer");
}

/** Step 8, but for the replay. */
export function checkPresented({ presented }, { audience, challenge, request }) {
  const wrong = () => new Refusal("wrong_request", 8);
  if (presented.audience !== audience) throw new Refusal("wrong_audience", 8);
  if (!presented.digest.equals(request.digest) || presented.challenge !== challenge) throw wrong();
}

/** The rest of step 8: each presentation is taken once. */
export function useUp({ links, presented }, { audience, seen }) {
  const holder = links.at(-1).delegate.key;
  const name = createHash("sha256").update(`${audience}\0`).update(multikeyless(holder)).update("\0").update(presented.nonce);
  const hex = name.digest("hex");
  if (seen.has(hex)) throw new Refusal("replayed", 8);
  seen.add(hex);
}

const multikeyless = (key) => multikey(key).subarray(2);
const SKIPPED = new Set(["NotBefore", "Expires", "MaxDepth"]);

/** Step 9, what came with the presentation aside. */
function checkCaveats({ links, discharged }, world) {
  const use = { request: world.request, audience: world.audience, now: world.now, depth: links.length - 1 };
  const denied = () => new Refusal("denied", 9);
  for (const { caveats } of links) {
    if (caveats.some((one) => !SKIPPED.has(one.kind) && prohibits(one, use))) throw denied();
  }
  if (discharged.flat().some((one) => prohibits(one, use))) throw denied();
}

/** Steps 0 to 5: the chain that a text presents. */
export function verifyChain(text, world) {
  const chain = read(text, world);
  verifyLinks(chain, world);
  return chain;
}

/** Steps 6 and 7, as far as they hang on the clock and on what was signed since. */
export function checkStanding({ links, presented }, world) {
  checkWindows(links, presented, world);
  askStatus(links, world);
}

/** Step 9: the accounts of the approvals that are used up. */
export function judge(chain, world) {
  checkCaveats(chain, world);
  attest(chain, world);
  return approve(chain, readApprovals(chain.approvals), world);
}

/** What a presentation of text gives access to: {root, holder, chain}. `later`: judged in a call of its own, in this world. */
export function verifyPresentation(text, world, later = null) {
  const chain = verifyChain(text, world);
  checkStanding(chain, world);
  checkPresented(chain, world);
  useUp(chain, world);
  if (later === null) return authorize(chain, world);
  const then = later();
  checkStanding(chain, then);
  return authorize(chain, then);
}

/** Steps 9 and 10. */
function authorize(chain, world) {
  const { links } = chain;
  const approvals = judge(chain, world);
  const use = world.retries && world.ledger ? useOf(chain, world) : null;
  if (use !== null && world.ledger.wasCharged(use, world.now, world.retries)) return { ...accessOf(links), repeated: true };
  charge([...chargesOf(links, world), ...approvals], world.ledger);
  if (use !== null) world.ledger.keep(use, world.now);
  return accessOf(links);
}

/** What is the same in every try of one use, or null where its holder marked none. */
function useOf({ links, presented }, { audience, request }) {
  if (presented.key === null) return null;
  const holder = multikey(links.at(-1).delegate.key).toString("hex");
  const delegators = [links[0].root.did, ...accessOf(links).chain];
  const named = links.map(({ id }, at) => [id, delegators[at]]);
  return JSON.stringify([audience, holder, request.digest.toString("hex"), named, presented.key]);
}

/** What a charge says that found no room. */
export const noRoom = ({ code = "denied" }) => new Refusal(code, 10);

/** Step 10: all accounts are charged, or none. Without a ledger whatever counts prohibits. */
function charge(charges, ledger) {
  if (ledger === null && charges.length) throw new Refusal("denied", 10);
  const full = ledger?.charge(charges);
  if (full) throw noRoom(full);
}

export function accessOf(links) {
  const chain = links.map(({ delegate }) => delegate.did);
  return { root: links[0].root.did, holder: chain.at(-1), chain };
}
