// Identity credentials that come with a presentation, and whether they are those that caveats ask for. agent.md, section 3.

import { AGENT, Contexts } from "./contexts.mjs";
import { entriesOf, isCurrent, readCredential, verifyIssued } from "./credential.mjs";
import { checkEvidence, readProfile } from "./profile.mjs";
import { valueOf } from "./reference.mjs";
import { areResources } from "./related.mjs";
import { Refusal } from "./refusal.mjs";
import { bad } from "./terms.mjs";
import { length } from "./text.mjs";
import { forged } from "./wrapped.mjs";

const STEP = 9;
const MOST = 16_384;
const TYPE = "AgentIdentityCredential";
const PURPOSES = ["token", "revocation", "suspension"];

/** Whether one credential is by a named DID and says, for each property that is asked about, one of its values. */
export function isMet({ by, said }, credential) {
  const names = new Set(said.map((text) => text.split("=", 1)[0]));
  const says = (name) => said.some((text) => text.startsWith(`${name}=`) && credential.says.includes(text));
  return by.includes(credential.by) && [...names].every(says);
}

/** Whether an Agent caveat prohibits; for each delegate of the chain, the holder last, a list of what counts. */
export function prohibitsAgent(caveat, attested) {
  const asked = caveat.scope === "every" ? attested : attested.slice(-1);
  return asked.length === 0 || !asked.every((credentials) => credentials.some((one) => isMet(caveat, one)));
}

function read(text, contexts) {
  if (length(text) > MOST) throw bad("a longer text");
  const found = readCredential(text, contexts);
  if (found.subjects.length !== 1) throw bad("more than one subject");
  return { ...found, about: found.subjects[0].id };
}

/** What it says, and the entries that it hangs on; refuses what is genuine and no identity credential. */
function readIdentity(found) {
  const { validFrom, validUntil, type } = found.document;
  if (![type].flat().includes(TYPE) || validFrom === undefined || validUntil === undefined) throw bad("of another type, or open");
  const entries = entriesOf(found);
  if (!entries.every(({ kind, size }) => PURPOSES.includes(kind) && (size ?? 1) === 1)) throw bad("another status");
  checkEvidence(found.document);
  return { by: found.issuer, about: found.about, says: readProfile(found.subjects[0]), entries };
}

/** Whether all lists say valid; null where that cannot be known. */
function isValid({ by, entries }, world) {
  try {
    return entries.map((entry) => valueOf(entry, by, world)).every((value) => value === 0);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code === "stale_status" ? null : false;
  }
}

/** One text: {by, about, says, isValid}, or null where nobody asks about it, or it does not count. */
function judged(text, chain, world) {
  const found = read(text, world.contexts);
  if (!world.issuers.includes(found.issuer) || !chain.includes(found.about)) return null;
  verifyIssued(found, world);
  if (!areResources(found.document, {})) throw forged("another resource");
  const identity = readIdentity(found);
  const isHeld = world.store.isHeldBack(identity.about, [identity.by]);
  if (isHeld || !isCurrent(found, world.now, world.limits.skew)) return null;
  return { ...identity, isValid: isValid(identity, world) };
}

/** What counts, or might; a refusal is one of step 9. */
function judgeAll(texts, chain, asking, world) {
  const issuers = asking.flatMap(({ by }) => by);
  const around = { ...world, contexts: new Contexts({}, [AGENT]), issuers, cosigners: null, audience: null, nonce: null, skew: world.limits.skew };
  try {
    return texts.map((text) => judged(text, chain, around)).filter((one) => one !== null);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.code, error.code === "unavailable" ? null : STEP, error.message);
  }
}

/** The end of step 9 for Agent caveats: refuses where one is not met. */
export function attest({ links, discharged, presented }, world) {
  const all = [...links.map(({ caveats }) => caveats), ...discharged].flat();
  const asking = all.filter(({ kind }) => kind === "Agent");
  if (asking.length === 0) return;
  const chain = links.map(({ delegate }) => delegate.did);
  const found = judgeAll(presented.credentials, chain, asking, world);
  const about = (did, isKnown) => found.filter((one) => one.about === did && one.isValid === isKnown);
  const attested = chain.map((did) => about(did, true));
  const unmet = asking.find((caveat) => prohibitsAgent(caveat, attested));
  if (unmet === undefined) return;
  const asked = unmet.scope === "every" ? chain : chain.slice(-1);
  const isOpen = asked.some((did) => about(did, null).some(({ by }) => unmet.by.includes(by)));
  throw isOpen ? new Refusal("stale_status", null) : new Refusal("denied", STEP);
}
