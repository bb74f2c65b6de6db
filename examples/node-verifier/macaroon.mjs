// Macaroons of version 2, in binary and in JSON. macaroon.md, section 1.

import * as base64url from "./base64url.mjs";
import { isObject, parse } from "./json.mjs";
import { Reader, varint } from "./protobuf.mjs";
import { limitExceeded, malformed } from "./refusal.mjs";
import { decode } from "./text.mjs";

const MOST = { macaroons: 17, caveats: 64, identifier: 1_024, condition: 16_384 };
const SIZES = { vid: 72, signature: 32 };
const EMPTY = Buffer.alloc(0);

function checkLocation(location) {
  if (location === null) return;
  if (location.length > MOST.identifier) throw limitExceeded("a long location");
  if (decode(location) === null) throw malformed("a location that is not UTF-8");
}

function checkIdentifier(bytes, most = MOST.identifier) {
  if (bytes.length === 0) throw malformed("an empty identifier");
  if (bytes.length > most) throw limitExceeded("a long identifier");
  return bytes;
}

/** A caveat: {vid, cid}, a condition having a vid of no bytes. */
function caveatOf(location, cid, vid) {
  checkLocation(location);
  checkIdentifier(cid, vid ? MOST.identifier : MOST.condition);
  if (!vid && location !== null) throw malformed("a location on a condition");
  if (vid && vid.length !== SIZES.vid) throw malformed("a vid of another size");
  return { location, vid: vid ?? EMPTY, cid };
}

function checkSignature(bytes) {
  if (bytes.length !== SIZES.signature) throw malformed("a signature of another size");
  return bytes;
}

const optional = (reader, field) => (reader.skip(field) ? reader.take() : null);

function required(reader, field) {
  reader.expect(field);
  return reader.take();
}

function readOne(reader) {
  reader.expect(2); // the version
  const location = optional(reader, 1);
  checkLocation(location);
  const identifier = checkIdentifier(required(reader, 2));
  reader.expect(0);
  const caveats = [];
  while (!reader.skip(0)) {
    if (caveats.length === MOST.caveats) throw limitExceeded("too many caveats");
    const place = optional(reader, 1);
    const cid = required(reader, 2);
    caveats.push(caveatOf(place, cid, optional(reader, 4)));
    reader.expect(0);
  }
  return { location, identifier, caveats, signature: checkSignature(required(reader, 6)) };
}

function readBinary(bytes) {
  const reader = new Reader(bytes);
  const found = [];
  while (!reader.done) {
    if (found.length === MOST.macaroons) throw limitExceeded("too many macaroons");
    found.push(readOne(reader));
  }
  return found;
}

/** The bytes of a member: text, or base64url under the name with 64 where they are not UTF-8. */
function bytesOf(members, name) {
  const [plain, packed] = [members[name], members[`${name}64`]];
  if (plain === undefined && packed === undefined) return null;
  if (plain !== undefined && packed !== undefined) throw malformed("bytes written twice");
  if (typeof (plain ?? packed) !== "string") throw malformed("bytes that are no text");
  if (plain !== undefined) return Buffer.from(plain);
  const bytes = base64url.decode(packed);
  if (decode(bytes) !== null) throw malformed("text as base64url");
  return bytes;
}

function membersOf(value, names) {
  if (!isObject(value) || !Object.keys(value).every((name) => names.includes(name))) throw malformed("other members");
  return value;
}

function need(bytes) {
  if (bytes === null) throw malformed("a member is missing");
  return bytes;
}

function readJsonCaveat(value) {
  const members = membersOf(value, ["i", "i64", "v", "v64", "l"]);
  return caveatOf(bytesOf(members, "l"), need(bytesOf(members, "i")), bytesOf(members, "v"));
}

function readJsonOne(value) {
  const members = membersOf(value, ["i", "i64", "l", "c", "s", "s64"]);
  const { c: list = [] } = members;
  if (!Array.isArray(list) || ("c" in members && list.length === 0)) throw malformed("caveats that are no list");
  const location = bytesOf(members, "l");
  checkLocation(location);
  const identifier = checkIdentifier(need(bytesOf(members, "i")));
  if (list.length > MOST.caveats) throw limitExceeded("too many caveats");
  const caveats = list.map(readJsonCaveat);
  return { location, identifier, caveats, signature: checkSignature(need(bytesOf(members, "s"))) };
}

function readJson(text) {
  const value = parse(text);
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw malformed("no macaroon");
  if (list.length > MOST.macaroons) throw limitExceeded("too many macaroons");
  return list.map(readJsonOne);
}

/** A macaroon and its discharges, from binary or JSON text. */
export const readMacaroons = (given) => (typeof given === "string" ? readJson(given) : readBinary(given));

const written = (field, bytes) => (bytes === null ? [] : [varint(field), varint(bytes.length), bytes]);

/** One macaroon in binary. */
export function writeMacaroon({ location, identifier, caveats, signature }) {
  const parts = [Buffer.from([2]), ...written(1, location), ...written(2, identifier), Buffer.from([0])];
  for (const { location: place, cid, vid } of caveats) {
    parts.push(...written(1, place), ...written(2, cid), ...written(4, vid.length ? vid : null), Buffer.from([0]));
  }
  return Buffer.concat([...parts, Buffer.from([0]), ...written(6, signature)]);
}
