// A presentation of credentials: who shows them, to whom. credential.md, "Verifying a presentation".

import { checkTimes, readCredential, verifyCredential } from "./credential.mjs";
import { isDid, splitUrl } from "./did.mjs";
import { isOnly } from "./json.mjs";
import { isSame } from "./keys.mjs";
import { checkPresentation, holderOf } from "./model.mjs";
import { Refusal } from "./refusal.mjs";
import { readSecured } from "./secured.mjs";
import { bad } from "./terms.mjs";
import { forged } from "./wrapped.mjs";

const setOf = (value) => [...new Set([value ?? []].flat())].sort().join("\n");

/** What a JWS answers, and whom. */
function checkAnswer({ claims }, { challenge, domain }) {
  const other = (why) => new Refusal("bad_proof", 4, why);
  if (challenge !== undefined && claims.nonce !== challenge) throw other("another challenge");
  if (domain !== undefined && setOf(claims.aud) !== setOf(domain)) throw other("another domain");
}

/** Without a member that names the holder, it is the only signer. */
function onlySigner({ form, kid, secured }) {
  const methods = form === "proof" ? [secured.proof].flat().map((one) => one?.verificationMethod) : [kid];
  const signers = new Set(methods.map((url) => (typeof url === "string" ? splitUrl(url)?.[0] : undefined)));
  const [signer] = signers;
  if (signers.size !== 1 || signer === undefined) throw forged("nobody in particular signed");
  return signer;
}

/** {holder, keys}: the DID that shows it, and the keys that it signed with. */
function verifyHolder(found, world) {
  const holder = holderOf(found.document) ?? onlySigner(found);
  if (!isDid(holder)) throw forged("a holder that is no DID");
  const { keys } = found.verify(holder, { ...world, use: "authentication" });
  if (found.form === "jws") checkAnswer(found, world);
  checkTimes({ ...found, document: {} }, world.now);
  return { holder, keys };
}

/** Whether somebody needs to have signed, and nobody did. */
const isUnsigned = ({ form, secured }) => form === "proof" && !("proof" in secured);

function readPresentation(given, { contexts, acceptsOne }) {
  const found = readSecured(given, "vp");
  const shown = checkPresentation(found.document, contexts, { acceptsOne });
  found.check({ by: holderOf(found.document) ?? splitUrl(found.kid ?? "")?.[0], subjects: [] });
  if ("status" in found.claims) throw bad("a presentation has no status");
  const isEnvelope = ({ type }) => isOnly(type, "EnvelopedVerifiableCredential");
  if (found.form === "jws" && !shown.every(isEnvelope)) throw bad("a credential in a JWS without envelope");
  return { ...found, shown };
}

/** {holder, credentials}. */
export function verifyShown(given, world) {
  const found = readPresentation(given, world);
  const isTaken = world.unsigned && world.challenge === undefined && world.domain === undefined && !world.holderIsSubject;
  const unsigned = isUnsigned(found);
  if (unsigned && !isTaken) throw forged("nobody signed it");
  const { holder, keys } = unsigned ? { holder: holderOf(found.document) ?? null, keys: [] } : verifyHolder(found, world);
  const isHolder = ({ key, url }) => keys.some((one) => isSame(one, key ?? world.resolver.keyOf(url, "authentication")));
  const around = { ...world, isHolder, challenge: undefined, domain: undefined };
  const read = found.shown.map((one) => readCredential(one, world.contexts, world));
  const credentials = read.map((one) => verifyCredential(one, around));
  const about = read.flatMap(({ subjects }) => subjects.map(({ id }) => id));
  if (world.holderIsSubject && (about.length === 0 || about.some((id) => id !== holder))) {
    throw new Refusal("not_holder", 8, "about another");
  }
  return { holder, credentials };
}
