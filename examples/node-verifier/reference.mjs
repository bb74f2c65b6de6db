// References to entries of status lists, and what a list says about one. status.md.

import { isInteger, isObject, isOnly } from "./json.mjs";
import { LIMITS, MOST_INTEGER } from "./limits.mjs";
import { isPages } from "./described.mjs";
import { isSecond, isText, isTexts, Members } from "./members.mjs";
import { malformed, Refusal } from "./refusal.mjs";
import { Resolver } from "./resolver.mjs";
import { currentList, judge } from "./standing.mjs";
import { isUri, PURPOSES, readStatusList } from "./status.mjs";
import { Store } from "./store.mjs";

/** The messages of an entry by value; of one bit they may be missing. */
function messagesOf(messages, size) {
  if (messages === undefined && size === 1) return null;
  const known = Array.isArray(messages) && messages.every((one) => isObject(one) && isText(one.status) && isText(one.message));
  if (!known || messages.length !== 2 ** size) throw malformed("messages");
  const byValue = new Map(messages.map(({ status, message }) => [/^0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,7})$/.test(status) ? Number(status) : -1, message]));
  const all = messages.every((_, value) => byValue.has(value));
  if (!all) throw malformed("a value without message");
  return byValue;
}

function readEntry({ id, type, statusPurpose: kind, statusListCredential: uri, statusListIndex: text, statusSize: size = 1, statusMessage }) {
  const isIndex = isText(text) && /^(?:0|[1-9][0-9]*)$/.test(text) && Number(text) <= MOST_INTEGER;
  if (!isOnly(type, "BitstringStatusListEntry") || !PURPOSES.includes(kind) || !isUri(uri) || !isIndex) throw malformed("an entry");
  if (!isInteger(size, 1, 8) || (id !== undefined && (!isText(id) || id === uri))) throw malformed("an entry");
  return { kind, uri, index: Number(text), size, messages: messagesOf(statusMessage, size) };
}

function readClaim({ status_list: list }) {
  if (!isObject(list) || !isInteger(list.idx, 0, MOST_INTEGER) || !isUri(list.uri)) throw malformed("a reference");
  return { kind: "token", uri: list.uri, index: list.idx, size: null, messages: null };
}

/** An entry of either form: a claim `status`, or an object that has a type. */
export const readReference = (reference) => ("type" in reference ? readEntry(reference) : readClaim(reference));

/** What the newest list of this issuer says about an entry; the list must be current. */
export function valueOf({ kind, uri, index, size }, issuer, world) {
  const list = currentList(world.store.statusList(kind, uri, issuer), world);
  if (size !== null && ![1, size].includes(list.size)) throw new Refusal("bad_status", 7);
  return list.value(index, size ?? undefined);
}

/** A store of these lists, the newest of each counting. */
export function storeOfLists(texts, resolver) {
  const store = new Store(resolver);
  const read = texts.flatMap((text) => readStatusList(text, resolver));
  read.sort((one, other) => one.start - other.start).forEach((list) => store.keepStatus(list));
  return store;
}

export function readStatus(input) {
  const members = new Members(input);
  const now = members.take("now", isSecond);
  const resolver = new Resolver({ documents: members.take("documents", isPages, {}), now });
  const lists = members.take("lists", isTexts, []);
  const reference = members.take("reference", isObject);
  const issuer = members.take("issuer", isText);
  const staleness = members.take("staleness", isSecond);
  const isJudged = members.take("judge", (value) => typeof value === "boolean", false);
  members.end();
  const store = storeOfLists(lists, resolver);
  const entry = readReference(reference);
  const value = valueOf(entry, issuer, { store, now, limits: { ...LIMITS, staleness } });
  if (isJudged) judge(entry.kind, value);
  return { value, valid: value === 0, message: entry.messages?.get(value) ?? null };
}
