// The log of a did:webvh, entry by entry. webvh.md, "Logs".

import { readBare, verifyBare } from "./bare.mjs";
import { canonical, isObject, parse } from "./json.mjs";
import { readUtc, SECOND } from "./moment.mjs";
import { hashOf, isHash } from "./multihash.mjs";
import { readParameters } from "./parameters.mjs";
import { placeOf } from "./place.mjs";
import { malformed } from "./refusal.mjs";

export const MOST_BYTES = 1_048_576;
const MOST_ENTRIES = 512;
const MOST_OF_ENTRY = 65_536;
const MOST_LEVELS = 24;
const MOST_PROOFS = 1_024;
const AHEAD = 300n * SECOND;
const MEMBERS = ["parameters", "proof", "state", "versionId", "versionTime"];
const PLACE = "{SCID}";

function readEntry(line) {
  if (Buffer.byteLength(line) > MOST_OF_ENTRY) throw malformed("a longer entry");
  const entry = parse(line, { depth: MOST_LEVELS });
  if (!isObject(entry) || Object.keys(entry).sort().join() !== MEMBERS.join()) throw malformed("no entry");
  if (!isObject(entry.state) || typeof entry.state.id !== "string" || typeof entry.versionId !== "string") throw malformed("no entry");
  return entry;
}

function timeOf({ versionTime }, before, now) {
  const time = readUtc(versionTime);
  if (time === null || (before && time <= before.time)) throw malformed("a time");
  if (time > BigInt(now) * SECOND + AHEAD) throw malformed("from the future");
  return time;
}

/** Of the same SCID; under another name only where it is known by the one before. */
function checkName({ id, alsoKnownAs: others }, scid, before, { portable }) {
  if (placeOf(id)?.scid !== scid) throw malformed("a document of another");
  if (before === null || before.state.id === id) return;
  if (!portable || !Array.isArray(others) || !others.includes(before.state.id)) throw malformed("moved");
}

function scidOf(plain) {
  const text = canonical({ ...plain, versionId: PLACE });
  const placed = text.replaceAll(plain.parameters.scid, PLACE);
  return hashOf(canonical(JSON.parse(placed)));
}

function readNext(line, before, { scid, now, resolver }) {
  const entry = readEntry(line);
  const { proof, ...plain } = entry;
  const [number, hash, ...others] = entry.versionId.split("-");
  if (number !== String((before?.number ?? 0) + 1) || !isHash(hash) || others.length) throw malformed("another version");
  const time = timeOf(entry, before, now);
  const { parameters, signers } = readParameters(entry.parameters, before?.parameters ?? null);
  checkName(entry.state, parameters.scid, before, parameters);
  if (before === null && scidOf(plain) !== scid) throw malformed("another SCID");
  if (hashOf(canonical({ ...plain, versionId: before?.versionId ?? scid })) !== hash) throw malformed("another hash");
  const proofs = readBare(plain, isObject(proof) ? [proof] : proof);
  if (!proofs.every(({ key }) => signers.includes(key))) throw malformed("signed by another");
  proofs.forEach((one) => verifyBare(one, resolver));
  return { number: Number(number), versionId: entry.versionId, time, parameters, state: entry.state, proofs: proofs.length };
}

/** The entries of a log, each of which holds: {number, versionId, time, parameters, state}. */
export function readLog(text, scid, now, resolver) {
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  if (lines.length > MOST_ENTRIES) throw malformed("too many entries");
  const entries = [];
  for (const line of lines) entries.push(readNext(line, entries.at(-1) ?? null, { scid, now, resolver }));
  if (entries.reduce((sum, { proofs }) => sum + proofs, 0) > MOST_PROOFS) throw malformed("too many proofs");
  return entries;
}
