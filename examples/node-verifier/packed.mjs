// Unpacks what a list is packed in: one zlib stream, or one gzip member. status.md, "Both".

import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { limitExceeded, malformed } from "./refusal.mjs";

const MOST = 16 * 1_024 * 1_024;
const FLAGS = { check: 2, extra: 4, name: 8, comment: 16 };

/** {buffer, engine} of an inflating function. */
function inflated(inflate, bytes) {
  try {
    return inflate(bytes, { maxOutputLength: MOST, info: true });
  } catch (error) {
    throw error.code === "ERR_BUFFER_TOO_LARGE" ? limitExceeded("a larger list", 0) : malformed("not packed");
  }
}

export function unzlib(bytes) {
  const { buffer, engine } = inflated(inflateSync, bytes);
  if (engine.bytesWritten !== bytes.length) throw malformed("something behind the packed data");
  return buffer;
}

/** Where the data of a gzip member begin. */
function dataOf(bytes) {
  const flags = bytes[3];
  let at = 10;
  if (flags & FLAGS.extra) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [FLAGS.name, FLAGS.comment]) if (flags & flag) at = bytes.indexOf(0, at) + 1;
  return flags & FLAGS.check ? at + 2 : at;
}

export function ungzip(bytes) {
  const { buffer } = inflated(gunzipSync, bytes); // which verifies the checksum, but goes on with a second member
  const start = dataOf(bytes);
  const { engine } = inflated(inflateRawSync, bytes.subarray(start));
  if (start + engine.bytesWritten + 8 !== bytes.length) throw malformed("something behind the packed data");
  return buffer;
}
