// verify-credential: who says what of whom, and who shows it. credential.md.

import { Contexts } from "./contexts.mjs";
import { readCredential, SKEW, verifyCredential } from "./credential.mjs";
import { isPages } from "./described.mjs";
import { LIMITS } from "./limits.mjs";
import { isSecond, isText, isTexts, Members } from "./members.mjs";
import { storeOfLists } from "./reference.mjs";
import { invalidInput } from "./refusal.mjs";
import { Resolver } from "./resolver.mjs";
import { verifyShown } from "./shown.mjs";

const isFlag = (value) => typeof value === "boolean";
const isAsked = (value) => isText(value) && value !== "";
const isDomain = (value) => isAsked(value) || (isTexts(value) && value.length > 0 && value.every(isAsked));

function listsOf(members, resolver, now) {
  const texts = members.take("lists", isTexts, null);
  const staleness = members.take("staleness", isSecond, null);
  if ((staleness === null) !== (texts === null)) throw invalidInput("lists and staleness");
  return texts === null ? null : { store: storeOfLists(texts, resolver), now, limits: { ...LIMITS, staleness } };
}

function worldOf(members) {
  const now = members.take("now", isSecond);
  const resolver = new Resolver({ documents: members.take("documents", isPages, {}), now });
  return {
    now,
    skew: SKEW,
    resolver,
    issuers: members.take("issuers", isTexts, []),
    cosigners: members.take("cosigners", isTexts, null),
    lists: listsOf(members, resolver, now),
    contexts: new Contexts(members.take("contexts", isPages, {})),
    resources: members.take("resources", isPages, {}),
    acceptsOne: members.take("accept_v1", isFlag, false),
  };
}

export function verifyIssuedOrShown(input) {
  const members = new Members(input);
  const isShown = (members.rest.presentation ?? null) !== null;
  const given = members.take(isShown ? "presentation" : "credential", () => true);
  const world = worldOf(members);
  const asked = isShown
    ? {
        challenge: members.take("challenge", isAsked, null) ?? undefined,
        domain: members.take("domain", isDomain, null) ?? undefined,
        holderIsSubject: members.take("holder_is_subject", isFlag, false),
        unsigned: members.take("unsigned", isFlag, false),
        audience: null,
        nonce: null,
      }
    : { audience: members.take("audience", isAsked, null), nonce: members.take("nonce", isAsked, null) };
  members.end();
  if ((asked.audience === null) !== (asked.nonce === null)) throw invalidInput("audience and nonce");
  if (isShown) return verifyShown(given, { ...world, ...asked });
  return verifyCredential(readCredential(given, world.contexts, world), { ...world, ...asked });
}
