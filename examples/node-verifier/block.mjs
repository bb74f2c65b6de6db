// The admitted Datalog of a block: a check is a list of queries, an expression a list of terms and operations.
// caveats.md, section 1. A block is read from front to back, and the first departure met is the answer.

import { Reader } from "./protobuf.mjs";
import { limitExceeded, malformed, notAdmitted } from "./refusal.mjs";
import { compare, length } from "./text.mjs";

export const BINARY = { 0: "<", 1: ">", 2: "<=", 3: ">=", 5: "contains", 6: "starts_with" };
const TERM = { 0x08: "variable", 0x10: "integer", 0x18: "string", 0x20: "date", 0x2a: "bytes", 0x30: "boolean", 0x3a: "set" };
const MEMBERS = new Set(["integer", "string", "bytes", "boolean"]);

/** {facts, checks} of one block; its strings go on in `symbols`. */
export function readBlock(bytes, symbols, limits) {
  const reader = new Reader(bytes);
  while (reader.skip(0x0a)) symbols.list(reader.take());
  if (!reader.skip(0x18) || reader.varint() !== 3n) throw notAdmitted("a block without version 3");
  const facts = [];
  while (reader.skip(0x22)) facts.push(readFact(new Reader(reader.take()), symbols));
  const checks = [];
  while (reader.skip(0x32)) {
    if (checks.length === limits.checks) throw limitExceeded("too many checks in one block");
    checks.push(readCheck(new Reader(reader.take()), symbols, limits));
  }
  if (!reader.done) throw notAdmitted("a block with other fields");
  symbols.close();
  return { facts, checks };
}

function readFact(reader, symbols) {
  reader.expect(0x0a);
  const predicate = reader.take();
  reader.end();
  return readPredicate(new Reader(predicate), symbols, false);
}

function readCheck(reader, symbols, limits) {
  const queries = [];
  while (reader.skip(0x0a)) {
    if (queries.length === limits.alternatives) throw limitExceeded("too many alternatives in one check");
    queries.push(readQuery(new Reader(reader.take()), symbols));
  }
  if (!reader.done) throw notAdmitted("a check of another kind");
  if (queries.length === 0) throw malformed("a check without queries");
  return queries;
}

function readQuery(reader, symbols) {
  const head = reader.bytes.subarray(0, 4);
  if (!head.equals(Buffer.from([0x0a, 0x02, 0x08, 0x1b]))) throw notAdmitted("a query with another head");
  reader.at = 4;
  const body = [];
  while (reader.skip(0x12)) body.push(readPredicate(new Reader(reader.take()), symbols, true));
  const expressions = [];
  while (reader.skip(0x1a)) expressions.push(readExpression(new Reader(reader.take()), symbols));
  if (!reader.done) throw notAdmitted("a query with other fields");
  return { body, expressions };
}

function readPredicate(reader, symbols, variables) {
  reader.expect(0x08);
  const name = symbols.get(reader.number());
  const terms = [];
  while (reader.skip(0x12)) terms.push(readTerm(new Reader(reader.take()), symbols, variables));
  reader.end();
  if (terms.length === 0) throw notAdmitted("a predicate without terms");
  return { name, terms };
}

/** A term is exactly one field, a varint or of a length; that is asked before what it holds. */
function checkOne({ bytes }) {
  const reader = new Reader(bytes);
  const wire = reader.number() % 8;
  if (wire === 0) reader.varint();
  else if (wire === 2) reader.take();
  else throw malformed("a term of another wire type");
  reader.end();
}

/** The type of a term, whose tag is taken. */
function readType(reader) {
  const tag = reader.number();
  if (tag in TERM) return TERM[tag];
  throw tag % 8 === 0 ? malformed("a term of an unknown field") : notAdmitted("a term of another type");
}

function readTerm(reader, symbols, variables) {
  checkOne(reader);
  const type = readType(reader);
  if (type === "variable" && !variables) throw malformed("a variable in a fact");
  const value = type === "set" ? readSet(new Reader(reader.take()), symbols) : readValue(reader, type, symbols);
  return { type, value };
}

function readValue(reader, type, symbols) {
  if (type === "bytes") return reader.take();
  const number = reader.varint();
  if (type === "integer") return BigInt.asIntN(64, number);
  if (type === "string" || type === "variable") return symbols.get(Number(number));
  if (number > (type === "date" ? Number.MAX_SAFE_INTEGER : 1)) throw malformed("a date or boolean out of range");
  return type === "date" ? Number(number) : number === 1n;
}

function readSet(reader, symbols) {
  const members = [];
  let before = null;
  let lastNew = null;
  while (reader.skip(0x0a)) {
    const inner = new Reader(reader.take());
    checkOne(inner);
    const type = readType(inner);
    if (!MEMBERS.has(type)) throw notAdmitted("a set with such a member");
    const number = type === "string" ? inner.tag : 0; // the number of its symbol
    const isNew = type === "string" && symbols.isNew(number);
    const value = readValue(inner, type, symbols);
    if (before && before.type !== type) throw notAdmitted("a set of several types");
    if (isNew && lastNew !== null && compare(lastNew, value) >= 0) throw malformed("new strings out of order");
    if (isNew) lastNew = value;
    const order = type === "string" ? number : value;
    if (before && !follows(before.order, order)) throw notAdmitted("members out of order");
    before = { type, order };
    members.push({ type, value });
  }
  reader.end();
  if (members.length === 0) throw malformed("an empty set");
  return members;
}

const follows = (one, other) => (Buffer.isBuffer(one) ? Buffer.compare(one, other) < 0 : one < other);

function readExpression(reader, symbols) {
  const parts = [];
  while (reader.skip(0x0a)) parts.push(readOperation(new Reader(reader.take()), symbols));
  reader.end();
  return parts;
}

function readOperation(reader, symbols) {
  if (reader.skip(0x0a)) {
    const term = reader.take();
    reader.end();
    return readTerm(new Reader(term), symbols, true);
  }
  const hex = reader.bytes.toString("hex");
  if (hex === "12020800") return "!";
  const [, kind] = /^1a02080([0-9])$/.exec(hex) ?? [];
  if (!(kind in BINARY)) throw notAdmitted("another operation");
  return BINARY[kind];
}

/** What the checks of one block add to the values of a chain. */
export function countValues(checks) {
  const reference = (text) => Math.floor(length(text) / 32);
  const term = ({ type, value }) => {
    if (type === "set") return value.reduce((sum, member) => sum + term(member), 1);
    return 1 + (type === "string" || type === "variable" ? reference(value) : 0);
  };
  let count = 0;
  for (const { body, expressions } of checks.flat()) {
    for (const { name, terms } of body) count += reference(name) + terms.reduce((sum, part) => sum + term(part), 0);
    for (const part of expressions.flat()) count += typeof part === "string" ? 0 : term(part);
  }
  return count;
}

export const countGlobs = (checks) =>
  checks.flat().reduce((sum, { body }) => sum + body.filter(({ name }) => name === "glob").length, 0);
