// NaCl secretbox, XSalsa20-Poly1305, which Node does not have. Only opening.

import { timingSafeEqual } from "node:crypto";

const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
const ROUND = [
  [4, 0, 12, 7], [8, 4, 0, 9], [12, 8, 4, 13], [0, 12, 8, 18], [9, 5, 1, 7], [13, 9, 5, 9], [1, 13, 9, 13], [5, 1, 13, 18],
  [14, 10, 6, 7], [2, 14, 10, 9], [6, 2, 14, 13], [10, 6, 2, 18], [3, 15, 11, 7], [7, 3, 15, 9], [11, 7, 3, 13],
  [15, 11, 7, 18], [1, 0, 3, 7], [2, 1, 0, 9], [3, 2, 1, 13], [0, 3, 2, 18], [6, 5, 4, 7], [7, 6, 5, 9], [4, 7, 6, 13],
  [5, 4, 7, 18], [11, 10, 9, 7], [8, 11, 10, 9], [9, 8, 11, 13], [10, 9, 8, 18], [12, 15, 14, 7], [13, 12, 15, 9],
  [14, 13, 12, 13], [15, 14, 13, 18],
];

const words = (bytes) => Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32LE(4 * at));

/** The state before and after the twenty rounds, with a key of eight words and four words in the middle. */
function rounds(key, middle) {
  const [k0, k1] = [key.slice(0, 4), key.slice(4)];
  const start = [SIGMA[0], ...k0, SIGMA[1], ...middle, SIGMA[2], ...k1, SIGMA[3]];
  const state = Uint32Array.from(start);
  for (let times = 0; times < 10; times += 1) {
    for (const [to, one, other, by] of ROUND) {
      const sum = (state[one] + state[other]) >>> 0;
      state[to] ^= (sum << by) | (sum >>> (32 - by));
    }
  }
  return { start, state };
}

function bytesOf(numbers) {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => bytes.writeUInt32LE(number >>> 0, 4 * at));
  return bytes;
}

function hsalsa(key, nonce) {
  const { state } = rounds(words(key), words(nonce));
  return [0, 5, 10, 15, 6, 7, 8, 9].map((at) => state[at]);
}

function block(key, nonce, counter) {
  const { start, state } = rounds(key, [...nonce, counter, 0]);
  return bytesOf(start.map((one, at) => one + state[at]));
}

const little = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex") || "0"}`);

function poly1305(key, text) {
  const prime = (1n << 130n) - 5n;
  const r = little(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < text.length; at += 16) {
    const part = text.subarray(at, at + 16);
    sum = ((sum + little(part) + (1n << BigInt(8 * part.length))) * r) % prime;
  }
  const tag = (sum + little(key.subarray(16, 32))) & ((1n << 128n) - 1n);
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
}

/** The content of nonce, tag and encrypted bytes, or null. */
export function open(key, box) {
  const sub = hsalsa(key, box.subarray(0, 16));
  const nonce = words(box.subarray(16, 24));
  const encrypted = box.subarray(40);
  const stream = [];
  for (let counter = 0; counter * 64 < 32 + encrypted.length; counter += 1) stream.push(block(sub, nonce, counter));
  const bytes = Buffer.concat(stream);
  if (!timingSafeEqual(poly1305(bytes.subarray(0, 32), encrypted), box.subarray(24, 40))) return null;
  return Buffer.from(encrypted.map((byte, at) => byte ^ bytes[32 + at]));
}
