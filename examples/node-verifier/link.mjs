// The facts of a link. wire.md, section 5.

import { methodOf, splitUrl } from "./did.mjs";
import { didKey, readMultikey } from "./keys.mjs";
import { LAST_SECOND } from "./limits.mjs";
import { malformed, notAdmitted } from "./refusal.mjs";
import { isHidden, length } from "./text.mjs";
import { valueOf } from "./term.mjs";

const is = (fact, name, ...sizes) => fact !== undefined && fact.name === name && sizes.includes(fact.terms.length);

/** A principal that is named by a DID URL: {did, url}. */
function named(term) {
  const url = valueOf(term, "string");
  const parts = url === undefined ? null : splitUrl(url);
  if (parts === null || methodOf(parts[0]) === "key") throw malformed("no DID URL of a method");
  return { did: parts[0], url };
}

export function readUser(fact) {
  if (!is(fact, "user", 1)) throw notAdmitted("the first fact is no user");
  const [term] = fact.terms;
  if (term.type !== "bytes") return named(term);
  const key = readMultikey(term.value);
  return { did: didKey(key), key };
}

function readPurpose(fact) {
  const sentence = is(fact, "purpose", 1) ? valueOf(fact.terms[0], "string") : undefined;
  if (sentence === undefined || sentence === "" || length(sentence) > 500 || isHidden(sentence)) {
    throw notAdmitted("a fact that is none of a link");
  }
  return sentence;
}

/** The facts of a link as {root?, id, issued, delegate, purpose}; `next` is the key of its delegate. */
export function readLink(facts, next, first) {
  const rest = [...facts];
  const root = first ? readUser(rest.shift()) : null;
  const fact = rest.shift();
  if (!is(fact, "link", 2, 3)) throw notAdmitted("a link without its fact");
  const [idTerm, issuedTerm, urlTerm] = fact.terms;
  const id = valueOf(idTerm, "bytes");
  const issued = valueOf(issuedTerm, "date");
  if (id?.length !== 16 || issued === undefined || issued > LAST_SECOND) throw malformed("no id or issue time");
  const delegate = urlTerm ? { ...named(urlTerm), key: next } : { did: didKey(next), key: next };
  const purpose = rest.length ? readPurpose(rest[0]) : null;
  if (rest.length > 1) throw notAdmitted("a fact too many");
  return { root, id: id.toString("hex"), issued, delegate, purpose };
}
