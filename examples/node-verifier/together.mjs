// Presentations of several users for one request, which every one of them must permit. many-users.md.

import { chargesOf } from "./charges.mjs";
import { limitExceeded, Refusal } from "./refusal.mjs";
import { accessOf, checkPresented, checkStanding, judge, noRoom, useUp, verifyChain } from "./verification.mjs";

const MOST = 64;
const NOBODY = { presentation: null, root: null };

/** Does it; a refusal says which presentation it is about, and whose, as far as that is verified. */
function about({ number, access }, act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refusal) error.result = { presentation: number, root: access?.root ?? null };
    throw error;
  }
}

function aboutNobody(refusal) {
  refusal.result = NOBODY;
  return refusal;
}

/** Steps 0 to 8 of one presentation by itself, but for the replay. */
function verifyOne(text, number, world) {
  const chain = about({ number }, () => verifyChain(text, world));
  const one = { number, chain, access: accessOf(chain.links) };
  about(one, () => {
    checkStanding(chain, world);
    checkPresented(chain, world);
  });
  return one;
}

/** Each link as whoever it is by, and its id. */
function linksOf({ chain, access }) {
  const delegators = [access.root, ...access.chain];
  return chain.links.map(({ id }, at) => `${delegators[at]} ${id}`);
}

/** Other users than before, other links, and one holder. */
function checkBeside(one, before) {
  const links = new Set(before.flatMap(linksOf));
  if (before.some(({ access }) => access.root === one.access.root)) throw new Refusal("broken_chain", 5, "a user twice");
  if (linksOf(one).some((link) => links.has(link))) throw new Refusal("broken_chain", 5, "a link twice");
  if (before.some(({ access }) => access.holder !== one.access.holder)) throw new Refusal("not_holder", 8, "another holder");
}

/** Steps 6 and 7 once more, and step 9. */
function judgeAgain({ chain }, world) {
  checkStanding(chain, world);
  return judge(chain, world);
}

/** What presentations of these texts give access to together: {roots, holder}. `readers`: null where nobody asks. */
export function verifyTogether(texts, readers, world) {
  if (texts.length === 0) throw aboutNobody(new Refusal("not_holder", 0, "no presentation"));
  if (texts.length > MOST) throw aboutNobody(limitExceeded("too many presentations", 0));
  const all = texts.map((text, at) => verifyOne(text, at + 1, world));
  all.forEach((one, at) => about(one, () => checkBeside(one, all.slice(0, at))));
  all.forEach((one) => about(one, () => useUp(one.chain, world)));
  const roots = all.map(({ access }) => access.root);
  if (readers?.some((did) => !roots.includes(did))) throw aboutNobody(new Refusal("denied", 9, "a reader who is no user"));
  const approvals = all.map((one) => about(one, () => judgeAgain(one, world)));
  const charges = all.flatMap((one, at) => [...chargesOf(one.chain.links, world), ...approvals[at]].map((account) => ({ ...account, one })));
  const full = world.ledger.charge(charges);
  if (full) about(full.one, () => { throw noRoom(full); });
  return { roots, holder: all[0].access.holder };
}
