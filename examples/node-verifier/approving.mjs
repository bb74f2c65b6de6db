// Approvals that travel with a presentation, at the end of step 9. verification.md, "Approvals"; approval.md, section 3.

import { asksFor } from "./evaluate.mjs";
import { limitExceeded, malformed, Refusal } from "./refusal.mjs";
import { checkMembers, IS, readSigned, verifySigned } from "./signed.mjs";

const STEP = 9;
const MOST_BY_ONE = 4;
const MOST_KEYS = 8;
const KINDS = {
  audience: IS.audience, by: IS.did, digest: IS.digest, expires: IS.second, holder: IS.did, id: IS.id, issued: IS.second,
  root: IS.did, signature: IS.signature,
};

function readApproval(text) {
  const approval = readSigned(text, 32_768, STEP);
  checkMembers(approval, KINDS, STEP);
  const span = approval.expires - approval.issued;
  if (span <= 0 || span > 86_400) throw malformed("an approval that ends before it begins, or too late", STEP);
  return approval;
}

/** Each in its one form, none twice, at most four by one DID. */
export function readApprovals(texts) {
  const approvals = texts.map(readApproval);
  const names = new Set(approvals.map(({ by, id }) => `${by} ${id}`));
  if (names.size !== approvals.length) throw malformed("an approval twice", STEP);
  for (const { by } of approvals) {
    if (approvals.filter((one) => one.by === by).length > MOST_BY_ONE) throw limitExceeded("approvals by one DID", STEP);
  }
  return approvals;
}

function counts(approval, chain, { audience, request, now, limits, store }) {
  const { root } = chain[0];
  const holder = chain.at(-1).delegate;
  return (
    approval.audience === audience &&
    approval.root === root.did &&
    approval.holder === holder.did &&
    approval.digest === request.digest.toString("base64url") &&
    approval.issued <= now + limits.skew &&
    now < approval.expires &&
    !store.isHeldBack(approval.by, [approval.by])
  );
}

const accountOf = ({ by, id }) => ({
  name: `approval/${by}/${Buffer.from(id, "base64url").toString("hex")}`,
  amount: 1n,
  limit: 1n,
  code: "approval_required", // of a use that finds no room
});

/** The accounts of the approvals that are used up, or a refusal. */
export function approve({ links, discharged }, approvals, world) {
  const all = [...links.map(({ caveats }) => caveats), ...discharged].flat();
  const asking = all.filter((one) => one.kind === "RequiresApproval" && asksFor(one, world.request));
  if (asking.length && world.ledger === null) throw new Refusal("denied", STEP);
  const named = new Set(asking.flatMap(({ by }) => by));
  const keys = new Map();
  const good = approvals.filter((approval) => {
    const { by } = approval;
    if (!named.has(by)) return false;
    if (!keys.has(by)) keys.set(by, world.resolver.keysFor(by, "capabilityDelegation", STEP));
    if (keys.get(by).length > MOST_KEYS) throw new Refusal("unresolved_principal", STEP, "too many keys");
    verifySigned("APPROVAL", approval, keys.get(by), STEP);
    return counts(approval, links, world);
  });
  const isUnused = (one) => world.ledger.hasRoom(accountOf(one));
  const ordered = [...good.filter(isUnused), ...good.filter((one) => !isUnused(one))];
  const first = new Map();
  for (const one of ordered) if (!first.has(one.by)) first.set(one.by, one);
  const taken = new Set();
  for (const { by, threshold } of asking) {
    const mine = [...first.values()].filter((one) => by.includes(one.by)).slice(0, Number(threshold));
    if (BigInt(mine.length) < threshold) throw new Refusal("approval_required", STEP);
    mine.forEach((one) => taken.add(one));
  }
  return [...taken].map(accountOf);
}
