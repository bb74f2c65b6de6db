// Step 7: what the store says about the links and principals of a chain. verification.md.

import { Refusal } from "./refusal.mjs";

const STEP = 7;

function askLife(principal, signers, store) {
  if (store.is("deprovision", principal, signers)) throw new Refusal("deprovisioned", STEP);
  if (store.is("suspend", principal, signers)) throw new Refusal("suspended", STEP);
}

const stale = (why) => new Refusal("stale_status", null, why);

function askFresh(start, { now, limits }) {
  if (now - start > limits.staleness || start > now + limits.skew) throw stale("too old, or from the future");
}

function askList({ list: kind, uri, index, issuer }, world) {
  const list = currentList(world.store.statusList(kind, uri, issuer), world);
  judge(kind, list.value(index));
}

/** A list that speaks now, and is fresh enough. */
export function currentList(list, world) {
  if (!list) throw stale("an unknown list");
  askFresh(list.start, world);
  if (list.end !== null && world.now >= list.end) throw stale("an expired list");
  return list;
}

const WORDS = { token: { 1: "revoked", 2: "suspended" }, revocation: { 1: "revoked" }, suspension: { 1: "suspended" } };

/** Refuses a value that is a reason to. */
export function judge(kind, value) {
  if (value !== 0 && kind in WORDS) throw new Refusal(WORDS[kind][value] ?? "bad_status", STEP);
}

export function askStatus(links, world) {
  const { store } = world;
  const above = [links[0].root.did];
  askLife(above[0], above, store);
  for (const { id, delegate } of links) {
    if (store.isRevoked(id, above)) throw new Refusal("revoked", STEP);
    askLife(delegate.did, [delegate.did, ...above], store);
    above.push(delegate.did);
  }
  for (const caveat of links.flatMap(({ caveats }) => caveats)) {
    if (caveat.kind === "Status") askList(caveat, world);
    if (caveat.kind !== "FreshList") continue;
    const list = store.listBy(caveat.by);
    if (!list) throw stale("an unknown list");
    askFresh(list.at, world);
  }
}
