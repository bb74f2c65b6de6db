// Who says what of whom: the numbered steps for one credential. credential.md, "Verifying a credential".

import { isDid } from "./did.mjs";
import { checkCredential, issuerOf, subjectsOf } from "./model.mjs";
import { readMoment, SECOND } from "./moment.mjs";
import { readReference, valueOf } from "./reference.mjs";
import { areResources } from "./related.mjs";
import { Refusal } from "./refusal.mjs";
import { readSecured } from "./secured.mjs";
import { judge } from "./standing.mjs";
import { bad } from "./terms.mjs";
import { asCredential, forged } from "./wrapped.mjs";

export const SKEW = 300;

/** Step 1: a credential in any form, with its issuer and its subjects. */
export function readCredential(given, contexts, options) {
  const found = readSecured(given, "vc");
  checkCredential(found.document, contexts, options);
  const [issuer, subjects] = [issuerOf(found.document), subjectsOf(found.document)];
  found.check({ by: issuer, subjects: subjects.map(({ id }) => id) });
  return { ...found, issuer, subjects };
}

/** Steps 2 and 3, and that it is shown by whom it may be: the DIDs of all who signed. */
export function verifyIssued({ form, issuer, claims, holder, verify }, world) {
  if (!isDid(issuer) || !world.issuers.includes(issuer)) throw forged("an issuer that is not taken");
  const { signers } = verify(issuer, { ...world, use: "assertionMethod", challenge: undefined, domain: undefined });
  if (form === "sd-jwt") return signers;
  if (world.audience !== null) throw new Refusal("not_holder", 8, "bound by nobody");
  if ("aud" in claims) throw new Refusal("wrong_audience", 8);
  if (holder !== null && !world.isHolder?.(holder)) throw new Refusal("not_holder", 8, "bound to another key");
  return signers;
}

/** Step 4: whether it speaks now, give or take. */
export function isCurrent({ document, claims, form }, now, skew) {
  const [moment, give] = [BigInt(now) * SECOND, BigInt(skew) * SECOND];
  const { validFrom = document.issuanceDate, validUntil = document.expirationDate } = document;
  if (validFrom !== undefined && moment < readMoment(validFrom) - give) return false;
  if (validUntil !== undefined && moment > readMoment(validUntil) + give) return false;
  if (form === "sd-jwt") return true; // its claims are judged with its signature
  const { iat = 0, nbf = 0, exp = Infinity } = claims;
  return now >= iat - skew && now >= nbf - skew && now <= exp + skew;
}

/** The entries of status lists that it names, of both forms. */
export function entriesOf({ document, claims }) {
  const { credentialStatus = [] } = document;
  const named = [credentialStatus].flat();
  if ("status" in claims) {
    if (Object.keys(claims.status).join() !== "status_list") throw bad("a status that nobody looks up");
    named.push({ status_list: claims.status.status_list });
  }
  return named.map((one) => asCredential(() => readReference(one)));
}

/** Step 6: every entry must be valid in a current list of the issuer's. Without lists, none may be named. */
function askStatus(found, { lists }) {
  const isNamed = "credentialStatus" in found.document || "status" in found.claims;
  if (!isNamed) return;
  if (lists === null) throw new Refusal("stale_status", null, "nobody can look it up");
  for (const entry of entriesOf(found)) judge(entry.kind, valueOf(entry, found.issuer, lists));
}

/** All steps for a credential that was read: {issuer, signers, document}. */
export function verifyCredential(found, world) {
  const signers = verifyIssued(found, world);
  checkTimes(found, world.now);
  if (!areResources(found.document, world.resources)) throw forged("another resource");
  askStatus(found, world);
  return { issuer: found.issuer, signers, document: found.document };
}

export function checkTimes(found, now) {
  if (!isCurrent(found, now, SKEW)) throw new Refusal("outside_validity", 6);
}
