// A Biscuit container: links and a presentation, or a token in transit. wire.md, sections 2 and 4.

import { readKey, verifyContained } from "./keys.mjs";
import { Reader } from "./protobuf.mjs";
import { limitExceeded, malformed, Refusal } from "./refusal.mjs";

const PROOF = { "-1": "transit", 0x0a: "secret", 0x12: "seal" };

/** The fields of a container and of its proof, from left to right; no block is looked into. */
export function readContainer(bytes, most) {
  const reader = new Reader(bytes);
  reader.expect(0x12);
  const blocks = [reader.take()];
  while (reader.skip(0x1a)) {
    if (blocks.length === most) throw limitExceeded("too many blocks", 0);
    blocks.push(reader.take());
  }
  reader.expect(0x22);
  const proof = new Reader(reader.take());
  const kind = PROOF[proof.tag];
  if (kind === undefined) throw malformed("a proof of another kind");
  if (kind !== "transit") proof.varint();
  const seal = kind === "transit" ? null : proof.take();
  proof.end();
  reader.end();
  return { blocks, kind, seal };
}

/** Every SignedBlock of a container, in its one encoding. */
export const readSigned = (blocks) => blocks.map(readSignedBlock);

function readSignedBlock(bytes) {
  const reader = new Reader(bytes);
  reader.expect(0x0a);
  const block = reader.take();
  reader.expect(0x12);
  const next = readPublicKey(reader.take());
  reader.expect(0x1a);
  const signature = reader.take();
  const external = reader.skip(0x22);
  if (external) readExternal(reader.take());
  let version = 0n;
  if (reader.skip(0x28)) {
    version = reader.varint();
    if (version === 0n) throw malformed("a version written as 0");
  }
  reader.end();
  return { block, next, signature, external, version };
}

function readPublicKey(bytes) {
  const reader = new Reader(bytes);
  reader.expect(0x08);
  const algorithm = reader.number();
  reader.expect(0x12);
  const key = readKey(algorithm, reader.take());
  reader.end();
  return key;
}

function readExternal(bytes) {
  const reader = new Reader(bytes);
  reader.expect(0x0a);
  reader.take();
  reader.expect(0x12);
  readPublicKey(reader.take());
  reader.end();
}

const little = (number) => Buffer.from([number, 0, 0, 0]);

/** What is signed of a block: version 1 of Biscuit's payload. */
export function payload({ block, next }, before) {
  const parts = ["\0BLOCK\0\0VERSION\0", little(1), "\0PAYLOAD\0", block, "\0ALGORITHM\0", little(next.algorithm)];
  parts.push("\0NEXTKEY\0", next.bytes);
  if (before) parts.push("\0PREVSIG\0", before);
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

const badSignature = () => new Refusal("bad_signature", 4);

/** One block's version, external signature and signature, with the key of whoever signs it. */
export function verifyBlock(signed, key, before) {
  if (signed.version !== 1n || signed.external) throw badSignature();
  if (!verifyContained(key, payload(signed, before), signed.signature)) throw badSignature();
}

export function verifySeal({ block, next, signature }, key, seal) {
  const signed = Buffer.concat([block, little(next.algorithm), next.bytes, signature]);
  if (!verifyContained(key, signed, seal)) throw badSignature();
}
