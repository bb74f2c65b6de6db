// Protobuf in its one encoding. wire.md, section 2.

import { malformed } from "./refusal.mjs";

const MOST = (1n << 64n) - 1n;

export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get done() {
    return this.at === this.bytes.length;
  }

  /** The tag that stands next, or -1 at the end; it is not taken. */
  get tag() {
    if (this.done) return -1;
    const start = this.at;
    const tag = this.varint();
    this.at = start;
    return Number(tag);
  }

  varint() {
    let value = 0n;
    for (let index = 0; index < 10; index += 1) {
      if (this.done) throw malformed("a varint that ends too early");
      const byte = this.bytes[this.at++];
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) {
        if ((byte === 0 && index > 0) || value > MOST) throw malformed("a varint not in its shortest form");
        return value;
      }
    }
    throw malformed("a varint of more than ten bytes");
  }

  /** A varint that counts or names something: beyond 2^53 all are the same, unknown. */
  number() {
    return Number(this.varint());
  }

  take() {
    const size = this.number();
    if (size > this.bytes.length - this.at) throw malformed("a length beyond its message");
    return this.bytes.subarray(this.at, (this.at += size));
  }

  /** Takes the tag if it is this one. */
  skip(tag) {
    if (this.tag !== tag) return false;
    this.varint();
    return true;
  }

  expect(tag) {
    if (!this.skip(tag)) throw malformed(`expected the tag ${tag}`);
  }

  end() {
    if (!this.done) throw malformed("something behind the message");
  }
}

export function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

export const field = (tag, value) => Buffer.concat([varint(tag), varint(value)]);
export const message = (tag, ...parts) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(tag), varint(content.length), content]);
};
