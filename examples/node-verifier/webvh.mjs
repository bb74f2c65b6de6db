// did:webvh: what its log, handed in, says now, and what it said before. webvh.md.

import { checkApproved } from "./approved.mjs";
import { RELATIONSHIPS } from "./did.mjs";
import { isObject } from "./json.mjs";
import { MOST_BYTES, readLog } from "./log.mjs";
import { SECOND } from "./moment.mjs";
import { placeOf } from "./place.mjs";
import { pageAt, readDocument } from "./web.mjs";

const MOST_OF_APPROVALS = 262_144;

/** A document in which a method that names no controller is the DID's own. */
function owned(state, did) {
  const own = (one) => (isObject(one) && !("controller" in one) ? { ...one, controller: did } : one);
  const lists = ["verificationMethod", ...RELATIONSHIPS].filter((name) => Array.isArray(state[name]));
  return { ...state, ...Object.fromEntries(lists.map((name) => [name, state[name].map(own)])) };
}

/** The entries of a DID under this very name, the newest last; none where it leads nowhere. */
function entriesOf(did, resolver) {
  const { documents, now } = resolver;
  const place = placeOf(did);
  const text = place && pageAt(place.log, documents, MOST_BYTES);
  if (text === null) return [];
  const log = readLog(text, place.scid, now, resolver);
  checkApproved(log, () => pageAt(place.approvals, documents, MOST_OF_APPROVALS), resolver);
  if (log.at(-1).parameters.deactivated) return [];
  return log.slice(log.findLastIndex(({ state }) => state.id !== did) + 1);
}

const documentOf = ({ state }, did, second) => readDocument(owned(state, did), did, second);

/** {did, methods} as its newest entry has them, or null. */
export function resolveWebvh(did, resolver) {
  const newest = entriesOf(did, resolver).at(-1);
  return newest === undefined ? null : documentOf(newest, did, resolver.now);
}

/** {did, methods} as they were at a second at which it had this name already, or null. */
export function resolveWebvhAt(did, second, resolver) {
  const entry = entriesOf(did, resolver).findLast(({ time }) => time <= BigInt(second) * SECOND);
  return entry === undefined ? null : documentOf(entry, did, second);
}
