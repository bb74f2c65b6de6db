// What has been signed about links and principals, as far as this verifier was told. revocation.md.

import { MOST_INTEGER } from "./limits.mjs";
import { isInteger } from "./json.mjs";
import { malformed, Refusal } from "./refusal.mjs";
import { checkMembers, IS, readSigned, verifySigned } from "./signed.mjs";
import { isKey } from "./resolver.mjs";
import { isProven, readStatusList } from "./status.mjs";

const STEP = 7;
const FORM = 1; // the step of what is not in its form
const MOST = 1_875_000;
const MOST_ENTRY = 8_192;
const MOST_LINKS = 65_536;
// What is no DID does not resolve, and a signature of another length does not verify.
const ENTRY = { at: IS.second, by: IS.text, link: IS.id, signature: IS.bytes };
const isSequence = (value) => isInteger(value, 1, MOST_INTEGER);
const LIST = {
  at: IS.second, by: IS.text, links: IS.bytes, sequence: isSequence, signature: IS.bytes,
  since: (value) => isInteger(value, 0, MOST_INTEGER),
};
/** A DID; one that is a key holds it. */
export const isPrincipal = (value) => IS.did(value) && (!value.startsWith("did:key:") || isKey(value));

const EVENTS = ["enrol", "suspend", "resume", "deprovision"];
const LIFE = {
  at: IS.second, by: IS.text, event: (value) => EVENTS.includes(value), principal: isPrincipal, sequence: isSequence,
  signature: IS.bytes,
};

const linksOf = (text) => Buffer.from(text, "base64url").toString("hex").match(/.{1,32}/g) ?? [];

function checkList({ links, sequence, since }) {
  const ids = linksOf(links);
  const whole = ids.every((id, at) => id.length === 32 && (at === 0 || ids[at - 1] < id));
  if (!whole || ids.length > MOST_LINKS || since >= sequence) throw malformed("another list", FORM);
}

export class Store {
  #revoked = new Set(); // "DID id"
  #lists = new Map(); // DID to {sequence, at} of the last list applied
  #lives = new Map(); // "signer principal" to the last entry
  #status = new Map(); // "kind uri issuer" to the newest list

  constructor(resolver) {
    this.resolver = resolver;
  }

  #verify(tag, members) {
    verifySigned(tag, members, this.resolver.keysFor(members.by, "capabilityDelegation"), STEP);
  }

  /** Takes one signed statement; what is not genuine, or older than one applied before, is refused. */
  apply(text) {
    if (isProven(text) || text.includes(".")) return this.#applyStatus(text);
    const members = readSigned(text, MOST, FORM);
    const kind = "links" in members ? "list" : "event" in members ? "life" : "entry";
    if (kind !== "list" && text.length > MOST_ENTRY) throw malformed("a longer text", FORM);
    checkMembers(members, { list: LIST, life: LIFE, entry: ENTRY }[kind], FORM);
    if (kind === "list") return this.#applyList(members);
    if (kind === "life") return this.#applyLife(members);
    this.#verify("REVOCATION", members);
    this.#revoked.add(`${members.by} ${linksOf(members.link)}`);
  }

  #applyList(list) {
    checkList(list);
    this.#verify("REVOCATION-LIST", list);
    const known = this.#lists.get(list.by)?.sequence ?? 0;
    if (list.sequence < known) throw new Refusal("rolled_back", STEP);
    if (list.since > known) throw new Refusal("missing_delta", STEP);
    for (const id of linksOf(list.links)) this.#revoked.add(`${list.by} ${id}`);
    this.#lists.set(list.by, { sequence: list.sequence, at: list.at });
  }

  #applyLife(entry) {
    const { by, event, principal, sequence } = entry;
    if ((event === "deprovision") !== (sequence === MOST_INTEGER)) throw malformed("another number", FORM);
    this.#verify("LIFECYCLE", entry);
    const name = `${by} ${principal}`;
    const before = this.#lives.get(name);
    if (before?.event === "deprovision" && event !== "deprovision") throw new Refusal("deprovisioned", STEP);
    if (before && (sequence < before.sequence || (sequence === before.sequence && event !== before.event))) {
      throw new Refusal("rolled_back", STEP);
    }
    this.#lives.set(name, { event, sequence });
  }

  #applyStatus(text) {
    for (const list of readStatusList(text, this.resolver)) {
      const kept = this.#status.get(`${list.kind} ${list.uri} ${list.issuer}`);
      if (kept?.start === list.start && kept.text !== text) throw new Refusal("rolled_back", STEP);
      this.keepStatus({ ...list, text });
    }
  }

  keepStatus(list) {
    const name = `${list.kind} ${list.uri} ${list.issuer}`;
    if (list.start < (this.#status.get(name)?.start ?? 0)) throw new Refusal("rolled_back", STEP);
    this.#status.set(name, list);
  }

  isRevoked = (id, signers) => signers.some((by) => this.#revoked.has(`${by} ${id}`));
  is = (event, principal, signers) => signers.some((by) => this.#lives.get(`${by} ${principal}`)?.event === event);
  isHeldBack = (principal, signers) => this.is("deprovision", principal, signers) || this.is("suspend", principal, signers);
  revokersOf = (id) => [...this.#revoked].filter((name) => name.endsWith(` ${id}`)).map((name) => name.split(" ")[0]);
  livesOf = (principal) => [...this.#lives].filter(([name]) => name.endsWith(` ${principal}`)).map(([name, { event, sequence }]) => [name.split(" ")[0], event, sequence]);
  listBy = (did) => this.#lists.get(did);
  statusList = (kind, uri, issuer) => this.#status.get(`${kind} ${uri} ${issuer}`);
}
