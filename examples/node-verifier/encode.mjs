// Blocks and containers in their one encoding. wire.md, section 2; caveats.md, section 2.

import { BINARY } from "./block.mjs";
import { field, message, varint } from "./protobuf.mjs";
import { compare } from "./text.mjs";

const HEAD = Buffer.from([0x0a, 0x02, 0x08, 0x1b]);
const KINDS = Object.fromEntries(Object.entries(BINARY).map(([kind, name]) => [name, Number(kind)]));

const order = (one, other) => (one < other ? -1 : Number(one > other));

/** Members in the order of the wire: texts by symbol number, new ones having been numbered by code points. */
function membersOf(members, symbols) {
  const values = members.map(({ value }) => value);
  const { type } = members[0];
  if (type === "bytes") values.sort(Buffer.compare);
  else if (type === "string") {
    [...values].sort(compare).forEach((text) => symbols.put(text));
    values.sort((one, other) => symbols.put(one) - symbols.put(other));
  } else values.sort(order);
  return values.map((value) => message(0x0a, term({ type, value }, symbols)));
}

function term({ type, value }, symbols) {
  switch (type) {
    case "variable":
      return field(0x08, symbols.put(value));
    case "integer":
      return field(0x10, value);
    case "string":
      return field(0x18, symbols.put(value));
    case "date":
      return field(0x20, value);
    case "bytes":
      return message(0x2a, value);
    case "boolean":
      return field(0x30, Number(value));
    default:
      return message(0x3a, ...membersOf(value, symbols));
  }
}

function predicate({ name, terms }, symbols) {
  const start = field(0x08, symbols.put(name));
  return Buffer.concat([start, ...terms.map((one) => message(0x12, term(one, symbols)))]);
}

function operation(part, symbols) {
  if (part === "!") return message(0x12, field(0x08, 0));
  return typeof part === "string" ? message(0x1a, field(0x08, KINDS[part])) : message(0x0a, term(part, symbols));
}

function query({ body, expressions }, symbols) {
  const bodies = body.map((one) => message(0x12, predicate(one, symbols)));
  const written = expressions.map((parts) => message(0x1a, ...parts.map((part) => message(0x0a, operation(part, symbols)))));
  return message(0x0a, HEAD, ...bodies, ...written);
}

/** A block; the strings that it adds go to `symbols`. */
export function writeBlock({ facts, checks }, symbols) {
  const before = symbols.strings.length;
  const stated = facts.map((fact) => message(0x22, message(0x0a, predicate(fact, symbols))));
  const checked = checks.map((check) => message(0x32, ...check.map((one) => query(one, symbols))));
  const added = symbols.strings.slice(before).map((text) => message(0x0a, Buffer.from(text)));
  return Buffer.concat([...added, field(0x18, 3), ...stated, ...checked]);
}

export function writeSigned({ block, next, signature }) {
  const key = message(0x12, field(0x08, next.algorithm), message(0x12, next.bytes));
  return Buffer.concat([message(0x0a, block), key, message(0x1a, signature), field(0x28, 1)]);
}

/** A token in transit of these SignedBlock messages. */
export const writeTransit = ([first, ...rest]) =>
  Buffer.concat([message(0x12, first), ...rest.map((one) => message(0x1a, one)), varint(0x22), varint(0)]);
