// Whether a caveat prohibits, asked of what is known of one use. caveats.md, sections 4 and 5.

import { isKnownTrue } from "./formula.mjs";

export const isCovered = (names, action) =>
  names.some((name) => (name.endsWith(":*") ? action.startsWith(name.slice(0, -1)) : name === action));

const isExcepted = ({ fact, names, literals }, request) => {
  if (fact === "operation") return !isCovered(names, request.action);
  if (fact === "resource") return !request.paths.some((path) => names.includes(path));
  return isKnownTrue(literals, request);
};

const PERMITS = {
  Actions: ({ names }, { request }) => isCovered(names, request.action),
  Resources: ({ names }, { request }) => request.paths.some((path) => names.includes(path)),
  Audience: ({ names }, { audience }) => names.includes(audience),
  NotBefore: ({ at }, { now }) => now >= at,
  Expires: ({ at }, { now }) => now < at,
  MaxDepth: ({ most }, { depth }) => BigInt(depth) <= most,
  Budget: ({ most, currency }, { request: { cost } }) =>
    cost !== null && cost.currency === currency && BigInt(cost.amount) <= most,
  Formula: ({ alternatives }, { request }) => alternatives.some((literals) => isKnownTrue(literals, request)),
};

/** Counts are the ledger's, lists the store's: a request alone says nothing against them. */
const ELSEWHERE = new Set(["MaxUses", "Rate", "Spaced", "Status", "FreshList", "Agent", "RequiresApproval"]);

/** Whether the caveat prohibits the use {request, audience, now, depth}. What stands for no caveat does. */
export const prohibits = (caveat, use) => !ELSEWHERE.has(caveat.kind) && !PERMITS[caveat.kind]?.(caveat, use);

/** Whether a RequiresApproval asks for approval of this request. */
export const asksFor = ({ when }, request) => !when.some((condition) => isExcepted(condition, request));
