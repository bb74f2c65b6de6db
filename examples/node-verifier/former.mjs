// Keys that their DID has taken out, and for how long a link signed with one counts. webvh.md, "Rotated keys".

import { isSame } from "./keys.mjs";
import { Refusal } from "./refusal.mjs";

const USE = "capabilityDelegation";

const keyIn = (document, url) => document?.methods.find(({ id, uses }) => id === url && uses.includes(USE))?.key ?? null;
const currentKey = ({ did, url }, { resolver }) => keyIn(resolver.resolve(did), url);

/** The key that a method had when a link was issued, if it still had it `rotatedKeys` seconds ago; or null. */
function formerKey({ did, url }, issued, { resolver, now, rotatedKeys }) {
  if (rotatedKeys === null) return null;
  const keyAt = (second) => keyIn(resolver.resolveAt(did, second), url);
  const [then, later] = [issued, Math.max(Number(issued), now - rotatedKeys)].map(keyAt);
  return then !== null && later !== null && isSame(then, later) ? then : null;
}

/** The key of a root that is named by its DID URL, whose link was issued at some second. */
export function rootKey(root, issued, world) {
  const key = currentKey(root, world) ?? formerKey(root, issued, world);
  if (key === null) throw new Refusal("unresolved_principal", 3, root.url);
  return key;
}

/** Refuses a delegator whose DID does not list its key, and did not when it issued a link either. */
export function confirmDelegator({ did, url, key }, issued, world) {
  const is = (found) => found !== null && isSame(found, key);
  const isListed = is(currentKey({ did, url }, world)) || is(formerKey({ did, url }, issued, world));
  if (!isListed) throw new Refusal("unresolved_principal", 3, url);
}
